# shellcheck shell=bash
# What the shell tests share: rows, runs, waits, a copy of the program, and an end that cannot be
# missed. To be sourced:
#
#   . "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
#   begin processes          # makes $work, which has a space in its path, and goes there
#   copy_program "$work/a copy"
#   use_classes "$1"         # "app status" then runs the copy from classes: 20 times faster
#   check 'the sum' '1 + 1' "$((1 + 1))" 2
#   expect 'status of the fixture' 0 'FRESHNESS OK: *' '' app status
#   end_of_tests             # the last line: without it the script is said to have ended early
#
# Rows are "ok - NAME", and "not ok - NAME" with input, got and want; run-tests.sh numbers them.
# Works with the bash 3.2 of macOS, as root and as an ordinary user. Sets root, work, tmp, java,
# jvm, other and, by run, rc, out and err.
# shellcheck disable=SC2034 # some are for those who source it
set -euo pipefail
set -E # the trap that says where a script broke off holds in functions too

suite=''
root=''
work=''
tmp=''
java=''
source=''
healthy=''
out=''
err=''
pid=''
rc=0
jvm=()
other=()
program=()
from_classes=()
passed=0
failed=0
left_out=0
started=''  # processes to end
complete='' # set by the last line of a script
broken=''   # the last command that failed and was not expected to
cleanups=()

# --- Rows -----------------------------------------------------------------------------------------

# ok NAME
ok() {
  passed=$((passed + 1))
  printf 'ok - %s\n' "$1"
}

# not_ok NAME INPUT GOT WANT: texts are cut at 2,000 characters
not_ok() {
  local label text
  failed=$((failed + 1))
  printf 'not ok - %s\n' "$1"
  for label in 'input: ' 'got:   ' 'want:  '; do
    shift
    text=${1:0:2000}
    printf '  %s%s\n' "$label" "${text//$'\n'/$'\n'         }"
  done
}

# check NAME INPUT GOT WANT: compares two texts
check() {
  if [[ $3 == "$4" ]]; then
    ok "$1"
  else
    not_ok "$@"
  fi
}

# like NAME INPUT GOT PATTERN: compares a text with a shell pattern
like() {
  # shellcheck disable=SC2053 # the right side is a pattern
  if [[ $3 == $4 ]]; then
    ok "$1"
  else
    not_ok "$@"
  fi
}

# leave_out WHAT: says that something cannot be tested here, and why
leave_out() {
  left_out=$((left_out + 1))
  printf '# left out: %s\n' "$1"
}

# --- Runs -----------------------------------------------------------------------------------------

# run_only COMMAND...: leaves its exit code in rc, and what it printed in $work/out and $work/err
run_only() {
  rc=0
  "$@" >"$work/out" 2>"$work/err" || rc=$?
}

# run COMMAND...: the same, and the texts in out and err
run() {
  run_only "$@"
  out=$(cat "$work/out")
  err=$(cat "$work/err")
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
  local got="exit $rc, out: $out, err: $err"
  local want="exit $3, out: $4, err: $5"
  # shellcheck disable=SC2053 # the right sides are patterns
  if [[ $rc == "$3" && $out == $4 && $err == $5 && $err != *$'\n'* ]]; then
    got=$want
  fi
  check "$1" "$2" "$got" "$want"
}

# said COMMAND...: prints what it says on both streams together, and its exit code at the end
said() {
  local rc=0 out
  out=$("$@" 2>&1 </dev/null) || rc=$?
  printf '%s exit %s\n' "$out" "$rc"
}

# --- Waits and processes --------------------------------------------------------------------------

# poll COMMAND...: until it succeeds, at most for 100 s; no time is ever asserted
poll() {
  local end=$((SECONDS + 100))
  until "$@"; do
    if ((SECONDS > end)); then
      return 1
    fi
    sleep 0.02
  done
}

# await COMMAND...: the same; if it never succeeds, the next row says what is missing
await() {
  poll "$@" || true
}

# background FILE COMMAND...: starts it with both streams into FILE, and leaves its process in pid.
# It gets SIGINT, which the jobs of a script otherwise ignore: through Perl even if these tests
# themselves run in the background. It is killed at the end.
background() {
  local file=$1
  # shellcheck disable=SC2016 # Perl's variables
  local reset='$SIG{$_} = "DEFAULT" for "INT", "HUP", "QUIT"; exec @ARGV or die'
  shift
  if command -v perl >/dev/null; then
    set -- perl -e "$reset" "$@"
  fi
  : >"$file"
  set -m
  "$@" >>"$file" 2>&1 &
  pid=$!
  set +m
  started="$started $pid"
}

# gone PID: whether it has ended
gone() {
  ! kill -0 "$1" 2>/dev/null
}

# ended PID: waits for its end and leaves the exit code in rc; "no end" if it had to be killed
ended() {
  local killed=''
  if ! poll gone "$1"; then
    killed=yes
    kill -KILL "$1" 2>/dev/null || true
  fi
  rc=0
  { wait "$1" || rc=$?; } 2>/dev/null
  if [[ -n $killed ]]; then
    rc='no end'
  fi
}

