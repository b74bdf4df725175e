#!/usr/bin/env bash
# Freshness on a file system that refuses what Windows refuses. Simulated: no Windows runs here.
#
#   usage: tests/integration/windows.sh        (JAVA_HOME names a JDK; without it, the java on PATH)
#
# tests/integration/windows/WindowsLike.java is that file system; it says what it refuses, and
# Refusals.java shows it. Each command runs twice, here and there, and has to do the same, there
# with CRLF line endings and a US Windows code page, in New York's time zone. What Windows does
# otherwise is not simulated: consoles, signals, case, backslashes, locks that keep others from
# reading.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

begin windows
copy_program "$work/a copy"
mkdir classes like here there
use_classes "$work/classes"
"$JAVA_HOME/bin/javac" --release 17 -Xlint:all -Werror -d like \
  "$root"/tests/integration/windows/*.java
readonly now=2026-11-22T09:37:00Z refusals=$work/refusals
windows=("${jvm[@]}" -Djava.nio.file.spi.DefaultFileSystemProvider=WindowsLike
  "-Dwindows.log=$refusals" "-Djdk.launcher.sourcefile=$source"
  "-Dline.separator="$'\r\n' -Dfile.encoding=windows-1252 -Duser.timezone=America/New_York)
stale=$work/stale.json
sed 's/: 11$/: 660/' "$healthy" >"$stale"

# on_windows ARGUMENT...: runs the program there
on_windows() {
  "${windows[@]}" -cp "$work/classes:$work/like" Freshness "$@"
}

# background_on_windows FILE ARGUMENT...
background_on_windows() {
  local file=$1
  shift
  background "$file" "${windows[@]}" -cp "$work/classes:$work/like" Freshness "$@"
}

# --- What is simulated ----------------------------------------------------------------------------

simulation() {
  local answers='open a directory: AccessDeniedException
read a directory: AccessDeniedException
unix attributes: UnsupportedOperationException
unix attribute of no file: UnsupportedOperationException
set a unix attribute: UnsupportedOperationException
posix permissions: UnsupportedOperationException
posix view: null
posix permissions at create: UnsupportedOperationException
an owner: true
owner view: true
file key: null
file key by its name: null
file key of a view: null
size: 0
is the same file: true
/proc: NoSuchFileException
/dev: false
a colon in a name: InvalidPathException
a colon in a part: InvalidPathException
a symbolic link: FileSystemException
replace a file: true
replace a file that is open: FileSystemException
replace one that is open as a channel: FileSystemException
rename a file that is open: FileSystemException
delete a file that is open: FileSystemException
still open: 0
replace it once it is closed: true
delete it: true'
  if [[ ! -d /proc/self/fd ]]; then
    leave_out 'what the file system refuses: only Linux says which files are open'
    return
  fi
  run "${windows[@]}" -cp like Refusals
  check 'the file system refuses what Windows refuses, and nothing else' Refusals "$out$err" \
    "$answers"
}

# without NAME FROM TO SAYS REFUSED: the program with one line changed back cannot write there
without() {
  local before=$work/$1
  mkdir "$before"
  sed "s|$2|$3|" "$source" >"$before/Freshness.java"
  if cmp -s "$source" "$before/Freshness.java"; then
    not_ok "the program has the line that is changed back: $1" "$2" 'no such line' 'one'
    return
  fi
  "$JAVA_HOME/bin/javac" -d "$before" "$before/Freshness.java"
  expect "a program that $1 cannot write there" 3 '' "freshness: $4" \
    "${windows[@]}" -cp "$before:$work/like" Freshness scenario stale --feed bravo \
    --state "$healthy" --output "$before/out"
  like "a program that $1: the call that is refused" "$before" "$(tail -n 1 "$refusals")" "$5"
  check "a program that $1: nothing is left of it" "$before" \
    "$(leftovers "$before")$(find "$before" -name out)" ''
}

# leftovers DIRECTORY: what a work that was not done has left there
leftovers() {
  find "$1" -name '.freshness-*'
}

before() {
  without 'asks for Unix attributes' 'if (!Disk.hasUnixAttributes()) {' 'if (false) {' \
    "*View 'unix' not available" 'read unix:*: UnsupportedOperationException'
  without 'flushes each directory' 'return null; // Windows cannot open one' 'throw e;' \
    '*permission denied*' "open $work/flushes each directory: AccessDeniedException"
}

# --- The same as on Linux -------------------------------------------------------------------------

# outcome COMMAND...: its exit code and what it prints, without the time of a doctor
outcome() {
  run "$@" </dev/null
  printf 'exit %s\n%s\n%s\n' "$rc" "${out/plausible: */plausible}" "$err"
}

