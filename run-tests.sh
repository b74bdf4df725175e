#!/usr/bin/env bash
# The one test command: compiles the program with its tests and runs the fast ones.
#
#   usage: ./run-tests.sh        (JAVA_HOME may name a JDK 17 or newer; otherwise one is looked for)
#
# Prints "ok N - name" or "not ok N - name" for each test, the failed ones with input, got and want, and last of all
# "N passed, N failed". Exit 0 only if none failed. Works with the bash 3.2 of macOS.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly root
readonly needed=17
home=''
work=''
passed=0
failed=0

# shellcheck disable=SC2317 # called by the trap
finish() {
  local each
  for each in $(jobs -p); do
    kill "$each" 2>/dev/null || true
    wait "$each" 2>/dev/null || true
  done
  if [[ -n $work ]]; then rm -rf "$work"; fi
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
  if [[ -n $flaw && $1 != elsewhere ]]; then echo "# $1: $2 $flaw; looking on"; fi
}

find_jdk() {
  local java
  if [[ -n ${JAVA_HOME:-} ]]; then take JAVA_HOME "$JAVA_HOME/bin/java"; fi
  if [[ -z $home ]] && command -v java >/dev/null; then take PATH "$(command -v java)"; fi
  for java in /usr/lib/jvm/*/bin/java /usr/java/*/bin/java /opt/*/bin/java /opt/*/usr/lib/jvm/*/bin/java \
    /opt/homebrew/opt/openjdk*/bin/java /usr/local/opt/openjdk*/bin/java /Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java \
    "${HOME:-/}"/.sdkman/candidates/java/*/bin/java; do
    if [[ -z $home && -x $java ]]; then take elsewhere "$java"; fi
  done
}

ok() {
  passed=$((passed + 1))
  printf 'ok %d - %s\n' $((passed + failed)) "$1"
}

not_ok() {
  failed=$((failed + 1))
  printf 'not ok %d - %s\n' $((passed + failed)) "$1"
}

# begin FILE COMMAND...: begins a part of the tests, beside the others
begin() {
  local out=$work/${1##*/}
  shift
  # exec: what a signal has to reach is the part itself
  (
    exec "$@" >"$out.out" 2>&1 </dev/null
  ) &
  echo $! >"$out.pid"
}

# end FILE: waits for a part, prints it and numbers its lines
end() {
  local out=$work/${1##*/} line tests=$((passed + failed)) failures=$failed rc=0
  wait "$(cat "$out.pid")" || rc=$?
  echo "# $1"
  while IFS= read -r line || [[ -n $line ]]; do
    case $line in
      'ok - '*) ok "${line#ok - }" ;;
      'not ok - '*) not_ok "${line#not ok - }" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$out.out"
  # A part that crashes, or ends before its first test, must not pass.
  if ((passed + failed == tests)); then
    not_ok "$1 ran tests"
  elif ((rc != 0 && failed == failures)); then
    not_ok "$1 ended with exit 0"
    printf '  got:   exit %s\n  want:  exit 0\n' "$rc"
  fi
}

find_jdk
if [[ -z $home ]]; then
  echo "run-tests.sh: no JDK $needed or newer was found; install one (for example Temurin, https://adoptium.net) and set JAVA_HOME to it" >&2
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
cd "$root"

if javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC --release 17 -Xlint:all -Werror -d "$work/classes" Freshness.java tests/unit/*.java tests/process/*.java >"$work/javac" 2>&1; then
  ok 'the program and its tests compile without a warning'
  # What is started from a shell waits now and then: beside it, what Java runs itself.
  begin tests/process/processes.sh bash tests/process/processes.sh "$work/classes"
  begin tests/process/launcher.sh bash tests/process/launcher.sh
  begin tests/unit/FreshnessTest.java "${java[@]}" -XX:TieredStopAtLevel=1 FreshnessTest
  end tests/unit/FreshnessTest.java
  begin tests/unit/Judge.java "${java[@]}" Judge 1500
  end tests/unit/Judge.java
  begin tests/process/DocumentsTest.java "${java[@]}" DocumentsTest
  end tests/process/launcher.sh
  end tests/process/DocumentsTest.java
  end tests/process/processes.sh
  left=$(ls -A "$TMPDIR")
  if [[ -z $left ]]; then ok 'nothing is left in the temporary directory'; else
    not_ok 'nothing is left in the temporary directory'
    printf '  got:   %s\n' "${left//$'\n'/, }"
  fi
else
  not_ok 'the program and its tests compile without a warning'
  sed 's/^/  /' "$work/javac"
fi

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