# signalled PID SIGNAL: sends it, and waits as ended does
signalled() {
  kill -s "$2" "$1" 2>/dev/null || true
  ended "$1"
}

# code_of SIGNAL: prints the exit code of a process that this signal ended
code_of() {
  echo $((128 + $(kill -l "$1")))
}

# has COUNT WORDS FILE: whether at least so many of its lines have these words
has() {
  [[ $(grep -c -e "$2" "$3") -ge $1 ]]
}

# handles PID: whether a JVM is up and has its own answer to SIGTERM; true if the system does not
# say
handles() {
  local caught
  if [[ ! -r /proc/$1/status ]]; then
    return 0
  fi
  caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) || true
  [[ -n $caught ]] && (((0x$caught >> 14 & 1) == 1))
}

# --- Begin and end --------------------------------------------------------------------------------

# begin NAME: everything a script makes belongs below $work; $tmp there is the temporary directory
# of all that it starts, JVMs included, and has to be empty at the end. JAVA_HOME names the JDK;
# without it, the java on PATH is taken. From here on, whatever ends the script prints a row.
begin() {
  suite=$1
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
  unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS CLASSPATH
  unset NO_COLOR CDPATH LINES COLUMNS FRESHNESS_CACHE XDG_CACHE_HOME
  if [[ -z ${JAVA_HOME:-} ]]; then
    JAVA_HOME=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')
  fi
  export JAVA_HOME
  java=$JAVA_HOME/bin/java
  work=$(mktemp -d "${TMPDIR:-/tmp}/freshness $suite.XXXXXX")
  work=$(cd "$work" && pwd -P)
  tmp=$work/tmp
  mkdir "$tmp"
  chmod 755 "$work" # another user has to get in
  chmod 1777 "$tmp"
  export TMPDIR=$tmp
  jvm=("$java" "-Djava.io.tmpdir=$tmp" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData)
  find_other_user
  trap 'broken="line $LINENO: $BASH_COMMAND"' ERR
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  cd "$work"
}

# find_other_user: a second user, for what root may and others may not: "${other[@]}" COMMAND...;
# empty if this is not root
find_other_user() {
  other=()
  if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
    other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  fi
}

# copy_program DIRECTORY: a copy that no fault can turn against the repository, in $source and
# $healthy
copy_program() {
  mkdir -p "$1/data"
  cp "$root/Freshness.java" "$1/"
  cp "$root/data/healthy.json" "$1/data/"
  source=$1/Freshness.java
  healthy=$1/data/healthy.json
}

# use_classes DIRECTORY: compiles the copy there unless that has been done, and makes program, which
# app runs, of it; or of the cache that run-tests.sh has filled, which takes half the time. What is
# about descriptors, of which an archive takes one, starts from_classes.
use_classes() {
  local classes jar
  if [[ ! -f $1/Freshness.class ]]; then
    "$JAVA_HOME/bin/javac" -d "$1" "$source"
  fi
  classes=$(cd "$1" && pwd -P)
  # They are told where their source is as the source launcher tells it.
  local own=("-Djdk.launcher.sourcefile=$source" Freshness)
  from_classes=("${jvm[@]}" -cp "$classes" "${own[@]}")
  program=("${from_classes[@]}")
  for jar in "${FRESHNESS_TEST_CACHE:-/nowhere}"/freshness/classes.*/program.jar; do
    if [[ -s $jar ]]; then
      # As the launcher starts it: see start_classes there.
      program=("${jvm[@]}" "-XX:SharedArchiveFile=${jar%jar}jsa" -Xlog:disable
        -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:CompileThresholdScaling=3
        -cp "$jar" "${own[@]}")
    fi
  done
}

# app ARGUMENT...: runs the program
app() {
  "${program[@]}" "$@"
}

# app_words WORDS: runs it with the words of a text, which are separated by spaces
app_words() {
  local words
  IFS=' ' read -r -a words <<<"$1"
  app "${words[@]}"
}

# at_end COMMAND: what else has to be undone, last first
at_end() {
  cleanups=("$1" ${cleanups[@]+"${cleanups[@]}"})
}

# end_of_tests: the last line of a script
end_of_tests() {
  complete=yes
}

# shellcheck disable=SC2317 # called by the trap
finish() {
  local status=$? each
  trap - EXIT ERR
  trap '' HUP INT TERM
  set +e
  for each in $started $(jobs -p); do
    kill -KILL "$each" 2>/dev/null
  done
  { wait; } 2>/dev/null
  if [[ -z $complete ]]; then
    not_ok "$suite ran to its end" "$broken" "exit $status" 'all rows'
  fi
  for each in ${cleanups[@]+"${cleanups[@]}"}; do
    eval "$each"
  done
  check "$suite: nothing is left in the temporary directory" "$tmp" "$(ls -A "$tmp")" ''
  cd / && chmod -R u+rwX "$work" && rm -rf "$work"
  # The row above is no test of its own.
  printf '# %s: %d passed, %d failed, %d left out\n' "$suite" "$passed" "$failed" "$left_out"
  exit $((failed > 0 || passed < 2))
}
