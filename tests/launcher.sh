#!/usr/bin/env bash
# Starts ./Freshness.java as its users do, with and without its cache: from every shell, under every rule of trust, as other
# users, with other tools. The argument "long" adds what takes minutes: every length of a cut file, twenty first runs at once,
# builds that are killed, the machine's other JDKs. Needs JAVA_HOME; OTHER_JAVA_HOMES may name further JDKs, a colon between.
# shellcheck disable=SC2012,SC2030,SC2031 # the names that ls lists are known, and a PATH is meant to be local
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
long=''
case " $* " in *' long '*) long=yes ;; esac
begin launcher
umask 022
app="$work/a copy"
copy_program "$app"
real=$JAVA_HOME
mkdir -p "$work/bin" "$work/home" "$work/jdk/bin"
# The JDK of these tests: a second path to the real one, whose java notes with what it was called. Where STUB is set it starts
# nothing: a rule of trust is seen by what would be started. With STUB=build it leaves what it is asked to build all the same,
# unless an option reaches it that is not the launcher's; with STUB=bare it can make no archive, with STUB=unfit smoke fails.
cp "$real/release" "$work/jdk"
if [[ -x $real/bin/jwebserver ]]; then ln -s "$real/bin/jwebserver" "$work/jdk/bin"; fi # by which the launcher tells 17 from a newer one
cat >"$work/jdk/bin/java" <<end
#!/bin/sh
printf '%s\n' "\$*" >>"\${LOG:-/dev/null}"
case \$STUB,\$* in
  ,* | *,-version) ;;
  1,*) exit 0 ;;
  *jdk.compiler* | *jdk.jartool* | *ArchiveClassesAtExit*)
    [ -z "\$JAVA_TOOL_OPTIONS\$JDK_JAVA_OPTIONS\$_JAVA_OPTIONS\$JDK_JAVAC_OPTIONS\$CLASSPATH" ] || exit 1
    case \$* in
      *jartool*) while [ "\$1" != -f ]; do shift; done; cat '$work/sound.jar' >"\$2" ;;
      *AtExit*) [ "\$STUB" = bare ] || cat '$work/sound.jsa' >"\${1#*=}"; [ "\$STUB" != unfit ] || exit 2 ;;
    esac
    exit 0 ;;
  *) exit 0 ;;
esac
exec '$real/bin/java' "\$@"
end
chmod +x "$work/jdk/bin/java"
export HOME=$work/home JAVA_HOME=$work/jdk LOG=$work/log
cache=$HOME/.cache/freshness
cd "$app"
status=(status --now 2026-11-22T09:37:00Z)

# row NAME GOT WANT; row_like NAME GOT PATTERN
row() { check "launcher: $1" ./Freshness.java "$2" "$3"; }
row_like() { like "launcher: $1" ./Freshness.java "$2" "$3"; }

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
off='source, FRESHNESS_CACHE=off, or neither XDG_CACHE_HOME nor HOME is set'
untrusted="source, cache directory is not trusted: $cache, exit 0"
source_run=$(said "$real/bin/java" -cp /dev/null/none Freshness.java "${status[@]}")

# --- The first run and the next -------------------------------------------------------------------------------------

