#!/usr/bin/env bash
# Looks for trouble: does anything make Freshness say "safe" wrongly, lose a file, hang, or fail
# without a clear line?
#
#   usage: tests/tools/torture.sh [PART...]     all parts: judge kill full interrupted names
#          SEED=7 tests/tools/torture.sh kill   the same random choices again (kills land by the
#                                               clock all the same)
#
#   judge        generated states and damaged bytes, decided by a second, independent judge
#                (tests/unit/Judge.java)
#   kill         SIGKILL at random moments: the output is the old file or a new one, whole
#   full         full disks, forbidden and strange files, closed pipes, too few descriptors, too
#                little memory
#   interrupted  SIGTERM and SIGINT during a write: no temporary file stays
#   names        feed names with escapes, newlines, quotes, direction marks, in every output and
#                suggested command
#
# JAVA_HOME names a JDK 21 or later; without it, the java on PATH. As root it also mounts small file
# systems and works as the user nobody; where that is not permitted it says "# skip". KILLS,
# INTERRUPTS, READS and STATES change the counts. It works on a copy of the program, in one
# temporary folder that is removed at the end, and checks that it is gone.
set -euo pipefail
shopt -s nullglob
export LC_ALL=C.UTF-8
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

readonly seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
readonly kills_wanted=${KILLS:-320} interrupts_wanted=${INTERRUPTS:-120} reads_wanted=${READS:-25} \
  states_wanted=${STATES:-10000}
readonly now=2026-11-22T09:37:00Z # for runs whose bytes are compared
RANDOM=$((seed % 32768))

begin torture
readonly ground="$work/the ground" # all that the program may see, with a space in its path
readonly repository="$ground/repository"
mounts=()

# --- Checks ---------------------------------------------------------------------------------------

# run COMMAND...: as run_only, with nothing to read; the outputs may be large
run() {
  run_only "$@" </dev/null
}

# Every name below the ground, and of files also size, time and inode: equal listings mean that
# nothing was touched.
listing() {
  find "$ground" \( -type d -printf '%p\n' -o -printf '%p %y %s %T@ %i\n' \) 2>/dev/null | sort
}

stack_trace() {
  grep -qE '^[[:space:]]+at [A-Za-z]|Exception in thread' "$work/out" "$work/err"
}

# problem EXITS LINE: what is wrong with the last run, as a failure that should have ended with one
# of those exit codes (a pattern) and have said so in one line that matches LINE; nothing where all
# is well
problem() {
  local line lines
  lines=$(wc -l <"$work/err")
  if [[ $lines -eq 0 ]]; then # then the verdict on standard output is that line
    line=$(head -n 1 "$work/out")
    [[ $line =~ ^(FRESHNESS\ UNKNOWN|GATE\ BLOCKED|DOCTOR\ FAILED|SMOKE\ FAILED): ]] ||
      echo "no verdict line, '$line'"
  else
    line=$(<"$work/err")
  fi
  # shellcheck disable=SC2254,SC2053 # patterns on purpose
  case $rc in $1) ;; *) echo "exit $rc" ;; esac
  # shellcheck disable=SC2053
  if [[ $lines -gt 1 || $line != $2 ]]; then
    echo "$lines lines on standard error, $line"
  fi
  if stack_trace; then
    echo 'a stack trace'
  fi
  if [[ $(head -c 1 "$work/out") == '{' ]] &&
    ! python3 -m json.tool <"$work/out" >/dev/null 2>&1; then
    echo 'JSON that does not parse'
  fi
}

# refused NAME EXITS LINE COMMAND...: the command fails as problem() says, and leaves every file as
# it was
refused() {
  local name=$1 exits=$2 line=$3 before found
  shift 3
  before=$(listing)
  run "$@"
  found=$(problem "$exits" "$line"; diff <(echo "$before") <(listing) | grep '^[<>]' || true)
  if [[ -z $found ]]; then
    ok "$name"
  else
    not_ok "$name" "${*@Q}" "$found" "exit $exits, one line like $line, all files as they were"
  fi
}

# draw N: a random whole number from 0 to N - 1 in $drawn
draw() {
  drawn=$(((RANDOM * 32768 + RANDOM) % $1))
}

# pause MICROSECONDS, without starting a process
pause() {
  read -rt "$(($1 / 1000000)).$(printf %06d $(($1 % 1000000)))" -u "$never" || true
}

# --- Clean-up -------------------------------------------------------------------------------------

stop_jobs() {
  local pid
  for pid in $(jobs -p); do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

unmount() {
  local each
  for each in "${mounts[@]}"; do
    umount "$each" || umount -l "$each" || true
  done
  mounts=()
}

# shellcheck disable=SC2317 # called at the end
clean() {
  local left
  stop_jobs
  unmount
  left=$(grep -F "${work##*/}" /proc/self/mounts || true; pgrep -af "${work##*/}" |
    grep -v -e torture.sh || true)
  check 'clean: no mount and no process is left' "$work" "$left" ''
}

# --- Set-up ---------------------------------------------------------------------------------------

set_up() {
  mkdir -p "$ground/tmp" "$work/classes" "$work/bin"
  chmod 1777 "$ground/tmp"
  copy_program "$repository"
  "$JAVA_HOME/bin/javac" -sourcepath "$root/tests/unit" -d "$work/classes" \
    "$repository/Freshness.java" "$root/tests/unit/Judge.java"
  # A jar is one open file, as the source launcher's memory is none: classes must still load where
  # no more files open.
  "$JAVA_HOME/bin/jar" cf "$work/freshness.jar" -C "$work/classes" .
  mkfifo "$work/never"
  exec {never}<>"$work/never"
  launch=("$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "-Djava.io.tmpdir=$ground/tmp"
    -cp "$work/freshness.jar"
    "-Djdk.launcher.sourcefile=$repository/Freshness.java")
  start=("${launch[@]}" Freshness)
  fresh=(timeout 30 "${start[@]}")
  # What the program prints is a command for "java": this one starts the compiled classes instead,
  # which is quicker.
  # shellcheck disable=SC2016 # the parameters are those of the script that is written
  {
    echo '#!/usr/bin/env bash'
    printf 'if [[ $1 != %q ]]; then\n' "$repository/Freshness.java"
    printf '  echo "java: no such source: $1" >&2\n  exit 1\nfi\n'
    printf 'exec %s "${@:2}"\n' "${fresh[*]@Q}"
  } >"$work/bin/java"
  chmod 755 "$work/bin/java"
}

# padded FILE BYTES: the fixture with an ignored member of that many bytes, so that writing it takes
# a while
padded() {
  { printf '{ "padding": "' && head -c "$2" /dev/zero | tr '\0' x && printf '",' &&
    tail -c +2 "$repository/data/healthy.json"; } >"$1"
}

# many FILE COUNT AGE [NOTE]: a state of that many feeds, each with a note
many() {
  awk -v count="$2" -v age="$3" -v note="${4:-}" 'BEGIN {
    print "{ \"max_age_seconds\": 90, \"feeds\": ["
    for (i = 1; i <= count; i++) {
      printf "{ \"name\": \"feed%06d\", \"alive\": true, ", i
      printf "\"last_tick_age_seconds\": %s, \"x-note\": \"%s\" }", age, note
      print i < count ? "," : ""
    }
    print "] }" }' >"$1"
}

