#!/usr/bin/env bash
# Starts ./Freshness.java as its users do, with and without its cache. The argument "long" adds what takes minutes: twenty
# first runs at once, runs that are killed while they compile, other damage. Needs JAVA_HOME; OTHER_JAVA_HOME may name a
# second JDK to change to and back.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(cd "$(mktemp -d)" && pwd -P)
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
app="$work/a copy"
mkdir -p "$app/data" "$work/bin" "$work/home"
cp "$root/Freshness.java" "$app"
cp "$root/data/healthy.json" "$app/data"
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS FRESHNESS_CACHE XDG_CACHE_HOME
export HOME=$work/home JAVA_HOME
cache=$HOME/.cache/freshness
passed=0
failed=0
cd "$app"
status=(status --now 2026-11-22T09:37:00Z)

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

# run COMMAND...: what it prints on both streams, and its exit code
run() {
  local rc=0 out
  out=$("$@" 2>&1 </dev/null) || rc=$?
  echo "$out exit $rc"
}

entries() {
  find "$cache" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l | tr -d ' '
}

source_run=$(run "$JAVA_HOME/bin/java" Freshness.java "${status[@]}")
check 'the run that fills the cache prints what java Freshness.java prints' "$(run ./Freshness.java "${status[@]}")" "$source_run"
check 'it leaves one entry' "$(entries)" 1
entry=$(echo "$cache"/*)
check 'the next run prints the same' "$(run ./Freshness.java "${status[@]}")" "$source_run"
check 'nothing is written beside the source' "$(ls -A)" "$(printf 'Freshness.java\ndata')"

# The ways to start it.
./Freshness.java scenario stale --feed bravo --output "$work/stale.json" >/dev/null
gate=(gate --feed bravo --state "$work/stale.json")
blocked=$(run ./Freshness.java "${gate[@]}")
check 'a blocked gate is exit 2' "${blocked##* }" 2
for shell in bash dash zsh sh; do
  if command -v "$shell" >/dev/null; then
    check "from $shell" "$(run "$shell" -c './Freshness.java "$@"' x "${gate[@]}")" "$blocked"
  fi
done
check 'through env' "$(run env ./Freshness.java "${gate[@]}")" "$blocked"
check 'through xargs' "$(printf '%s\0' "${gate[@]}" | xargs -0 ./Freshness.java 2>&1 | head -n 1 || true)" "${blocked%%$'\n'*}"
check 'through find -exec' "$(find . -name Freshness.java -exec {} "${gate[@]}" \; 2>&1)" "${blocked% exit 2}"
ln -s "$app/Freshness.java" "$work/bin/freshness"
here=$(cd "$work" && "./a copy/Freshness.java" "${status[@]}")
check 'from another directory, in a path with a space' "${here%%$'\n'*}" 'FRESHNESS OK: 3 of 3 feeds fresh and safe to serve'
check 'through a link on the PATH, from /' "$(cd / && PATH="$work/bin:$PATH" run freshness "${status[@]}")" \
  "$(cd / && run "$JAVA_HOME/bin/java" "$app/Freshness.java" "${status[@]}")"
for word in 'two words' "it's" 'a"b' '*' $'two\nlines' "\$HOME" "\\" ''; do
  check "the argument $(printf %q "$word") arrives as it is" "$(run ./Freshness.java gate --feed "$word" --state data/healthy.json)" \
    "$(run "$JAVA_HOME/bin/java" -cp "$entry/freshness.jar" -Djdk.launcher.sourcefile="$app/Freshness.java" Freshness gate --feed "$word" --state data/healthy.json)"
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
{ echo '#!/usr/bin/env -S java --source 21'; cat Freshness.java; } >freshness
chmod +x freshness
copy=$(PATH="$JAVA_HOME/bin:$PATH" run python3 -c 'import subprocess, sys
sys.exit(subprocess.run(["./freshness", "status", "--state", sys.argv[1]]).returncode)' "$work/stale.json")
check 'a copy with #! needs no shell' "${copy##* }" 2
check 'and the command that it shows starts itself' "$(grep -c "next: '$app/freshness' recover --feed bravo" <<<"$copy")" 1
rm freshness

check "the user's own JVM options are obeyed" "$(JDK_JAVA_OPTIONS='-XX:+UseParallelGC' run ./Freshness.java "${status[@]}" | tail -n +2)" "$source_run"

# Its size decides how a state is started.
for count in 10 1000 200000; do
  awk -v n=$count 'BEGIN {
    print "{\"max_age_seconds\": 90, \"feeds\": ["
    for (i = 1; i <= n; i++) printf "  {\"name\": \"feed-%d\", \"alive\": true, \"last_tick_age_seconds\": %d}%s\n", i, i < n ? 8 : 660, i < n ? "," : ""
    print "]}"
  }' >"$work/sized.json"
  sized=(--state "$work/sized.json" --baseline "$work/sized.json")
  check "a fresh one of $count feeds" "$(run ./Freshness.java gate --feed feed-1 "${sized[@]}")" \
    'GATE OPEN: feed-1 fresh, 8s of 90s; safe to serve exit 0'
  stale=$(run ./Freshness.java gate --feed "feed-$count" "${sized[@]}")
  check "a stale one of $count feeds" "${stale%%;*}, ${stale##* }" "GATE BLOCKED: feed-$count stale, 660s > 90s, 2"
done
piped=$(run sh -c "cat '$work/sized.json' | ./Freshness.java gate --feed feed-200000 --state - --baseline '$work/sized.json'")
check 'a large state from a pipe' "${piped%%;*}, ${piped##* }" 'GATE BLOCKED: feed-200000 stale, 660s > 90s, 2'

# What may not be believed.
unsafe=(status --state "$work/stale.json")
wanted=$(run ./Freshness.java "${unsafe[@]}")
mkdir "$work/foreign"
echo 'public class Freshness { public static void main(String[] args) { System.out.println("FRESHNESS OK"); } }' >"$work/foreign/Freshness.java"
"$JAVA_HOME/bin/javac" -d "$work/foreign" "$work/foreign/Freshness.java"
"$JAVA_HOME/bin/jar" --create --file "$work/foreign.jar" -C "$work/foreign" Freshness.class
cat "$work/foreign.jar" >"$entry/freshness.jar"
check 'a foreign freshness.jar is noticed' "$(run ./Freshness.java "${unsafe[@]}")" "$wanted"
sed -i.old 's/FRESHNESS OK: /FRESHNESS EDITED: /' Freshness.java
rm Freshness.java.old
edited=$(run ./Freshness.java "${status[@]}")
check 'an edit is what runs next' "${edited%%:*}" 'FRESHNESS EDITED'
cp "$root/Freshness.java" .
check 'and so is its undoing' "$(run ./Freshness.java "${status[@]}")" "$source_run"
chmod 777 "$cache"
rm -rf "${cache:?}"/*
check 'a directory that others can write is passed over' "$(run ./Freshness.java "${status[@]}") $(entries)" "$source_run 0"
check 'FRESHNESS_CACHE=off leaves no entry' "$(FRESHNESS_CACHE=off run ./Freshness.java "${status[@]}") $(entries)" "$source_run 0"

# Which Java.
mkdir -p "$work/old/bin"
printf '#!/bin/sh\necho "openjdk version \\"17.0.15\\" 2025-04-15" >&2\n' >"$work/old/bin/java"
chmod +x "$work/old/bin/java"
for number in 17.0.15 1.8.0_402 20.0.1; do
  sed -i.old "s/version .*\\\\\" 2025/version \\\\\"$number\\\\\" 2025/" "$work/old/bin/java"
  check "Java $number gets one line and exit 3" "$(JAVA_HOME="$work/old" run ./Freshness.java "${status[@]}")" \
    "freshness: $work/old/bin/java is Java $number, too old; install JDK 21 or newer, or set JAVA_HOME to one exit 3"
done
check 'a JAVA_HOME without java gets one line and exit 3' "$(JAVA_HOME="$work/none" run ./Freshness.java "${status[@]}")" \
  "freshness: there is no $work/none/bin/java; install JDK 21 or newer, or set JAVA_HOME to one exit 3"
no_java=$(unset JAVA_HOME; PATH=$work/bin run /bin/sh ./Freshness.java "${status[@]}")
check 'no java at all gets one line and exit 3' "$no_java" 'freshness: no java on the PATH; install JDK 21 or newer, or set JAVA_HOME to one exit 3'

if [[ ${1:-} == long ]]; then
  mv "$cache" "$work/elsewhere"
  ln -s "$work/elsewhere" "$cache"
  check 'a directory behind a link is passed over' "$(run ./Freshness.java "${status[@]}") $(ls "$work/elsewhere")" "$source_run "
  rm "$cache"
  check 'without HOME it runs from the source' "$(unset HOME; run ./Freshness.java "${status[@]}")" "$source_run"
  check 'where the cache cannot be written it runs from the source' "$(XDG_CACHE_HOME=/proc run ./Freshness.java "${status[@]}")" "$source_run"
  check 'a relative XDG_CACHE_HOME is passed over' "$(XDG_CACHE_HOME=here run ./Freshness.java "${status[@]}") $(ls -A)" "$source_run $(printf 'Freshness.java\ndata')"
  if [[ $(id -u) == 0 ]]; then
    mkdir -p "$cache"
    chown 65534 "$cache"
    check 'a directory of someone else is passed over' "$(run ./Freshness.java "${status[@]}") $(entries)" "$source_run 0"
    chown 0 "$cache"
  fi
  rm -rf "$cache"
  for file in freshness.jar freshness.jsa stamp; do
    ./Freshness.java --version >/dev/null
    entry=$(echo "$cache"/*)
    chmod u+w "$entry/$file"
    head -c 100 "$entry/$file" >"$work/part"
    cp "$work/part" "$entry/$file"
    check "a truncated $file is noticed" "$(run ./Freshness.java "${unsafe[@]}")" "$wanted"
    check "and made anew" "$(test "$(wc -c <"$entry/$file")" -gt 100 && entries)" 1
  done
  rm -rf "$cache"
  for i in $(seq 20); do
    { run ./Freshness.java "${status[@]}" >"$work/first.$i"; } &
  done
  wait
  good=0
  for i in $(seq 20); do
    [[ $(cat "$work/first.$i") == "$source_run" ]] && good=$((good + 1))
  done
  check 'twenty first runs at once all succeed' "$good $(entries)" '20 1'
  for delay in 0.1 0.4 0.8 1.2 1.6 2.0 2.4; do
    rm -rf "$cache"
    setsid ./Freshness.java "${status[@]}" >/dev/null 2>&1 &
    pid=$!
    sleep "$delay"
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    check "killed after $delay s, nothing is left that a later run trusts" "$(run ./Freshness.java "${unsafe[@]}")" "$wanted"
  done
  rm -rf "$cache"
  for home in "$JAVA_HOME" "${OTHER_JAVA_HOME:-$JAVA_HOME}" "$JAVA_HOME"; do
    JAVA_HOME=$home run ./Freshness.java "${status[@]}" >"$work/switched"
    check "after a change of Java to ${home##*/}" "$(cat "$work/switched")" "$source_run"
    version=$(JAVA_HOME=$home ./Freshness.java --version)
    check "it is the one that runs" "$version" "freshness 1.0, Java $("$home/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.runtime.version = //p')"
  done
  for i in 1 2 3 4 5; do
    echo "// edit $i" >>Freshness.java
    ./Freshness.java --version >/dev/null
  done
  check 'old entries do not pile up' "$(($(entries) <= 4))" 1
fi
echo "# launcher: $passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
