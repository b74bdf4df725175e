#!/usr/bin/env bash
# The one test command: compiles the program with its tests and runs the fast ones.
#
#   usage: ./run-tests.sh             all fast parts
#          ./run-tests.sh PART...     these parts alone, slow ones too
#          ./run-tests.sh --help      which parts there are
#
# JAVA_HOME may name a JDK 17 or newer; otherwise one is looked for. Prints "ok N - name" or
# "not ok N - name" for each test, the failed ones with input, got and want, and last of all
# "N passed, N failed". Exit 0 only if none failed; 2 if there is no such part. Works with the
# bash 3.2 of macOS.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly root
readonly needed=17
readonly fast_parts='judge documents processes launcher'
slow_parts='unit-long judge-long processes-long launcher-long'
slow_parts+=' monitoring schema action workflow jbang windows board'
readonly slow_parts
wanted=''
home=''
work=''
passed=0
failed=0

# --- Parts ----------------------------------------------------------------------------------------

# part_of FILE: tests/unit/DecisionTest.java is the part "decision"
part_of() {
  local name=${1##*/}
  tr '[:upper:]' '[:lower:]' <<<"${name%Test.java}"
}

unit_parts() {
  local file
  for file in tests/unit/*Test.java; do
    part_of "$file"
  done
}

# is_part NAME (without a pipe: a reader that ends early would fail what writes to it)
is_part() {
  local part
  for part in $(unit_parts) $fast_parts $slow_parts; do
    if [[ $part == "$1" ]]; then
      return 0
    fi
  done
  return 1
}

list_parts() {
  local units
  units=$(unit_parts)
  echo "  in one process: ${units//$'\n'/ }"
  echo "  other fast:     $fast_parts"
  echo "  slow:           $slow_parts"
}

# is_wanted PART: without any named, the fast ones are
is_wanted() {
  if [[ -z $wanted ]]; then
    [[ " $slow_parts " != *" $1 "* ]]
  else
    [[ $wanted == *" $1 "* ]]
  fi
}

cd "$root"
for argument in "$@"; do
  case $argument in
    -h | --help)
      sed -n '/^#   usage:/,/^#$/s/^#   //p' "${BASH_SOURCE[0]}"
      echo 'Parts:'
      list_parts
      exit 0
      ;;
  esac
  if ! is_part "$argument"; then
    printf 'run-tests.sh: no such part: %s; there are:\n%s\n' "$argument" "$(list_parts)" >&2
    exit 2
  fi
  wanted="$wanted $argument "
done

# --- Which JDK ------------------------------------------------------------------------------------

# shellcheck disable=SC2317 # called by the trap
finish() {
  local each
  for each in $(jobs -p); do
    kill "$each" 2>/dev/null || true
    wait "$each" 2>/dev/null || true
  done
  if [[ -n $work ]]; then
    rm -rf "$work"
  fi
}
trap finish EXIT

# setting NAME: that property in what the java asked last said of itself
setting() { sed -n "s/^ *$1 = //p" <<<"$settings"; }

# take WHERE JAVA: makes its JDK home; or says why not, being too old or without a compiler
take() {
  local version flaw=''
  settings=$("$2" -XshowSettings:properties -version 2>&1) || settings=''
  version=$(setting java.specification.version)
  if [[ ! $version =~ ^[0-9.]+$ ]]; then
    flaw='is no Java that runs'
  elif ((${version%%.*} < needed)); then
    flaw="is Java $version, too old"
  elif [[ ! -x $(setting java.home)/bin/javac ]]; then
    flaw='has no javac, and only a JDK will do'
  else
    home=$(setting java.home)
    echo "# JDK $(setting java.version) ($1): $home"
  fi
  if [[ -n $flaw && $1 != elsewhere ]]; then
    echo "# $1: $2 $flaw; looking on"
  fi
}

find_jdk() {
  local java
  if [[ -n ${JAVA_HOME:-} ]]; then
    take JAVA_HOME "$JAVA_HOME/bin/java"
  fi
  if [[ -z $home ]] && command -v java >/dev/null; then
    take PATH "$(command -v java)"
  fi
  for java in /usr/lib/jvm/*/bin/java /usr/java/*/bin/java \
    /opt/*/bin/java /opt/*/usr/lib/jvm/*/bin/java \
    /opt/homebrew/opt/openjdk*/bin/java /usr/local/opt/openjdk*/bin/java \
    /Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java \
    "${HOME:-/}"/.sdkman/candidates/java/*/bin/java; do
    if [[ -z $home && -x $java ]]; then
      take elsewhere "$java"
    fi
  done
}

# --- Rows and runs --------------------------------------------------------------------------------

ok() {
  passed=$((passed + 1))
  printf 'ok %d - %s\n' $((passed + failed)) "$1"
}

not_ok() {
  failed=$((failed + 1))
  printf 'not ok %d - %s\n' $((passed + failed)) "$1"
}

# begin PART COMMAND...: begins it beside the others, if it is wanted
begin() {
  local part=$1
  shift
  if is_wanted "$part"; then
    start "$part" "$@"
  fi
}

# start NAME COMMAND...
start() {
  local run=$work/$1
  shift
  # exec: what a signal has to reach is the command itself
  (
    exec "$@" >"$run.out" 2>&1 </dev/null
  ) &
  echo $! >"$run.pid"
}

# end NAME: waits for what was begun under that name, prints it and numbers its lines
end() {
  local run=$work/$1 line tests=$((passed + failed)) failures=$failed rc=0
  if [[ ! -f $run.pid ]]; then
    return
  fi
  wait "$(cat "$run.pid")" || rc=$?
  echo "# $1"
  while IFS= read -r line || [[ -n $line ]]; do
    case $line in
      'ok - '*) ok "${line#ok - }" ;;
      'not ok - '*) not_ok "${line#not ok - }" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$run.out"
  # A part that crashes, or ends before its first test, must not pass.
  if ((passed + failed == tests)); then
    not_ok "$1 ran tests"
  elif ((rc != 0 && failed == failures)); then
    not_ok "$1 ended with exit 0"
    printf '  got:   exit %s\n  want:  exit 0\n' "$rc"
  fi
}

compile() {
  javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC --release 17 -Xlint:all -Werror \
    -d "$work/classes" Freshness.java tests/unit/*.java tests/process/*.java
}

# fill_cache: lets the launcher compile the program once, for all that start it and are not about
# that. Without an entry they use the classes. Another user has to get in.
fill_cache() {
  XDG_CACHE_HOME=$FRESHNESS_TEST_CACHE ./Freshness.java --version >/dev/null 2>&1 </dev/null || true
  chmod -R a+rX "$FRESHNESS_TEST_CACHE"
}

# run_unit_tests: all wanted classes in one process
run_unit_tests() {
  local file classes=()
  for file in tests/unit/*Test.java; do
    if is_wanted "$(part_of "$file")"; then
      file=${file##*/}
      classes+=("${file%.java}")
    fi
  done
  if ((${#classes[@]} > 0)); then
    start unit "${java[@]}" -XX:TieredStopAtLevel=1 Harness "${classes[@]}"
    end unit
  fi
}

run_fast_parts() {
  # What is started from a shell waits now and then: beside it, what Java runs itself.
  begin processes bash tests/process/processes.sh "$work/classes"
  begin launcher bash tests/process/launcher.sh
  run_unit_tests
  begin judge "${java[@]}" -XX:TieredStopAtLevel=1 Judge 1500
  end judge
  begin documents "${java[@]}" -XX:TieredStopAtLevel=1 DocumentsTest
  end launcher
  end documents
  end processes
}

# run_slow_parts: one after the other
run_slow_parts() {
  local part file classes=()
  for file in tests/unit/*Test.java; do
    file=${file##*/}
    classes+=("${file%.java}")
  done
  begin unit-long "${java[@]}" -XX:TieredStopAtLevel=1 -Dlong=true Harness "${classes[@]}"
  end unit-long
  begin judge-long "${java[@]}" Judge combinations 13
  end judge-long
  begin processes-long bash tests/process/processes.sh "$work/classes" long
  end processes-long
  begin launcher-long bash tests/process/launcher.sh long
  end launcher-long
  for part in monitoring schema action workflow jbang windows board; do
    begin "$part" bash "tests/integration/$part.sh"
    end "$part"
  done
}

find_jdk
if [[ -z $home ]]; then
  echo "run-tests.sh: no JDK $needed or newer was found; install one (for example Temurin," \
    "https://adoptium.net) and set JAVA_HOME to it" >&2
  exit 1
fi
export JAVA_HOME=$home PATH="$home/bin:$PATH"
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS CLASSPATH

work=$(mktemp -d "${TMPDIR:-/tmp}/freshness tests.XXXXXX")
work=$(cd "$work" && pwd -P)
chmod 755 "$work" # some tests start the program as another user
mkdir "$work/classes" "$work/tmp"
export TMPDIR="$work/tmp"
java=(java -XX:+UseSerialGC "-Djava.io.tmpdir=$TMPDIR" -cp "$work/classes")

compiled=0
if is_wanted processes || is_wanted documents; then
  export FRESHNESS_TEST_CACHE=$work/cache
  mkdir "$FRESHNESS_TEST_CACHE"
  fill_cache &
  filling=$!
  compile >"$work/javac" 2>&1 || compiled=$?
  wait "$filling"
else
  compile >"$work/javac" 2>&1 || compiled=$?
fi
if ((compiled == 0)); then
  ok 'the program and its tests compile without a warning'
  run_fast_parts
  run_slow_parts
  left=$(ls -A "$TMPDIR")
  if [[ -z $left ]]; then
    ok 'nothing is left in the temporary directory'
  else
    not_ok 'nothing is left in the temporary directory'
    printf '  got:   %s\n' "${left//$'\n'/, }"
  fi
else
  not_ok 'the program and its tests compile without a warning'
  sed 's/^/  /' "$work/javac"
fi

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