# --- judge ----------------------------------------------------------------------------------------

part_judge() {
  local arguments line
  for arguments in "$states_wanted $seed" "bytes $seed"; do
    run true
    # shellcheck disable=SC2086 # two words
    (cd "$repository" && timeout 600 "$java" -XX:+UseSerialGC -cp "$work/classes" Judge \
      $arguments) >"$work/judge" 2>&1 || rc=$?
    cat "$work/judge"
    while read -r line; do
      case $line in 'ok - '*) passed=$((passed + 1)) ;; 'not ok - '*) failed=$((failed + 1)) ;; esac
    done <"$work/judge"
    if [[ $rc -ne 0 ]] && ! grep -q '^not ok' "$work/judge"; then
      not_ok "Judge $arguments" "Judge $arguments" "exit $rc, $(tail -n 5 "$work/judge")" 'an end'
    fi
  done
}

# --- kill and interrupted -------------------------------------------------------------------------

# Four commands take turns on one output. Each one's bytes are known, from an undisturbed run onto
# another file.
readonly scene="$ground/scene"
operations=4

# command I OUTPUT: into $words
command_of() {
  case $1 in
    0) words=(scenario stale --feed bravo --state "$scene/base.json") ;;
    1) words=(scenario missing --feed bravo --state "$scene/base.json") ;;
    2) words=(recover --feed bravo --state "$scene/want0" --record "$scene/record") ;;
    3) words=(recover --feed bravo --state "$scene/want1" --age-seconds 6 \
      --record "$scene/record") ;;
  esac
  words+=(--output "$2" --now "$now")
}

# Prepares the scene, and measures: $total for a run and $window for its write, in microseconds.
prepare_scene() {
  local i from
  rm -rf "$scene"
  mkdir "$scene"
  padded "$scene/base.json" 8M
  total=0 window=0 strays=0
  for ((i = 0; i < operations; i++)); do
    command_of "$i" "$scene/want$i"
    : >"$work/began"
    from=${EPOCHREALTIME/./}
    "${start[@]}" "${words[@]}" >"$work/out" 2>"$work/err" &
    until_write $!
    window=$((window - ${EPOCHREALTIME/./}))
    while temporaries
      [[ $present -gt $strays ]]; do
      :
    done
    window=$((window + ${EPOCHREALTIME/./}))
    wait $! || not_ok 'an undisturbed run' "${words[*]}" "exit $?, $(<"$work/err")" 'exit 0'
    total=$((total + ${EPOCHREALTIME/./} - from))
  done
  total=$((total / operations)) window=$((window / operations + 1))
  cp "$scene/want0" "$scene/output"
  current=0
  printf '# %s: a run takes %d ms, its write %d ms\n' "$1" $((total / 1000)) $((window / 1000))
}

temporaries() {
  local found=("$scene"/.freshness-*.tmp)
  present=${#found[@]}
}

# until_write PID: returns when the process begins its write, wherever it writes to, or is gone
until_write() {
  while temporaries
    [[ $present -eq $strays && ! $scene/output -nt $work/began ]] && kill -0 "$1" 2>/dev/null; do
    :
  done
}

# strike SIGNAL: runs the next operation onto the one output and signals it: every other time at any
# moment of the run, else within its write. Leaves $rc, $op, $in_write (whether the signal was sent
# while the write was going on), and $content: "old", "new" or "torn". The new content then becomes
# the one to expect.
strikes=0
strike() {
  strikes=$((strikes + 1))
  draw $((operations - 1))
  op=$(((current + 1 + drawn) % operations)) # never the one whose bytes are there already
  command_of "$op" "$scene/output"
  : >"$work/began"
  # In the background bash would have SIGINT ignored, and a JVM keeps to that.
  env --default-signal=INT "${start[@]}" "${words[@]}" >"$work/out" 2>"$work/err" &
  local pid=$!
  if [[ $((strikes % 2)) -eq 0 ]]; then
    draw $((total + total / 20)) && pause "$drawn"
  else
    until_write "$pid"
    draw "$window" && pause "$drawn"
  fi
  temporaries
  in_write=$((present > strays))
  kill -s "$1" "$pid" 2>/dev/null || true
  { wait "$pid" && rc=0 || rc=$?; } 2>/dev/null
  temporaries
  content=torn
  if cmp -s "$scene/output" "$scene/want$op"; then
    content=new current=$op
  elif cmp -s "$scene/output" "$scene/want$current"; then
    content=old
  fi
}

part_kill() {
  local kills=0 before=0 during=0 after=0 finished=0 left=0 wrong='' strays_found record
  prepare_scene kill
  while [[ $kills -lt $kills_wanted && -z $wrong && $strikes -lt $((kills_wanted * 4)) ]]; do
    strike KILL
    case $rc.$content in
      137.old) if [[ $present -gt $strays ]]; then during=$((during + 1)); else \
        before=$((before + 1)); fi ;;
      137.new) after=$((after + 1)) ;;
      0.new) finished=$((finished + 1)) ;;
      *) wrong="exit $rc and $content content from ${words[*]}; $(<"$work/err")" ;;
    esac
    kills=$((kills + (rc == 137)))
    left=$((left + present - strays))
    strays=$present
    if [[ $strays -gt 8 ]]; then # each is as large as a state; some stay, to be in the way
      strays_found=("$scene"/.freshness-*.tmp)
      rm "${strays_found[@]:1}"
      strays=1
    fi
  done
  printf '# kill: %d kills, %d before the write, %d during it, %d after it; ' \
    "$kills" "$before" "$during" "$after"
  printf '%d runs ended before their kill; %d temporary files left\n' "$finished" "$left"
  check "kill: after $kills kills the output is the old file or a new one, whole" \
    'recover and scenario onto one output' "$wrong" ''
  check 'kill: enough of them, before, during and after the write' 'see above' \
    "$((kills >= kills_wanted)) $((before >= kills / 20)) $((during >= kills / 10))\
 $((after >= kills / 20))" '1 1 1 1'
  command_of 2 "$scene/output"
  run "${fresh[@]}" "${words[@]}"
  temporaries
  check "kill: the next run beside $strays stray temporary files" "${words[*]}" \
    "exit $rc, $(cmp "$scene/want2" "$scene/output" 2>&1), $present, $(<"$work/err")" \
    "exit 0, , $strays, "
  record=$(python3 - "$scene/record" 2>&1 <<'PY'
import json, sys
whole = torn = 0
lines = open(sys.argv[1]).read().split("\n")
for line in lines[:-1]:
    try:
        whole += "recovery" in json.loads(line)
    except ValueError:
        torn += 1
print(f"# record: {whole} whole lines, {torn} torn by a kill")
json.loads(lines[-2])["recovery"], lines[-1] == "" or sys.exit("no newline at the end")
PY
  ) || not_ok 'kill: the record' "$scene/record" "$record" \
    'whole lines, the last one from the last run'
  echo "$record"
  rm -rf "$scene"
}