# By someone whose new files their group may write.
row 'the run that fills the cache prints what java Freshness.java prints' "$(umask 002; said "${me[@]}")" "$source_run"
row 'it leaves one entry, and nothing else' "$(find "$cache" -mindepth 1 | sed 's/.*\.//' | sort | tr '\n' ' ')" 'jar jsa '
row 'which others can read, and nobody else write' "$(find "$HOME/.cache" \( -perm -20 -o -perm -2 -o -type f ! -perm -444 \))" ''
row 'in directories that nobody else enters' "$(find "$HOME/.cache" -type d ! -perm 700)" ''
jar=$(echo "$cache"/*.jar)
row 'the next run prints the same' "$(said "${me[@]}")" "$source_run"
row 'it came from the cache' "$(start "${me[@]}")" "$warm"
row 'and started Java once' "$(wc -l <"$LOG" | tr -d ' ')" 1
mkdir "$work/sound"
cp -p "$cache"/* "$work/sound"
cp "$jar" "$work/sound.jar"
cp "${jar%jar}jsa" "$work/sound.jsa"
# The options of a start from the cache, in the words of the JVM: how fast it is, is for tests/bench.sh.
case $("$real/bin/java" -version 2>&1) in *'"17'*) collector=G1 ;; *) collector=Serial ;; esac
row 'with these options' "$(cat "$LOG")" "-XX:+IgnoreUnrecognizedVMOptions -XX:SharedArchiveFile=${jar%jar}jsa -XX:TieredStopAtLevel=1\
 -XX:+Use${collector}GC -XX:CompileThresholdScaling=3 -XX:StringTableSize=1009 -XX:-UsePerfData -Xlog:disable -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0\
 -cp $jar -Dfreshness.start=cache -Djdk.launcher.sourcefile=./Freshness.java Freshness ${status[*]}"
row 'its archive holds classes' "$(($(wc -c <"${jar%jar}jsa") > 1000000))" 1
head -c 20480000 /dev/zero >"$work/most.json"
head -c 20480001 /dev/zero >"$work/large.json"
# compilers FILE: those with which a gate on that state is started, whichever way it is named
compilers() {
  : >"$LOG"
  STUB=1 ./Freshness.java gate --feed alpha --state "$1"
  STUB=1 ./Freshness.java gate --feed alpha "--state=$1"
  grep -o 'TieredStopAtLevel=.' "$LOG" | paste -sd ' ' -
}
row 'a small state is compiled quickly' "$(compilers data/healthy.json)" 'TieredStopAtLevel=1 TieredStopAtLevel=1'
row 'one of 20,000 KB too' "$(compilers "$work/most.json")" 'TieredStopAtLevel=1 TieredStopAtLevel=1'
row 'a larger one well' "$(compilers "$work/large.json")" 'TieredStopAtLevel=4 TieredStopAtLevel=4'
rm "$work/most.json" "$work/large.json"
row 'another path to the same JDK has the same entry' "$(JAVA_HOME=$real said "${me[@]}"; entries)" "$source_run"$'\n1'
mkdir -p "$work/jdk of the day/bin"
ln -s "$work/jdk/bin/java" "$work/jdk of the day/bin/java"
{ cat "$real/release" && echo 'PATCHED="yes"'; } >"$work/jdk of the day/release"
row 'another JDK has none yet' "$(STUB=1 JAVA_HOME="$work/jdk of the day" start "${me[@]}")" "source, nothing could be built in $cache, exit 0"
row 'nothing is written beside the source' "$(ls -A)" "$(printf 'Freshness.java\ndata')"
row 'FRESHNESS_CACHE=off starts the source' "$(STUB=1 HOME=$work/tmp FRESHNESS_CACHE=off start "${me[@]}")" "$off, exit 0"
row 'and leaves nothing, not even a directory' "$(ls -A "$work/tmp")" ''
row 'nor where another place is named' "$(FRESHNESS_CACHE=off XDG_CACHE_HOME=here STUB=1 start "${me[@]}") $(ls -A | tr '\n' ' ')" "$off, exit 0 Freshness.java data "
: >"$LOG"
FRESHNESS_CACHE=off STUB=1 ./Freshness.java gate --feed '*' ''
row 'with these options, and the arguments as they are' "$(cat "$LOG")" "-version
-XX:TieredStopAtLevel=1 -cp /dev/null/none -Dfreshness.start=$off --source 17 ./Freshness.java gate --feed * "
row 'an empty JAVA_HOME is none' "$(JAVA_HOME='' PATH=$work/jdk/bin:$PATH STUB=1 start "${me[@]}")" "$warm"
row 'an empty XDG_CACHE_HOME is none' "$(XDG_CACHE_HOME='' STUB=1 start "${me[@]}")" "$warm"
row 'an empty HOME is none' "$(HOME='' STUB=1 start "${me[@]}")" "$off, exit 0"
row "the launcher's own variables are its own" "$(export why=not jit=4 entry=no sums=no home=no; STUB=1 start "${me[@]}")" "$warm"

# --- The ways to start it -------------------------------------------------------------------------------------------

./Freshness.java scenario stale --feed bravo --output "$work/stale.json" >/dev/null
gate=(gate --feed bravo --state "$work/stale.json")
blocked=$(said ./Freshness.java "${gate[@]}")
row 'a blocked gate is exit 2' "${blocked##* }" 2
for shell in bash dash zsh fish sh 'busybox sh'; do
  if command -v "${shell% sh}" >/dev/null; then
    # shellcheck disable=SC2086 # words
    row "from $shell" "$(said $shell -c "./Freshness.java$(printf " '%s'" "${gate[@]}")")" "$blocked"
    # shellcheck disable=SC2086 # words
    [[ $shell == fish ]] || row "read by $shell" "$(cd data && said $shell ../Freshness.java "${gate[@]}")" "$(cd data && said ../Freshness.java "${gate[@]}")"
  else
    leave_out "starts from $shell, which is not on this machine"
  fi
done
row_like 'with an empty environment' "$(said env -i ./Freshness.java --version)" 'freshness 1.0, Java *exit 0'
row 'with JAVA_HOME, HOME and nothing else' "$(said env -i HOME="$HOME" JAVA_HOME="$JAVA_HOME" ./Freshness.java "${gate[@]}")" "$blocked"
row 'where unset variables are errors' "$(said bash -u ./Freshness.java "${gate[@]}")" "$blocked"
row 'where nobody can hear the verdict, with input and output closed' "$(rc=0; ./Freshness.java gate --feed alpha --state data/healthy.json <&- >&- 2>/dev/null || rc=$?; echo "$rc")" 3
row 'by a plain name' "$(said sh Freshness.java "${gate[@]}" | head -n 1)" "${blocked%%$'\n'*}"
cp Freshness.java ./-x.java
row 'by a name that begins with -' "$(said sh -- -x.java "${gate[@]}" | head -n 1)" "${blocked%%$'\n'*}"
rm ./-x.java
row 'through env' "$(said env ./Freshness.java "${gate[@]}")" "$blocked"
row 'through xargs' "$(printf '%s\0' "${gate[@]}" | xargs -0 ./Freshness.java 2>&1 | head -n 1 || true)" "${blocked%%$'\n'*}"
row 'through find -exec' "$(find . -name Freshness.java -exec {} "${gate[@]}" \; 2>&1)" "${blocked% exit 2}"
ln -s "$app/Freshness.java" "$work/bin/freshness"
here=$(cd "$work" && "./a copy/Freshness.java" "${status[@]}")
row 'from another directory, in a path with a space' "${here%%$'\n'*}" 'FRESHNESS OK: 3 of 3 feeds fresh and safe to serve'
row 'through a link on the PATH, from /' "$(cd / && PATH="$work/bin:$PATH" said freshness "${status[@]}")" \
  "$(cd / && said "$app/Freshness.java" "${status[@]}")"
for word in 'two words' "it's" 'a"b' '*' $'two\nlines' "\$HOME" "\\" ''; do
  row "the argument $(printf %q "$word") arrives as it is" "$(said ./Freshness.java gate --feed "$word" --state data/healthy.json)" \
    "$(said "$real/bin/java" -cp "$jar" -Djdk.launcher.sourcefile="$app/Freshness.java" Freshness gate --feed "$word" --state data/healthy.json)"
done
background "$work/watch" ./Freshness.java status --state data/healthy.json --watch 60
poll has 1 'FRESHNESS OK' "$work/watch" || true
row 'it hands over with exec' "$(ps -o comm= -p "$pid")" java
signalled "$pid" TERM
row 'a signal reaches the program' "$rc" 143

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
  row "cut at any length, by steps of $step, it ends with 3 and no output: $shell" "$(cut_at "$shell" $(seq 1 $((step > 5 ? 5 : 1)) "$line") \
    $(seq "$line" "$step" $((line + 1000))) $(seq $((line + 1000)) $far "$size") $(seq $((size - shell_lines)) "$step" $((size - 2))))" ''
done

head -c $((size - 99)) Freshness.java >"$work/cut.java"
row 'also where nobody hears it' "$(rc=0; sh "$work/cut.java" status 2>&- || rc=$?; echo "$rc")" 3

# --- JVM options ----------------------------------------------------------------------------------------------------

for name in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS; do
  row "the user's own JVM options are obeyed, from the cache: $name" \
    "$(export "$name=-XX:+UseParallelGC -Xlog:gc"; ./Freshness.java "${status[@]}" 2>/dev/null | grep -c 'Using Parallel\|FRESHNESS OK'; start "${me[@]}")" "2"$'\n'"$warm"
done
for option in JAVA_TOOL_OPTIONS=-Xshare:dump JAVA_TOOL_OPTIONS=-XX:+DumpSharedSpaces _JAVA_OPTIONS=-Xshare:dump JDK_JAVA_OPTIONS=--list-modules JDK_JAVA_OPTIONS=--validate-modules \
  JDK_JAVA_OPTIONS=@file 'JDK_JAVA_OPTIONS=-Xmx64m @file' JAVA_TOOL_OPTIONS=-XX:VMOptionsFile=file JAVA_TOOL_OPTIONS=-XX:Flags=file \
  'JDK_JAVA_OPTIONS=-XX:AOTMode=create -XX:AOTConfiguration=x' 'JDK_JAVA_OPTIONS=--describe-module java.base' JAVA_TOOL_OPTIONS=-XX:+PrintFlagsInitial JAVA_TOOL_OPTIONS=-XX:+PrintFlagsRanges \
  JAVA_TOOL_OPTIONS=-XX:+PrintSharedArchiveAndExit 'JDK_JAVA_OPTIONS=-d java.base' $'JDK_JAVA_OPTIONS=-d\tjava.base' 'JDK_JAVA_OPTIONS=--source 17' \
  'JAVA_TOOL_OPTIONS=-XX:+UnlockExperimentalVMOptions -XX:+EnableJVMCI -XX:+JVMCIPrintProperties' \
  JAVA_TOOL_OPTIONS=-Xinternalversion JAVA_TOOL_OPTIONS=-Xlog:help JAVA_TOOL_OPTIONS=-agentlib:jdwp=help; do
  : >"$LOG"
  row_like "no program and exit 0 with $option" "$(said env "$option" ./Freshness.java "${gate[@]}")" "freshness: these options keep Java from a program: ${option#*=}; clear them exit 3"
done
# shellcheck disable=SC2016 # for the shell that is started
deaf=(sh -c './Freshness.java "$@" 2>&-' sh "${gate[@]}")
row 'a refusal is one, also where nobody hears it' "$(JAVA_TOOL_OPTIONS=-Xinternalversion said "${deaf[@]}")" ' exit 3'
row 'and so is a Java that is not there' "$(JAVA_HOME=/nowhere said "${deaf[@]}")" ' exit 3'
# -Xshare:dump, passed on to the JDKs that a refusal looks at, would write the archives of each anew. This one writes a file instead.
row_like 'a refusal asks no other Java with these options' \
  "$(said env "JAVA_TOOL_OPTIONS=-Xlog:gc:file=$work/home/asked -Dx=@" ./Freshness.java "${gate[@]}") $(ls "$work/home")" '*exit 3 '

# --- What the directory of the caller holds -------------------------------------------------------------------------

javac=("$real/bin/javac" -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC)

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
  (cd "$1" && "${javac[@]}" -cp /dev/null/none --release 17 -d . Planted.java && "${javac[@]}" -cp /dev/null/none --release 17 -d . Runtime.java)
  echo Planted >"$1/META-INF/services/com.sun.source.util.Plugin"
}
hostile "$work/hostile"
# planted: whether the plugin ran since the last call
planted() { if [[ -d $work/planted ]]; then rmdir "$work/planted" && echo it ran; fi; }
echo 'class A { }' >"$work/foreign.java"
(cd "$work/hostile" && "${javac[@]}" -d "$work/tmp" "$work/foreign.java" >/dev/null 2>&1) || true
rm -f "$work/tmp"/*.class
row 'the hostile directory is one: javac runs what is in it' "$(planted)" 'it ran'
wanted=$(cd "$work" && said "$app/Freshness.java" "${gate[@]}")
row 'from a hostile directory, from the cache' "$(cd "$work/hostile" && said "$app/Freshness.java" "${gate[@]}")" "$wanted"
row 'and nothing of it runs' "$(planted)" ''
row 'from a hostile directory, from the source, CLASSPATH too' "$(cd "$work/hostile" && CLASSPATH=$PWD FRESHNESS_CACHE=off said "$app/Freshness.java" "${gate[@]}"; planted)" "$wanted"

# --- What may not be believed ---------------------------------------------------------------------------------------

mkdir "$work/foreign"
echo 'public class Freshness { public static void main(String[] args) { System.out.println("FRESHNESS OK: planted"); } }' >"$work/foreign/Freshness.java"
"${javac[@]}" --release 17 -d "$work/foreign" "$work/foreign/Freshness.java"
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
row_like 'the planted jar is one that would run' "$(said "${me[@]}")" '*FRESHNESS OK: planted*'
plant 620
row 'a jar that its group can write is not run' "$(said ./Freshness.java "${gate[@]}")" "$blocked"
row 'and made anew' "$(start "${me[@]}")" "$warm"
# sound: puts the first entry back
sound() { rm -rf "${cache:?}"/* && cp -p "$work/sound"/* "$cache"; }
plant 602
row 'a jar that all can write is not run' "$(STUB=1 start "${me[@]}")" "source, nothing could be built in $cache, exit 0"
sound
for mode in 464 446; do
  chmod $mode "${jar%jar}jsa"
  row "an archive that others can write (mode $mode) is made anew" \
    "$(STUB=build start "${me[@]}"; find "$cache" -perm -20 -o -perm -2)" "$warm"
done
plant 602
rm "${jar%jar}jsa"
row 'nor a jar without an archive, by which one would be made' "$(STUB=build start "${me[@]}"; cmp "$jar" "$work/sound.jar")" "$warm"
touch -r "$jar" -d '2 seconds' "$jar" 2>/dev/null || touch -t 203001010000 "$jar"
row 'an archive that is older than its jar is not its own' "$(STUB=1 start "${me[@]}")" "source, nothing could be built in $cache, exit 0"
sound
for place in "$cache" "$HOME/.cache"; do
  for mode in 770 707; do
    chmod "$mode" "$place"
    row "passed over: ${place##*/} with mode $mode" "$(STUB=1 start "${me[@]}")" "$untrusted"
    chmod 700 "$place"
  done
