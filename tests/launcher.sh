#!/usr/bin/env bash
# Starts ./Freshness.java as its users do, with and without its cache: from every shell, under every rule of trust, as other
# users, with other tools. The argument "long" adds what takes minutes: every length of a cut file, twenty first runs at once,
# builds that are killed, the machine's other JDKs. Needs JAVA_HOME; OTHER_JAVA_HOMES may name further JDKs, a colon between.
# shellcheck disable=SC2012,SC2030,SC2031 # the names that ls lists are known, and a PATH is meant to be local
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
long=''
case " $* " in *' long '*) long=yes ;; esac
work=$(cd "$(mktemp -d)" && pwd -P)
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
chmod 711 "$work"
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS FRESHNESS_CACHE XDG_CACHE_HOME CLASSPATH
umask 022
real=${JAVA_HOME:?JAVA_HOME must name a JDK 17 or newer}
app="$work/a copy"
mkdir -p "$app/data" "$work/bin" "$work/home" "$work/jdk/bin" "$work/tmp"
chmod 1777 "$work/tmp"
export TMPDIR=$work/tmp
cp "$root/Freshness.java" "$app"
cp "$root/data/healthy.json" "$app/data"
# The JDK of these tests: a second path to the real one, whose java notes with what it was called.
cp "$real/release" "$work/jdk"
cat >"$work/jdk/bin/java" <<end
#!/bin/sh
printf '%s\n' "\$*" >>"\${LOG:-/dev/null}"
exec '$real/bin/java' "\$@"
end
chmod +x "$work/jdk/bin/java"
export HOME=$work/home JAVA_HOME=$work/jdk LOG=$work/log
cache=$HOME/.cache/freshness
passed=0
failed=0
cd "$app"
status=(status --now 2026-11-22T09:37:00Z)

# --- What the tests share -------------------------------------------------------------------------------------------

# check NAME GOT WANT
check() {
  if [[ $2 == "$3" ]]; then
    passed=$((passed + 1))
    echo "ok - launcher: $1"
  else
    failed=$((failed + 1))
    printf 'not ok - launcher: %s\n  input: %s\n  got:   %q\n  want:  %q\n' "$1" "./Freshness.java" "$2" "$3"
  fi
}

# like NAME GOT PATTERN
like() {
  # shellcheck disable=SC2053 # the right side is a pattern
  if [[ $2 == $3 ]]; then check "$1" "$3" "$3"; else check "$1" "$2" "$3"; fi
}

# run COMMAND...: what it prints on both streams, and its exit code
run() {
  local rc=0 out
  out=$("$@" 2>&1 </dev/null) || rc=$?
  echo "$out exit $rc"
}

# start COMMAND...: how the launcher says that it started Java, and the exit code
start() {
  local rc=0
  : >"$LOG"
  "$@" >/dev/null 2>&1 </dev/null || rc=$?
  sed -n 's/.*-Dfreshness\.start=\(.*\) \(--source 17\|-Djdk\.launcher\).*/\1/p' "$LOG" | tr -d '\n'
  echo ", exit $rc"
}

entries() {
  find "$cache" -mindepth 1 -maxdepth 1 -name '*.jar' 2>/dev/null | wc -l | tr -d ' '
}

me=(./Freshness.java "${status[@]}")
warm='cache, exit 0'
untrusted="source, cache directory is not trusted: $cache, exit 0"
source_run=$(run "$real/bin/java" -cp /dev/null/none Freshness.java "${status[@]}")

# --- The first run and the next -------------------------------------------------------------------------------------

