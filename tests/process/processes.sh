#!/usr/bin/env bash
# Freshness as users start it: real processes, real pipes, real signals.
#
#   usage: tests/process/processes.sh CLASSES [long]
#
# JAVA_HOME names a JDK 17 or newer; "long" adds what takes a minute. The program is started from
# source if that is the point, which costs about a second each time; otherwise from the compiled
# CLASSES. Waits are polls with a limit, never a time that has to be long enough. Works with the
# bash 3.2 of macOS.
#
# Each section is a list of functions, which are called at the end, in their order.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

classes=$(cd "${1:?usage: tests/process/processes.sh CLASSES [long]}" && pwd -P)
long=${2:-}
begin processes
copy_program "$work/a copy"
use_classes "$classes"
shopt -s extglob
readonly classes long now=2026-11-22T09:37:00Z
stale=$work/stale.json
sed 's/: 11$/: 660/' "$healthy" >"$stale"
printf '{"max_age_seconds": 9' >half.json
head -c 40000000 /dev/zero | tr '\0' ' ' >blank.json

# --- Time that passes meanwhile -------------------------------------------------------------------

# These take a second or two, of which the other tests make use. Their rows come at the end.

late_formats=(
  '{"feeds":[{"name":"bravo","alive":true,"last_tick_at":"%s"}'
  '{"as_of":"%s","feeds":[{"name":"bravo","alive":true,"last_tick_age_seconds":0}'
)
late_jobs=()

# late FORMAT: a state whose last byte comes when its tick is older than the limit of one second.
# Before the tick there is more than a pipe holds: once that is through, the program is reading, and
# a clock that was read before would be too early.
late() {
  local instant second
  head -c 300000 /dev/zero | tr '\0' ' '
  instant=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  second=$(date +%s)
  # shellcheck disable=SC2059 # a format on purpose
  printf "$1" "$instant"
  until (($(date +%s) > second + 1)); do
    sleep 0.05
  done
  printf ' ]}'
}

# late_gate NUMBER: a gate on the late state of that number. Its exit code goes to a file: by the
# time that it is asked for, another process may have its number.
late_gate() {
  local rc=0
  late "${late_formats[$1]}" | app gate --feed bravo --state - --baseline second.json || rc=$?
  echo "$rc" >"late.$1.exit"
}

# rewrite_undated: replaces a state by the same bytes, again and again
rewrite_undated() {
  while [[ ! -e undated.end ]]; do
    cp second.json undated.new
    mv -f undated.new undated.json
    sleep 0.05
  done
}

begin_what_takes_time() {
  local feed='{"name":"bravo","alive":true,"last_tick_age_seconds":0.1}'
  printf '{"max_age_seconds":1,"feeds":[%s]}' "$feed" >second.json
  late_gate 0 >late.0 2>&1 &
  late_jobs[0]=$!
  late_gate 1 >late.1 2>&1 &
  late_jobs[1]=$!

  # A file that says nothing of time, and is only ever replaced by the same bytes, is as old as it
  # has been seen to be.
  cp second.json undated.json
  local undated=(--watch 0.1 --state undated.json --baseline second.json)
  background undated.status "${program[@]}" status "${undated[@]}"
  # shellcheck disable=SC2016 # for the shell inside
  background undated.gate sh -c '"$@"; echo "exit $?"' sh \
    "${program[@]}" gate --feed bravo "${undated[@]}"
  rewrite_undated &
  undated_writer=$!

  # A pipe that is full, and whose reader has stopped reading. What waits for the end of a watch has
  # to be told all the same.
  mkfifo unread
  exec 9<>unread
  head -c 65536 /dev/zero >&9
  # shellcheck disable=SC2016 # for the shell inside
  background unread.gate sh -c '"$@" >unread 2>&1; echo "exit $?"' sh \
    "${program[@]}" gate --feed bravo --state "$stale" --quiet --watch 0.2

  # One that is to look once a day.
  cp second.json daily.json
  background daily.log \
    "${program[@]}" status --watch 86400 --state daily.json --baseline second.json
  await has 1 'FRESHNESS OK' daily.log
  rm daily.json
}

end_what_takes_time() {
  local i
  for i in 0 1; do
    wait "${late_jobs[i]}" || true
    like "a state that aged while it was written to standard input is judged by the time of its\
 last byte: ${late_formats[i]}" gate \
      "exit $(cat "late.$i.exit"), $(cat "late.$i")" 'exit 2, GATE BLOCKED: bravo stale, *s > 1s*'
  done
  await has 1 '^exit' undated.gate
  like 'gate: what is undated and stays the same turns stale at its limit' 'gate --watch' \
    "$(cat undated.gate)" 'GATE OPEN: bravo *GATE BLOCKED: bravo stale, *s > 1s*exit 2'
  await has 1 'bravo fresh -> stale' undated.status
  like 'status: and in a watch, too' 'status --watch' "$(cat undated.status)" \
    '*FRESHNESS OK*bravo fresh -> stale: last tick *s old, limit 1s'
  await has 1 '^exit' unread.gate
  check 'a watch ends even if nobody reads its verdict' 'gate --watch' "$(cat unread.gate)" 'exit 3'
  exec 9>&-
  check 'a watch looks as seldom as it is told to' 'status --watch 86400' "$(grep -c . daily.log)" 1
  : >undated.end
  wait "$undated_writer" || true
}

# --- Started from source --------------------------------------------------------------------------

from_source() {
  cd "$root"
  expect 'from the repository: status' 0 'FRESHNESS OK: 3 of 3 *data/healthy.json*' '' \
    "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC Freshness.java status
  mkdir "$work/bin"
  ln -s "../a copy/Freshness.java" "$work/bin/gate.java"
  cd "$work/else where"
  expect 'from elsewhere, through a link: gate, blocked by the baseline beside the real file' 2 \
    'GATE BLOCKED: bravo*660s*90s*recover --feed bravo*--age-seconds AGE' '' \
    "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$work/bin/gate.java" \
    gate --feed bravo --action price_order --state "$stale"
  cd "$work"
}

from_elsewhere() {
  cd "$work/else where"
  expect 'from elsewhere, a path with spaces: scenario' 0 \
    "SCENARIO WRITTEN: stale bravo*$healthy*  output: stale.json"$'\n*' '' \
    app scenario stale --feed bravo --output stale.json
  check 'the scenario is the stale fixture' scenario "$(cat stale.json)" "$(cat "$stale")"
  expect 'from elsewhere: recover' 0 'RECOVERED: bravo*' '' \
    app recover --feed bravo --state stale.json --output recovered.json
  check 'the recovered state differs from the fixture in one line' recover \
    "$(cat recovered.json)" "$(sed 's/: 11$/: 5/' "$healthy")"
  expect 'an unknown option' 3 '' 'freshness: unknown option: --stat; did you mean --state?*' \
    app status --stat x
  cd "$work"
}

# with_heap SIZE ARGUMENT...: the program with that much memory
with_heap() {
  "${program[@]:0:1}" "-Xmx$1" "${program[@]:1}" "${@:2}"
}

# many_feeds COUNT: prints a state of so many fresh feeds
many_feeds() {
  awk -v count="$1" 'BEGIN {
    print "{\"max_age_seconds\": 90, \"feeds\": ["
    for (i = 1; i <= count; i++) {
      printf "%s{\"name\": \"feed-%d\", \"alive\": true, ", (i > 1 ? "," : ""), i
      print "\"last_tick_age_seconds\": 8}"
    }
    print "]}"
  }'
}

little_memory() {
  expect 'a heap that is too small is exit 3 and one line that says so' 3 '' \
    'freshness: out of memory*JDK_JAVA_OPTIONS=-Xmx*' \
    with_heap 24m status --state blank.json --output none.json --format json
  check 'and no partial document' "$work" "$(find . -name '*none*' -o -name '*.tmp')" ''
  many_feeds 40000 >many.json
  cp many.json base.json
  expect 'a report longer than the heap is delivered in pieces' 0 \
    'FRESHNESS OK: 40000 of 40000 *' '' \
    with_heap 24m status --state many.json --baseline base.json --output many.out --format json
  rm -f many.json base.json many.out
}