# same ARGUMENT...: a command does the same here and there
same() {
  local got want
  cd "$work/here"
  want=$(outcome app "$@")
  cd "$work/there"
  got=$(outcome on_windows "$@")
  cd "$work"
  check "the same as on Linux: $1, ${want%%$'\n'*}" "$*" "$got" "$want"
}

commands() {
  local each kind
  same --version
  same status
  same status --state "$stale" --now $now
  same status --state "$stale" --format json --now $now
  same status --state none.json
  same status --state "$work"
  same gate --feed alpha --feed charlie --state "$stale"
  same gate --feed bravo --action price_order --state "$stale"
  same gate --feed brvo --state "$stale"
  for kind in stale unknown down missing skewed loosened; do
    same scenario $kind --feed bravo --output $kind.json --now $now
    same status --state $kind.json --now $now
  done
  for kind in frozen corrupt; do
    same scenario $kind --output $kind.json --now $now
    same status --state $kind.json --now $now
  done
  for each in 91 4 4; do
    same recover --feed bravo --age-seconds $each --state stale.json --output recovered.json \
      --record record --now $now
  done
  same recover --feed bravo --state missing.json --output - --now $now
  same status --state recovered.json --output report.json --format json --now $now
  same status --state stale.json --output metrics --format prometheus --now $now
  same status --state recovered.json --output metrics --format prometheus --now $now
  same smoke
  same doctor
  same doctor --baseline "$healthy" --state stale.json
  # What is never written to.
  same scenario stale --feed bravo --state stale.json --output ./stale.json
  same scenario stale --feed bravo --output "$healthy"
  same scenario stale --feed bravo --output "$source"
  same scenario stale --feed bravo --output .
  same scenario stale --feed bravo --output /none/stale.json
  for each in here there; do
    ln -s stale.json $each/soft.json
    ln $each/stale.json $each/hard.json
  done
  same scenario stale --feed bravo --output soft.json
  same scenario stale --feed bravo --state stale.json --output hard.json
  same recover --feed bravo --state stale.json --output new.json --record soft.json
  same recover --feed bravo --state stale.json --output ./record --record record
  check 'and the files are the same, to the byte' 'diff -r here there' \
    "$(diff -r here there 2>&1)" ''
}

# Where Windows knows no such name, the answer is another one.
names_with_a_colon() {
  expect 'a state whose name no file can have' 3 \
    'FRESHNESS UNKNOWN: a:b is not a valid path: Illegal*' '' \
    on_windows status --state a:b
  expect 'an address' 3 \
    'GATE BLOCKED: http://localhost/state.json is not a valid path: Illegal*' '' \
    on_windows gate --feed alpha --state http://localhost/state.json
  expect 'an output whose name no file can have' 3 '' \
    'freshness: a:b is not a valid path: Illegal*' \
    on_windows scenario stale --feed bravo --output a:b
}

# The form that Windows starts: it has no shell for the launcher.
from_source() {
  local form=("${windows[@]}" -cp "$work/like" Freshness.java)
  cd "$work/a copy"
  expect 'from source: a recovery' 0 'RECOVERED: bravo fresh, 4s of 90s*' '' \
    "${form[@]}" recover --feed bravo --age-seconds 4 --state "$stale" \
    --output "$work/from source.json" --record "$work/from source.record"
  check 'from source: it is the same file system' refusals "$(tail -n 1 "$refusals")" \
    "open $work: AccessDeniedException"
  check 'from source: the record has its line' 'from source.record' \
    "$(grep -c '"recovery": "recovered"' "$work/from source.record")" 1
  expect 'from source: smoke' 0 'SMOKE PASSED*' '' "${form[@]}" smoke
  cd "$work"
}