check 'the run that fills the cache prints what java Freshness.java prints' "$(run "${me[@]}")" "$source_run"
check 'it leaves one entry, and nothing else' "$(find "$cache" -mindepth 1 | sed 's/.*\.//' | sort | tr '\n' ' ')" 'jar jsa '
jar=$(echo "$cache"/*.jar)
check 'the next run prints the same' "$(run "${me[@]}")" "$source_run"
check 'it came from the cache' "$(start "${me[@]}")" "$warm"
check 'and started Java once' "$(wc -l <"$LOG" | tr -d ' ')" 1
check 'another path to the same JDK has the same entry' "$(JAVA_HOME=$real run "${me[@]}"; entries)" "$source_run"$'\n1'
check 'nothing is written beside the source' "$(ls -A)" "$(printf 'Freshness.java\ndata')"
check 'FRESHNESS_CACHE=off starts the source' "$(HOME=$work/tmp FRESHNESS_CACHE=off start "${me[@]}")" \
  'source, FRESHNESS_CACHE=off, or neither XDG_CACHE_HOME nor HOME is set, exit 0'
check 'and leaves nothing, not even a directory' "$(ls -A "$work/tmp")" ''

# --- The ways to start it -------------------------------------------------------------------------------------------

./Freshness.java scenario stale --feed bravo --output "$work/stale.json" >/dev/null
gate=(gate --feed bravo --state "$work/stale.json")
blocked=$(run ./Freshness.java "${gate[@]}")
check 'a blocked gate is exit 2' "${blocked##* }" 2
for shell in bash dash zsh fish sh 'busybox sh'; do
  if command -v "${shell% sh}" >/dev/null; then
    # shellcheck disable=SC2086 # words
    check "from $shell" "$(run $shell -c "./Freshness.java$(printf " '%s'" "${gate[@]}")")" "$blocked"
    # shellcheck disable=SC2086 # words
    [[ $shell == fish ]] || check "read by $shell" "$(cd data && run $shell ../Freshness.java "${gate[@]}")" "$(cd data && run ../Freshness.java "${gate[@]}")"
  else
    echo "# no $shell on this machine: starts from it are not tested"
  fi
done
like 'with an empty environment' "$(run env -i ./Freshness.java --version)" 'freshness 1.0, Java *exit 0'
check 'with JAVA_HOME, HOME and nothing else' "$(run env -i HOME="$HOME" JAVA_HOME="$JAVA_HOME" ./Freshness.java "${gate[@]}")" "$blocked"
check 'by a plain name' "$(run sh Freshness.java "${gate[@]}" | head -n 1)" "${blocked%%$'\n'*}"
cp Freshness.java ./-x.java
check 'by a name that begins with -' "$(run sh -- -x.java "${gate[@]}" | head -n 1)" "${blocked%%$'\n'*}"
rm ./-x.java
check 'through env' "$(run env ./Freshness.java "${gate[@]}")" "$blocked"
check 'through xargs' "$(printf '%s\0' "${gate[@]}" | xargs -0 ./Freshness.java 2>&1 | head -n 1 || true)" "${blocked%%$'\n'*}"
check 'through find -exec' "$(find . -name Freshness.java -exec {} "${gate[@]}" \; 2>&1)" "${blocked% exit 2}"
ln -s "$app/Freshness.java" "$work/bin/freshness"
here=$(cd "$work" && "./a copy/Freshness.java" "${status[@]}")
check 'from another directory, in a path with a space' "${here%%$'\n'*}" 'FRESHNESS OK: 3 of 3 feeds fresh and safe to serve'
check 'through a link on the PATH, from /' "$(cd / && PATH="$work/bin:$PATH" run freshness "${status[@]}")" \
  "$(cd / && run "$app/Freshness.java" "${status[@]}")"
for word in 'two words' "it's" 'a"b' '*' $'two\nlines' "\$HOME" "\\" ''; do
  check "the argument $(printf %q "$word") arrives as it is" "$(run ./Freshness.java gate --feed "$word" --state data/healthy.json)" \
    "$(run "$real/bin/java" -cp "$jar" -Djdk.launcher.sourcefile="$app/Freshness.java" Freshness gate --feed "$word" --state data/healthy.json)"
done
./Freshness.java status --state data/healthy.json --watch 60 >/dev/null &
pid=$!
for _ in $(seq 100); do
  name=$(ps -o comm= -p "$pid")
  [[ $name == java ]] && break
  sleep 0.05
done
check 'it hands over with exec' "$name" java
kill -TERM "$pid"
rc=0
wait "$pid" || rc=$?
check 'a signal reaches the program' "$((rc == 0 || rc == 143 || rc == 3))" 1

# --- A file that was cut --------------------------------------------------------------------------------------------

size=$(wc -c <Freshness.java)
line=$(head -n 1 Freshness.java | wc -c)
shell_lines=$(sed -n '/^\/\* ---- Launcher/,$p' Freshness.java | wc -c)

# cut SHELL LENGTH...: the lengths at which the file, cut there, does not end with 3 and without output; in line 1: ends with 0
cut_at() {
  local shell=$1 at rc
  shift
  for at; do
    head -c "$at" Freshness.java >"$work/cut.java"
    rc=0
    # shellcheck disable=SC2086 # words
    FRESHNESS_CACHE=off $shell "$work/cut.java" status >"$work/cut.out" 2>/dev/null </dev/null || rc=$?
    if [[ -s $work/cut.out || $rc == 0 ]] || ((rc != 3 && at >= line)); then echo "$at: exit $rc"; fi
  done
}
step=97 far=9973 shells=(sh)
if [[ $long ]]; then step=1 far=997 shells=(dash bash zsh 'busybox sh'); fi
for shell in "${shells[@]}"; do
  if ! command -v "${shell% sh}" >/dev/null; then continue; fi
  if [[ $shell != dash && $long ]]; then step=29; fi
  # shellcheck disable=SC2046 # numbers
  check "cut at any length, by steps of $step, it ends with 3 and no output: $shell" "$(cut_at "$shell" $(seq 1 $((step > 5 ? 5 : 1)) "$line") \
    $(seq "$line" "$step" $((line + 1000))) $(seq $((line + 1000)) $far "$size") $(seq $((size - shell_lines)) "$step" $((size - 2))))" ''
done

# --- JVM options ----------------------------------------------------------------------------------------------------

for name in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS; do
  check "the user's own JVM options are obeyed, from the cache: $name" \
    "$(export "$name=-XX:+UseParallelGC -Xlog:gc"; ./Freshness.java "${status[@]}" 2>/dev/null | grep -c 'Using Parallel\|FRESHNESS OK'; start "${me[@]}")" "2"$'\n'"$warm"
done
for option in JAVA_TOOL_OPTIONS=-Xshare:dump _JAVA_OPTIONS=-Xshare:dump JDK_JAVA_OPTIONS=--list-modules JDK_JAVA_OPTIONS=--validate-modules \
  JDK_JAVA_OPTIONS=@file 'JDK_JAVA_OPTIONS=-Xmx64m @file' JAVA_TOOL_OPTIONS=-XX:VMOptionsFile=file JAVA_TOOL_OPTIONS=-XX:Flags=file \
  'JDK_JAVA_OPTIONS=-XX:AOTMode=create -XX:AOTConfiguration=x' 'JDK_JAVA_OPTIONS=--describe-module java.base' JAVA_TOOL_OPTIONS=-XX:+PrintFlagsInitial JAVA_TOOL_OPTIONS=-XX:+PrintFlagsRanges \
  JAVA_TOOL_OPTIONS=-Xinternalversion JAVA_TOOL_OPTIONS=-Xlog:help JAVA_TOOL_OPTIONS=-agentlib:jdwp=help; do
  : >"$LOG"
  like "no program and exit 0 with $option" "$(run env "$option" ./Freshness.java "${gate[@]}")" 'freshness: these options keep Java from a program: *exit 3'
done
# shellcheck disable=SC2016 # for the shell that is started
deaf=(sh -c './Freshness.java "$@" 2>&-' sh "${gate[@]}")
check 'a refusal is one, also where nobody hears it' "$(JAVA_TOOL_OPTIONS=-Xinternalversion run "${deaf[@]}")" ' exit 3'
check 'and so is a Java that is not there' "$(JAVA_HOME=/nowhere run "${deaf[@]}")" ' exit 3'
# -Xshare:dump, passed on to the JDKs that a refusal looks at, would write the archives of each anew. This one writes a file instead.
like 'a refusal asks no other Java with these options' \
  "$(run env "JAVA_TOOL_OPTIONS=-Xlog:gc:file=$work/home/asked -Dx=@" ./Freshness.java "${gate[@]}") $(ls "$work/home")" '*exit 3 '

# --- What the directory of the caller holds -------------------------------------------------------------------------

# hostile DIRECTORY: classes and sources that shadow java.lang, and a plugin that javac starts by itself
hostile() {
  mkdir -p "$1/META-INF/services"
  for class in Runtime String System Object Math; do
    echo "class $class { static { java.lang.System.out.println(\"FRESHNESS OK: shadowed\"); java.lang.Runtime.getRuntime().halt(0); }
      static $class getRuntime() { return null; } static java.lang.String getProperty(java.lang.String... s) { return null; } }" >"$1/$class.java"
  done
  cat >"$1/Planted.java" <<end
public class Planted implements com.sun.source.util.Plugin {
    public java.lang.String getName() { return "planted"; }
    public boolean autoStart() { return true; }
    public void init(com.sun.source.util.JavacTask task, java.lang.String... args) {
        new java.io.File("$work/planted").mkdir();
    }
}
end
  (cd "$1" && "$real/bin/javac" -cp /dev/null/none --release 17 -d . Planted.java && "$real/bin/javac" -cp /dev/null/none --release 17 -d . Runtime.java)
  echo Planted >"$1/META-INF/services/com.sun.source.util.Plugin"
}
hostile "$work/hostile"
# planted: whether the plugin ran since the last call
planted() { if [[ -d $work/planted ]]; then rmdir "$work/planted" && echo it ran; fi; }
echo 'class A { }' >"$work/foreign.java"
(cd "$work/hostile" && "$real/bin/javac" -d "$work/tmp" "$work/foreign.java" >/dev/null 2>&1) || true
rm -f "$work/tmp"/*.class
check 'the hostile directory is one: javac runs what is in it' "$(planted)" 'it ran'
wanted=$(cd "$work" && run "$app/Freshness.java" "${gate[@]}")
check 'from a hostile directory, from the cache' "$(cd "$work/hostile" && run "$app/Freshness.java" "${gate[@]}")" "$wanted"
check 'and nothing of it runs' "$(planted)" ''
check 'from a hostile directory, from the source, CLASSPATH too' "$(cd "$work/hostile" && CLASSPATH=$PWD FRESHNESS_CACHE=off run "$app/Freshness.java" "${gate[@]}"; planted)" "$wanted"

# --- What may not be believed ---------------------------------------------------------------------------------------

mkdir "$work/foreign"
echo 'public class Freshness { public static void main(String[] args) { System.out.println("FRESHNESS OK: planted"); } }' >"$work/foreign/Freshness.java"
"$real/bin/javac" --release 17 -d "$work/foreign" "$work/foreign/Freshness.java"
"$real/bin/jar" --create --file "$work/foreign.jar" -C "$work/foreign" Freshness.class

# plant MODE OWNER: puts a foreign jar in the place of the entry, older than its archive
plant() {
  rm -f "$jar"
  cp "$work/foreign.jar" "$jar"
  touch -t 202601010000 "$jar"
  chmod "$1" "$jar"
  [[ -z ${2:-} ]] || chown "$2" "$jar"
}
plant 600
like 'the planted jar is one that would run' "$(run "${me[@]}")" '*FRESHNESS OK: planted*'
modes=(602)
if [[ $long ]]; then modes=(620 602); fi
for mode in "${modes[@]}"; do
  plant "$mode"
  check "a jar that others can write (mode $mode) is not run" "$(run ./Freshness.java "${gate[@]}")" "$blocked"
  check 'and made anew' "$(start "${me[@]}")" "$warm"
done
for place in "$cache" "$HOME/.cache"; do
  modes=(770)
  if [[ $long ]]; then modes=(770 707); elif [[ $place == "$HOME/.cache" ]]; then modes=(707); fi
  for mode in "${modes[@]}"; do
    chmod "$mode" "$place"
    check "passed over: ${place##*/} with mode $mode" "$(start "${me[@]}")" "$untrusted"
    chmod 700 "$place"
  done