part_interrupted() {
  local tries=0 in_writes=0 ended=0 wrong='' signal number
  prepare_scene interrupted
  while [[ $tries -lt $interrupts_wanted && -z $wrong ]]; do
    if [[ $((tries % 4)) -lt 2 ]]; then
      signal=TERM number=143
    else
      signal=INT number=130
    fi
    strike "$signal"
    tries=$((tries + 1)) in_writes=$((in_writes + in_write)) ended=$((ended + (rc == 0)))
    case $rc.$content in
      0.new | "$number.old" | "$number.new") ;;
      *) wrong="exit $rc and $content content after SIG$signal" ;;
    esac
    if [[ $present -gt 0 ]]; then
      wrong+=" a temporary file after SIG$signal, exit $rc, $content content: $(ls \
        -la "$scene"/.freshness-*)"
    fi
    if stack_trace; then
      wrong+=" a stack trace: $(<"$work/err")"
    fi
  done
  printf '# interrupted: %d signals, %d of them during the write, %d runs had ended\n' "$tries" \
    "$in_writes" "$ended"
  check "interrupted: $tries SIGTERM and SIGINT leave no temporary file and a whole output" \
    'recover and scenario onto one output' "$wrong" ''
  check 'interrupted: enough of them during the write' 'see above' "$((in_writes >= tries / 10))" 1
  rm -rf "$scene"
}

# --- full and forbidden ---------------------------------------------------------------------------

# Wrappers for commands: where their output goes, and with what rights they run.
to_full() {
  "$@" >/dev/full
}
errors_to_full() {
  "$@" 2>/dev/full
}
to_closed_pipe() {
  local pipe
  exec {pipe}> >(:)
  wait $! || true # the reader is gone before the first byte
  "$@" >&"$pipe" || { local rc=$? && exec {pipe}>&- && return "$rc"; }
  exec {pipe}>&-
}
to_first_line() {
  "$@" | head -n 1 >/dev/null
}
with_closed() {
  local streams=$1 && shift && eval '"$@"' "$streams"
}
from() {
  local input=$1 && shift && "$@" <"$input"
}
with_files() {
  (ulimit -n "$1" && shift && exec "$@")
}

part_full() {
  local data="$repository/data/healthy.json"
  things="$ground/things"
  mkdir -p "$things"
  "${fresh[@]}" scenario stale --feed bravo --output "$things/stale.json" >/dev/null
  padded "$things/large.json" 200k
  "${fresh[@]}" scenario stale --feed bravo --state "$things/large.json" \
    --output "$things/large-stale.json" >/dev/null
  many "$things/many.json" 5000 8
  cp "$things/many.json" "$things/many-agreed.json" # a contract is no state
  many "$things/many-stale.json" 5000 660
  "${fresh[@]}" scenario stale --feed feed000007 --state "$things/many.json" \
    --output "$things/many-but-one.json" >/dev/null
  echo 'the old content' >"$things/old"
  undelivered
  full_disk
  forbidden
  no_regular_file
  few_descriptors
  little_memory
  appended_together
  changing
}

undelivered() {
  local row where
  local stale=(--feed bravo --state "$things/stale.json") \
    many=(--state "$things/many.json" --baseline "$things/many-agreed.json")
  local rows=('help' 'help gate' 'status --help' '--help' '--version' 'status'
    'status --format json' 'status --format prometheus' 'status --state - --output -'
    'smoke' 'smoke --format json' 'doctor' 'doctor --format json'
    'scenario frozen --output -' 'scenario corrupt --output - --format json')
  for where in to_full to_closed_pipe; do
    for row in "${rows[@]}"; do
      # shellcheck disable=SC2086 # words
      refused "$where: $row" 3 'freshness: *' from "$data" $where "${fresh[@]}" $row
    done
    for row in text json; do
      refused "$where: gate, $row" 3 'freshness: *' $where "${fresh[@]}" gate "${stale[@]}" \
        --format "$row"
      refused "$where: recover onto standard output, $row" 3 'freshness: *' $where "${fresh[@]}" \
        recover "${stale[@]}" --output - --format "$row"
      refused "$where: recover refused, $row" 3 'freshness: *' $where "${fresh[@]}" recover \
        "${stale[@]}" --output "$things/new" --age-seconds 91 --format "$row"
    done
  done
  for row in 'scenario stale --feed bravo' "recover --feed bravo --state $things/stale.json"; do
    for where in to_full to_closed_pipe; do
      local words=(scenario stale --feed bravo)
      if [[ $row == recover* ]]; then
        words=(recover "${stale[@]}")
      fi
      run $where "${fresh[@]}" "${words[@]}" --output "$things/new"
      check "$where: the report of ${row%% *} that wrote a file" "${words[*]}" \
        "$(problem 3 'freshness: cannot write the output: *')" ''
      rm -f "$things/new"
    done
    # Then the report is on standard error, and only the exit code is left to say so.
    run errors_to_full "${fresh[@]}" "${row%% *}" "${words[@]:1}" --output -
    check "errors_to_full: ${row%% *} --output -" "${words[*]}" "$rc" 3
  done
  # A descriptor that is closed at the start is the next one to be opened, perhaps for the output
  # file.
  for row in '3 >&-' '3 >&- 2>&-' '3 <&- >&- 2>&-' '0 2>&-' '0 <&-'; do
    run with_closed "${row#* }" "${fresh[@]}" scenario stale --feed bravo --output "$things/new"
    check "closed: scenario ${row#* }" "scenario ${row#* }" \
      "$rc $(cmp "$things/stale.json" "$things/new" 2>&1)" "${row%% *} "
    rm -f "$things/new"
  done
  run errors_to_full "${fresh[@]}" status --state "$things/absent" --format json
  check 'errors_to_full: a state that is not there' 'status --state absent' "$rc" 3

  for row in text json prometheus; do
    refused "a reader that leaves after a line: status, $row" 3 \
      'freshness: cannot write the output: *' to_first_line "${fresh[@]}" status \
      "${many[@]}" --format "$row"
  done
  refused 'a reader that leaves after a line: recover' 3 \
    'freshness: cannot write the output: *' to_first_line "${fresh[@]}" recover \
    --feed feed000007 --state "$things/many-but-one.json" --baseline "$things/many.json" --output -
  refused 'a reader that leaves after a line: scenario' 3 \
    'freshness: cannot write the output: *' to_first_line "${fresh[@]}" scenario frozen \
    --state "$things/many.json" --output -
  local feeds=()
  for ((row = 1; row <= 2000; row++)); do
    feeds+=(--feed "feed$(printf %06d "$row")")
  done
  refused 'a reader that leaves after a line: gate' 3 \
    'freshness: cannot write the output: *' to_first_line "${fresh[@]}" gate \
    "${feeds[@]}" --state "$things/many-stale.json" --baseline "$things/many.json" --format json
}

