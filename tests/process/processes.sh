#!/usr/bin/env bash
# Freshness as users start it: real processes, real pipes, real signals.
#
#   usage: tests/process/processes.sh CLASSES [long]        (JAVA_HOME names a JDK 17 or newer; "long" adds what takes a minute)
#
# Started from source where that is the point, which costs about a second each time; elsewhere from the compiled CLASSES.
# Waits are polls with a limit, never a time that has to be long enough. Works with the bash 3.2 of macOS.
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
mkdir "$work/bin" "$work/else where"
ln -s "../a copy/Freshness.java" "$work/bin/gate.java"
stale=$work/stale.json
sed 's/: 11$/: 660/' "$healthy" >"$stale"
printf '{"max_age_seconds": 9' >half.json

# --- Time that passes meanwhile -------------------------------------------------------------------------------------

# These take a second or two, of which the rest of the tests makes use. Their rows come at the end.

# late FORMAT: a state whose last byte comes when its tick is older than the limit of one second. Before the tick there is
# more than a pipe holds: once that is through, the program is reading, and a clock read before would be too early.
late() {
  local instant second
  head -c 300000 /dev/zero | tr '\0' ' '
  instant=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  second=$(date +%s)
  # shellcheck disable=SC2059 # a format on purpose
  printf "$1" "$instant"
  until (($(date +%s) > second + 1)); do sleep 0.05; done
  printf ' ]}'
}
printf '{"max_age_seconds":1,"feeds":[{"name":"bravo","alive":true,"last_tick_age_seconds":0.1}]}' >second.json
late_formats=('{"feeds":[{"name":"bravo","alive":true,"last_tick_at":"%s"}'
  '{"as_of":"%s","feeds":[{"name":"bravo","alive":true,"last_tick_age_seconds":0}')
late_jobs=''
for i in 0 1; do
  # Its exit code in a file: by the time that it is asked for, another process may have its number.
  { { late "${late_formats[i]}" | app gate --feed bravo --state - --baseline second.json; } && rc=0 || rc=$?; echo "$rc" >"late.$i.exit"; } >"late.$i" 2>&1 &
  late_jobs="$late_jobs $!"
done

# A file that says nothing of time and is only ever replaced by the same bytes is as old as it has been seen to be.
cp second.json undated.json
background undated.status "${program[@]}" status --watch 0.1 --state undated.json --baseline second.json
# shellcheck disable=SC2016 # for the shell inside
background undated.gate sh -c '"$@"; echo "exit $?"' sh "${program[@]}" gate --watch 0.1 --feed bravo --state undated.json --baseline second.json
(while [[ ! -e undated.end ]]; do cp second.json undated.new && mv -f undated.new undated.json && sleep 0.05; done) &
undated_writer=$!
# One that is to look once a day.
cp second.json daily.json
background daily.log "${program[@]}" status --watch 86400 --state daily.json --baseline second.json

poll has 1 'FRESHNESS OK' daily.log || true
rm daily.json

# --- Started from source --------------------------------------------------------------------------------------------

cd "$root"
expect 'from the repository: status' 0 'FRESHNESS OK: 3 of 3 *data/healthy.json*' '' "$java" Freshness.java status
cd "$work/else where"
expect 'from elsewhere, through a link: gate, blocked by the baseline beside the real file' 2 \
  'GATE BLOCKED: bravo*660s*90s*recover --feed bravo*--age-seconds AGE' '' \
  "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "$work/bin/gate.java" gate --feed bravo --action price_order --state "$stale"
expect 'from elsewhere, a path with spaces: scenario' 0 "SCENARIO WRITTEN: stale bravo*$healthy*  output: stale.json"$'\n*' '' app scenario stale --feed bravo --output stale.json
check 'the scenario is the stale fixture' scenario "$(cat stale.json)" "$(cat "$stale")"
expect 'from elsewhere: recover' 0 'RECOVERED: bravo*' '' app recover --feed bravo --state stale.json --output recovered.json
check 'the recovered state differs from the fixture in one line' recover "$(cat recovered.json)" "$(sed 's/: 11$/: 5/' "$healthy")"
expect 'an unknown option' 3 '' 'freshness: unknown option: --stat; did you mean --state?*' app status --stat x

cd "$work"
head -c 40000000 /dev/zero | tr '\0' ' ' >blank.json
expect 'a heap that is too small is exit 3 and one line that says so' 3 '' 'freshness: out of memory*JDK_JAVA_OPTIONS=-Xmx*' \
  "${program[@]:0:1}" -Xmx24m "${program[@]:1}" status --state blank.json --output none.json --format json
check 'and no partial document' "$work" "$(find . -name '*none*' -o -name '*.tmp')" ''
awk 'BEGIN { printf "{\"max_age_seconds\": 90, \"feeds\": ["
  for (i = 1; i <= 40000; i++) printf "%s{\"name\": \"feed-%d\", \"alive\": true, \"last_tick_age_seconds\": 8}", (i > 1 ? "," : ""), i
  print "]}" }' >many.json
expect 'a report longer than the heap is delivered in pieces' 0 'FRESHNESS OK: 40000 of 40000 *' '' \
  "${program[@]:0:1}" -Xmx24m "${program[@]:1}" status --state many.json --baseline many.json --output many.out --format json
rm -f many.json many.out
expect 'smoke passes' 0 'SMOKE PASSED: *' '' app smoke
expect 'doctor passes' 0 'DOCTOR PASSED: *' '' app doctor
# A newer JVM warns of such a directory too.
elsewhere() { said "${program[@]:0:2}" "-Djava.io.tmpdir=$work/none" "${program[@]:2}" "$1" | grep -v '^WARNING: java.io.tmpdir'; }
why="the temporary directory $work/none cannot be written: no such file; name another with -Djava.io.tmpdir=DIR"
check 'smoke says where no temporary file can be written' smoke "$(elsewhere smoke)" "freshness: $why exit 3"
like 'doctor fails where no temporary file can be written' doctor "$(elsewhere doctor)" \
  $'DOCTOR FAILED: *\nnot ok - a temporary file can be written, renamed and read back: '"$work/none"$'\n'"  why: $why"$'\n* exit 2'