done
check 'after that it is believed again' "$(start "${me[@]}")" "$warm"

# Old code under a new name, and the reverse.
sed 's/FRESHNESS OK: /FRESHNESS EDITED: /' "$root/Freshness.java" >"$work/edited.java"
cat "$work/edited.java" >Freshness.java
edited=$(run "${me[@]}")
check 'an edit is what runs next' "${edited%%:*}" 'FRESHNESS EDITED'
cat "$root/Freshness.java" >Freshness.java
check 'and so is its undoing' "$(run "${me[@]}")" "$source_run"

# --- Other tools ----------------------------------------------------------------------------------------------------

# tools DIRECTORY WITHOUT...: links to all tools but some
tools() {
  local dir=$1 file
  mkdir "$dir"
  for file in sh bash cat cp cut env find grep head id ln ls mkdir mktemp mv printf readlink rm sed sha256sum shasum tail touch tr uname; do
    if command -v $file >/dev/null; then ln -s "$(type -P $file)" "$dir/$file"; fi
  done
  shift
  for file; do rm -f "$dir/$file"; done
}
tools "$work/nodigest" sha256sum shasum
check 'without a tool for SHA-256 there is no cache' "$(PATH=$work/nodigest start "${me[@]}")" 'source, no sha256sum or shasum, exit 0'