full_disk() {
  local tiny="$ground/tiny" format
  mkdir -p "$tiny"
  if ! mount -t tmpfs -o size=256k,mode=1777 tmpfs "$tiny" 2>"$work/err"; then
    leave_out "full disk: mount is not permitted: $(<"$work/err")"
    return
  fi
  mounts+=("$tiny")
  echo 'the old content' >"$tiny/old"
  # So long that its last page has room for half a line: the disk fills up in the middle of the
  # append.
  { head -c 3700 /dev/zero | tr '\0' x && echo; } >"$tiny/record"
  # With room for nothing, and with room for the beginning of the file.
  local free
  for free in 0 16; do
    rm -f "$tiny/filler"
    head -c 1M /dev/zero >"$tiny/filler" 2>/dev/null || true
    truncate -s "-${free}k" "$tiny/filler"
    for format in text json prometheus; do
      refused "full disk, ${free}k free: status as $format" 3 '*No space left on device*' \
        "${fresh[@]}" status --state "$things/many.json" --baseline "$things/many-agreed.json" \
        --output "$tiny/new" --format "$format"
    done
    refused "full disk, ${free}k free: scenario" 3 '*No space left on device*' \
      "${fresh[@]}" scenario frozen --state "$things/large.json" --output "$tiny/old"
    refused "full disk, ${free}k free: recover" 3 '*No space left on device*' \
      "${fresh[@]}" recover --feed bravo --state "$things/large-stale.json" --output "$tiny/old"
  done
  rm "$tiny/filler"
  head -c 1M /dev/zero >"$tiny/filler" 2>/dev/null || true
  local before
  before=$(sha256sum "$tiny/record" "$things/old")
  for format in record new-record; do
    run "${fresh[@]}" recover --feed bravo --state "$things/stale.json" --output "$things/old" \
      --record "$tiny/$format"
    check "full disk: --record $format" 'recover --record' \
      "$(problem 3 '*No space left on device*'; find "$ground" -name '.freshness-*')" ''
  done
  check 'full disk: the record keeps whole lines only' "$tiny/record" \
    "$(sha256sum "$tiny/record"; cat "$tiny/new-record" 2>&1)" "${before%%$'\n'*}"
  check 'full disk: without its record a recovery leaves the old output' "$things/old" \
    "$(sha256sum "$things/old")" "${before#*$'\n'}"
  echo 'the old content' >"$things/old"
  rm -f "$tiny/new-record"
  for format in smoke doctor; do
    refused "full disk: $format has no room for its files" '[23]' '*' \
      timeout 30 "${launch[@]}" "-Djava.io.tmpdir=$tiny" Freshness "$format"
  done
  run env "JAVA_HOME=${java%/bin/java}" "XDG_CACHE_HOME=$tiny" sh "$repository/Freshness.java" \
    gate --feed bravo --state "$things/stale.json"
  check 'full disk: no room for the cache of classes' './Freshness.java gate' \
    "exit $rc, $(head -c 12 "$work/out")$(<"$work/err")" 'exit 2, GATE BLOCKED'
  rm -rf "$tiny/freshness"
  mount -o remount,ro "$tiny"
  for format in "$tiny/old" "$tiny/new"; do
    refused "read-only file system: recover onto ${format##*/}" 3 '*Read-only file system*' \
      "${fresh[@]}" recover --feed bravo --state "$things/stale.json" --output "$format"
  done
  refused 'read-only file system: record' 3 '*Read-only file system*' "${fresh[@]}" recover \
    --feed bravo --state "$things/stale.json" --output "$things/old" --record "$tiny/record"
  refused 'read-only file system: status' 3 '*Read-only file system*' "${fresh[@]}" status \
    --output "$tiny/new"
  refused 'read-only file system: doctor' '[23]' '*' timeout 30 "${launch[@]}" \
    "-Djava.io.tmpdir=$tiny" Freshness doctor
  unmount
  mount -t tmpfs -o nr_inodes=2,mode=1777 tmpfs "$tiny"
  mounts+=("$tiny")
  echo 'the old content' >"$tiny/old"
  refused 'no inode left: scenario' 3 '*No space left on device*' "${fresh[@]}" scenario frozen \
    --output "$tiny/old"
  refused 'no inode left: a new record' 3 '*No space left on device*' "${fresh[@]}" recover \
    --feed bravo --state "$things/stale.json" --output "$things/old" --record "$tiny/record"
  unmount
}