# Git for Windows changes the ends of lines, but not of a file for which that is forbidden.
checked_out() {
  if ! command -v git >/dev/null; then
    leave_out 'a checkout with other ends of lines: no git'
    return
  fi
  mkdir checkout
  cp -R "$root/Freshness.java" "$root/data" checkout
  cd checkout
  git init -q
  git -c core.autocrlf=true add . 2>/dev/null
  rm -r Freshness.java data
  git -c core.autocrlf=true checkout -q .
  like 'a checkout of Git for Windows has other ends of lines' 'git checkout' \
    "$(head -n 2 Freshness.java)" $'*\r'
  expect 'and smoke passes all the same' 0 'SMOKE PASSED*' '' \
    "${windows[@]}" -cp "$work/like" Freshness.java smoke
  cd "$work"
}

# --- Files that others have open ------------------------------------------------------------------

recovery=(recover --feed bravo --state "$stale" --output held/out --record held/record
  --now "$now")

held_for_a_while() {
  : >"$refusals"
  exec 8<held/out
  background_on_windows held.log "${recovery[@]}" 8<&-
  await has 1 'rename onto' "$refusals"
  check 'a file that somebody has open is not replaced' held/out "$(cat held/out)" old
  exec 8<&-
  ended "$pid"
  like 'and it is, once it is closed' held/out "exit $rc, $(cat held.log)" \
    'exit 0, RECOVERED: bravo*'
  check 'with one line of record' held/record "$(grep -c . held/record)" 1
}

# holds_back NAME EXIT: neither file nor record has changed, and nothing else is there
holds_back() {
  check "$1: neither file nor record" held \
    "exit $rc, $(cat held/out held/record), $(leftovers held)" \
    "exit $2, $(echo old && cat held.record), "
}

held_for_ever() {
  expect 'while somebody has it open, nothing is written' 3 '' \
    'freshness: cannot write the output: The process cannot access the file*' \
    on_windows "${recovery[@]}" 8<&-
  holds_back 'it stays open' 3
}

held_and_interrupted() {
  : >"$refusals"
  background_on_windows held.log "${recovery[@]}" 8<&-
  await has 1 'rename onto' "$refusals"
  signalled "$pid" TERM
  holds_back 'a signal ends the wait' "$(code_of TERM)"
}

# Without /dev/stdin, nothing tells that a file is the input; but it is open.
input_as_output() {
  cp "$stale" held/input
  # shellcheck disable=SC2094 # both are the same file on purpose
  expect 'the input cannot be replaced' 3 '' \
    'freshness: cannot write the output: The process cannot access the file*' \
    on_windows scenario down --feed bravo --state - --output held/input <held/input 8<&-
  check 'and stays as it is' held/input "$(cmp "$stale" held/input && leftovers held)" ''
}

# The new file is still open when it turns out that there is no room for all of it.
no_room() {
  sed '$d' "$stale" >large.json
  printf '  , "x-padding": "%040000d"\n}\n' 0 >>large.json
  ulimit_and_recover() (
    ulimit -f 16
    on_windows recover --feed bravo --state large.json --output held/out --record held/record
  )
  run ulimit_and_recover 8<&-
  like 'no room for the new file' 'ulimit -f' "$err" 'freshness: *File too large'
  holds_back 'no room for the new file' 3
}

# A record that is new is open, and so it stays, empty.
new_record() {
  rm held/record
  run on_windows "${recovery[@]}" 8<&-
  check 'a new record has no line of what was not done' held/record \
    "exit $rc, $(cat held/record 2>/dev/null)" 'exit 3, '
}

open_files() {
  if [[ ! -d /proc/self/fd ]]; then
    leave_out 'files that others have open: only Linux says which'
    return
  fi
  mkdir held
  echo old >held/out
  held_for_a_while
  echo old >held/out
  cp held/record held.record
  exec 8<held/out
  held_for_ever
  held_and_interrupted
  input_as_output
  no_room
  new_record
  exec 8<&-
}

# opens PID FILE: whether a process has it open, or has ended
# shellcheck disable=SC2317 # called by await
opens() {
  find "/proc/$1/fd" -lname "*/$2" 2>/dev/null | grep -q . || gone "$1"
}