# --- Which Java -----------------------------------------------------------------------------------------------------

mkdir -p "$work/old/bin"
for number in 16.0.2 11.0.21 1.8.0_402; do
  printf '#!/bin/sh\necho "openjdk version \\"%s\\" 2025-04-15" >&2\n' $number >"$work/old/bin/java"
  chmod +x "$work/old/bin/java"
  old=$(JAVA_HOME="$work/old" run "${me[@]}")
  like "Java $number gets one line and exit 3" "$old" "freshness: $work/old/bin/java is openjdk version \"$number\" *; * JAVA_HOME* exit 3"
  check "Java $number: and no more" "$(wc -l <<<"$old" | tr -d ' ')" 1
done
if [[ $old == *'; try the newer '* ]]; then
  command=${old##*; try the newer }
  like 'and the command in that line works' "$(run env -u JAVA_HOME bash -c "${command% exit 3}")" 'FRESHNESS OK*exit 0'
else
  echo '# no JDK in the usual places: that one is named is not tested'
fi
like 'a JAVA_HOME without java gets one line and exit 3' "$(JAVA_HOME="$work/none" run "${me[@]}")" "freshness: there is no $work/none/bin/java; *JAVA_HOME* exit 3"
like 'no java at all gets one line and exit 3' "$(unset JAVA_HOME; PATH=$work/nodigest run /bin/sh ./Freshness.java "${status[@]}")" \
  'freshness: there is no java on the PATH; *JAVA_HOME* exit 3'
if [[ -z $long ]]; then
  echo "# launcher: $passed passed, $failed failed"
  [[ $failed -eq 0 ]]
  exit
fi

# --- What takes longer ----------------------------------------------------------------------------------------------

{ echo '#!/usr/bin/env -S java -cp /dev/null/none --source 17'; cat Freshness.java; } >freshness
chmod +x freshness
copy=$(PATH="$real/bin:$PATH" run python3 -c 'import subprocess, sys
sys.exit(subprocess.run(["./freshness", "status", "--state", sys.argv[1]]).returncode)' "$work/stale.json")
check 'a copy with #! needs no shell' "${copy##* }" 2
check 'and the command that it shows starts itself' "$(grep -c "next: '$app/freshness' recover --feed bravo" <<<"$copy")" 1
rm freshness

echo '// edit' >>Freshness.java
check 'from a hostile directory, with nothing in the cache' "$(cd "$work/hostile" && CLASSPATH=$PWD run "$app/Freshness.java" "${gate[@]}"; planted)" "$wanted"
check 'and what it left there is sound' "$(cd "$work" && run "$app/Freshness.java" "${gate[@]}"; cd "$app"; start "${me[@]}")" "$wanted"$'\n'"$warm"
cp "$root/Freshness.java" .

for mode in 464 446; do
  chmod $mode "${jar%jar}jsa"
  check "an archive that others can write (mode $mode) is made anew" "$(run ./Freshness.java "${gate[@]}"; find "$cache" -perm -20 -o -perm -2)" "$blocked"
done
mv "$cache" "$work/elsewhere"
ln -s "$work/elsewhere" "$cache"
if [[ $(uname) == Linux ]]; then check 'passed over: a directory behind a link' "$(start "${me[@]}")" "$untrusted"; fi
rm "$cache"
mv "$work/elsewhere" "$cache"
cat "$work/foreign.jar" >"$jar"
check 'a jar that was written to is not run' "$(run ./Freshness.java "${gate[@]}")" "$blocked"
head -c 1000 "$jar" >"$work/part"
cat "$work/part" >"$jar"
check 'a cut jar is made anew' "$(run ./Freshness.java "${gate[@]}"; start "${me[@]}")" "$blocked"$'\n'"$warm"
: >"$work/empty"
for xdg in here /proc; do
  like "XDG_CACHE_HOME=$xdg: from the source, and nothing is written" "$(XDG_CACHE_HOME=$xdg start "${me[@]}") $(ls -A | tr '\n' ' ')" \
    'source, *, exit 0 Freshness.java data '
done
like 'without HOME it runs from the source' "$(unset HOME; start "${me[@]}")" 'source, *nor HOME is set, exit 0'

rm -f "$cache"/*
mkdir "$work/slow"
printf '#!/bin/sh\ncat "%s" >"%s"\nexec %s "$@"\n' "$work/edited.java" "$app/Freshness.java" "$(command -v cp)" >"$work/slow/cp"
chmod +x "$work/slow/cp"
PATH=$work/slow:$PATH run "${me[@]}" >/dev/null
cat "$root/Freshness.java" >Freshness.java
check 'an edit between the digest and the copy does not leave its classes under the old name' "$(run "${me[@]}")" "$source_run"
check 'the classes of the copy have the name of the copy' "$(entries)" 2

cat "$work/edited.java" >Freshness.java
edited=$(PATH=$work/nodigest run "${me[@]}")
check 'and an edit is what runs next' "${edited%%:*}" 'FRESHNESS EDITED'
cat "$root/Freshness.java" >Freshness.java
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\n[ "$1 $2" = "-a 256" ] && shift 2 && exec %s "$@"\n' "$(type -P sha256sum || echo shasum -a 256)" >"$work/nodigest/shasum"
chmod +x "$work/nodigest/shasum"
check 'shasum as on macOS finds the same entry' "$(PATH=$work/nodigest start "${me[@]}"; entries)" "$warm"$'\n2'
tools "$work/nofind" find
check 'without find there is no trust' "$(PATH=$work/nofind start "${me[@]}")" "$untrusted"
if command -v busybox >/dev/null; then
  mkdir "$work/busybox"
  busybox --install -s "$work/busybox"
  for call in ./Freshness.java 'busybox sh ./Freshness.java'; do
    rm -f "$cache"/*
    # shellcheck disable=SC2086 # words
    check "with BusyBox tools, $call: built, then from the cache" "$(export PATH="$work/busybox:$PATH"; run $call "${gate[@]}"; start $call "${status[@]}")" "$blocked"$'\n'"$warm"
  done
  chmod 770 "$cache"
  check 'with BusyBox tools: passed over where others can write' "$(PATH="$work/busybox:$PATH" start "${me[@]}")" "$untrusted"
  chmod 700 "$cache"
else
  echo '# no busybox on this machine: its tools are not tested'
fi

# A shim: a script that is java, which has no JDK around it.
mkdir "$work/shims"
printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$JAVA_HOME" >"$work/shims/java"
chmod +x "$work/shims/java"
check 'behind a shim' "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; run "${me[@]}"; start "${me[@]}")" "$source_run"$'\n'"$warm"

# --- Other users ----------------------------------------------------------------------------------------------------

if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
  # as USER COMMAND...: a user without an entry in passwd and without groups
  as() {
    setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"
  }
  : >"$LOG"
  chmod 666 "$LOG"
  for user in 12345 23456; do
    install -d -o $user -g $user -m 700 "$work/$user"
    check "user $user on the same checkout builds an entry of their own" "$(HOME=$work/$user run as $user "${me[@]}"; HOME=$work/$user start as $user "${me[@]}")" \
      "$source_run"$'\n'"$warm"
  done
  like 'a user without HOME' "$(unset HOME; start as 12345 "${me[@]}")" 'source, *nor HOME is set, exit 0'
  like 'a user with HOME=/' "$(HOME=/ start as 12345 "${me[@]}")" 'source, cache directory is not trusted: //.cache/freshness, exit 0'
  install -d -o 12345 -m 500 "$work/sealed"
  check 'a user whose HOME is read-only' "$(HOME=$work/sealed run as 12345 "${me[@]}"; ls -A "$work/sealed")" "$source_run"
  other=$work/12345/.cache/freshness
  chown 23456 "$other"
  chmod 755 "$other"
  check 'passed over: a directory of someone else' "$(HOME=$work/12345 start as 12345 "${me[@]}")" "source, cache directory is not trusted: $other, exit 0"
  chown 12345 "$other"
  chmod 700 "$other"
  chown 23456 "$work/12345/.cache"
  chmod 755 "$work/12345/.cache"
  check 'passed over: a directory whose parent is of someone else' "$(HOME=$work/12345 start as 12345 "${me[@]}")" "source, cache directory is not trusted: $other, exit 0"
  chown 12345 "$work/12345/.cache"
  rm -f "$cache"/*
  ./Freshness.java --version >/dev/null
  jar=$(echo "$cache"/*.jar)
  plant 644 23456
  check 'a jar that someone else planted is not run' "$(run ./Freshness.java "${gate[@]}")" "$blocked"
  check 'and made anew' "$(start "${me[@]}")" "$warm"
  install -d -m 755 "$work/image" "$work/image/freshness"
  check "an entry that root made for all" "$(XDG_CACHE_HOME=$work/image start "${me[@]}"; XDG_CACHE_HOME=$work/image start as 12345 "${me[@]}")" "$warm"$'\n'"$warm"
  # A root file system that is read-only, as in a container without a writable layer.
  # shellcheck disable=SC2016 # for the shell inside
  if unshare --mount true 2>/dev/null; then
    check 'on a read-only file system, without a passwd entry and without HOME' "$(unset HOME LOG; run unshare --mount sh -c '
      mount -o bind,ro / / 2>/dev/null || mount -o remount,bind,ro / || exit 9
      exec setpriv --reuid 12345 --regid 12345 --clear-groups "$@"' x "${me[@]}")" "$source_run"
  else
    echo '# no mount namespace here: a read-only root file system is not tested'
  fi
else
  echo '# not root, or no setpriv: what other users do is not tested'
fi

# --- Other JDKs, sizes and accidents -------------------------------------------------------------------------------

# Each JDK in turn, and back: by JAVA_HOME, and by a shim that was switched.
IFS=: read -r -a homes <<<"$real:${OTHER_JAVA_HOMES:-}:$real"
for home in "${homes[@]}"; do
  if [[ -z $home ]]; then continue; fi
  version="freshness 1.0, Java $("$home/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.runtime.version = //p') exit 0"
  printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$home" >"$work/shims/java"
  for call in "JAVA_HOME=$home" "-u JAVA_HOME PATH=$work/shims:$PATH"; do
    # shellcheck disable=SC2086 # words
    check "after a change of Java to ${home##*/}, ${call%%=*}" "$(run env $call "${me[@]}")" "$source_run"
    # shellcheck disable=SC2086 # words
    check 'it is the one that runs' "$(run env $call ./Freshness.java --version)" "$version"
  done
  echo "// $home" >>Freshness.java
  for call in cold warm off; do
    if [[ $call == off ]]; then export FRESHNESS_CACHE=off; fi
    check "from a hostile directory, ${home##*/}, $call" "$(cd "$work/hostile" && JAVA_HOME=$home run "$app/Freshness.java" "${gate[@]}"; planted)" "$wanted"
  done
  unset FRESHNESS_CACHE
  cp "$root/Freshness.java" .
done

# The size of a state decides how it is compiled.
for count in 10 1000 400000; do
  awk -v n=$count 'BEGIN {
    print "{\"max_age_seconds\": 90, \"feeds\": ["
    for (i = 1; i <= n; i++) printf "  {\"name\": \"feed-%d\", \"alive\": true, \"last_tick_age_seconds\": %d}%s\n", i, i < n ? 8 : 660, i < n ? "," : ""
    print "]}"
  }' >"$work/sized.json"
  sized=("--state=$work/sized.json" --baseline "$work/sized.json")
  check "a fresh one of $count feeds" "$(run ./Freshness.java gate --feed feed-1 "${sized[@]}")" \
    'GATE OPEN: feed-1 fresh, 8s of 90s; safe to serve exit 0'
  : >"$LOG"
  stale=$(run ./Freshness.java gate --feed "feed-$count" "${sized[@]}")
  check "a stale one of $count feeds" "${stale%%;*}, ${stale##* }" "GATE BLOCKED: feed-$count stale, 660s > 90s, 2"
  check "its compilers" "$(grep -o 'TieredStopAtLevel=.' "$LOG")" "TieredStopAtLevel=$((count > 300000 ? 4 : 1))"