# Not even the line about the error can be made.
mkdir damaged
cp "$classes"/Freshness*.class damaged
rm damaged/Freshness\$Output.class
expect 'what dies on its way out of main is exit 3' 3 '' '' "${jvm[@]}" -cp damaged Freshness status --state "$healthy" --baseline "$healthy"

# --- Pipes and devices ----------------------------------------------------------------------------------------------

run app scenario stale --feed bravo --output -
check 'a pipe: scenario writes the state to standard output' 'scenario --output -' "$out" "$(cat "$stale")"
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
  check "and it stays: $output" recover "$(cat piped.json)" "$(cat "$stale")"
done

mkfifo pipe
: <pipe &
exec 5>pipe
wait $! # the reader is gone: whoever writes now finds the pipe closed
for call in 'status' 'status --format json' 'gate --feed alpha --state stale.json' 'gate --watch 1 --feed alpha --state stale.json' \
  'status --watch 1 --state stale.json' 'scenario stale --feed bravo --output -' 'help'; do
  rc=0
  # shellcheck disable=SC2086 # words of a call
  err=$( (app $call >&5) 2>&1) || rc=$?
  out=''
  verdict "a closed pipe is exit 3: $call" "$call" 3 '' 'freshness: the output could not be delivered: *'
done
exec 5>&-

if [[ -e /dev/full ]]; then
  for call in 'status' 'status --format prometheus' 'recover --feed bravo --state stale.json --output -' 'smoke'; do
    rc=0
    # shellcheck disable=SC2086 # words of a call
    err=$( (app $call >/dev/full) 2>&1) || rc=$?
    out=''
    verdict "a full disk is exit 3: $call" "$call >/dev/full" 3 '' 'freshness: the output could not be delivered: *'
  done
  rc=0
  app status --output - >/dev/null 2>/dev/full || rc=$?
  check 'and so is a standard error that takes no report' 'status --output - 2>/dev/full' "$rc" 3
else
  leave_out 'a full disk: this system has no /dev/full'
fi
# Where files may have no size, all that can be written are pipes: a disk that is full, for any user.
full() { (ulimit -f 0 && app "$@"); }
like 'smoke names the temporary directory that takes nothing' 'smoke' "$(said full smoke)" \
  "freshness: the temporary directory $tmp cannot be written: *; name another with -Djava.io.tmpdir=DIR exit 3"
like 'and so does doctor, as a check that has failed' 'doctor' "$(said full doctor)" \
  "DOCTOR FAILED: 5 of 6 checks passed*not ok - a temporary file can be written*why: the temporary directory $tmp cannot be written: * exit 2"
like 'with input and output closed, the error says what to do' 'status <&- >&-' "$(app status 2>&1 <&- >&- || true)" \
  'freshness: the output could not be delivered: standard input or output is closed; open both, the input for example with </dev/null'
mkdir -m 000 sealed
like 'a state that may not be read' 'status --state sealed/state.json' "$(said ${other[@]+"${other[@]}"} "${program[@]}" status --state sealed/state.json)" \
  'FRESHNESS UNKNOWN: sealed/state.json: cannot be read: permission denied; nothing is safe to serve exit 3'
rmdir sealed
# Classes that are not told where their source is have no baseline of their own, whatever the directory holds.
mkdir -p bare/data
cp "$healthy" bare/data
cp "$source" bare
like 'a start that does not know its source' 'java -cp CLASSES Freshness status' "$(cd bare && said "${jvm[@]}" -cp "$1" Freshness status)" \
  'FRESHNESS UNKNOWN: baseline not found: this start does not say where Freshness.java is; name one with --baseline; nothing is safe to serve exit 3'