# with_none COMMAND: that command with a temporary directory that does not exist, of which a newer
# JVM warns, too
with_none() {
  said "${program[@]:0:2}" "-Djava.io.tmpdir=$work/none" "${program[@]:2}" "$1" |
    grep -v '^WARNING: java.io.tmpdir'
}

self_checks() {
  expect 'smoke passes' 0 'SMOKE PASSED: *' '' app smoke
  expect 'doctor passes' 0 'DOCTOR PASSED: *' '' app doctor
  local why="cannot write to the temporary directory $work/none: no such file;"
  why+=" choose another with -Djava.io.tmpdir=DIR"
  check 'smoke says where no temporary file can be written' smoke \
    "$(with_none smoke)" "freshness: $why exit 3"
  local failed_check='not ok - a temporary file can be written, renamed and read back'
  like 'doctor fails where no temporary file can be written' doctor "$(with_none doctor)" \
    "DOCTOR FAILED: *"$'\n'"$failed_check: $work/none"$'\n'"  why: $why"$'\n* exit 2'
}

damaged_classes() {
  mkdir damaged
  cp "$classes"/Freshness*.class damaged
  # Not even the line about the error can be made.
  rm damaged/Freshness\$Output.class
  expect 'what dies on its way out of main is exit 3' 3 '' '' \
    "${jvm[@]}" -cp damaged Freshness status --state "$healthy" --baseline "$healthy"
}

# zones_of ARGUMENT...: how the program ends, and whether it loads the rules of time zones, which
# takes about as long as a warm start
zones_of() {
  local rc=0 loads='no zones'
  "$java" -Xlog:class+load:file=loaded.log "${from_classes[@]:1}" "$@" >out 2>&1 || rc=$?
  if ! grep -q 'Freshness.Decision ' loaded.log; then
    loads='nothing that was logged'
  elif grep -q 'TzdbZoneRulesProvider ' loaded.log; then
    loads=zones
  fi
  echo "exit $rc, $loads"
}

# A gate with text output does not need to know whether a tick was due.
time_zones() {
  local row call feed='{"name":"bravo","alive":true,"last_tick_at":' instant=2025-11-28T20:59:55Z
  printf '%s\n' '{"max_age_seconds":90,"feeds":[{"name":"bravo"}],"calendar":"nyse","calendars":' \
    '{"nyse":{"zone":"America/New_York","open":["Mon-Fri 09:30-16:00"]}}}' >hours.json
  printf '{"feeds":[%s"%s"}]}' "$feed" "$instant" >silent.json
  printf '{"feeds":[%s"%s"}]}' "$feed" "$(date -u +%FT%TZ)" >quoted.json
  for row in 'exit 2, no zones=gate --feed bravo --state silent.json' \
    'exit 0, no zones=gate --feed bravo --action read_last_price --state silent.json' \
    'exit 0, no zones=status --state quoted.json' 'exit 2, zones=status --state silent.json' \
    'exit 2, zones=gate --feed bravo --format json --state silent.json'; do
    call="${row#*=} --baseline hours.json"
    # shellcheck disable=SC2086 # words on purpose
    check 'the rules of time zones are loaded if somebody asks for an alert' "$call" \
      "$(zones_of $call)" "${row%%=*}"
  done
}

# --- Pipes and devices ----------------------------------------------------------------------------

pipes() {
  run app scenario stale --feed bravo --output -
  check 'a pipe: scenario writes the state to standard output' 'scenario --output -' \
    "$out" "$(cat "$stale")"
  rc=0
  out=$(app scenario stale --feed bravo --output - 2>/dev/null |
    app recover --feed bravo --state - --output - 2>/dev/null |
    app gate --feed bravo --action price_order --state -) || rc=$?
  err=''
  verdict 'a pipe: scenario | recover | gate' 'scenario | recover | gate' 0 'GATE OPEN: bravo*' ''
  expect 'a pipe: a state of nothing' 3 'FRESHNESS UNKNOWN: standard input:1:1: *' '' \
    app status --state - </dev/null
}

input_behind_a_pipe() {
  local output
  cp "$stale" piped.json
  for output in '--output piped.json' '--output piped.out --record piped.json'; do
    expect "the file behind standard input is an input: $output" 3 '' \
      'freshness: * piped.json: this is the input file, which is never overwritten*' \
      app_words "recover --feed bravo --state - $output" <piped.json
    check "and it stays: $output" recover "$(cat piped.json)" "$(cat "$stale")"
  done
}

# undelivered NAME CALL: a call that finds its standard output, descriptor 5, closed or full
undelivered() {
  rc=0
  err=$( (app_words "$2" >&5) 2>&1) || rc=$?
  out=''
  verdict "$1: $2" "$2" 3 '' 'freshness: cannot write the output: *'
}

closed_pipe() {
  local call
  mkfifo pipe
  : <pipe &
  exec 5>pipe
  wait $! # the reader is gone: whoever writes now finds the pipe closed
  for call in \
    'status' \
    'status --format json' \
    'gate --feed alpha --state stale.json' \
    'gate --watch 1 --feed alpha --state stale.json' \
    'status --watch 1 --state stale.json' \
    'scenario stale --feed bravo --output -' \
    'help'; do
    undelivered 'a closed pipe is exit 3' "$call"
  done
  exec 5>&-
}

full_device() {
  local call
  if [[ ! -e /dev/full ]]; then
    leave_out 'a full disk: this system has no /dev/full'
    return
  fi
  exec 5>/dev/full
  for call in \
    'status' \
    'status --format prometheus' \
    'status --format html' \
    'recover --feed bravo --state stale.json --output -' \
    'smoke'; do
    undelivered 'a full disk is exit 3' "$call"
  done
  exec 5>&-
  rc=0
  app status --output - >/dev/null 2>/dev/full || rc=$?
  check 'and so is a standard error that takes no report' 'status --output - 2>/dev/full' "$rc" 3
}

# full COMMAND: that command if files may have no size, so that all that can be written are pipes:
# a disk that is full, for any user
full() {
  (
    ulimit -f 0
    app "$@"
  )
}

full_temporary_directory() {
  like 'smoke names the temporary directory that takes nothing' 'smoke' "$(said full smoke)" \
    "freshness: cannot write to the temporary directory $tmp: *;\
 choose another with -Djava.io.tmpdir=DIR exit 3"
  like 'and so does doctor, as a check that has failed' 'doctor' "$(said full doctor)" \
    "DOCTOR FAILED: 5 of 6 checks passed*not ok - a temporary file can be written*\
why: cannot write to the temporary directory $tmp: * exit 2"
}

unreadable_places() {
  like 'with input and output closed, the error says what to do' 'status <&- >&-' \
    "$("${from_classes[@]}" status 2>&1 <&- >&- || true)" \
    'freshness: cannot write the output: standard input or output is closed;'\
' redirect it instead, for example with </dev/null'
  mkdir -m 000 sealed
  like 'a state that may not be read' 'status --state sealed/state.json' \
    "$(said ${other[@]+"${other[@]}"} "${program[@]}" status --state sealed/state.json)" \
    'FRESHNESS UNKNOWN: cannot read sealed/state.json: permission denied; let this user read it;'\
' nothing is safe to serve exit 3'
  like 'a directory that may not be written' 'scenario stale --output sealed/out.json' \
    "$(said ${other[@]+"${other[@]}"} "${program[@]}" scenario stale --feed bravo \
    --output sealed/out.json)" \
    'freshness: cannot write the output: permission denied at */sealed*; let this user write there'\
' exit 3'
  rmdir sealed
  cp "$healthy" sealed.json
  chmod 000 sealed.json
  like 'a state that may not be read, in a directory that may' 'status --state sealed.json' \
    "$(said ${other[@]+"${other[@]}"} "${program[@]}" status --state sealed.json)" \
    'FRESHNESS UNKNOWN: cannot read sealed.json: permission denied; let this user read it;'\
' nothing is safe to serve exit 3'
  rm sealed.json
  # Classes that are not told where their source is have no baseline of their own, whatever the
  # directory holds.
  mkdir -p bare/data
  cp "$healthy" bare/data
  cp "$source" bare
  cd bare
  like 'a start that does not know its source' 'java -cp CLASSES Freshness status' \
    "$(said "${jvm[@]}" -cp "$classes" Freshness status)" \
    'FRESHNESS UNKNOWN: baseline not found: started this way, the program does not know where'\
' Freshness.java is; pass --baseline; nothing is safe to serve exit 3'
  cd "$work"
  rm -r bare
}