done
piped=$(run sh -c "cat '$work/sized.json' | ./Freshness.java gate --feed feed-400000 --state - --baseline '$work/sized.json'")
check 'a large state from a pipe' "${piped%%;*}, ${piped##* }" 'GATE BLOCKED: feed-400000 stale, 660s > 90s, 2'

# Damage.
rm -f "$cache"/*
for file in jar jsa; do
  ./Freshness.java --version >/dev/null
  jar=$(echo "$cache"/*.jar)
  for length in 0 100 5000 50000; do
    chmod u+w "${jar%jar}$file"
    head -c $length "${jar%jar}$file" >"$work/part"
    cat "$work/part" >"${jar%jar}$file"
    check "a $file cut to $length bytes does no harm" "$(run ./Freshness.java "${gate[@]}")" "$blocked"
  done
done

rm -f "$cache"/*
for i in $(seq 20); do
  { run "${me[@]}" >"$work/first.$i"; } &
done
wait
good=0
for i in $(seq 20); do
  [[ $(cat "$work/first.$i") == "$source_run" ]] && good=$((good + 1))
done
check 'twenty first runs at once all succeed' "$good $(find "$cache" -mindepth 1 | wc -l | tr -d ' ')" '20 2'
check 'and leave an entry that is used' "$(start "${me[@]}")" "$warm"

for delay in 0.1 0.4 0.8 1.2 1.6 2.0 2.4; do
  rm -rf "${cache:?}"/*
  setsid ./Freshness.java "${status[@]}" >/dev/null 2>&1 &
  pid=$!
  sleep "$delay"
  kill -KILL -- "-$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  check "killed after $delay s, nothing is left that a later run trusts" "$(run ./Freshness.java "${gate[@]}"; start "${me[@]}")" "$blocked"$'\n'"$warm"
done

for i in $(seq 40); do : >"$cache/old.$i"; done
touch -t 202601010000 "$cache"/old.*
echo '// edit' >>Freshness.java
./Freshness.java --version >/dev/null
check 'old entries go, and the new one stays' "$(($(find "$cache" -mindepth 1 -maxdepth 1 | wc -l) <= 24)) $(start "${me[@]}")" "1 $warm"

echo "# launcher: $passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