forbidden() {
  local closed="$ground/closed" unread="$ground/unread.json" locked="$ground/locked"
  mkdir -p "$closed" "$locked"
  cp "$things/stale.json" "$unread"
  cp "$things/stale.json" "$locked/state.json"
  cp "$things/old" "$closed/old"
  chmod 666 "$closed/old"
  chmod 555 "$closed" # a file in it may be written, but none put in its place
  chmod 000 "$unread" "$locked"
  local user=("${other[@]}" "${fresh[@]}") row
  for row in "$unread" "$locked/state.json"; do
    refused "no permission: status of ${row##*/}" 3 '*[Pp]ermission denied*' "${user[@]}" status \
      --state "$row"
    refused "no permission: status of ${row##*/} as json" 3 '*[Pp]ermission denied*' "${user[@]}" \
      status --state "$row" --format json
    refused "no permission: gate on ${row##*/}" 3 '*[Pp]ermission denied*' "${user[@]}" gate \
      --feed bravo --state "$row"
    refused "no permission: baseline ${row##*/}" 3 '*[Pp]ermission denied*' "${user[@]}" status \
      --baseline "$row"
    refused "no permission: scenario from ${row##*/}" 3 '*[Pp]ermission denied*' "${user[@]}" \
      scenario frozen --state "$row" --output "$ground/tmp/new"
    refused "no permission: recover from ${row##*/}" 3 '*[Pp]ermission denied*' "${user[@]}" \
      recover --feed bravo --state "$row" --output "$ground/tmp/new"
  done
  for row in "$closed/old" "$closed/new" "$locked/new"; do
    refused "no permission: scenario onto ${row#"$ground"/}" 3 'freshness: *' "${user[@]}" \
      scenario frozen --output "$row"
    refused "no permission: recover onto ${row#"$ground"/}" 3 'freshness: *' "${user[@]}" recover \
      --feed bravo --state "$things/stale.json" --output "$row"
    refused "no permission: status onto ${row#"$ground"/}" 3 'freshness: *' "${user[@]}" status \
      --output "$row"
    if [[ $row == */new ]]; then
      refused "no permission: record onto ${row#"$ground"/}" 3 'freshness: *' "${user[@]}" recover \
        --feed bravo --state "$things/stale.json" --output "$ground/tmp/new" --record "$row"
    fi
  done
  refused 'no permission: a record that is read-only' 3 '*[Pp]ermission denied*' "${user[@]}" \
    recover --feed bravo --state "$things/stale.json" --output "$ground/tmp/new" \
    --record "$things/old"
  refused 'no permission: doctor has no temporary directory' '[23]' '*' \
    "${user[@]:0:${#user[@]}-1}" "-Djava.io.tmpdir=$closed" Freshness doctor
  refused 'no permission: smoke has no temporary directory' '[23]' '*' \
    "${user[@]:0:${#user[@]}-1}" "-Djava.io.tmpdir=$closed" Freshness smoke
  chmod 755 "$closed" "$locked"
  rm -rf "$closed" "$locked" "$unread"
}

no_regular_file() {
  local odd="$ground/odd" row option long name
  mkdir -p "$odd/directory"
  mkfifo "$odd/fifo"
  ln -s "$things/old" "$odd/link"
  ln -s "$odd/absent" "$odd/dangling"
  ln -s "$odd/loop" "$odd/loop"
  for row in "$odd/fifo" /dev/zero /dev/full /dev/null /dev/tty /proc/self/mem /proc/cpuinfo \
    /proc/kmsg /sys/kernel/notes "$odd/directory" "$odd/dangling" "$odd/loop" "$odd/absent" \
    "$things/old/below"; do
    refused "${row#"$ground"/} as state" 3 'FRESHNESS UNKNOWN: *' "${fresh[@]}" status \
      --state "$row"
    refused "${row#"$ground"/} as state of gate" 3 'GATE BLOCKED: *' "${fresh[@]}" gate \
      --feed bravo --state "$row"
    refused "${row#"$ground"/} as baseline" 3 'FRESHNESS UNKNOWN: *' "${fresh[@]}" status \
      --baseline "$row"
    refused "${row#"$ground"/} as state of recover" 3 'freshness: *' "${fresh[@]}" recover \
      --feed bravo --state "$row" --output "$things/new"
  done
  # As nobody: as root, a faulty program would put a file in the place of /dev/null.
  for row in /dev/null /dev/full; do
    refused "$row as --output" 3 '*not a regular file*' "${other[@]}" "${fresh[@]}" scenario \
      frozen --output "$row"
    refused "$row as --record" 3 '*not a regular file*' "${other[@]}" "${fresh[@]}" recover \
      --feed bravo --state "$things/stale.json" --output "$ground/tmp/new" --record "$row"
    refused "$row as the output of status" 3 '*not a regular file*' "${other[@]}" "${fresh[@]}" \
      status --output "$row"
  done
  for row in "$odd/fifo" "$odd/directory" "$odd/link" "$odd/dangling" "$odd/loop" \
    "$odd/absent/new" "$things/old/below" /proc/new; do
    for option in --output --record; do
      refused "${row#"$ground"/} as $option" 3 'freshness: *' "${fresh[@]}" recover --feed bravo \
        --state "$things/stale.json" --output "$things/new" "$option=$row"
    done
    refused "${row#"$ground"/} as the output of status" 3 'freshness: *' "${fresh[@]}" status \
      --output "$row"
  done
  long=$(printf '/%0199d' {1..25}) # 5,000 characters
  name=$(printf '%0300d' 0)
  for row in "$long" "$things/$name"; do
    option="a path of ${#long} characters"
    if [[ $row != "$long" ]]; then
      option='a name of 300 characters'
    fi
    refused "$option as state" 3 '*' "${fresh[@]}" status --state "$row"
    refused "$option as baseline" 3 '*' "${fresh[@]}" status --baseline "$row"
    refused "$option as output of status" 3 'freshness: *' "${fresh[@]}" status --output "$row"
    refused "$option as output of scenario" 3 'freshness: *' "${fresh[@]}" scenario frozen \
      --output "$row"
    refused "$option as output of recover" 3 'freshness: *' "${fresh[@]}" recover --feed bravo \
      --state "$things/stale.json" --output "$row"
    refused "$option as record" 3 'freshness: *' "${fresh[@]}" recover --feed bravo \
      --state "$things/stale.json" --output "$things/new" --record "$row"
  done
  truncate -s $(((256 << 20) + 1)) "$odd/sparse"
  refused 'a file past the limit' 3 '*larger than 256 MiB*' "${fresh[@]}" status \
    --state "$odd/sparse"
  refused 'an endless standard input' 3 '*' from /dev/zero "${fresh[@]}" status --state -
  rm -rf "$odd"
}

# With too few descriptors a JVM may not even start, which is its own exit 1. Where it does, the
# program says so itself.
few_descriptors() {
  local files clear=0 wrong='' before
  before=$(listing)
  for ((files = 4; files <= 24; files++)); do
    run with_files "$files" "${fresh[@]}" recover --feed bravo --state "$things/stale.json" \
      --output "$ground/tmp/new"
    if [[ $rc -eq 0 ]]; then
      cmp -s "$ground/tmp/new" \
        <("${fresh[@]}" recover --feed bravo --state "$things/stale.json" --output - 2>/dev/null) \
        || wrong+=" $files files: exit 0 and another output"
      rm -f "$ground/tmp/new"
    elif [[ $rc -eq 3 ]]; then
      clear=$((clear + 1))
      wrong+=$(problem 3 'freshness: *')
    elif grep -q '^freshness: ' "$work/err"; then
      wrong+=" $files files: exit $rc, $(<"$work/err")"
    fi
  done
  check 'few descriptors: whole output or exit 3 with one line' 'ulimit -n 4 to 24; recover' \
    "$wrong$(diff <(echo "$before") <(listing))" ''
  check 'few descriptors: the program itself met it' 'ulimit -n 4 to 24' "$((clear > 0))" 1
}