done
mv "$cache" "$work/elsewhere"
ln -s "$work/elsewhere" "$cache"
if [[ $(uname) == Linux ]]; then row 'passed over: a directory behind a link' "$(STUB=1 start "${me[@]}")" "$untrusted"; fi
rm "$cache"
mv "$work/elsewhere" "$cache"
row 'after that it is believed again' "$(start "${me[@]}")" "$warm"

# as USER COMMAND...: a user without an entry in passwd and without groups
as() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }

if [[ ${#other[@]} -gt 0 ]]; then
  for place in "$cache" "$HOME/.cache"; do
    chown 23456 "$place"
    row "passed over: ${place##*/} of another user" "$(STUB=1 start "${me[@]}")" "$untrusted"
    chown 0 "$place"
  done
  for file in jar jsa; do
    chown 23456 "${jar%jar}$file"
    row "passed over: a $file of another user" "$(STUB=1 start "${me[@]}")" "source, nothing could be built in $cache, exit 0"
    sound
  done
  chmod 755 "$cache" "$HOME/.cache"
  chmod 666 "$LOG"
  row 'what root built is for all' "$(STUB=1 XDG_CACHE_HOME=$HOME/.cache start as 12345 "${me[@]}")" "$warm"
  chown 23456 "$cache"
  row 'what a third user built is not' "$(STUB=1 XDG_CACHE_HOME=$HOME/.cache start as 12345 "${me[@]}")" "$untrusted"
  chown 0 "$cache"
  chmod 700 "$cache" "$HOME/.cache"
else
  leave_out 'a cache of another user: this is not root, or there is no setpriv'
fi

# Old code under a new name, and the reverse.
sed 's/FRESHNESS OK: /FRESHNESS EDITED: /' "$root/Freshness.java" >"$work/edited.java"
cat "$work/edited.java" >Freshness.java
edited=$(cd "$work/hostile" && CLASSPATH=$PWD JDK_JAVAC_OPTIONS=--no-such-option said "$app/Freshness.java" "${status[@]}")
row 'an edit is what runs next, built in a hostile directory' "${edited%%:*}" 'FRESHNESS EDITED'
row 'and nothing of that took part, nor options for javac' "$(planted) $(STUB=1 start "${me[@]}")" " $warm"
cat "$root/Freshness.java" >Freshness.java
row 'and so is its undoing' "$(said "${me[@]}")" "$source_run"
sound
mkdir "$work/slow"
printf '#!/bin/sh\ncat "%s" >"%s"\nexec %s "$@"\n' "$work/edited.java" "$app/Freshness.java" "$(command -v cp)" >"$work/slow/cp"
chmod +x "$work/slow/cp"
echo '// another' >>Freshness.java
row 'an edit between the digest and the copy leaves no entry under the old name' "$(STUB=build PATH=$work/slow:$PATH start "${me[@]}")" \
  "source, nothing could be built in $cache, exit 0"
row 'but one under the name of the copy' "$(STUB=1 start "${me[@]}")" "$warm"
echo '// another' >>Freshness.java
row 'a build obeys no options but its own, and needs no other directory' "$(export JAVA_TOOL_OPTIONS=-Da JDK_JAVA_OPTIONS=-Db _JAVA_OPTIONS=-Dc \
  JDK_JAVAC_OPTIONS=-Dd CLASSPATH=e TMPDIR=$work/none; STUB=build start "${me[@]}")" "$warm"
row 'what it compiles is the copy' "$(grep -c "jdk.compiler.* $cache/new\.[^/ ]*/Freshness.java\$" "$LOG")" 1
for stub in bare unfit; do
  echo '// another' >>Freshness.java
  row "a JDK that makes no archive, and a fixture that is not as it was: built once ($stub)" "$(STUB=$stub start "${me[@]}"; STUB=1 start "${me[@]}")" "$warm"$'\n'"$warm"
done
# Another build that is complete before this one has its copy.
mkdir "$work/race"
# newest: the file that is the newest jar
newest() { ls -it "$cache"/*.jar | head -n 1; }
cat >"$work/race/cp" <<end
#!/bin/sh
[ -s "$work/first" ] || { PATH='$PATH' LOG=/dev/null ./Freshness.java; ls -it "$cache"/*.jar | head -n 1 >"$work/first"; }
exec $(command -v cp) "\$@"
end
chmod +x "$work/race/cp"
echo '// another' >>Freshness.java
row 'a build that another one overtakes leaves it in place' "$(STUB=build PATH=$work/race:$PATH start "${me[@]}"; newest)" \
  "$warm"$'\n'"$(cat "$work/first")"
for i in $(seq 40); do : >"$cache/old.$i"; done
touch -t 202601010000 "$cache"/old.*
echo '// another' >>Freshness.java
row 'old entries go, and the new one stays' "$(STUB=build start "${me[@]}"; ls "$cache" | wc -l | tr -d ' ')" "$warm"$'\n23' # the build's own directory was the 24th
cat "$root/Freshness.java" >Freshness.java
sound

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
row 'without a tool for SHA-256 there is no cache' "$(STUB=1 PATH=$work/nodigest start "${me[@]}")" 'source, no sha256sum or shasum, exit 0'
tools "$work/shasum" sha256sum shasum
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\n[ "$1 $2" = "-a 256" ] && shift 2 && exec %s "$@"\n' "$(type -P sha256sum || echo shasum -a 256)" >"$work/shasum/shasum"
chmod +x "$work/shasum/shasum"
row 'shasum as on macOS finds the same entry' "$(STUB=1 PATH=$work/shasum start "${me[@]}"; entries)" "$warm"$'\n1'
tools "$work/nofind" find
row 'without find there is no trust' "$(STUB=1 PATH=$work/nofind start "${me[@]}")" "$untrusted"
row 'a cache has an absolute path' "$(STUB=1 XDG_CACHE_HOME=here start "${me[@]}") $(ls -A | tr '\n' ' ')" \
  "$off, exit 0 Freshness.java data "
row 'and a place that can be written' "$(STUB=1 XDG_CACHE_HOME=/proc start "${me[@]}")" 'source, cache directory is not trusted: /proc/freshness, exit 0'
row 'without HOME it runs from the source' "$(unset HOME; STUB=1 start "${me[@]}")" "$off, exit 0"

# A shim: a script that is java, which has no JDK around it.
mkdir "$work/shims"
printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$JAVA_HOME" >"$work/shims/java"
chmod +x "$work/shims/java"
row 'behind a shim there is an entry to build' "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; STUB=1 start "${me[@]}")" \
  "source, nothing could be built in $cache, exit 0"
row 'and it is built' "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; STUB=build start "${me[@]}")" "$warm"
printf '#!/bin/sh\n[ "$*" != -version ] || echo "openjdk version \\"99.0.1\\"" >&2\n' >"$work/shims/java"
row 'for the Java behind it, and no other' "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; STUB=build said "${me[@]}"; entries)" ' exit 0'$'\n2'
printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$JAVA_HOME" >"$work/shims/java"

# --- Which Java -----------------------------------------------------------------------------------------------------

mkdir -p "$work/old/bin"
# speaks VERSION: makes the Java there one that says so, and does nothing else
speaks() {
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/sh\n[ -z "$JAVA_TOOL_OPTIONS" ] || echo "Picked up $JAVA_TOOL_OPTIONS" >&2\necho "openjdk version \\"%s\\" 2025-04-15" >&2\n' "$1" >"$work/old/bin/java"
}
speaks 17
row_like 'a Java that is no program gets one line and exit 3' "$(JAVA_HOME="$work/old" said "${me[@]}")" "freshness: there is no $work/old/bin/java; *JAVA_HOME* exit 3"
chmod +x "$work/old/bin/java"
for number in 17 19.0.2 21 25-ea 26.0.1 99; do
  speaks $number
  row_like "Java $number is new enough" "$(JAVA_HOME="$work/old" FRESHNESS_CACHE=off said "${me[@]}")" "openjdk version \"$number\" * exit 0"
done
for number in 16.0.2 11.0.21 9.0.4 1.8.0_402; do
  speaks $number
  old=$(JAVA_HOME="$work/old" said "${me[@]}")
  row_like "Java $number gets one line and exit 3" "$old" "freshness: $work/old/bin/java is openjdk version \"$number\" *; * JAVA_HOME* exit 3"
  row "Java $number: and no more" "$(wc -l <<<"$old" | tr -d ' ')" 1
done
row_like 'and no other Java is asked with options that might do anything to it' \
  "$(JAVA_HOME=$work/old JAVA_TOOL_OPTIONS="-Xlog:gc:file=$work/home/asked" said "${me[@]}") $(ls "$work/home")" \
  "freshness: $work/old/bin/java is openjdk version \"1.8.0_402\" *exit 3 "
old=$(JAVA_HOME="$work/old" said sh Freshness.java "${status[@]}")
if [[ $old == *'; try the newer '* ]]; then
  command=${old##*; try the newer }
  row_like 'and the command in that line works' "$(said env -u JAVA_HOME bash -c "${command% exit 3}")" 'FRESHNESS OK*exit 0'
else
  leave_out 'that a JDK is named: none is in the usual places'
fi
for usual in /usr/lib/jvm/*; do
  if "$usual/bin/java" -version 2>&1 | grep -q 'version "\(1[7-9]\|[2-9][0-9]\)'; then
    row_like 'it is the first of the usual places' "$old" "*JAVA_HOME='$usual' *"
    break
  fi
done
if [[ ${#other[@]} -gt 0 && -d /usr/lib/jvm ]] && unshare --mount mount --bind "$work" /usr/lib/jvm 2>/dev/null; then
  mkdir -p "$work/usual/a/bin" "$work/usual/b/bin" "$work/usual/c/bin"
  cp "$work/old/bin/java" "$work/usual/b/bin/java"
  printf '#!/bin/sh\necho "openjdk version \\"21\\"" >&2\n' >"$work/usual/c/bin/java"
  chmod +x "$work/usual/c/bin/java"
  # shellcheck disable=SC2016 # for the shell inside
  row_like 'which is new enough itself' "$(JAVA_HOME=$work/old said unshare --mount sh -c 'mount --bind "$0" /usr/lib/jvm && exec sh "$@"' \
    "$work/usual" "${me[@]}")" "*try the newer JAVA_HOME='/usr/lib/jvm/c' sh *"
fi
if command -v zsh >/dev/null; then
  row_like 'from zsh, too' "$(JAVA_HOME="$work/old" said zsh ./Freshness.java "${status[@]}")" "freshness: $work/old/bin/java is openjdk *exit 3"
fi
row_like 'a JAVA_HOME without java gets one line and exit 3' "$(JAVA_HOME="$work/none" said "${me[@]}")" "freshness: there is no $work/none/bin/java; *JAVA_HOME* exit 3"
row_like 'no java at all gets one line and exit 3' "$(unset JAVA_HOME; PATH=$work/nodigest said /bin/sh ./Freshness.java "${status[@]}")" \
  'freshness: there is no java on the PATH; *JAVA_HOME* exit 3'
if [[ -z $long ]]; then
  end_of_tests
  exit
fi

# --- What takes longer ----------------------------------------------------------------------------------------------

{ echo '#!/usr/bin/env -S java -cp /dev/null/none --source 17'; cat Freshness.java; } >freshness
chmod +x freshness
copy=$(PATH="$real/bin:$PATH" said python3 -c 'import subprocess, sys
sys.exit(subprocess.run(["./freshness", "status", "--state", sys.argv[1]]).returncode)' "$work/stale.json")
row 'a copy with #! needs no shell' "${copy##* }" 2
row 'and the command that it shows starts itself' "$(grep -c "next: '$app/freshness' recover --feed bravo" <<<"$copy")" 1
rm freshness

echo '// edit' >>Freshness.java
row 'from a hostile directory, with nothing in the cache' "$(cd "$work/hostile" && CLASSPATH=$PWD said "$app/Freshness.java" "${gate[@]}"; planted)" "$wanted"
row 'and what it left there is sound' "$(cd "$work" && said "$app/Freshness.java" "${gate[@]}"; cd "$app"; start "${me[@]}")" "$wanted"$'\n'"$warm"
cp "$root/Freshness.java" .

cat "$work/foreign.jar" >"$jar"
row 'a jar that was written to is not run' "$(said ./Freshness.java "${gate[@]}")" "$blocked"
head -c 1000 "$jar" >"$work/part"
cat "$work/part" >"$jar"
row 'a cut jar is made anew' "$(said ./Freshness.java "${gate[@]}"; start "${me[@]}")" "$blocked"$'\n'"$warm"
: >"$work/empty"

rm -f "$cache"/*
PATH=$work/slow:$PATH said "${me[@]}" >/dev/null
cat "$root/Freshness.java" >Freshness.java
row 'an edit between the digest and the copy does not leave its classes under the old name' "$(said "${me[@]}")" "$source_run"
row 'the classes of the copy have the name of the copy' "$(entries)" 2

cat "$work/edited.java" >Freshness.java
edited=$(PATH=$work/nodigest said "${me[@]}")
row 'and an edit is what runs next' "${edited%%:*}" 'FRESHNESS EDITED'
cat "$root/Freshness.java" >Freshness.java
if command -v busybox >/dev/null; then
  mkdir "$work/busybox"
  busybox --install -s "$work/busybox"
  for call in ./Freshness.java 'busybox sh ./Freshness.java'; do
    rm -f "$cache"/*
    # shellcheck disable=SC2086 # words
    row "with BusyBox tools, $call: built, then from the cache" "$(export PATH="$work/busybox:$PATH"; said $call "${gate[@]}"; start $call "${status[@]}")" "$blocked"$'\n'"$warm"
  done
  chmod 770 "$cache"
  row 'with BusyBox tools: passed over where others can write' "$(PATH="$work/busybox:$PATH" start "${me[@]}")" "$untrusted"
  chmod 700 "$cache"
else
  leave_out 'the tools of busybox, which is not on this machine'
fi

row 'behind a shim' "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; said "${me[@]}"; start "${me[@]}")" "$source_run"$'\n'"$warm"

# --- Other users ----------------------------------------------------------------------------------------------------

if [[ ${#other[@]} -gt 0 ]]; then
  : >"$LOG"
  chmod 666 "$LOG"
  for user in 12345 23456; do
    install -d -o $user -g $user -m 700 "$work/$user"
    row "user $user on the same checkout builds an entry of their own" "$(HOME=$work/$user said as $user "${me[@]}"; HOME=$work/$user start as $user "${me[@]}")" \
      "$source_run"$'\n'"$warm"
  done
  row_like 'a user without HOME' "$(unset HOME; start as 12345 "${me[@]}")" 'source, *nor HOME is set, exit 0'
  row_like 'a user with HOME=/' "$(HOME=/ start as 12345 "${me[@]}")" 'source, cache directory is not trusted: //.cache/freshness, exit 0'
  install -d -o 12345 -m 500 "$work/sealed"
  row 'a user whose HOME is read-only' "$(HOME=$work/sealed said as 12345 "${me[@]}"; ls -A "$work/sealed")" "$source_run"
  rm -f "$cache"/*
  ./Freshness.java --version >/dev/null
  jar=$(echo "$cache"/*.jar)
  plant 644 23456
  row 'a jar that someone else planted is not run' "$(said ./Freshness.java "${gate[@]}")" "$blocked"
  row 'and made anew' "$(start "${me[@]}")" "$warm"
  install -d -m 755 "$work/image" "$work/image/freshness"
  row "an entry that root made for all" "$(XDG_CACHE_HOME=$work/image start "${me[@]}"; XDG_CACHE_HOME=$work/image start as 12345 "${me[@]}")" "$warm"$'\n'"$warm"
  # A root file system that is read-only, as in a container without a writable layer.
  # shellcheck disable=SC2016 # for the shell inside
  if unshare --mount true 2>/dev/null; then
    row 'on a read-only file system, without a passwd entry and without HOME' "$(unset HOME LOG; said unshare --mount sh -c '
      mount -o bind,ro / / 2>/dev/null || mount -o remount,bind,ro / || exit 9
      exec setpriv --reuid 12345 --regid 12345 --clear-groups "$@"' x "${me[@]}")" "$source_run"
  else
    leave_out 'a read-only root file system: no mount namespace here'
  fi
else
  leave_out 'what other users do: this is not root, or there is no setpriv'
fi

# --- Other JDKs, sizes and accidents -------------------------------------------------------------------------------

# Each JDK in turn, and back: by JAVA_HOME, and by a shim that was switched.
IFS=: read -r -a homes <<<"$real:${OTHER_JAVA_HOMES:-}:$real"
for home in "${homes[@]}"; do
  if [[ -z $home ]]; then continue; fi
  version="freshness 1.0, Java $("$home/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.runtime.version = //p') exit 0"
  printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$home" >"$work/shims/java"
  for call in JAVA_HOME shim; do
    with=("JAVA_HOME=$home")
    if [[ $call == shim ]]; then with=(-u JAVA_HOME "PATH=$work/shims:$PATH"); fi
    row "after a change of Java to ${home##*/}, by $call" "$(said env "${with[@]}" "${me[@]}")" "$source_run"
    row 'it is the one that runs' "$(said env "${with[@]}" ./Freshness.java --version)" "$version"
  done
  echo "// $home" >>Freshness.java
  for call in cold warm off; do
    if [[ $call == off ]]; then export FRESHNESS_CACHE=off; fi
    row "from a hostile directory, ${home##*/}, $call" "$(cd "$work/hostile" && JAVA_HOME=$home said "$app/Freshness.java" "${gate[@]}"; planted)" "$wanted"
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
  row "a fresh one of $count feeds" "$(said ./Freshness.java gate --feed feed-1 "${sized[@]}")" \
    'GATE OPEN: feed-1 fresh, 8s of 90s; safe to serve exit 0'
  : >"$LOG"
  stale=$(said ./Freshness.java gate --feed "feed-$count" "${sized[@]}")
  row "a stale one of $count feeds" "${stale%%;*}, ${stale##* }" "GATE BLOCKED: feed-$count stale, 660s > 90s, 2"
  row "its compilers" "$(grep -o 'TieredStopAtLevel=.' "$LOG")" "TieredStopAtLevel=$((count > 300000 ? 4 : 1))"
done
piped=$(said sh -c "cat '$work/sized.json' | ./Freshness.java gate --feed feed-400000 --state - --baseline '$work/sized.json'")
row 'a large state from a pipe' "${piped%%;*}, ${piped##* }" 'GATE BLOCKED: feed-400000 stale, 660s > 90s, 2'

# Damage.
rm -f "$cache"/*
for file in jar jsa; do
  ./Freshness.java --version >/dev/null
  jar=$(echo "$cache"/*.jar)
  for length in 0 100 5000 50000; do
    chmod u+w "${jar%jar}$file"
    head -c $length "${jar%jar}$file" >"$work/part"
    cat "$work/part" >"${jar%jar}$file"
    row "a $file cut to $length bytes does no harm" "$(said ./Freshness.java "${gate[@]}")" "$blocked"
  done
done

rm -f "$cache"/*
for i in $(seq 20); do
  { said "${me[@]}" >"$work/first.$i"; } &
done
wait
good=0
for i in $(seq 20); do
  [[ $(cat "$work/first.$i") == "$source_run" ]] && good=$((good + 1))
done
row 'twenty first runs at once all succeed' "$good $(find "$cache" -mindepth 1 | wc -l | tr -d ' ')" '20 2'
row 'and leave an entry that is used' "$(start "${me[@]}")" "$warm"

for delay in 0.1 0.4 0.8 1.2 1.6 2.0 2.4; do
  rm -rf "${cache:?}"/*
  setsid ./Freshness.java "${status[@]}" >/dev/null 2>&1 &
  pid=$!
  sleep "$delay"
  kill -KILL -- "-$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  row "killed after $delay s, nothing is left that a later run trusts" "$(said ./Freshness.java "${gate[@]}"; start "${me[@]}")" "$blocked"$'\n'"$warm"
done

end_of_tests