rm -r bare
if [[ ${#other[@]} -gt 0 ]] && unshare --mount mount -t tmpfs none /proc 2>/dev/null; then
  # shellcheck disable=SC2016 # for the shell inside
  like 'without /proc, as on other systems' 'status' "$(said unshare --mount sh -c 'mount -t tmpfs none /proc && LD_LIBRARY_PATH=$JAVA_HOME/lib exec "$@"' sh "${program[@]}" status)" \
    'FRESHNESS OK: 3 of 3 *exit 0'
else
  leave_out 'a system without /proc: no mount namespace here'
fi

# --- Standard streams that are closed -------------------------------------------------------------------------------

# Where a stream is closed, what the JVM opens first takes its place. A verdict that nobody got is exit 3, never 0.

# streams NAME COMMAND...: with each combination of them; what is delivered is what the command says undisturbed
streams() {
  local name=$1 open got want wrong=''
  shift
  run "$@"
  want="exit $rc, $out"
  for open in 012 12 02 01 2 1 0 ''; do
    : >"$work/out"
    rc=0
    (
      exec </dev/null >"$work/out" 2>"$work/err"
      if [[ $open != *0* ]]; then exec <&-; fi
      if [[ $open != *1* ]]; then exec >&-; fi
      if [[ $open != *2* ]]; then exec 2>&-; fi
      exec "$@"
    ) || rc=$?
    got="exit $rc, $(cat "$work/out")"
    if [[ $open == *1* && $got != "$want" || $open != *1* && $got != 'exit 3, ' ]]; then wrong="${wrong}open [$open]: ${got%%$'\n'*}"$'\n'; fi
  done
  check "closed streams: $name" "$*; undisturbed: ${want%%$'\n'*}" "$wrong" ''
}
cd "$work/a copy"
gate='gate --feed bravo --state data/healthy.json'
for call in 'status' 'status --format json' "$gate" "$gate --format json"; do
  # shellcheck disable=SC2086 # words of a call
  set -- $call --now "$now"
  if [[ $long || $call == status || $call == *gate*json ]]; then streams "$call" "${program[@]}" "$@"; fi
  if [[ $long && $call == *gate*json ]]; then streams "from source: $call" "$java" Freshness.java "$@"; fi
  if [[ $long && $call != *json ]]; then
    run env "HOME=$work/home" sh Freshness.java --version # fills the cache
    streams "from the cache: $call" env "HOME=$work/home" sh Freshness.java "$@"
  fi
done
cd "$work"

# --- The same bytes everywhere --------------------------------------------------------------------------------------

printf '{"max_age_seconds":90.5,"feeds":[{"name":"caf\303\251 \360\237\230\200","alive":true,"last_tick_age_seconds":1234.5}]}' >world.json
for call in 'status --state world.json --baseline world.json' 'status --state world.json --baseline world.json --format json'; do
  for setting in '' LC_ALL=C 'LANG=de_DE.UTF-8 COLUMNS=20 LINES=5 TERM=xterm-256color TZ=Asia/Kolkata'; do
    # shellcheck disable=SC2086 # words of a call and of settings
    run env -u LC_ALL -u LANG $setting "${program[@]}" $call --now "$now"
    if [[ -z $setting ]]; then plain=$rc$out$err; else check "the same bytes under $setting: $call" "$setting" "$rc$out$err" "$plain"; fi
  done
done

# --- Commands that can be pasted ------------------------------------------------------------------------------------

# The name holds what a shell acts on, and in the second a line break too.
for name in "it's \$HOME * \\\"x\\\" \`id\` ~ !" "two\\nlines \\u001b[31m"; do
  printf '{"max_age_seconds":90,"feeds":[{"name":"%s","alive":true,"last_tick_age_seconds":660}]}' "$name" >hostile.json
  run app status --state hostile.json --baseline hostile.json
  command=$(sed -n 's/^ *next: java //p' <<<"$out")
  rm -f hostile-recovered.json
  # The first word behind java is the source file: the classes stand for it.
  expect "as it is, the recover command of a hostile name is refused: $name" 3 '' 'freshness: *give the age of a tick that you have seen*' \
    eval "set -- $command; shift; app \"\$@\""
  expect "with the age of a tick it works in a shell: $name" 0 'RECOVERED: *' '' eval "set -- ${command/%AGE/5}; shift; app \"\$@\""
done

# --- Files: mode, owner, the program itself -------------------------------------------------------------------------

# listed FILE: its mode, owner and group
# shellcheck disable=SC2012 # the columns are what is asked for, and each system has a stat of its own
listed() { ls -ln "$1" | awk '{ print substr($1, 1, 10), $3, $4 }'; }

# names DIRECTORY: of what is in it
# shellcheck disable=SC2012 # all names are known here
names() { ls -A "$1" | paste -sd ' ' -; }

mkdir kept
cp "$stale" kept/stale.json
owner="$(id -u) $(id -g)"
for row in '600 -rw------- scenario frozen' '640 -rw-r----- recover --feed bravo --state kept/stale.json' '666 -rw-rw-rw- status --format json'; do
  echo old >kept/out
  chmod "${row%% *}" kept/out
  call=${row#* -* }
  # shellcheck disable=SC2086 # words of a call
  run app $call --output kept/out
  # shellcheck disable=SC2086 # words
  set -- $row
  check "a replaced file keeps its mode $1: $3" "$call" "exit $rc, $(listed kept/out), $(head -c 1 kept/out)" "exit 0, $2 $owner, {"
done
rm kept/out
(umask 027 && app scenario frozen --output kept/out) >/dev/null
check 'a new file has the mode that the umask gives it' 'umask 027' "$(listed kept/out)" "-rw-r----- $owner"
if ((${#other[@]})); then
  chmod 600 kept/out
  chown 65533:65532 kept/out
  run app scenario frozen --output kept/out
  check 'as root, a replaced file keeps its owner and group' 'scenario' "exit $rc, $(listed kept/out)" 'exit 0, -rw------- 65533 65532'
  chown 65534:65534 kept
  run "${other[@]}" "${program[@]}" scenario frozen --output kept/out
  check 'where a file cannot be given away, its mode is kept' 'scenario' "exit $rc, $(listed kept/out)" 'exit 0, -rw------- 65534 65534'
  # The name of an output can be known before, and whoever owns it owns the state that is made of it.
  mkdir -m 1777 planted
  for row in 'out scenario frozen --output planted/out' 'out status --format prometheus --output planted/out' \
    'record recover --feed bravo --state stale.json --output recovered.planted --record planted/record'; do
    echo planted | "${other[@]}" tee "planted/${row%% *}" >planted.out
    # shellcheck disable=SC2086 # words of a call
    expect "a file that another user has put there is not written: ${row#* }" 3 '' "freshness: *planted/${row%% *}: another user's file, *" app ${row#* }
    check 'and it stays, alone' "${row#* }" "$(cat planted/*) $(names planted) $(ls recovered.planted 2>/dev/null)" "planted ${row%% *} "
    rm planted/*
  done
  # The directory of a log may be closed to who writes the log.
  mkdir -m 775 logs
  touch logs/record
  chown 65534:65534 logs/record
  run "${other[@]}" "${program[@]}" recover --feed bravo --state "$stale" --output - --record logs/record
  check 'a record of its own is, in a directory that only others can write' 'recover --record' "exit $rc, $(wc -l <logs/record | tr -d ' ') $(names logs)" 'exit 0, 1 record'
  run "${other[@]}" "${program[@]}" scenario frozen --output planted/out
  run "${other[@]}" "${program[@]}" scenario frozen --output planted/out
  check 'and one of its own is, there too' 'scenario' "exit $rc, $(listed planted/out)" 'exit 0, -rw-r--r-- 65534 65534'
else
  leave_out 'whose a replaced file is, for which root is needed'
fi

ln "$source" "$work/a copy/hard"
sum=$(cksum <"$source")
for row in "scenario frozen --output $source" "status --output $work/a copy/../a copy/Freshness.java" \
  "recover --feed bravo --state stale.json --output $work/a copy/hard" "recover --feed bravo --state stale.json --output none.json --record $source"; do
  target=/${row#*/}
  # shellcheck disable=SC2086 # words of a call
  expect "the program is no target: ${row%% /*} ${target##*/}" 3 '' "freshness: --* $target: the program itself; name another file*" app ${row%% /*} "$target"
done
check 'and it stays as it is' "$source" "$(cksum <"$source") $(ls none.json 2>/dev/null)" "$sum "
rm "$work/a copy/hard"

# --- Record and output: both or neither -----------------------------------------------------------------------------

# recovery DIRECTORY: into words; its old output and its record of one line are there before
recovery() {
  mkdir -p "$1"
  echo 'the old state' >"$1/out.json"
  echo '{"recovery": "an earlier one"}' >"$1/record"
  words=(recover --feed bravo --state "$stale" --output "$1/out.json" --record "$1/record")
}

# outcome DIRECTORY: "both", "neither", or what is there
outcome() {
  local found
  found="$(head -n 1 "$1/out.json" | head -c 20) $(wc -l <"$1/record" | tr -d ' ') $(tail -n 1 "$1/record" | head -c 24) $(names "$1")"
  case $found in
    'the old state 1 {"recovery": "an earlier'' out.json record') echo neither ;;
    '{ 2 {"recovery": "recovered"'' out.json record') echo both ;;
    *) echo "$found" ;;
  esac
}

recovery plain
run app "${words[@]}"
check 'a recovery leaves both' recover "exit $rc, $(outcome plain)" 'exit 0, both'

# A file that may not grow so long: the new state, or the record, is cut in the middle.
mkdir limited
{ sed '$d' "$stale" && printf '  , "x-padding": "' && head -c 40000 /dev/zero | tr '\0' x && printf '"\n}\n'; } >large-stale.json
recovery limited
words[4]=large-stale.json
run app "${words[@]}"
check 'the state of 40,000 bytes can be recovered' "${words[*]}" "exit $rc, $(outcome limited)" 'exit 0, both'
recovery limited
words[4]=large-stale.json
run eval '(ulimit -f 16 && exec "${program[@]}" "${words[@]}")'
err_of_output=$err
check 'no room for the new state: neither' 'ulimit -f 16' "exit $rc, $(outcome limited)" 'exit 3, neither'
recovery limited
awk 'BEGIN { for (i = 0; i < 2046; i++) print "1234567" }' >limited/record # 16 bytes below 16 KiB
before=$(cksum <limited/record)
run eval '(ulimit -f 16 && exec "${program[@]}" "${words[@]}")'
check 'no room for the record: neither' 'ulimit -f' "exit $rc, $(cat limited/out.json), $(cksum <limited/record), $(names limited)" \
  "exit 3, the old state, $before, out.json record"
like 'and it is said' 'ulimit -f' "$err_of_output$err" 'freshness: *File too large*freshness: *File too large*'

# A directory in which files can be made and replaced, but which cannot be read: whether a new name is on disk could not be told.
if ((${#other[@]})); then
  recovery unreadable
  chown -R 65534:65534 unreadable
  chmod 300 unreadable
  run "${other[@]}" "${program[@]}" "${words[@]}"
  chmod 700 unreadable
  check 'a directory that can be written but not read: neither, and it is said' '--output' \
    "exit $rc, $(outcome unreadable), ${err%%:*}" 'exit 3, neither, freshness'
else
  leave_out 'a directory that can be written but not read, for which root and a second user are needed'
fi

# Held by another process, a record is waited for, and what that one appended stays.
if command -v python3 >/dev/null; then
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
  poll has 1 held held || true
  background locked.log "${program[@]}" "${words[@]}" 6>&- # the holder has to see the end of its input
  # The new state is there before the record is locked. A reader's lock, which anyone may have who can read the record, is a lock.
  # shellcheck disable=SC2317 # called by poll
  waits_or_ended() { compgen -G 'locked/.freshness-*' >/dev/null || gone "$pid"; }
  poll waits_or_ended || true
  check 'a record that is locked is waited for, with nothing written' "$(cat held)" \
    "$(gone "$pid" && echo ended) $(cat locked/out.json) $(wc -l <locked/record | tr -d ' ')" ' the old state 1'
  exec 6>&-
  ended "$holder"
  ended "$pid"
  check 'and what was appended meanwhile stays' "$(cat locked.log)" "exit $rc, $(sed 's/^{"recovery": "recovered".*/recovered/' locked/record | paste -sd , -)" \
    'exit 0, {"recovery": "an earlier one"},the line of the holder,recovered'
  recovery stays
  background holds.log python3 -c 'import fcntl, time
record = open("stays/record")
fcntl.lockf(record, fcntl.LOCK_SH)
print("held", flush=True)
time.sleep(1000)'
  holder=$pid
  poll has 1 held holds.log || true
  expect 'a record that stays locked is not waited for without end' 3 '' 'freshness: *stays/record: another process has locked this record; *; nothing was written' \
    app "${words[@]}"
  check 'and nothing is written' "${words[*]}" "$(outcome stays)" neither
  kill "$holder"
else
  leave_out 'a record that is locked: python3 is needed'
fi

# Interrupted where it matters most, held there by strace: before the new state is complete, and while it takes its place.
strace=''
if command -v strace >/dev/null && strace -D -o calls true 2>calls.err; then strace=yes; fi
if [[ $strace ]]; then
  strace -f -o calls -e trace=open,openat,fsync,fdatasync,rename,renameat,renameat2 "${program[@]}" recover --feed bravo --state "$stale" \
    --output flushed.json --record flushed.record >/dev/null
  check 'a recovery is flushed: the record, the new state, and its name once it is there' 'strace recover --record' \
    "$(grep ' = 0$' calls | grep -oE 'fsync|fdatasync|rename' | paste -sd ' ' -)" 'fsync fsync rename fsync'
  # A link that takes the record's place after it was looked at is not followed either.
  check 'and its record is opened through no link' 'strace recover --record' "$(grep 'flushed\.record"' calls | grep -c O_NOFOLLOW)" 1
  strace -f -o calls -e trace=fsync,fdatasync,rename,renameat,renameat2 "${program[@]}" status --state "$stale" --output flushed.txt >/dev/null || true
  check 'and so is a report' 'strace status --output' "$(grep ' = 0$' calls | grep -oE 'fsync|fdatasync|rename' | paste -sd ' ' -)" 'fsync rename fsync'
  # shellcheck disable=SC2317 # called by poll
  writes() { { [[ $(wc -l <"$1/record") -gt 1 ]] && compgen -G "$1/.freshness-*" >/dev/null; } || gone "$2"; }
  # Each writing is said to have worked, and none has.
  rc=0
  strace -f -o calls -e trace=write,pwrite64 -e "inject=write,pwrite64:retval=$(wc -c <"$stale" | tr -d ' ')" "${program[@]}" scenario stale --feed bravo \
    --output lost.json >/dev/null 2>&1 || rc=$?
  check 'what was written is read back' 'strace scenario' "exit $rc, $(ls lost.json .freshness* 2>/dev/null)" 'exit 3, '
  # Moved away between its opening and its lock, a record is opened again.
  recovery moved
  background moved.log strace -D -q -f -o moved.calls -P moved/record -P "$work/moved/record" -e trace=fcntl -e 'inject=fcntl:delay_enter=1000000:when=1' \
    "${program[@]}" "${words[@]}"
  moved=$pid
  # shellcheck disable=SC2317 # called by poll
  locks() { { compgen -G 'moved/.freshness-*' && compgen -G "/proc/$1/fd/*" && find "/proc/$1/fd" -lname '*/moved/record' | grep -q .; } >/dev/null 2>&1 || gone "$1"; }
  poll locks "$moved" || true
  mv moved/record moved/rotated
  ended "$moved"
  check 'a record that is moved away before it is locked: the line is in the one that has its name' "$(cat moved.log)" \
    "exit $rc, $(cut -c 1-24 moved/record) $(wc -l <moved/rotated | tr -d ' ')" 'exit 0, {"recovery": "recovered" 1'
  # A signal while the record is on its way to the disk, and nothing is in place.
  recovery early
  background early.log strace -D -q -f -o early.calls -e trace=fsync,fdatasync -e 'inject=fsync,fdatasync:delay_enter=2000000:when=1' "${program[@]}" "${words[@]}"
  early=$pid
  held_jobs=''
  for row in 'fsync:when=1 TERM' 'rename,renameat,renameat2 INT' 'fsync:when=2 HUP'; do
    calls=${row% *}
    recovery "held ${row##* }"
    inject=${calls%%:*}
    when=''
    if [[ $calls == *:* ]]; then when=:${calls#*:}; fi
    background "held ${row##* }.log" strace -D -q -f -o "held ${row##* }.calls" -e "trace=$inject" -e "inject=$inject:delay_enter=1000000$when" \
      "${program[@]}" "${words[@]}"
    held_jobs="$held_jobs $pid"
  done
  # shellcheck disable=SC2317 # called by poll
  recorded() { [[ $(wc -l <early/record) -gt 1 ]] || gone "$early"; }
  poll recorded || true
  kill -s TERM "$early"
  # shellcheck disable=SC2086 # words
  set -- $held_jobs
  for row in 'TERM 143' 'INT 130' 'HUP 129'; do
    poll writes "held ${row% *}" "$1" || true
    kill -s "${row% *}" "$1"
    shift
  done
  # shellcheck disable=SC2086 # words
  set -- $held_jobs
  for row in 'TERM 143' 'INT 130' 'HUP 129'; do
    ended "$1"
    shift
    like "SIG${row% *} between record and new name: both or neither" "$(cat "held ${row% *}.log")" \
      "exit $rc, $(outcome "held ${row% *}")" "@(exit ${row#* }, @(both|neither)|exit 0, both|exit 3, neither)"
  done
  ended "$early"
  like 'SIGTERM while a record is written: both or neither' "$(cat early.log)" "exit $rc, $(outcome early)" '@(exit 143, @(both|neither)|exit 0, both)'
else
  leave_out 'that writes are flushed, and interruptions between a record and its state: there is no strace that works'
fi

# A state whose writing takes long enough to be caught in the middle. A run that ends before the signal does not count.
{ sed '$d' "$stale" && head -c 30000000 /dev/zero | tr '\0' ' ' && echo '}'; } >large-stale.json
writing() { compgen -G 'caught/.freshness-*' >/dev/null; }
caught=0
for ((i = 0; i < 20 && caught < 2; i++)); do
  recovery caught
  words[4]=large-stale.json
  row='TERM 143'
  if ((caught == 1)); then row='INT 130'; fi
  background caught.log "${program[@]}" "${words[@]}"
  until writing || gone "$pid"; do :; done
  signalled "$pid" "${row% *}"
  if ((rc != 0)); then
    caught=$((caught + 1))
    like "SIG${row% *} while a file is written: both or neither, and no other" "$(cat caught.log)" "exit $rc, $(outcome caught)" "@(exit ${row#* }, @(both|neither)|exit 3, neither)"
  fi
done
check 'two writers were caught in the middle' "$i runs" "$caught" 2
rm -r caught large-stale.json

# The directory of a smoke test or of a doctor. A run that ends before the signal does not count.
# shellcheck disable=SC2317 # called by poll
stages() { compgen -G "$tmp/freshness-*/*" >/dev/null; }
for row in 'TERM 143' 'INT 130' 'HUP 129'; do
  caught=0
  for ((i = 0; i < 20 && caught < 1; i++)); do
    background staged.log "${program[@]}" smoke
    until stages || gone "$pid"; do :; done
    signalled "$pid" "${row% *}"
    if ((rc != 0)); then
      caught=1
      check "SIG${row% *} in smoke: nothing is said, and nothing left" "$(cat staged.log)" "exit $rc, $(cat staged.log) $(ls -A "$tmp")" "exit ${row#* },  "
    fi
  done
  check "a smoke was caught by SIG${row% *}" "$i runs" "$caught" 1
done
if [[ $strace ]]; then
  background staged.log strace -D -q -f -o staged.calls -e trace=rename,renameat,renameat2 -e 'inject=rename,renameat,renameat2:delay_enter=1000000:when=1' \
    "${program[@]}" doctor
  # shellcheck disable=SC2317 # called by poll
  stages_or_ended() { stages || gone "$pid"; }
  poll stages_or_ended || true
  signalled "$pid" TERM
  like 'SIGTERM in doctor: nothing is left' "$(cat staged.log)" "exit $rc, $(ls -A "$tmp")" 'exit @(143|0), '
fi

# --- Watching -------------------------------------------------------------------------------------------------------

# put FILE: renames a copy of it over the watched state. The old ones are kept for a while: a system gives the number of a file that
# is gone to the next one, and two renames within one read would then look like a file that was rewritten in place.
mkdir before
generation=0
put() {
  generation=$(((generation + 1) % 200))
  if [[ -e live.json ]]; then ln -f live.json "before/$generation"; fi
  cp "$1" next && mv -f next live.json
}

put "$healthy"
background watch.log "${program[@]}" status --watch 0.1 --state live.json
watcher=$pid
poll has 1 'FRESHNESS OK' watch.log || true
turns=0
until has 4 ' -> ' watch.log || ((turns++ >= 2000)); do
  put "$stale"
  put "$healthy"
done
check 'watch: a state that is renamed over and over shows its transitions and is always whole' "$turns renames" \
  "$(grep -v -E -e '^[-0-9T:]+Z bravo (fresh -> stale: last tick 660s old, limit 90s|stale -> fresh: .*)$' watch.log | sed 's/^[^ ]* //')" \
  'FRESHNESS OK: 3 of 3 feeds fresh and safe to serve'
# What it has seen is known once it has said so: of alpha, since bravo was said before.
sed 's/: 8$/: 660/' "$healthy" >alpha.json
put alpha.json
poll has 1 'alpha fresh -> stale' watch.log || true
put "$healthy"
poll has 1 'alpha stale -> fresh' watch.log || true
: >watch.log
rm -f live.json
poll has 3 'fresh -> unknown.*live.json' watch.log || true
put "$stale"
poll has 1 'bravo unknown -> stale' watch.log || true
put half.json
poll has 3 ' -> unknown.*live.json:1:' watch.log || true
put "$healthy"
poll has 1 'bravo unknown -> fresh' watch.log || true
check 'watch: a state that disappears or is half written is unknown and then recovers' 'rm, mv' \
  "$(sed -n 's/^[^ ]* bravo \([a-z]* -> [a-z]*\).*/\1/p' watch.log | tail -n 4)" \
  $'fresh -> unknown\nunknown -> stale\nstale -> unknown\nunknown -> fresh'

# reads PID: whether it has begun to read the large state, so that the JVM itself is up; true where the system does not say
reads() { [[ ! -r /proc/$1/io ]] || awk '/^rchar/ { exit $2 < 20000000 }' "/proc/$1/io"; }

# interrupted NAME SIGNAL EXIT FILE: signals the process pid; whatever it has seen, an interrupted watch has proved nothing
interrupted() {
  signalled "$pid" "$2"
  check "interrupted: $1" "SIG$2" "exit $rc, $(grep -c -e rror -e xception "$4" || true) errors" "exit $3, 0 errors"
}

pid=$watcher
rm -f live.json
poll has 4 ' -> unknown.*live.json' watch.log || true
interrupted 'a watch whose state has gone' TERM 143 watch.log
for row in 'INT 130' 'TERM 143' 'HUP 129'; do
  put "$healthy"
  background "watch ${row% *}" "${program[@]}" status --watch 86400 --state live.json
  poll has 1 'FRESHNESS OK' "watch ${row% *}" || true
  interrupted 'a watch that saw a safe state' "${row% *}" "${row#* }" "watch ${row% *}"
  background "gate ${row% *}" "${program[@]}" gate --watch 86400 --feed bravo --state live.json
  poll has 1 'GATE OPEN' "gate ${row% *}" || true
  interrupted 'a gate that is open' "${row% *}" "${row#* }" "gate ${row% *}"
  # Its state is so large that it is read for a while.
  background "first ${row% *}" "${program[@]}" status --watch 1 --state blank.json
  if poll handles "$pid"; then poll reads "$pid" || true; fi
  interrupted 'a watch before its first verdict' "${row% *}" "${row#* }" "first ${row% *}"
done

# A pipe that nobody reads, and that is full before the watch says its first word.
mkfifo full
exec 7<>full
head -c 1000000 /dev/zero >&7 &
filler=$!
started="$started $filler"
# shellcheck disable=SC2317 # called by poll
asleep() { [[ $(ps -o state= -p "$filler") == S* ]]; }
poll asleep || true
for row in 'INT 130' 'TERM 143' 'HUP 129'; do
  : >blocked.log
  # shellcheck disable=SC2016 # a shell's parameters
  background blocked.log sh -c 'exec "$@" >&7' sh "${program[@]}" status --watch 1 --state blank.json
  # A JVM that is told to end before it has begun says so, and waits for whoever takes that. So the program has to run.
  poll reads "$pid" || true
  sleep 0.5
  interrupted 'a watch whose output nobody takes' "${row% *}" "${row#* }" blocked.log
  if [[ ! $long ]]; then break; fi
done
kill "$filler"
exec 7>&-

# --- A gate that lasts ----------------------------------------------------------------------------------------------

# opened LOG WORD...: starts a gate on live.json that watches, and waits until it has said that it is open
opened() {
  local log=$1
  shift
  put "$healthy"
  background "$log" "${program[@]}" gate --watch 0.1 --feed bravo --state live.json "$@"
  poll has 1 'GATE OPEN' "$log" || true
}

# closed NAME LOG EXIT VERDICT: the gate that was opened last ends with that code, and its second line is that verdict
closed() {
  ended "$pid"
  like "gate --watch: $1" "$2" "exit $rc, $(sed -n '2,$p' "$2" | head -n 1), $(grep -c -e '^GATE' "$2" || true) verdicts" "exit $3, $4, 2 verdicts"
}

put "$healthy"
background json.log "${program[@]}" gate --watch 0.1 --feed bravo --state live.json --format json
json_gate=$pid
opened open.log
poll has 1 '"gate": "open"' json.log || true
for ((i = 0; i < 300; i++)); do put "$healthy"; done
check 'gate --watch: replaced by sound states a hundred times a second it stays open, and silent' '300 renames' \
  "$(gone "$pid" && echo ended)$(sed 's/fresh, .*//' open.log)" 'GATE OPEN: bravo '
until gone "$pid" || ((i++ >= 3000)); do
  put "$healthy"
  put "$stale"
  # Seen only by who looks in time; from now on every second one is bad.
done
closed 'with bad ones among them it closes' open.log 2 'GATE BLOCKED: bravo stale, 660s > 90s*'
ended "$json_gate"
check 'gate --watch: in JSON that is two documents' json.log "exit $rc, $(grep '"gate"' json.log | paste -sd ' ' -)" \
  'exit 2,   "gate": "open",   "gate": "blocked",'
opened stale.log
put "$stale"
closed 'it closes when the state turns stale' stale.log 2 'GATE BLOCKED: bravo stale, 660s > 90s*'
opened gone.log
rm live.json
closed 'it closes when the state vanishes' gone.log 3 'GATE BLOCKED: live.json: *no such file*'
opened cut.log
put half.json
closed 'it closes when the state is cut' cut.log 3 'GATE BLOCKED: live.json:1:*'
put "$stale"
expect 'gate --watch: blocked from the beginning it does not wait' 2 'GATE BLOCKED: bravo*' '' app gate --watch 86400 --feed bravo --state live.json
put "$healthy"
background quiet.log "${program[@]}" gate --watch 0.1 --quiet --feed bravo --state live.json
poll handles "$pid" || true
put "$stale"
ended "$pid"
like 'gate --watch --quiet: says only that it closes' quiet.log "exit $rc, $(head -n 1 quiet.log)" 'exit 2, GATE BLOCKED: bravo stale*'
if [[ $long ]]; then
  sed 's/: 8,*$/: 660/' "$healthy" >other.json
  opened other.log --action price_order
  for ((i = 0; i < 100; i++)); do put other.json; done
  check 'gate --watch: a feed that was not asked for does not close it' other.json "$(gone "$pid" && echo ended)" ''
  for row in vanish cut; do
    for ((i = 0; i < 10; i++)); do
      opened "$row.log"
      if [[ $row == vanish ]]; then rm live.json; else put half.json; fi
      closed "it closes, $row $i" "$row.log" 3 'GATE BLOCKED: live.json:*'
    done
  done
fi

# --- Work that is bound to a gate -----------------------------------------------------------------------------------

# Its program is a stand-in that starts the classes; its job has a child.
mkdir bound shim
{ printf '#!/bin/sh\nexec' && printf " '%s'" "${program[@]}" && printf ' "$@"\n'; } >shim/freshness
# shellcheck disable=SC2016 # expanded by the job
printf '#!/bin/sh\nsleep 600 &\necho "$$ $!" >job.new && mv job.new job.pid\nwait\n' >bound/job
chmod 755 shim/freshness bound/job
bound=(env "FRESHNESS=$work/shim/freshness" "BASELINE=$healthy" STATE=state.json
  sh -c 'cd bound && exec "$@"' - sh "$root/data/monitoring/while-open.sh" bravo publish_signal)

takes_no_more=()
# bind COMMAND...: starts the recipe on a sound state, and waits until its job runs; leaves the gate's process in gate
bind() {
  cp "$healthy" bound/state.json
  rm -f bound/job.pid
  background bound.log ${takes_no_more[@]+"${takes_no_more[@]}"} "${bound[@]}" "$@"
  poll test -s bound/job.pid || true
  job=$(cat bound/job.pid 2>/dev/null || echo none)
  started="$started $job"
  # shellcheck disable=SC2009 # pgrep has no such question everywhere
  gate=$(ps -A -o pid=,ppid=,args= | awk -v parent="$pid" '$2 == parent && / gate --watch / { print $1 }')
}

# stopped: waits for the recipe's end, and says in left what goes on behind it
stopped() {
  local each
  left=''
  ended "$pid"
  for each in $job; do poll gone "$each" || left=" a job goes on"; done
  poll gone "$gate" || left="$left the gate goes on"
}

# unbound NAME EXIT: the recipe ends with that code, and leaves neither a job, nor its child, nor a gate
unbound() {
  stopped
  check "a bound job: $1" "$(cat bound.log)" "exit $rc$left" "exit $2"
}

if command -v setsid >/dev/null && command -v pkill >/dev/null; then
  bind ./job
  kill -KILL "$gate"
  unbound 'stops when its gate is killed' 143
  bind ./job
  cp "$stale" bound/next && mv bound/next bound/state.json
  unbound 'stops when the state turns stale' 2
  like 'a bound job: why it stopped is said' bound.log "$(cat bound.log)" 'GATE OPEN: bravo *GATE BLOCKED: bravo stale*'
  bind ./job
  { kill -KILL "$pid" && cp "$stale" bound/next && mv bound/next bound/state.json; } 2>/dev/null # the shell would say so
  unbound 'stops with its gate when the recipe itself was killed' 137
  bind timeout 600 ./job
  cp "$stale" bound/next && mv bound/next bound/state.json
  unbound 'stops too where its processes are a group of their own' 2
  if [[ $long ]]; then
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
    cp "$stale" bound/next && mv bound/next bound/state.json
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
  fi
  # shellcheck disable=SC2016 # expanded by the job
  bind sh -c 'trap "exit 0" TERM; echo $$ >job.pid; while :; do sleep 0.1; done'
  kill -KILL "$gate"
  unbound 'one that was stopped has not ended with 0' 143
  # shellcheck disable=SC2016 # expanded by the job
  bind sh -c 'echo $$ >job.pid; exit 7'
  unbound 'one that ends by itself, with its code' 7
  cp "$stale" bound/state.json && rm bound/job.pid
  run "${bound[@]}" ./job
  check 'a bound job: does not start behind a gate that is blocked' "$out" "exit $rc, ${out%%,*} $(names bound)" \
    'exit 2, GATE BLOCKED: bravo stale job state.json'
  echo '{' >bound/state.json
  run "${bound[@]}" ./job
  check 'a bound job: nor behind one that cannot be judged' "$out" "exit $rc $(names bound)" 'exit 3 job state.json'
else
  leave_out 'work that is bound to a gate: there is no setsid or no pkill'
fi

# --- On a terminal --------------------------------------------------------------------------------------------------

# What stands on a terminal of 80 by 24 once a watch has drawn twice, as a terminal would show it.
cat >screen.py <<'END'
import fcntl, os, pty, re, select, signal, struct, sys, termios, time
ROWS, COLUMNS, frames, end = max(3, int(os.environ.get("HEIGHT", "24"))), 80, b"\x1b[H\x1b[2J", time.monotonic() + 30
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
said = b""
while said.count(frames) < 2 and time.monotonic() < end and select.select([fd], [], [], 30)[0]:
    try:
        said += os.read(fd, 65536)
    except OSError:
        break
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
screen, row, column, wrap = [[] for _ in range(ROWS)], 0, 0, True
for token in re.findall(r"\x1b\[[?0-9;]*[A-Za-z]|.", said[:said.rfind(frames)].decode(), re.DOTALL):
    if token == "\x1b[H":
        row = column = 0
    elif token == "\x1b[2J":
        screen = [[] for _ in range(ROWS)]
    elif token in ("\x1b[?7l", "\x1b[?7h"):
        wrap = token.endswith("h")
    elif token == "\r":
        column = 0
    elif token == "\n" or token[0] != "\x1b":
        if token != "\n" and column == COLUMNS and wrap:
            column = 0
        elif token != "\n":
            screen[row][min(column, COLUMNS - 1):] = token
            column = min(column + 1, COLUMNS)
            continue
        row += 1
        if row == ROWS:
            screen, row = screen[1:] + [[]], ROWS - 1
        if token != "\n":
            screen[row][:] = token
            column = 1
print("\n".join("".join(line) for line in screen))
END
if command -v python3 >/dev/null; then
  awk 'BEGIN { print "{\"max_age_seconds\":90,\"feeds\":["
    for (i = 1; i <= 200; i++) printf "{\"name\":\"feed %d %0100d\",\"alive\":true,\"last_tick_age_seconds\":%d}%s\n", i, i, i < 200 ? 8 : 660, i < 200 ? "," : "]}" }' >many.json
  watch=("${program[@]}" status --watch 0.1 --state many.json --baseline many.json --color never)
  run python3 screen.py env LINES=many "${watch[@]}"
  lines=$out
  run python3 screen.py "${watch[@]}"
  check 'on a terminal, a LINES that is no number is none' "$lines" "$lines" "$out"
  run python3 screen.py env LINES=99999999999 "${watch[@]}"
  check 'nor is one that no terminal has' "$lines" "$lines" "$out"
  shown=$(head -n 1 <<<"$out" | cut -c 1-41)
  check 'on a terminal, a watch of 200 feeds keeps its headline in the first line' "$out$err" "$shown" 'FRESHNESS CRITICAL: 1 of 200 feeds unsafe'
  for height in 1 10 100; do
    run env HEIGHT=$height python3 screen.py env LINES=$height "${watch[@]}"
    check "as many lines as a terminal of $height has" "$out" "$(grep -c . <<<"$out") $(head -n 1 <<<"$out" | cut -c 1-41)" \
      "$((height > 2 ? height - 2 : 2)) FRESHNESS CRITICAL: 1 of 200 feeds unsafe"
  done
  like 'and shows the feed that is not safe, with what is left out' "$err" "$out" '*feed 200 0000*and +([0-9]) lines more*'
  # painted VALUE OPTION...: how often a status on a terminal changes its color where NO_COLOR has that value
  painted() {
    { python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' env TERM=dumb "NO_COLOR=$1" "${program[@]}" status --state "$healthy" "${@:2}" </dev/null |
      grep -o $'\033' || true; } | wc -l | tr -d ' '
  }
  check 'on a terminal: the headline and each feed have their color' 'NO_COLOR=' "$(painted '')" 8
  check 'and none in what is a document' '--output -' "$(painted '' --output -)" 0
  # shellcheck disable=SC2016 # for the shell inside
  python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' sh -c '"$@" >piped.txt' sh "${program[@]}" status --state "$healthy" >/dev/null </dev/null || true
  # shellcheck disable=SC2016 # for the shell inside
  shown=$(python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' sh -c '"$@" >/dev/tty' sh "${program[@]}" status --state "$healthy" </dev/null | grep -c $'\033' || true)
  check 'also by the name that every terminal has' 'status >/dev/tty' "$shown" 4
  check 'and none in a file, whatever the other streams are' 'status >FILE' "$(wc -l <piped.txt | tr -d ' ') $(grep -c $'\033' piped.txt || true)" '7 0'
  check 'but where color is asked for' 'NO_COLOR=1 --color always' "$(painted 1 --color always)" 8
  if [[ -w /dev/shm ]]; then
    shown=$(mktemp /dev/shm/freshness.XXXXXX)
    app status --state "$healthy" >"$shown"
    check 'and none in a file below /dev' "$shown" "$(grep -c $'\033' "$shown" || true)" 0
    rm "$shown"
  fi
  check 'and none with NO_COLOR, whatever it says' 'NO_COLOR=0' "$(painted 0)" 0
  background seen.log python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "${program[@]}" status --watch 0.1 --state "$healthy" \
    --format prometheus --output seen.prom
  poll has 1 'FRESHNESS OK' seen.log || true
  signalled "$pid" INT
  check 'a watch that writes a file does not draw' "$(cat seen.log)" "$(grep -c $'\033' seen.log || true)" 0
else
  leave_out 'what a terminal shows, for which python3 is needed'
fi

# --- Time that has passed -------------------------------------------------------------------------------------------

# shellcheck disable=SC2086 # words
set -- $late_jobs
for i in 0 1; do
  wait "$1" || true
  shift
  like "a state that aged while it was written to standard input is judged by the time of its last byte: ${late_formats[i]}" gate \
    "exit $(cat "late.$i.exit"), $(cat "late.$i")" 'exit 2, GATE BLOCKED: bravo stale, *s > 1s*'
done
poll has 1 '^exit' undated.gate || true
like 'gate: what is undated and stays the same turns stale at its limit' 'gate --watch' "$(cat undated.gate)" \
  'GATE OPEN: bravo *GATE BLOCKED: bravo stale, *s > 1s*exit 2'
poll has 1 'bravo fresh -> stale' undated.status || true
like 'status: and in a watch, too' 'status --watch' "$(cat undated.status)" '*FRESHNESS OK*bravo fresh -> stale: last tick *s old, limit 1s'
check 'a watch looks as seldom as it is told to' 'status --watch 86400' "$(grep -c . daily.log)" 1
: >undated.end
wait "$undated_writer" || true

end_of_tests