little_memory() {
  local mib wrong='' before short=0
  padded "$things/huge.json" 20M
  "${fresh[@]}" scenario stale --feed bravo --state "$things/huge.json" \
    --output "$things/huge-stale.json" >/dev/null
  many "$things/crowd.json" 60000 660
  refused 'little memory: status' 3 '*out of memory*' timeout 30 "${launch[@]}" -Xmx16m Freshness \
    status --state "$things/huge.json"
  refused 'little memory: status as json onto a file' 3 '*out of memory*' timeout 30 \
    "${launch[@]}" -Xmx16m Freshness status --state "$things/huge.json" --format json \
    --output "$things/old"
  refused 'little memory: standard input' 3 '*out of memory*' from "$things/huge.json" timeout 30 \
    "${launch[@]}" -Xmx16m Freshness status --state -
  refused 'little memory: recover' 3 '*out of memory*' timeout 30 "${launch[@]}" -Xmx32m Freshness \
    recover --feed bravo --state "$things/huge-stale.json" --output "$things/old"
  # Wherever on its way the memory ends: a whole result, or one line and nothing written.
  cp "$things/crowd.json" "$things/crowd-agreed.json"
  before=$(listing)
  for mib in 8 12 16 20 24 28 32 40 48 64 80 96; do
    run timeout 30 "${launch[@]}" "-Xmx${mib}m" Freshness status --state "$things/crowd.json" \
      --baseline "$things/crowd-agreed.json" --format json --output "$ground/tmp/new"
    case $rc in
      2) python3 -m json.tool <"$ground/tmp/new" >/dev/null ||
        wrong+=" $mib MiB: JSON cut short" && rm -f "$ground/tmp/new" ;;
      3) short=$((short + 1)) && wrong+=$(problem 3 '*out of memory*') ;;
      *) wrong+=" $mib MiB: exit $rc $(<"$work/err")" ;;
    esac
    wrong+=$(diff <(echo "$before") <(listing))
  done
  check "little memory: 60,000 feeds in 8 to 96 MiB, $short times too little" \
    'status --format json --output' "$wrong" ''
  rm -f "$things"/huge* "$things/crowd.json"
}