# Without a key, a record is known by its times and its size. The program is held by strace between
# its look at the record and the lock, and another one of the same content takes the name.
moved_record() {
  if ! command -v strace >/dev/null || ! strace -D -o calls true 2>/dev/null; then
    leave_out 'a record that is moved away before it is locked: strace is needed'
    return
  fi
  mkdir moved
  echo '{"recovery": "an earlier one"}' >moved/record
  background moved.log strace -D -q -f -o calls -P moved/record -P "$work/moved/record" \
    -e trace=fcntl -e inject=fcntl:delay_enter=2000000:when=1 \
    "${windows[@]}" -cp "$work/classes:$work/like" Freshness \
    recover --feed bravo --state "$stale" --output moved/out --record moved/record
  await opens "$pid" moved/record
  cp moved/record moved/next
  mv moved/record moved/rotated
  mv moved/next moved/record
  ended "$pid"
  check 'a record that is replaced before it is locked: the line is in the one that has its name' \
    "$(cat moved.log)" "exit $rc, $(grep -c . moved/record) $(grep -c . moved/rotated)" \
    'exit 0, 2 1'
}

shared_record() {
  local i recovered=0 pids=()
  mkdir shared
  for ((i = 0; i < 6; i++)); do
    background_on_windows "shared.$i" recover --feed bravo --state "$stale" \
      --output "shared/out.$i" --record shared/record
    pids+=("$pid")
  done
  for ((i = 0; i < 40; i++)); do
    if [[ -s shared/record ]]; then
      mv shared/record "shared/record.$i"
    fi
    sleep 0.05
  done
  for i in "${pids[@]}"; do
    ended "$i"
    if [[ $rc == 0 ]]; then
      recovered=$((recovered + 1))
    fi
  done
  check 'a record that several write to, and that is moved away meanwhile, loses no line' shared \
    "$(cat shared/record* | grep -c '"recovery": "recovered".*}$'), of $recovered" '6, of 6'
}

# --- Watches --------------------------------------------------------------------------------------

watches() {
  local status gate
  cp "$healthy" live.json
  background_on_windows watch.log status --watch 0.1 --state live.json --format prometheus \
    --output live.prom
  status=$pid
  background_on_windows gate.log gate --watch 0.1 --feed bravo --state live.json
  gate=$pid
  await has 1 'FRESHNESS OK' watch.log
  await has 1 'GATE OPEN' gate.log
  # The watches have it open again and again.
  run on_windows scenario stale --feed bravo --output live.json
  check 'a state is replaced under the eyes of two watches' live.json "exit $rc, $err" 'exit 0, '
  ended "$gate"
  like 'gate --watch ends when it is blocked' gate.log "exit $rc, $(cat gate.log)" \
    'exit 2, GATE OPEN: bravo*GATE BLOCKED: bravo stale, 660s > 90s*'
  await has 1 'bravo fresh -> stale' watch.log
  await has 1 'freshness_feed_safe_to_serve{feed="bravo"} 0' live.prom
  like 'status --watch says the change and writes it' watch.log \
    "$(cat watch.log) $(grep 'serve{feed="bravo"}' live.prom)" \
    '*FRESHNESS OK*bravo fresh -> stale: last tick 660s old, limit 90s*serve{feed="bravo"} 0'
  signalled "$status" TERM
  check 'and ends as Java ends on a signal' watch.log "exit $rc, $(leftovers .)" \
    "exit $(code_of TERM), "
}

# What a watch writes to is looked at each time.
watched_target() {
  : >aim
  background_on_windows target.log status --watch 0.1 --state "$healthy" --format prometheus \
    --output target.prom
  await test -s target.prom
  ln -s aim link
  mv -f link target.prom
  ended "$pid"
  like 'a watch writes through no link' target.log \
    "exit $rc, $(cat target.log), aim: $(cat aim)" \
    'exit 3, *FRESHNESS OK*freshness: *target.prom: no longer a regular file, aim: '
}

simulation
before
commands
names_with_a_colon
from_source
checked_out
open_files
moved_record
shared_record
watches
watched_target
end_of_tests
