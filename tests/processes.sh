#!/usr/bin/env bash
# Freshness as users start it: real processes, real pipes, real signals.
#
#   usage: tests/processes.sh CLASSES        (JAVA_HOME names a JDK 21 or newer)
#
# Started from source where that is the point, which costs about a second each time; elsewhere from the compiled CLASSES.
# Waits are polls with a limit, never a time that has to be long enough.
set -euo pipefail

classes=$(cd "${1:?usage: tests/processes.sh CLASSES}" && pwd -P)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
java=${JAVA_HOME:?JAVA_HOME must name a JDK 21 or newer}/bin/java
work=$(mktemp -d "${TMPDIR:-/tmp}/freshness processes.XXXXXX")
work=$(cd "$work" && pwd -P)
readonly classes root java work
readonly now=2026-11-22T09:37:00Z
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS NO_COLOR
failed=0
watcher=''

# shellcheck disable=SC2317 # called by the trap
finish() {
  [[ -z $watcher ]] || kill -KILL "$watcher" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# --- What the tests share -------------------------------------------------------------------------------------------

# result NAME INPUT GOT WANT: compares two texts
result() {
  if [[ $3 == "$4" ]]; then
    printf 'ok - %s\n' "$1"
  else
    failed=$((failed + 1))
    printf 'not ok - %s\n  input: %s\n' "$1" "$2"
    printf '  got:   %s\n  want:  %s\n' "${3//$'\n'/$'\n'         }" "${4//$'\n'/$'\n'         }"
  fi
}

# run COMMAND...: leaves its exit code in rc, what it printed in out and err
run() {
  rc=0
  "$@" >"$work/stdout" 2>"$work/stderr" || rc=$?
  out=$(cat "$work/stdout")
  err=$(cat "$work/stderr")
}

# expect NAME EXIT OUT ERR COMMAND...: OUT and ERR are shell patterns; ERR is at most one line
expect() {
  local name=$1 exit=$2 like_out=$3 like_err=$4
  shift 4
  run "$@"
  verdict "$name" "$*" "$exit" "$like_out" "$like_err"
}

# verdict NAME INPUT EXIT OUT ERR: the same for what has already run
verdict() {
  local got='' want="exit $3, out: $4, err: $5"
  # shellcheck disable=SC2053 # the right sides are patterns
  if [[ $rc == "$3" && $out == $4 && $err == $5 && $err != *$'\n'* ]]; then got=$want; fi
  result "$1" "$2" "${got:-exit $rc, out: $out, err: $err}" "$want"
}

# poll COMMAND...: until it succeeds, at most for 20 s
poll() {
  local i
  for ((i = 0; i < 400; i++)); do
    if "$@"; then return 0; fi
    sleep 0.05
  done
  return 1
}

# A copy that no fault can turn against the repository, reached by a path with spaces and through a link.
mkdir -p "$work/a copy/data" "$work/bin" "$work/else where"
cp "$root/Freshness.java" "$work/a copy/"
cp "$root/data/healthy.json" "$work/a copy/data/"
ln -s "../a copy/Freshness.java" "$work/bin/gate.java"
source="$work/a copy/Freshness.java"
healthy="$work/a copy/data/healthy.json"
# The program from its classes, which are told where their source is as a source launcher tells it.
program=("$java" -XX:TieredStopAtLevel=1 -cp "$classes" "-Djdk.launcher.sourcefile=$source" Freshness)
app() { "${program[@]}" "$@"; }
stale=$work/stale.json
sed 's/: 11$/: 660/' "$healthy" >"$stale"

# --- Started from source --------------------------------------------------------------------------------------------

cd "$root"
expect 'from the repository: status' 0 'FRESHNESS OK: 3 of 3 *data/healthy.json*' '' "$java" Freshness.java status
cd "$work/else where"
expect 'from elsewhere, a path with spaces: scenario' 0 "SCENARIO WRITTEN: stale bravo*$healthy*" '' \
  "$java" "$source" scenario stale --feed bravo --output stale.json
result 'the scenario is the stale fixture' scenario "$(cat stale.json)" "$(cat "$stale")"
expect 'through a link: gate, blocked by the baseline beside the real file' 2 'GATE BLOCKED: bravo*660s*90s*recover --feed bravo*' '' \
  "$java" "$work/bin/gate.java" gate --feed bravo --action price_order --state stale.json
expect 'from elsewhere: recover' 0 'RECOVERED: bravo*' '' \
  "$java" "$source" recover --feed bravo --state stale.json --output recovered.json
result 'the recovered state differs from the fixture in one line' recover "$(cat recovered.json)" "$(sed 's/: 11$/: 5/' "$healthy")"
expect 'from source: an unknown option' 3 '' 'freshness: unknown option: --stat; did you mean --state?*' "$java" "$source" status --stat x

head -c 40000000 /dev/zero | tr '\0' ' ' >"$work/large.json"
expect 'a heap that is too small is exit 3 and one line that says so' 3 '' 'freshness: out of memory*JDK_JAVA_OPTIONS=-Xmx*' \
  "$java" -Xmx24m "${program[@]:1}" status --state "$work/large.json" --output "$work/none.json" --format json
result 'and no partial document' "$work" "$(find "$work" -name '*none*' -o -name '*.tmp')" ''

expect 'doctor fails where no temporary file can be written' 2 'DOCTOR FAILED: *not ok - a temporary file*' '*' \
  "$java" "-Djava.io.tmpdir=$work/none" "${program[@]:1}" doctor

# --- Pipes and devices ----------------------------------------------------------------------------------------------

cd "$work"
run app scenario stale --feed bravo --output -
result 'a pipe: scenario writes the state to standard output' 'scenario --output -' "$out" "$(cat "$stale")"
rc=0
out=$(app scenario stale --feed bravo --output - 2>/dev/null | app recover --feed bravo --state - --output - 2>/dev/null |
  app gate --feed bravo --action price_order --state -) || rc=$?
err=''
verdict 'a pipe: scenario | recover | gate' 'scenario | recover | gate' 0 'GATE OPEN: bravo*' ''
expect 'a pipe: a state of nothing' 3 'FRESHNESS UNKNOWN: standard input:1:1: *' '' app status --state - </dev/null
cp "$stale" piped.json
for output in '--output piped.json' '--output piped.out --record piped.json'; do
  # shellcheck disable=SC2086 # words
  expect "the file behind standard input is an input: $output" 3 '' 'freshness: * piped.json: the input, which is never written*' \
    app recover --feed bravo --state - $output <piped.json
  result "and it stays: $output" recover "$(cat piped.json)" "$(cat "$stale")"
done
expect 'standard input is closed' 3 'FRESHNESS UNKNOWN: *' '' app status --state - <&-

mkfifo pipe
: <pipe &
exec 5>pipe
wait $! # the reader is gone: whoever writes now finds the pipe closed
for call in 'status' 'status --format json' 'gate --feed alpha --state stale.json' 'scenario stale --feed bravo --output -' 'help'; do
  rc=0
  # shellcheck disable=SC2086 # words of a call
  err=$( (app $call >&5) 2>&1) || rc=$?
  out=''
  verdict "a closed pipe is exit 3: $call" "$call" 3 '' 'freshness: the output could not be delivered: *'
done
exec 5>&-
rc=0
err=$( (app status >&-) 2>&1) || rc=$?
verdict 'standard output is closed' 'status >&-' 3 '' 'freshness: the output could not be delivered: *'

if [[ -e /dev/full ]]; then
  for call in 'status' 'status --format prometheus' 'recover --feed bravo --state stale.json --output -' 'smoke'; do
    rc=0
    # shellcheck disable=SC2086 # words of a call
    err=$( (app $call >/dev/full) 2>&1) || rc=$?
    out=''
    verdict "a full disk is exit 3: $call" "$call >/dev/full" 3 '' 'freshness: the output could not be delivered: *'
  done
fi

# --- The same bytes everywhere --------------------------------------------------------------------------------------

printf '{"max_age_seconds":90.5,"feeds":[{"name":"caf\303\251 \360\237\230\200","alive":true,"last_tick_age_seconds":1234.5}]}' >world.json
for call in 'status --state world.json --baseline world.json' 'status --state world.json --baseline world.json --format json'; do
  for setting in '' LC_ALL=C LANG=C LC_ALL=de_DE.UTF-8 'COLUMNS=20 LINES=5 TERM=xterm-256color TZ=Asia/Kolkata'; do
    # shellcheck disable=SC2086 # words of a call and of settings
    run env -u LC_ALL -u LANG $setting "${program[@]}" $call --now "$now"
    if [[ -z $setting ]]; then plain=$rc$out$err; else result "the same bytes under $setting: $call" "$setting" "$rc$out$err" "$plain"; fi
  done
done

# --- Commands that can be pasted ------------------------------------------------------------------------------------

# The name holds what a shell acts on, and in the second a line break too.
for name in "it's \$HOME * \\\"x\\\" \`id\` ~ !" "two\\nlines \\u001b[31m"; do
  printf '{"max_age_seconds":90,"feeds":[{"name":"%s","alive":true,"last_tick_age_seconds":660}]}' "$name" >hostile.json
  run app status --state hostile.json --baseline hostile.json
  command=$(sed -n 's/^ *next: java \(.*\)AGE$/\15/p' <<<"$out") # a tick of 5 s was seen
  rm -f hostile-recovered.json
  # The first word behind java is the source file: the classes stand for it.
  expect "the recover command of a hostile name works in a shell: $name" 0 'RECOVERED: *' '' eval "set -- $command; shift; app \"\$@\""
done

# --- Records of several processes -----------------------------------------------------------------------------------

pids=''
for i in 1 2 3 4 5 6; do
  app recover --feed bravo --state stale.json --output "out$i.json" --record record >/dev/null &
  pids="$pids $!"
done
rc=0
for pid in $pids; do wait "$pid" || rc=$?; done
result 'six recoveries at once write six whole records' 'recover --record, six times' \
  "exit $rc, $(grep -c '^{"recovery": "recovered".*}$' record) records, $(wc -l <record | tr -d ' ') lines" 'exit 0, 6 records, 6 lines'

# --- Flushed --------------------------------------------------------------------------------------------------------

# What the system is asked for, in order: the record is on disk before the state, its bytes before its name.
if command -v strace >/dev/null && strace -o calls true 2>calls.err; then
  strace -f -o calls -e trace=fsync,fdatasync,rename,renameat,renameat2 \
    "${program[@]}" recover --feed bravo --state stale.json --output flushed.json --record flushed.record >/dev/null
  result 'a recovery is flushed: the record, the new state, and its name once it is there' 'strace recover --record' \
    "$(grep ' = 0$' calls | grep -oE 'fsync|fdatasync|rename' | paste -sd ' ' -)" 'fsync fsync rename fsync'
else
  echo '# no strace that works: that writes are flushed is not tested'
fi

# --- Watching -------------------------------------------------------------------------------------------------------

# put FILE: renames a copy of it over the watched state
put() { cp "$1" next && mv -f next live.json; }

# seen COUNT WORDS: whether the watcher has printed that many lines with these words
seen() { [[ $(grep -c -e "$2" background) -ge $1 ]]; }

# background COMMAND...: starts it and leaves its process in pid. With job control: without, a script's jobs ignore SIGINT.
background() {
  : >background
  set -m
  # shellcheck disable=SC2016 # Perl's variables
  if command -v perl >/dev/null; then set -- perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$@"; fi # ignored, where these tests run in the background
  "$@" >>background 2>&1 &
  pid=$!
  set +m
}

# watch SECONDS: starts a watcher of live.json
watch() {
  background "${program[@]}" status --watch "$1" --state live.json
  watcher=$pid
}

# shellcheck disable=SC2317 # called by poll
gone() { ! kill -0 "$watcher" 2>/dev/null; }

# interrupted NAME EXIT: ends the watcher as Ctrl-C does; one that does not end is killed, and leaves another exit code
interrupted() {
  rc=0
  kill -INT "$watcher"
  poll gone || kill -KILL "$watcher"
  wait "$watcher" || rc=$?
  watcher=''
  result "$1" 'SIGINT' "exit $rc, $(grep -c -e rror -e xception background || true) errors" "exit $2, 0 errors"
}

put "$healthy"
watch 0.1
poll seen 1 'FRESHNESS OK' || true
turns=0
until seen 8 ' -> ' || ((turns++ >= 2000)); do
  put "$stale"
  put "$healthy"
done
result 'watch: a state that is renamed over and over shows its transitions and is always whole' "$turns renames" \
  "$(grep -v -E -e '^[-0-9T:]+Z bravo (fresh -> stale: last tick 660s old, limit 90s|stale -> fresh: .*)$' background | sed 's/^[^ ]* //')" \
  'FRESHNESS OK: 3 of 3 feeds fresh and safe to serve'
put "$healthy"
: >background
rm -f live.json
poll seen 3 'fresh -> unknown.*live.json' || true
put "$stale"
poll seen 1 'bravo unknown -> stale' || true
printf '{"max_age_seconds": 9' >half.json
put half.json
poll seen 3 ' -> unknown.*live.json:1:' || true
put "$healthy"
poll seen 1 'bravo unknown -> fresh' || true
result 'watch: a state that disappears or is half written is unknown and then recovers' 'rm, mv' \
  "$(sed -n 's/^[^ ]* bravo \([a-z]* -> [a-z]*\).*/\1/p' background | tail -n 4)" \
  $'fresh -> unknown\nunknown -> stale\nstale -> unknown\nunknown -> fresh'
put "$stale"
poll seen 1 'bravo fresh -> stale' || true
interrupted 'watch: interrupted, it has proved nothing, whatever the last verdict was: not safe' 130
put "$healthy"
watch 86400
poll seen 1 'FRESHNESS OK' || true
interrupted 'watch: interrupted, it has proved nothing, whatever the last verdict was: safe' 130
rm live.json
watch 86400
poll seen 1 'FRESHNESS UNKNOWN' || true
interrupted 'watch: interrupted, it has proved nothing, whatever the last verdict was: not evaluated' 130

# --- Interrupted writing --------------------------------------------------------------------------------------------

# A state whose writing takes long enough to be caught in the middle. A run that ends before the signal does not count.
mkdir large
{ cat "$healthy" && head -c 100000000 /dev/zero | tr '\0' ' '; } >large.json
writing() { compgen -G 'large/.freshness-*' >/dev/null; }
caught=0
for ((i = 0; i < 10 && caught < 2; i++)); do
  echo old >large/out.json
  signal=TERM
  if ((caught == 1)); then signal=INT; fi
  background "${program[@]}" scenario stale --feed bravo --state large.json --output large/out.json
  until writing || ! kill -0 "$pid" 2>/dev/null; do :; done
  kill "-$signal" "$pid" 2>/dev/null || true
  rc=0
  wait "$pid" || rc=$?
  if ((rc > 128)); then
    caught=$((caught + 1))
    result "SIG$signal while a file is written: the old one stays, and no other" 'scenario' "$(ls -A large) $(head -c 100 large/out.json)" 'out.json old'
  fi
done
result 'two writers were caught in the middle' "$i runs" "$caught" 2

exit $((failed > 0))