appended_together() {
  local i pids=() codes=''
  for ((i = 0; i < 24; i++)); do
    "${fresh[@]}" recover --feed bravo --state "$things/stale.json" --output "$ground/tmp/$i" \
      --record "$things/record" >/dev/null 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do
    wait "$i" || codes+=" $?"
  done
  # Each line is JSON of its own.
  for ((i = 1; i <= 24; i++)); do
    sed -n "${i}p" "$things/record" | python3 -m json.tool >/dev/null 2>&1 || codes+=" line $i"
  done
  check 'appended together: 24 recoveries at once, 24 whole lines in one record' \
    'recover --record &' "$(wc -l <"$things/record")$codes" 24
  rm -f "$things/record" "$ground"/tmp/*
}

# writer HOW: two contents take turns in one file, with rests, so that a reader meets it at rest and
# at work
writer() {
  while :; do
    for content in fresh stale; do
      case $1 in
        'rewritten in place') cat "$things/turn-$content.json" 1<>"$things/turning.json" ;;
        'cut and rewritten') cat "$things/turn-$content.json" >"$things/turning.json" ;;
        'written piece by piece') dd if="$things/turn-$content.json" of="$things/turning.json" \
          bs=8k conv=notrunc status=none ;;
        'grown and shrunk')
          cat "$things/turn-$content.json" >>"$things/turning.json"
          truncate -s "$(stat -c %s "$things/turn-$content.json")" "$things/turning.json"
          cat "$things/turn-$content.json" 1<>"$things/turning.json"
          ;;
        'replaced by renaming' | 'rewritten in place, then replaced')
          if [[ $1 == rewritten* ]]; then
            cat "$things/turn-$content.json" 1<>"$things/turning.json"
          fi
          cp "$things/turn-$content.json" "$things/turning.new"
          mv -f "$things/turning.new" "$things/turning.json"
          ;;
      esac
      sleep 0.01
    done
  done
}

# A file that changes while it is read: the answer fits one of the contents written, or is exit 3
# with one line. No reader can tell a file whose writer rests half-way from a finished one, so that
# a few answers fit such a mixture; but never "safe", and only a few.
changing() {
  local how try wrong reads=0 safe=0 unsafe=0 refusals=0 mixtures=0 sum note
  note=$(printf 'n%.0s' {1..800})
  many "$things/turn-fresh.json" 2500 8.25 "$note"
  many "$things/turn-stale.json" 2500 9999 "$note"
  local want_fresh want_stale
  want_fresh="0 $(sha256sum <"$things/turn-fresh.json" | cut -d' ' -f1)"
  want_stale="2 $(sha256sum <"$things/turn-stale.json" | cut -d' ' -f1)"
  for how in 'rewritten in place' 'cut and rewritten' 'written piece by piece' 'grown and shrunk' \
    'replaced by renaming' 'rewritten in place, then replaced'; do
    wrong=''
    cp "$things/turn-fresh.json" "$things/turning.json"
    writer "$how" &
    for ((try = 0; try < reads_wanted; try++)); do
      draw 40000 && pause "$drawn"
      run "${fresh[@]}" status --state "$things/turning.json" --baseline "$things/turn-fresh.json" \
        --format json
      sum=$(sed -n 's/^  "state_sha256": "\(.*\)",$/\1/p' "$work/out")
      case "$rc $sum" in
        "$want_fresh") safe=$((safe + 1)) ;;
        "$want_stale") unsafe=$((unsafe + 1)) ;;
        '3 '*) refusals=$((refusals + 1)) && wrong+=$(problem 3 '*turning.json:*') ;;
        '2 '*) mixtures=$((mixtures + 1)) ;;
        *) wrong+=" exit $rc of a state with the sum $sum, not $want_fresh or $want_stale" ;;
      esac
      reads=$((reads + 1))
    done
    stop_jobs
    check "changing: a file $how" 'status --format json in a loop' "$wrong" ''
  done
  printf '# changing: %d reads, %d times the one content, %d times the other, ' \
    "$reads" "$safe" "$unsafe"
  printf '%d times a mixture, %d times exit 3\n' "$mixtures" "$refusals"
  check 'changing: the reads met the writer at rest and at work' 'see above' \
    "$((safe > 0)) $((unsafe > 0)) $((refusals > 0))" '1 1 1'
  check 'changing: what changes while it is read is noticed' "$mixtures mixtures in $reads reads" \
    "$((mixtures <= reads / 60))" 1
  rm -f "$things"/turn*
}

# --- names ----------------------------------------------------------------------------------------

part_names() {
  local names=($'escape\e[31mred\e[0m' $'title\e]0;owned\a' $'c1\u009b31m' $'line\nfeed' \
    $'carriage\rreturn' $'tab\there' $'bell\a\b\v\f'
    $'delete\x7f' $'rtl\u202eknab\u202c' $'marks\u200e\u200f' $'isolate\u2066x\u2069' \
      $'separators\u2028\u2029' $'bom\ufeff' $'soft\u00adhyphen'
    "it's" 'double"quote' 'pipe|perf=1;2' 'back\slash\n' $'\\' "\$(touch owned)\`touch owned\`" \
      '!history' '# comment' '{"a":1}' '} 1' ' ' 'space '
    '--feed' '-' '*' '~' $'\U0001f680\U0001f468\u200d\U0001f680' $'e\u0301t\u00e9' \
      $'\U000e0041tag' $'private\ue000' "$(printf 'x%.0s' {1..200})"
    "$(printf '\U0001f680%.0s' {1..200})" "$(printf '\e%.0s' {1..200})")
  local hostile="$ground/hostile" tame="$ground/tame" i name format words
  mkdir -p "$hostile" "$tame"
  # The same states twice, with hostile and with tame names; NUL can be in a state, but not in an
  # argument.
  python3 - "$hostile" "$tame" "${names[@]}" <<'PY'
import json, sys
def write(path, names, ages):
    feeds = [{"name": n, "alive": True, "last_tick_age_seconds": a} for n, a in zip(names, ages)]
    json.dump({"max_age_seconds": 90, "feeds": feeds}, open(path, "w"), indent=2)
hostile = sys.argv[3:] + ["nul\0end"]
# The tame ones have a NUL, too: what no command can name is explained by itself.
plain = [f"feed {i}" for i in range(len(hostile) - 1)] + ["feed\0end"]
for directory, names in (sys.argv[1], hostile), (sys.argv[2], plain):
    write(directory + "/baseline.json", names, [8] * len(names))
    write(directory + "/fresh.json", names, [8] * len(names))
    write(directory + "/stale.json", names, [660] * len(names))
    write(directory + "/mixed.json", names, [(8, 60, 91, 660)[i % 4] for i in range(len(names))])
    strange = [f"{name}?{i}"[-199:] for i, name in enumerate(names)]
    write(directory + "/strange.json", strange, [8] * len(names))
PY
  printf '# names: %d\n' $((${#names[@]} + 1))

  for name in fresh stale mixed strange; do
    for format in text json prometheus; do
      words=(status --state "$hostile/$name.json" --baseline "$hostile/baseline.json" \
        --format "$format" --now "$now")
      like_tame "names: status of $name as $format" "${words[@]}"
    done
  done
  # a third of the names, another one with another seed
  for ((i = seed % 3; i < ${#names[@]}; i += 3)); do
    for format in text json; do
      words=("--feed=${names[i]}" --output "$hostile/new.json" --now "$now" --format "$format")
      like_tame "names: gate on name $i as $format" gate "${words[0]}" \
        --state "$hostile/stale.json" --baseline "$hostile/baseline.json" --format "$format"
      like_tame "names: recover name $i as $format" recover --state "$hostile/stale.json" \
        --baseline "$hostile/baseline.json" "${words[@]}"
      like_tame "names: scenario on name $i as $format" scenario missing \
        --state "$hostile/baseline.json" "${words[@]}"
    done
  done
  refused 'names: an unknown feed' 3 'freshness: *' "${fresh[@]}" recover --feed $'no\e[31m\nsuch' \
    --state "$hostile/stale.json" --baseline "$hostile/baseline.json" --output "$hostile/new.json"
  refused 'names: an unknown command' 3 'freshness: *' "${fresh[@]}" $'sta\e[31m\ntus'
  refused 'names: an unknown option' 3 'freshness: *' "${fresh[@]}" status $'--sta\e[31m\nte'
  refused 'names: a path' 3 'FRESHNESS UNKNOWN: *' "${fresh[@]}" status \
    --state $'no\e[31m\nsuch|file'
  pasted "${names[@]}"
  metrics
}

# What a terminal obeys or hides: controls but for a newline, soft hyphens, direction marks, tags.
readonly not_printable='\x00-\x09\x0b-\x1f\x7f-\x9f\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}'\
'\x{2060}-\x{206f}\x{feff}\x{e0000}-\x{e007f}'

# like_tame NAME COMMAND...: with hostile names as many lines as with tame ones, no character that a
# terminal might act on, and JSON that parses to the names that were written
like_tame() {
  local name=$1 odd='' word i=0 other=() rows
  shift
  for word in "$@"; do
    case $word in
      --feed=*) other+=('--feed=feed 0') ;;
      *) other+=("${word/$hostile/$tame}") ;;
    esac
  done
  run "${fresh[@]}" "${other[@]}"
  i=$rc rows=$(wc -l <"$work/out")
  run "${fresh[@]}" "$@"
  if [[ "$rc $(wc -l <"$work/out")" != "$i $rows" ]]; then
    odd+="exit $rc, $(wc -l <"$work/out") lines, not as with tame names: exit $i, $rows lines"
  fi
  # Prometheus labels have no escape but for \, " and a newline: there the format asks for the raw
  # character.
  if [[ $* != *prometheus* ]] &&
    grep -qP "[$not_printable]" "$work/out" "$work/err"; then
    odd+=" a raw control character"
  fi
  if [[ $* == *--format\ json* ]]; then
    python3 -m json.tool <"$work/out" >/dev/null 2>"$work/json" || odd+=" $(<"$work/json")"
    if [[ $1 == status ]]; then
      python3 - "$work/out" "$3" "$5" 2>"$work/json" <<'PY' || odd+=" $(tail -n 1 "$work/json")"
import json, sys
out, state, baseline = (json.load(open(path)) for path in sys.argv[1:])
names = [f["name"] for f in baseline["feeds"]]
names += [f["name"] for f in state["feeds"] if f["name"] not in names]
shown = [f["name"] for f in out["feeds"]]
others = [pair for pair in zip(shown, names) if pair[0] != pair[1]]
assert shown == names, "other names: %a" % others
PY
    fi
  fi
  if [[ -z $odd ]]; then
    ok "$name"
  else
    not_ok "$name" "${*@Q}" "$odd; $(head -c 600 "$work/out")" 'as with tame names'
  fi
  rm -f "$hostile/new.json" "$tame/new.json"
}

# What gate and recover suggest is pasted into a shell: there it does what it says.
pasted() {
  local i suggested wrong='' count=0 here="$ground/hostile" names=("$@")
  for i in "${!names[@]}"; do
    rm -f "$here"/*recovered.json "$here"/again.json
    run "${fresh[@]}" gate "--feed=${names[i]}" --state "$here/stale.json" \
      --baseline "$here/baseline.json" --now "$now"
    suggested=$(sed -n 's/^  next: //p' "$work/out")
    run in_shell "$suggested"
    if [[ $rc -ne 0 || ! -s $here/stale-recovered.json ]]; then
      wrong+="name $i: exit $rc of ${suggested%% --state*}: $(head -c 100 "$work/err")"$'\n'
      continue
    fi
    suggested=$(sed -n 's/^  replay: //p' "$work/out")
    mv "$here/stale-recovered.json" "$here/again.json"
    run in_shell "$suggested"
    if [[ $rc -ne 0 ]] || ! cmp -s "$here/stale-recovered.json" "$here/again.json"; then
      wrong+="name $i: exit $rc of the replay ${suggested%% --state*}: $(head -c 100 \
        "$work/err")"$'\n'
    fi
    run "${fresh[@]}" gate "--feed=${names[i]}" --state "$here/again.json" \
      --baseline "$here/baseline.json" --now "$now"
    if [[ $rc -ne 0 ]]; then
      wrong+="name $i: the gate stays blocked"$'\n'
    fi
    count=$((count + 1))
  done
  if [[ -e $here/owned ]]; then
    wrong+='a name was run as a command'
  fi
  check "names: $count suggested recoveries and their replays, pasted into bash" \
    'the line "next:" of gate' "$wrong" ''
  # Once with the real java and the source file.
  rm -f "$here"/*recovered.json
  run "${fresh[@]}" gate "--feed=${names[3]}" --state "$here/stale.json" \
    --baseline "$here/baseline.json"
  suggested=$(sed -n 's/^  next: //p' "$work/out")
  run env "PATH=${java%/*}:$PATH" bash -c "${suggested/%--age-seconds AGE/--age-seconds 5}"
  check 'names: a suggested recovery, from the source file' "$suggested" "$rc" 0
  # No argument can hold a NUL: a command that names such a feed would recover the one before the
  # NUL.
  printf '{"max_age_seconds":90,"feeds":[%s,%s]}' '{"name":"bravo","alive":true}' \
    '{"name":"bravo\u0000x","alive":true}' >"$here/nul.json"
  cp "$here/nul.json" "$here/nul-agreed.json"
  run "${fresh[@]}" status --state "$here/nul.json" --baseline "$here/nul-agreed.json"
  suggested=$(sed -n 's/^  next: //p' "$work/out" | tail -n 1)
  run in_shell "$suggested"
  check 'names: what is suggested for a name with NUL recovers no other feed' "$suggested" \
    "$((rc != 0)) $(find "$here" -name 'nul-recovered*')" '1 '
  # A path is no tamer than a name.
  local path=$'bad\e[31m\n|\\ \'path\' \u202e'
  run "${fresh[@]}" scenario stale --feed bravo --output "$here/$path.json"
  suggested=$(sed -n 's/^  show: //p' "$work/out")
  run in_shell "$suggested"
  check 'names: the command that shows a scenario with a strange path' "$suggested" \
    "exit $rc $(<"$work/err")" 'exit 2 '
  suggested=$(sed -n 's/^  next: //p' "$work/out")
  run in_shell "$suggested"
  check 'names: the recovery of a state with a strange path' "$suggested" \
    "exit $rc $(<"$work/err")" 'exit 0 '
}

in_shell() {
  local command=${1/%--age-seconds AGE/--age-seconds 5} # the age that somebody has seen
  (cd "$ground/hostile" && PATH="$work/bin:$PATH" bash -c "$command")
}

metrics() {
  local name
  if ! command -v promtool >/dev/null && ! unpack prometheus promtool; then
    leave_out "promtool: the package prometheus could not be had: $(tail -n 1 "$work/apt.log")"
    return
  fi
  for name in fresh stale mixed strange; do
    run "${fresh[@]}" status --state "$ground/hostile/$name.json" \
      --baseline "$ground/hostile/baseline.json" --format prometheus
    mv "$work/out" "$work/metrics"
    run from "$work/metrics" promtool check metrics
    check "names: promtool accepts the metrics of $name" "$name.json" \
      "exit $rc $(<"$work/out")$(<"$work/err")" 'exit 0 '
  done
}

# unpack PACKAGE PROGRAM: out of Debian's packages into the work folder; nothing is installed, so no
# service starts
unpack() {
  local apt=(apt-get -q -o APT::Sandbox::User=root)
  mkdir -p "$work/debs" "$work/tools" "$work/apt/lists/partial" "$work/apt/archives/partial"
  if ! (cd "$work/debs" && "${apt[@]}" download "$1") >"$work/apt.log" 2>&1; then
    apt+=(-o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt")
    "${apt[@]}" update >>"$work/apt.log" 2>&1 &&
      (cd "$work/debs" && "${apt[@]}" download "$1") >>"$work/apt.log" 2>&1 || return 1
  fi
  dpkg -x "$work"/debs/*.deb "$work/tools"
  PATH=$PATH:$work/tools/usr/bin
  command -v "$2" >/dev/null
}

# --- Main -----------------------------------------------------------------------------------------

parts=("$@")
if [[ $# -eq 0 ]]; then
  parts=(judge kill full interrupted names)
fi
printf '# seed %d\n' "$seed"
for part in "${parts[@]}"; do
  case $part in
    judge | kill | full | interrupted | names) ;;
    *)
      echo "torture.sh: unknown part: $part; expected one of judge kill full interrupted names" >&2
      exit 2
      ;;
  esac
done
at_end clean
set_up
for part in "${parts[@]}"; do
  began=$SECONDS
  "part_$part"
  printf '# %s took %d s\n' "$part" $((SECONDS - began))
done
end_of_tests