without_proc() {
  if ((${#other[@]})) && unshare --mount mount -t tmpfs none /proc 2>/dev/null; then
    # shellcheck disable=SC2016 # for the shell inside
    local hide='mount -t tmpfs none /proc && LD_LIBRARY_PATH=$JAVA_HOME/lib exec "$@"'
    like 'without /proc, as on other systems' 'status' \
      "$(said unshare --mount sh -c "$hide" sh "${program[@]}" status)" \
      'FRESHNESS OK: 3 of 3 *exit 0'
  else
    leave_out 'a system without /proc: no mount namespace here'
  fi
}

# --- Standard streams that are closed -------------------------------------------------------------

# If a stream is closed, what the JVM opens first takes its place. A verdict that nobody got is
# exit 3, never 0.

# with_streams OPEN COMMAND...: with those of the descriptors 0, 1 and 2 open, and the others closed
with_streams() {
  local open=$1
  shift
  exec </dev/null >"$work/out" 2>"$work/err"
  if [[ $open != *0* ]]; then
    exec <&-
  fi
  if [[ $open != *1* ]]; then
    exec >&-
  fi
  if [[ $open != *2* ]]; then
    exec 2>&-
  fi
  exec "$@"
}

# streams NAME COMMAND...: with each combination of open and closed streams, what is delivered has
# to be what the command prints when nothing is closed
streams() {
  local name=$1 open got undisturbed want wrong=''
  shift
  run "$@"
  undisturbed="exit $rc, $out"
  for open in 012 12 02 01 2 1 0 ''; do
    : >"$work/out"
    rc=0
    (with_streams "$open" "$@") || rc=$?
    got="exit $rc, $(cat "$work/out")"
    want='exit 3, '
    if [[ $open == *1* ]]; then
      want=$undisturbed
    fi
    if [[ $got != "$want" ]]; then
      wrong="${wrong}open [$open]: ${got%%$'\n'*}"$'\n'
    fi
  done
  check "closed streams: $name" "$*; undisturbed: ${undisturbed%%$'\n'*}" "$wrong" ''
}

closed_streams() {
  local call words gate='gate --feed bravo --state ../other.json'
  cd "$work/a copy"
  cp data/healthy.json ../other.json
  for call in 'status' 'status --format json' "$gate" "$gate --format json"; do
    IFS=' ' read -r -a words <<<"$call --now $now"
    if [[ $long || $call == status || $call == *gate*json ]]; then
      streams "$call" "${program[@]}" "${words[@]}"
    fi
    if [[ $long && $call == *gate*json ]]; then
      streams "from source: $call" "$java" Freshness.java "${words[@]}"
    fi
    if [[ $long && $call != *json ]]; then
      run env "HOME=$work/home" sh Freshness.java --version # fills the cache
      streams "from the cache: $call" env "HOME=$work/home" sh Freshness.java "${words[@]}"
    fi
  done
  cd "$work"
}

# --- The same bytes everywhere --------------------------------------------------------------------

same_bytes() {
  local call words plain setting settings
  printf '{"max_age_seconds":90.5,"feeds":[{"name":"%b","alive":true,%s}]}' \
    'caf\0303\0251 \0360\0237\0230\0200' '"last_tick_age_seconds":1234.5' >world.json
  call='status --state world.json --baseline world.json'
  for call in "$call" "$call --format json"; do
    IFS=' ' read -r -a words <<<"$call --now $now"
    run env -u LC_ALL -u LANG "${program[@]}" "${words[@]}"
    plain=$rc$out$err
    for setting in LC_ALL=C \
      'LANG=de_DE.UTF-8 COLUMNS=20 LINES=5 TERM=xterm-256color TZ=Asia/Kolkata'; do
      IFS=' ' read -r -a settings <<<"$setting"
      run env -u LC_ALL -u LANG "${settings[@]}" "${program[@]}" "${words[@]}"
      check "the same bytes under $setting: $call" "$setting" "$rc$out$err" "$plain"
    done
  done
}

# copied_contract: the copy that is suggested is one that replaces no file
copied_contract() {
  cd "$work/a copy"
  local asked=(gate --feed alpha --state data/healthy.json)
  expect 'a copy of the fixture is suggested' 3 '*: cp data/healthy.json state.json' '' \
    app "${asked[@]}"
  : >state.json
  ln -s nowhere state-2.json
  expect 'one that replaces neither a file nor a link' 3 \
    '*: cp data/healthy.json state-3.json' '' app "${asked[@]}"
  # shellcheck disable=SC2094 # that both are one file is the point
  expect 'a state from standard input that is the baseline is refused' 3 \
    'GATE BLOCKED: -: this is the baseline*' '' \
    app gate --feed alpha --state - --baseline data/healthy.json <data/healthy.json
  rm -f state.json state-2.json
  cd "$work"
}

# --- Commands that can be pasted ------------------------------------------------------------------

pasted_commands() {
  local name command feed
  # The name holds what a shell acts on, and in the second a line break, too.
  for name in "it's \$HOME * \\\"x\\\" \`id\` ~ !" "two\\nlines \\u001b[31m"; do
    feed="{\"name\":\"$name\",\"alive\":true,\"last_tick_age_seconds\":660}"
    printf '{"max_age_seconds":90,"feeds":[%s]}' "$feed" >hostile.json
    cp hostile.json base.json
    run app status --state hostile.json --baseline base.json
    command=$(sed -n 's/^ *next: java //p' <<<"$out")
    rm -f hostile-recovered.json
    # The first word after java is the source file: the classes stand for it.
    expect "as it is, the recover command of a hostile name is refused: $name" 3 '' \
      'freshness: *replace it with the age, in seconds, of a tick you have seen*' \
      eval "set -- $command; shift; app \"\$@\""
    expect "with the age of a tick it works in a shell: $name" 0 'RECOVERED: *' '' \
      eval "set -- ${command/%AGE/5}; shift; app \"\$@\""
  done
}

# --- Files: mode, owner, the program itself -------------------------------------------------------

# listed FILE: its mode, owner and group
# shellcheck disable=SC2012 # the columns are what is asked for, and each system has its own stat
listed() {
  ls -ln "$1" | awk '{ print substr($1, 1, 10), $3, $4 }'
}

# names DIRECTORY: of what is in it
# shellcheck disable=SC2012 # all names are known here
names() {
  ls -A "$1" | paste -sd ' ' -
}

owner="$(id -u) $(id -g)"

# keeps_mode MODE LISTED CALL: a file with that mode is replaced by one with the same
keeps_mode() {
  echo old >kept/out
  chmod "$1" kept/out
  run app_words "$3 --output kept/out"
  check "a replaced file keeps its mode $1: ${3%% *}" "$3" \
    "exit $rc, $(listed kept/out), $(head -c 1 kept/out)" "exit 0, $2 $owner, {"
}

# scenario_as_other FILE: a scenario that the second user writes
scenario_as_other() {
  run "${other[@]}" "${program[@]}" scenario frozen --output "$1"
}

modes_and_owners() {
  mkdir kept
  cp "$stale" kept/stale.json
  keeps_mode 600 -rw------- 'scenario frozen'
  keeps_mode 640 -rw-r----- 'recover --feed bravo --state kept/stale.json'
  keeps_mode 666 -rw-rw-rw- 'status --format json'
  rm kept/out
  (
    umask 027
    app scenario frozen --output kept/out >/dev/null
  )
  check 'a new file has the mode that the umask gives it' 'umask 027' \
    "$(listed kept/out)" "-rw-r----- $owner"
  if ((${#other[@]} == 0)); then
    leave_out 'whose a replaced file is, for which root is needed'
    return
  fi
  chmod 600 kept/out
  chown 65533:65532 kept/out
  run app scenario frozen --output kept/out
  check 'as root, a replaced file keeps its owner and group' 'scenario' \
    "exit $rc, $(listed kept/out)" 'exit 0, -rw------- 65533 65532'
  chown 65534:65534 kept
  scenario_as_other kept/out
  check 'where a file cannot be given away, its mode is kept' 'scenario' \
    "exit $rc, $(listed kept/out)" 'exit 0, -rw------- 65534 65534'
  planted_files
  own_files
}

# planted FILE CALL: a call that would write what another user has put there
planted() {
  echo planted | "${other[@]}" tee "planted/$1" >planted.out
  expect "a file that another user has put there is not written: $2" 3 '' \
    "freshness: *planted/$1 belongs to another user, *" app_words "$2"
  check 'and it stays, alone' "$2" \
    "$(cat planted/*) $(names planted) $(ls recovered.planted 2>/dev/null)" "planted $1 "
  rm planted/*
}

# The name of an output can be known before, and whoever owns it owns the state that is made of it.
planted_files() {
  local recover='recover --feed bravo --state stale.json --output recovered.planted'
  mkdir -m 1777 planted
  planted out 'scenario frozen --output planted/out'
  planted out 'status --format prometheus --output planted/out'
  planted out 'status --format html --output planted/out'
  planted record "$recover --record planted/record"
}

# The directory of a log may be closed to whoever writes the log.
own_files() {
  mkdir -m 775 logs
  touch logs/record
  chown 65534:65534 logs/record
  run "${other[@]}" "${program[@]}" \
    recover --feed bravo --state "$stale" --output - --record logs/record
  check 'a record of its own is, in a directory that only others can write' 'recover --record' \
    "exit $rc, $(wc -l <logs/record | tr -d ' ') $(names logs)" 'exit 0, 1 record'
  scenario_as_other planted/out
  scenario_as_other planted/out
  check 'and one of its own is, there too' 'scenario' \
    "exit $rc, $(listed planted/out)" 'exit 0, -rw-r--r-- 65534 65534'
}

# no_target CALL TARGET: a call that ends with the name of the program
no_target() {
  local words
  IFS=' ' read -r -a words <<<"$1"
  expect "the program is no target: $1 ${2##*/}" 3 '' \
    "freshness: --* $2: this is the program itself; choose another file*" app "${words[@]}" "$2"
}

program_is_no_target() {
  local sum recover='recover --feed bravo --state stale.json --output'
  ln "$source" "$work/a copy/hard"
  sum=$(cksum <"$source")
  no_target 'scenario frozen --output' "$source"
  no_target 'status --output' "$work/a copy/../a copy/Freshness.java"
  no_target "$recover" "$work/a copy/hard"
  no_target "$recover none.json --record" "$source"
  check 'and it stays as it is' "$source" "$(cksum <"$source") $(ls none.json 2>/dev/null)" "$sum "
  rm "$work/a copy/hard"
}

# --- Record and output: both or neither -----------------------------------------------------------

# recovery DIRECTORY [STATE]: into words; its old output and its record of one line are there before
recovery() {
  mkdir -p "$1"
  echo 'the old state' >"$1/out.json"
  echo '{"recovery": "an earlier one"}' >"$1/record"
  words=(recover --feed bravo --state "${2:-$stale}" --output "$1/out.json" --record "$1/record")
}

# outcome DIRECTORY: "both", "neither", or what is there
outcome() {
  local found
  found="$(head -n 1 "$1/out.json" | head -c 20) $(wc -l <"$1/record" | tr -d ' ')"
  found+=" $(tail -n 1 "$1/record" | head -c 24) $(names "$1")"
  case $found in
    'the old state 1 {"recovery": "an earlier'' out.json record') echo neither ;;
    '{ 2 {"recovery": "recovered"'' out.json record') echo both ;;
    *) echo "$found" ;;
  esac
}

# large_stale BYTES: the stale state with a member of so many bytes
large_stale() {
  sed '$d' "$stale"
  printf '  , "x-padding": "'
  head -c "$1" /dev/zero | tr '\0' x
  printf '"\n}\n'
}

# app_limited BLOCKS ARGUMENT...: the program if files may not be larger
app_limited() {
  (
    ulimit -f "$1"
    shift
    exec "${program[@]}" "$@"
  )
}

# A file that may not grow so long: the new state, or the record, is cut in the middle.
both_or_neither() {
  local before err_of_output
  recovery plain
  run app "${words[@]}"
  check 'a recovery leaves both' recover "exit $rc, $(outcome plain)" 'exit 0, both'

  mkdir limited
  large_stale 40000 >large-stale.json
  recovery limited large-stale.json
  run app "${words[@]}"
  check 'the state of 40,000 bytes can be recovered' "${words[*]}" \
    "exit $rc, $(outcome limited)" 'exit 0, both'
  recovery limited large-stale.json
  run app_limited 16 "${words[@]}"
  err_of_output=$err
  check 'no room for the new state: neither' 'ulimit -f 16' \
    "exit $rc, $(outcome limited)" 'exit 3, neither'
  recovery limited
  awk 'BEGIN { for (i = 0; i < 2046; i++) print "1234567" }' >limited/record # 16 B below 16 KiB
  before=$(cksum <limited/record)
  run app_limited 16 "${words[@]}"
  check 'no room for the record: neither' 'ulimit -f' \
    "exit $rc, $(cat limited/out.json), $(cksum <limited/record), $(names limited)" \
    "exit 3, the old state, $before, out.json record"
  like 'and it is said' 'ulimit -f' "$err_of_output$err" \
    'freshness: *File too large*freshness: *File too large*'
}

# A directory in which files can be made and replaced, but which cannot be read: whether a new name
# is on disk could not be told.
unreadable_directory() {
  if ((${#other[@]} == 0)); then
    leave_out 'a directory that can be written but not read, for which root and a second user are\
 needed'
    return
  fi
  recovery unreadable
  chown -R 65534:65534 unreadable
  chmod 300 unreadable
  run "${other[@]}" "${program[@]}" "${words[@]}"
  chmod 700 unreadable
  check 'a directory that can be written but not read: neither, and it is said' '--output' \
    "exit $rc, $(outcome unreadable), ${err%%:*}" 'exit 3, neither, freshness'
}

# waits_or_ended DIRECTORY PID: whether a recovery has its new state, which is there before the
# record is locked, or has ended
# shellcheck disable=SC2317 # called by await
waits_or_ended() {
  compgen -G "$1/.freshness-*" >/dev/null || gone "$2"
}

# Held by another process, a record is waited for, and what that one appended stays. A reader's
# lock, which anyone may have who can read the record, is a lock.
locked_record() {
  local holder
  if ! command -v python3 >/dev/null; then
    leave_out 'a record that is locked: python3 is needed'
    return
  fi
  recovery locked
  mkfifo hold
  python3 -c 'import fcntl, sys
record = open("locked/record", "a+")
fcntl.lockf(record, fcntl.LOCK_SH)
print("held", flush=True)
sys.stdin.read()
record.write("the line of the holder\n")' <hold >held 2>&1 &
  holder=$!
  started="$started $holder"
  exec 6>hold
  await has 1 held held
  # The holder has to see the end of its input.
  background locked.log "${program[@]}" "${words[@]}" 6>&-
  await waits_or_ended locked "$pid"
  check 'a record that is locked is waited for, with nothing written' "$(cat held)" \
    "$(gone "$pid" && echo ended) $(cat locked/out.json) $(wc -l <locked/record | tr -d ' ')" \
    ' the old state 1'
  exec 6>&-
  ended "$holder"
  ended "$pid"
  check 'and what was appended meanwhile stays' "$(cat locked.log)" \
    "exit $rc, $(sed 's/^{"recovery": "recovered".*/recovered/' locked/record | paste -sd , -)" \
    'exit 0, {"recovery": "an earlier one"},the line of the holder,recovered'
  record_that_stays_locked
}

# Each gate that has ended with 0 or 2 has its line, however many ask at once.
gates_of_one_record() {
  local gates=12 each rc name feed validity pattern recorded
  if [[ $long ]]; then
    gates=200
  fi
  mkdir gates
  for ((each = 0; each < gates; each++)); do
    feed=alpha
    if ((each % 3 == 0)); then
      feed=bravo
    fi
    validity=0.$((each * 10 + 1001))
    {
      rc=0
      app gate --feed "$feed" --state "$stale" --record gates/log --valid-for "$validity" \
        >"gates/$each.out" 2>&1 || rc=$?
      echo "$rc" >"gates/$each.exit"
    } &
    started="$started $!"
    while (($(jobs -pr | wc -l) > 40)); do
      sleep 0.05
    done
  done
  for ((each = 0; each < gates; each++)); do
    await test -s "gates/$each.exit"
  done
  recorded=''
  for ((each = 0; each < gates; each++)); do
    rc=$(cat "gates/$each.exit")
    validity=0.$((each * 10 + 1001))
    pattern="^{\"gate\": \".*\"valid_for_seconds\": ${validity}[^0-9].*\"exit\": $rc,.*}\$"
    name=$(grep -c "$pattern" gates/log || true)
    case $rc,$name in
      0,1 | 2,1 | 3,0) ;;
      *) recorded+=" $each: exit $rc, $name lines;" ;;
    esac
  done
  check "each of $gates gates at once that was evaluated has its line" "$(head -n 3 gates/*.out)" \
    "$recorded $(grep -vc '^{"gate": .*}$' gates/log)" ' 0'
  check 'and most were evaluated' "$(cat gates/*.exit | sort | uniq -c)" \
    "$(($(grep -c . gates/log) * 4 > gates))" 1
}

record_that_stays_locked() {
  local holder
  recovery stays
  background holds.log python3 -c 'import fcntl, time
record = open("stays/record")
fcntl.lockf(record, fcntl.LOCK_SH)
print("held", flush=True)
time.sleep(1000)'
  holder=$pid
  await has 1 held holds.log
  expect 'a record that stays locked is not waited for without end' 3 '' \
    'freshness: *stays/record: another process has locked this record; *; nothing was written' \
    app "${words[@]}"
  check 'and nothing is written' "${words[*]}" "$(outcome stays)" neither
  kill "$holder"
}

# --- Interrupted where it matters most ------------------------------------------------------------

# The program is held by strace: before the new state is complete, and while it takes its place.

readonly renames=rename,renameat,renameat2 syncs=fsync,fdatasync
strace=''
if command -v strace >/dev/null && strace -D -o calls true 2>calls.err; then
  strace=yes
fi

# flushes: the calls in the log that flushed or renamed a file
flushes() {
  grep ' = 0$' calls | grep -oE 'fsync|fdatasync|rename' | paste -sd ' ' -
}

# traced CALLS COMMAND...: leaves what it called in the log; its words are not the point
traced() {
  local trace=$1
  shift
  strace -f -o calls -e "trace=$trace" "${program[@]}" "$@" >/dev/null || true
}

# held FILE INJECTION COMMAND...: starts it in the background; by the injection, a call takes longer
held() {
  local file=$1 inject=$2
  shift 2
  background "$file.log" strace -D -q -f -o "$file.calls" \
    -e "trace=${inject%%:*}" -e "inject=$inject" "$@"
}

flushed_files() {
  local lie
  traced "open,openat,$syncs,$renames" \
    recover --feed bravo --state "$stale" --output flushed.json --record flushed.record
  check 'a recovery is flushed: the record, the new state, and its name once it is there' \
    'strace recover --record' "$(flushes)" 'fsync fsync rename fsync'
  # A link that takes the record's place after it was looked at is not followed either.
  check 'and its record is opened through no link' 'strace recover --record' \
    "$(grep 'flushed\.record"' calls | grep -c O_NOFOLLOW)" 1
  traced "$syncs,$renames" status --state "$stale" --output flushed.txt
  check 'and so is a report' 'strace status --output' "$(flushes)" 'fsync rename fsync'

  # Each writing is said to have worked, and none has.
  lie="write,pwrite64:retval=$(wc -c <"$stale" | tr -d ' ')"
  rc=0
  strace -f -o calls -e trace=write,pwrite64 -e "inject=$lie" \
    "${program[@]}" scenario stale --feed bravo --output lost.json >/dev/null 2>&1 || rc=$?
  check 'what was written is read back' 'strace scenario' \
    "exit $rc, $(ls lost.json .freshness* 2>/dev/null)" 'exit 3, '
}

# locks PID: whether a recovery in "moved" has opened its record, or has ended
# shellcheck disable=SC2317 # called by await
locks() {
  if compgen -G 'moved/.freshness-*' >/dev/null && compgen -G "/proc/$1/fd/*" >/dev/null; then
    find "/proc/$1/fd" -lname '*/moved/record' 2>/dev/null | grep -q . && return
  fi
  gone "$1"
}

# Moved away between its opening and its lock, a record is opened again.
moved_record() {
  local moved
  recovery moved
  background moved.log strace -D -q -f -o moved.calls \
    -P moved/record -P "$work/moved/record" \
    -e trace=fcntl -e 'inject=fcntl:delay_enter=1000000:when=1' "${program[@]}" "${words[@]}"
  moved=$pid
  await locks "$moved"
  mv moved/record moved/rotated
  ended "$moved"
  check "a record that is moved away before it is locked: the line is in the one that has its\
 name" "$(cat moved.log)" \
    "exit $rc, $(cut -c 1-24 moved/record) $(wc -l <moved/rotated | tr -d ' ')" \
    'exit 0, {"recovery": "recovered" 1'
}

# recorded DIRECTORY PID: whether a recovery has appended to its record, or has ended
# shellcheck disable=SC2317 # called by await
recorded() {
  [[ $(wc -l <"$1/record") -gt 1 ]] || gone "$2"
}

# writes DIRECTORY PID: the same, and its new state has not got its name yet
# shellcheck disable=SC2317 # called by await
writes() {
  if [[ $(wc -l <"$1/record") -gt 1 ]] && compgen -G "$1/.freshness-*" >/dev/null; then
    return 0
  fi
  gone "$2"
}

# hold SIGNAL INJECTION: starts a recovery that is to get that signal
hold() {
  recovery "held $1"
  held "held $1" "$2" "${program[@]}" "${words[@]}"
  held_jobs=(${held_jobs[@]+"${held_jobs[@]}"} "$pid")
}

# All of them are held at the same time, since each waits for a second or two.
interrupted_recoveries() {
  local early i signal signals=(TERM INT HUP) end
  # While the record is on its way to the disk, and nothing is in place.
  recovery early
  held early "$syncs:delay_enter=2000000:when=1" "${program[@]}" "${words[@]}"
  early=$pid
  held_jobs=()
  hold TERM fsync:delay_enter=1000000:when=1
  hold INT "$renames:delay_enter=1000000"
  hold HUP fsync:delay_enter=1000000:when=2
  await recorded early "$early"
  kill -s TERM "$early"
  for i in 0 1 2; do
    signal=${signals[i]}
    await writes "held $signal" "${held_jobs[i]}"
    kill -s "$signal" "${held_jobs[i]}" || true
  done
  for i in 0 1 2; do
    signal=${signals[i]}
    ended "${held_jobs[i]}"
    end="exit $(code_of "$signal"), @(both|neither)"
    like "SIG$signal between record and new name: both or neither" "$(cat "held $signal.log")" \
      "exit $rc, $(outcome "held $signal")" "@($end|exit 0, both|exit 3, neither)"
  done
  ended "$early"
  like 'SIGTERM while a record is written: both or neither' "$(cat early.log)" \
    "exit $rc, $(outcome early)" '@(exit 143, @(both|neither)|exit 0, both)'
}

with_strace() {
  if [[ ! $strace ]]; then
    leave_out 'that writes are flushed, and interruptions between a record and its state: there is\
 no strace that works'
    return
  fi
  flushed_files
  moved_record
  interrupted_recoveries
}

# writing: whether a recovery in "caught" is writing its new state
writing() {
  compgen -G 'caught/.freshness-*' >/dev/null
}

# A state whose writing takes long enough to be caught in the middle. A run that ends before the
# signal does not count.
caught_writers() {
  local caught=0 i signals=(TERM INT) signal
  {
    sed '$d' "$stale"
    head -c 30000000 /dev/zero | tr '\0' ' '
    echo '}'
  } >large-stale.json
  for ((i = 0; i < 20 && caught < 2; i++)); do
    signal=${signals[caught]}
    recovery caught large-stale.json
    background caught.log "${program[@]}" "${words[@]}"
    until writing || gone "$pid"; do
      :
    done
    signalled "$pid" "$signal"
    if ((rc != 0)); then
      caught=$((caught + 1))
      like "SIG$signal while a file is written: both or neither, and no other" \
        "$(cat caught.log)" "exit $rc, $(outcome caught)" \
        "@(exit $(code_of "$signal"), @(both|neither)|exit 3, neither)"
    fi
  done
  check 'two writers were caught in the middle' "$i runs" "$caught" 2
  rm -r caught large-stale.json
}

# stages: whether a smoke test or a doctor has something in its directory
stages() {
  compgen -G "$tmp/freshness-*/*" >/dev/null
}

# stages_or_ended PID
# shellcheck disable=SC2317 # called by await
stages_or_ended() {
  stages || gone "$1"
}

# The directory of a smoke test. A run that ends before the signal does not count.
caught_smoke() {
  local signal caught i
  for signal in TERM INT HUP; do
    caught=0
    for ((i = 0; i < 20 && caught < 1; i++)); do
      background staged.log "${program[@]}" smoke
      until stages || gone "$pid"; do
        :
      done
      signalled "$pid" "$signal"
      if ((rc != 0)); then
        caught=1
        check "SIG$signal in smoke: nothing is said, and nothing left" "$(cat staged.log)" \
          "exit $rc, $(cat staged.log) $(ls -A "$tmp")" "exit $(code_of "$signal"),  "
      fi
    done
    check "a smoke was caught by SIG$signal" "$i runs" "$caught" 1
  done
}

interrupted_doctor() {
  if [[ $strace ]]; then
    held staged "$renames:delay_enter=1000000:when=1" "${program[@]}" doctor
    await stages_or_ended "$pid"
    signalled "$pid" TERM
    like 'SIGTERM in doctor: nothing is left' "$(cat staged.log)" \
      "exit $rc, $(ls -A "$tmp")" 'exit @(143|0), '
  fi
}

# --- Watching -------------------------------------------------------------------------------------

# put FILE: renames a copy of it over the watched state. The old ones are kept for a while: a system
# gives the number of a file that is gone to the next one, and two renames within one read would
# then look like a file that was rewritten in place.
generation=0
put() {
  generation=$(((generation + 1) % 200))
  mkdir -p before
  if [[ -e live.json ]]; then
    ln -f live.json "before/$generation"
  fi
  cp "$1" next
  mv -f next live.json
}

# transitions: the lines of the log of a watch, but for transitions of bravo, without their time
transitions() {
  local bravo='bravo (fresh -> stale: last tick 660s old, limit 90s|stale -> fresh: .*)'
  grep -v -E -e "^[-0-9T:]+Z $bravo\$" watch.log | sed 's/^[^ ]* //'
}

watched_state() {
  local turns=0
  put "$healthy"
  background watch.log "${program[@]}" status --watch 0.1 --state live.json
  watcher=$pid
  await has 1 'FRESHNESS OK' watch.log
  until has 4 ' -> ' watch.log || ((turns++ >= 2000)); do
    put "$stale"
    put "$healthy"
  done
  check 'watch: a state that is renamed over and over shows its transitions and is always whole' \
    "$turns renames" "$(transitions)" 'FRESHNESS OK: 3 of 3 feeds fresh and safe to serve'
  # Wait until the watch reports alpha: bravo was reported earlier, so only alpha proves that it has
  # seen the new state.
  sed 's/: 8$/: 660/' "$healthy" >alpha.json
  put alpha.json
  await has 1 'alpha fresh -> stale' watch.log
  put "$healthy"
  await has 1 'alpha stale -> fresh' watch.log
  : >watch.log
  rm -f live.json
  await has 3 'fresh -> unknown.*live.json' watch.log
  put "$stale"
  await has 1 'bravo unknown -> stale' watch.log
  put half.json
  await has 3 ' -> unknown.*live.json:1:' watch.log
  put "$healthy"
  await has 1 'bravo unknown -> fresh' watch.log
  check 'watch: a state that disappears or is half written is unknown and then recovers' 'rm, mv' \
    "$(sed -n 's/^[^ ]* bravo \([a-z]* -> [a-z]*\).*/\1/p' watch.log | tail -n 4)" \
    $'fresh -> unknown\nunknown -> stale\nstale -> unknown\nunknown -> fresh'
}

# reads PID: whether it has begun to read the large state, so that the JVM itself is up; true if the
# system does not say
reads() {
  if [[ ! -r /proc/$1/io ]]; then
    return 0
  fi
  awk '/^rchar/ { exit $2 < 20000000 }' "/proc/$1/io"
}

# interrupted NAME SIGNAL FILE: signals the process pid; whatever it has seen, an interrupted watch
# has proved nothing
interrupted() {
  signalled "$pid" "$2"
  check "interrupted: $1" "SIG$2" \
    "exit $rc, $(grep -c -e rror -e xception "$3" || true) errors" "exit $(code_of "$2"), 0 errors"
}

interrupted_watches() {
  local signal
  pid=$watcher
  rm -f live.json
  await has 4 ' -> unknown.*live.json' watch.log
  interrupted 'a watch whose state has gone' TERM watch.log
  for signal in INT TERM HUP; do
    put "$healthy"
    background "watch $signal" "${program[@]}" status --watch 86400 --state live.json
    await has 1 'FRESHNESS OK' "watch $signal"
    interrupted 'a watch that saw a safe state' "$signal" "watch $signal"
    background "gate $signal" "${program[@]}" gate --watch 86400 --feed bravo --state live.json
    await has 1 'GATE OPEN' "gate $signal"
    interrupted 'a gate that is open' "$signal" "gate $signal"
    # Its state is so large that it is read for a while.
    background "first $signal" "${program[@]}" status --watch 1 --state blank.json
    if poll handles "$pid"; then
      await reads "$pid"
    fi
    interrupted 'a watch before its first verdict' "$signal" "first $signal"
  done
}

# asleep PID: whether it waits for something
# shellcheck disable=SC2317 # called by await
asleep() {
  [[ $(ps -o state= -p "$1") == S* ]]
}

# A pipe that nobody reads, and that is full before the watch says its first word.
blocked_watch() {
  local filler signal
  mkfifo full
  exec 7<>full
  head -c 1000000 /dev/zero >&7 &
  filler=$!
  started="$started $filler"
  await asleep "$filler"
  for signal in INT TERM HUP; do
    : >blocked.log
    # shellcheck disable=SC2016 # a shell's parameters
    background blocked.log sh -c 'exec "$@" >&7' sh \
      "${program[@]}" status --watch 1 --state blank.json
    # A JVM that is told to end before it has begun says so, and waits for whoever takes that. So
    # the program has to run.
    await reads "$pid"
    sleep 0.5
    interrupted 'a watch whose output nobody takes' "$signal" blocked.log
    if [[ ! $long ]]; then
      break
    fi
  done
  kill "$filler"
  exec 7>&-
}

# --- A gate that lasts ----------------------------------------------------------------------------

# opened LOG WORD...: starts a gate that watches live.json, and waits until it has said that it is
# open
opened() {
  local log=$1
  shift
  put "$healthy"
  background "$log" "${program[@]}" gate --watch 0.1 --feed bravo --state live.json "$@"
  await has 1 'GATE OPEN' "$log"
}

# closed NAME LOG EXIT VERDICT: the gate that was opened last ends with that code, and its second
# line is that verdict
closed() {
  local second verdicts
  ended "$pid"
  second=$(sed -n '2,$p' "$2" | head -n 1)
  verdicts=$(grep -c -e '^GATE' "$2" || true)
  like "gate --watch: $1" "$2" "exit $rc, $second, $verdicts verdicts" "exit $3, $4, 2 verdicts"
}

lasting_gate() {
  local i json_gate
  put "$healthy"
  background json.log \
    "${program[@]}" gate --watch 0.1 --feed bravo --state live.json --format json
  json_gate=$pid
  opened open.log
  await has 1 '"gate": "open"' json.log
  for ((i = 0; i < 300; i++)); do
    put "$healthy"
  done
  check 'gate --watch: replaced by sound states a hundred times a second it stays open, and'\
' silent' '300 renames' \
    "$(gone "$pid" && echo ended)$(sed 's/fresh, .*//' open.log)" 'GATE OPEN: bravo '
  until gone "$pid" || ((i++ >= 3000)); do
    put "$healthy"
    put "$stale"
    # Seen only by who looks in time; from now on every second one is bad.
  done
  closed 'with bad ones among them it closes' open.log 2 'GATE BLOCKED: bravo stale, 660s > 90s*'
  ended "$json_gate"
  check 'gate --watch: in JSON that is two documents' json.log \
    "exit $rc, $(grep '"gate"' json.log | paste -sd ' ' -)" \
    'exit 2,   "gate": "open",   "gate": "blocked",'
}

closing_gate() {
  opened stale.log
  put "$stale"
  closed 'it closes when the state turns stale' stale.log 2 'GATE BLOCKED: bravo stale, 660s > 90s*'
  opened gone.log
  rm live.json
  closed 'it closes when the state vanishes' gone.log 3 \
    'GATE BLOCKED: cannot read live.json: no such file*'
  opened cut.log
  put half.json
  closed 'it closes when the state is cut' cut.log 3 'GATE BLOCKED: live.json:1:*'
  put "$stale"
  expect 'gate --watch: blocked from the beginning it does not wait' 2 'GATE BLOCKED: bravo*' '' \
    app gate --watch 86400 --feed bravo --state live.json
  put "$healthy"
  background quiet.log "${program[@]}" gate --watch 0.1 --quiet --feed bravo --state live.json
  await handles "$pid"
  put "$stale"
  ended "$pid"
  like 'gate --watch --quiet: says only that it closes' quiet.log \
    "exit $rc, $(head -n 1 quiet.log)" 'exit 2, GATE BLOCKED: bravo stale*'
}

closing_gate_long() {
  local i
  sed 's/: 8,*$/: 660/' "$healthy" >other.json
  opened other.log --action price_order
  for ((i = 0; i < 100; i++)); do
    put other.json
  done
  check 'gate --watch: a feed that was not asked for does not close it' other.json \
    "$(gone "$pid" && echo ended)" ''
  for ((i = 0; i < 10; i++)); do
    opened vanish.log
    rm live.json
    closed "it closes, vanish $i" vanish.log 3 \
      'GATE BLOCKED: cannot read live.json: *'
    opened cut.log
    put half.json
    closed "it closes, cut $i" cut.log 3 'GATE BLOCKED: live.json:*'
  done
}

# --- Work that is bound to a gate -----------------------------------------------------------------

# prepare_bound_work: its program is a stand-in that starts the classes; its job has a child
prepare_bound_work() {
  mkdir bound shim
  {
    printf '#!/bin/sh\nexec'
    printf " '%s'" "${program[@]}"
    # shellcheck disable=SC2016 # expanded by the stand-in
    printf ' "$@"\n'
  } >shim/freshness
  cat >bound/job <<'end'
#!/bin/sh
sleep 600 &
echo "$$ $!" >job.new
mv job.new job.pid
wait
end
  chmod 755 shim/freshness bound/job
  # shellcheck disable=SC2016 # expanded by the shell
  bound=(env "FRESHNESS=$work/shim/freshness" "BASELINE=$healthy" STATE=state.json
    sh -c 'cd bound && exec "$@"' -
    sh "$root/data/monitoring/while-open.sh" bravo publish_signal)
}

# bind COMMAND...: starts the recipe on a sound state, and waits until its job runs; leaves the
# gate's process in gate
takes_no_more=()
bind() {
  cp "$healthy" bound/state.json
  rm -f bound/job.pid
  background bound.log ${takes_no_more[@]+"${takes_no_more[@]}"} "${bound[@]}" "$@"
  await test -s bound/job.pid
  job=$(cat bound/job.pid 2>/dev/null || echo none)
  started="$started $job"
  # shellcheck disable=SC2009 # pgrep has no such question everywhere
  gate=$(ps -A -o pid=,ppid=,args= |
    awk -v parent="$pid" '$2 == parent && / gate --watch / { print $1 }')
}

# turn_stale: lets the state of the bound work turn stale
turn_stale() {
  cp "$stale" bound/next
  mv bound/next bound/state.json
}

# unbound NAME EXIT: the recipe ends with that code, and leaves neither a job, nor its child, nor a
# gate
unbound() {
  local each left=''
  ended "$pid"
  for each in $job; do
    if ! poll gone "$each"; then
      left=' a job goes on'
    fi
  done
  if ! poll gone "$gate"; then
    left="$left the gate goes on"
  fi
  check "a bound job: $1" "$(cat bound.log)" "exit $rc$left" "exit $2"
}

bound_work() {
  if ! command -v setsid >/dev/null || ! command -v pkill >/dev/null; then
    leave_out 'work that is bound to a gate: there is no setsid or no pkill'
    return
  fi
  prepare_bound_work
  bind ./job
  kill -KILL "$gate"
  unbound 'stops when its gate is killed' 143
  bind ./job
  turn_stale
  unbound 'stops when the state turns stale' 2
  like 'a bound job: why it stopped is said' bound.log "$(cat bound.log)" \
    'GATE OPEN: bravo *GATE BLOCKED: bravo stale*'
  bind ./job
  {
    kill -KILL "$pid" # the shell would say so
    turn_stale
  } 2>/dev/null
  unbound 'stops with its gate when the recipe itself was killed' 137
  bind timeout 600 ./job
  turn_stale
  unbound 'stops too where its processes are a group of their own' 2
  if [[ $long ]]; then
    bound_work_long
  fi
  bound_work_that_ends
  bound_work_that_is_blocked
}

bound_work_long() {
  bind sh -c 'exec ./job'
  kill -STOP "$gate"
  kill "$pid"
  unbound 'stops when it is told to, though its gate was stopped' 143
  # A pipe that nobody reads, in which there is room for one line more.
  exec 8<>full
  head -c 65336 /dev/zero >&8
  # shellcheck disable=SC2016 # expanded by the shell
  takes_no_more=(sh -c 'exec "$@" >&8' -)
  bind ./job
  takes_no_more=()
  turn_stale
  unbound 'stops where nobody takes the reason why' 2
  exec 8>&-
  bind ./job
  kill "${job% *}"
  unbound 'its gate and its child stop when it ends, and the code is its own' 143
  bind ./job
  kill "$pid"
  unbound 'all stop when the recipe is stopped' 143
  # shellcheck disable=SC2016 # expanded by the job
  bind sh -c 'trap "" TERM; echo $$ >job.pid; while :; do sleep 1; done'
  kill -KILL "$gate"
  unbound 'is killed where it does not stop' 137
}

bound_work_that_ends() {
  # shellcheck disable=SC2016 # expanded by the job
  bind sh -c 'trap "exit 0" TERM; echo $$ >job.pid; while :; do sleep 0.1; done'
  kill -KILL "$gate"
  unbound 'one that was stopped has not ended with 0' 143
  # shellcheck disable=SC2016 # expanded by the job
  bind sh -c 'echo $$ >job.pid; exit 7'
  unbound 'one that ends by itself, with its code' 7
}

bound_work_that_is_blocked() {
  cp "$stale" bound/state.json
  rm bound/job.pid
  run "${bound[@]}" ./job
  check 'a bound job: does not start behind a gate that is blocked' "$out" \
    "exit $rc, ${out%%,*} $(names bound)" 'exit 2, GATE BLOCKED: bravo stale job state.json'
  echo '{' >bound/state.json
  run "${bound[@]}" ./job
  check 'a bound job: nor behind one that cannot be judged' "$out" \
    "exit $rc $(names bound)" 'exit 3 job state.json'
}

# --- On a terminal --------------------------------------------------------------------------------

# write_screen: a program that prints what stands on a terminal of 80 by 24 once a watch has drawn
# twice, as a terminal would show it
write_screen() {
  cat >screen.py <<'python'
import fcntl, os, pty, re, select, signal, struct, sys, termios, time

ROWS, COLUMNS = max(3, int(os.environ.get("HEIGHT", "24"))), 80
FRAME = b"\x1b[H\x1b[2J"
END = time.monotonic() + 30


def watch():
    """Runs the command on a terminal, and returns what it drew before its last frame."""
    pid, terminal = pty.fork()
    if pid == 0:
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execvp(sys.argv[1], sys.argv[1:])
    said = b""
    while said.count(FRAME) < 2 and time.monotonic() < END:
        if not select.select([terminal], [], [], 30)[0]:
            break
        try:
            said += os.read(terminal, 65536)
        except OSError:
            break
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return said[:said.rfind(FRAME)].decode()


screen = [[] for _ in range(ROWS)]
row = column = 0
wraps = True


def next_row():
    """Goes to the next row; at the last one, the screen scrolls."""
    global screen, row
    row += 1
    if row == ROWS:
        screen, row = screen[1:] + [[]], ROWS - 1


for token in re.findall(r"\x1b\[[?0-9;]*[A-Za-z]|.", watch(), re.DOTALL):
    if token == "\x1b[H":
        row = column = 0
    elif token == "\x1b[2J":
        screen = [[] for _ in range(ROWS)]
    elif token in ("\x1b[?7l", "\x1b[?7h"):
        wraps = token.endswith("h")
    elif token == "\r":
        column = 0
    elif token == "\n":
        next_row()
    elif token[0] == "\x1b":
        pass
    elif column == COLUMNS and wraps:
        next_row()
        screen[row][:] = token
        column = 1
    else:
        screen[row][min(column, COLUMNS - 1):] = token
        column = min(column + 1, COLUMNS)
print("\n".join("".join(line) for line in screen))
python
}

# headline: the first line of a screen, as far as it says what is unsafe
headline() {
  head -n 1 | cut -c 1-41
}

boards() {
  local height lines shown unsafe='FRESHNESS CRITICAL: 1 of 200 feeds unsafe'
  write_screen
  awk 'BEGIN {
    print "{\"max_age_seconds\":90,\"feeds\":["
    for (i = 1; i <= 200; i++) {
      printf "{\"name\":\"feed %d %0100d\",\"alive\":true,", i, i
      printf "\"last_tick_age_seconds\":%d}%s\n", i < 200 ? 8 : 660, i < 200 ? "," : "]}"
    }
  }' >many.json
  cp many.json base.json
  local watch=("${program[@]}" status --watch 0.1 --state many.json --baseline base.json
    --color never)
  run python3 screen.py env LINES=many "${watch[@]}"
  lines=$out
  run python3 screen.py "${watch[@]}"
  check 'on a terminal, a LINES that is no number is none' "$lines" "$lines" "$out"
  run python3 screen.py env LINES=99999999999 "${watch[@]}"
  check 'nor is one that no terminal has' "$lines" "$lines" "$out"
  shown=$(headline <<<"$out")
  check 'on a terminal, a watch of 200 feeds keeps its headline in the first line' "$out$err" \
    "$shown" "$unsafe"
  for height in 1 10 100; do
    run env HEIGHT=$height python3 screen.py env LINES=$height "${watch[@]}"
    lines=$((height > 2 ? height - 2 : 2))
    check "as many lines as a terminal of $height has" "$out" \
      "$(grep -c . <<<"$out") $(headline <<<"$out")" "$lines $unsafe"
  done
  like 'and shows the feed that is not safe, with what is left out' "$err" "$out" \
    '*feed 200 0000*... +([0-9]) more lines (*'
}

# on_terminal COMMAND...: runs it on a terminal
on_terminal() {
  python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$@" </dev/null
}

# painted VALUE OPTION...: how often a status on a terminal changes its color if NO_COLOR has that
# value
painted() {
  local status=("${program[@]}" status --state "$healthy")
  {
    on_terminal env TERM=dumb "NO_COLOR=$1" "${status[@]}" "${@:2}" |
      grep -o $'\033' || true
  } | wc -l | tr -d ' '
}

# colored_lines FILE: how many of its lines have a color
colored_lines() {
  grep -c $'\033' "$1" || true
}

colors() {
  local shown status=("${program[@]}" status --state "$healthy")
  check 'on a terminal: the headline and each feed have their color' 'NO_COLOR=' "$(painted '')" 8
  check 'and none in what is a document' '--output -' "$(painted '' --output -)" 0
  # shellcheck disable=SC2016 # for the shell inside
  on_terminal sh -c '"$@" >piped.txt' sh "${status[@]}" >/dev/null || true
  # shellcheck disable=SC2016 # for the shell inside
  on_terminal sh -c '"$@" >/dev/tty' sh "${status[@]}" >tty.txt || true
  check 'also by the name that every terminal has' 'status >/dev/tty' "$(colored_lines tty.txt)" 4
  check 'and none in a file, whatever the other streams are' 'status >FILE' \
    "$(wc -l <piped.txt | tr -d ' ') $(colored_lines piped.txt)" '7 0'
  check 'but where color is asked for' 'NO_COLOR=1 --color always' "$(painted 1 --color always)" 8
  if [[ -w /dev/shm ]]; then
    shown=$(mktemp /dev/shm/freshness.XXXXXX)
    "${status[@]}" >"$shown"
    check 'and none in a file below /dev' "$shown" "$(colored_lines "$shown")" 0
    rm "$shown"
  fi
  check 'and none with NO_COLOR, whatever it says' 'NO_COLOR=0' "$(painted 0)" 0
  background seen.log python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' \
    "${program[@]}" status --watch 0.1 --state "$healthy" --format prometheus --output seen.prom
  await has 1 'FRESHNESS OK' seen.log
  signalled "$pid" INT
  check 'a watch that writes a file does not draw' "$(cat seen.log)" "$(colored_lines seen.log)" 0
}

terminals() {
  if command -v python3 >/dev/null; then
    boards
    colors
  else
    leave_out 'what a terminal shows, for which python3 is needed'
  fi
}

# --- All of them ----------------------------------------------------------------------------------

mkdir "$work/else where"
begin_what_takes_time
from_source
from_elsewhere
little_memory
self_checks
damaged_classes
time_zones
pipes
input_behind_a_pipe
closed_pipe
full_device
full_temporary_directory
unreadable_places
without_proc
closed_streams
same_bytes
copied_contract
pasted_commands
modes_and_owners
program_is_no_target
both_or_neither
unreadable_directory
locked_record
gates_of_one_record
with_strace
caught_writers
caught_smoke
interrupted_doctor
watched_state
interrupted_watches
blocked_watch
lasting_gate
closing_gate
if [[ $long ]]; then
  closing_gate_long
fi
bound_work
terminals
end_what_takes_time
end_of_tests
