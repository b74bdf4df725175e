#!/usr/bin/env bash
# Runs Freshness.java through JBang, whose command line comes from Maven Central as dev.jbang:jbang-cli.
#
#   usage: tests/jbang.sh        (JAVA_HOME names a JDK 17 or newer)
#
# JBang compiles into a cache of its own and tells a program nothing of its source file. So the bundled fixture is found where the
# program is started in its own directory, and elsewhere --baseline has to say which one counts.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$work"' EXIT
readonly root work version=0.132.1
java=${JAVA_HOME:?JAVA_HOME must name a JDK 17 or newer}/bin/java
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS
export JBANG_DIR=$work/jbang
passed=0
failed=0

# like NAME GOT PATTERN
like() {
  # shellcheck disable=SC2053 # the right side is a pattern
  if [[ $2 == $3 ]]; then
    passed=$((passed + 1))
    echo "ok - jbang: $1"
  else
    failed=$((failed + 1))
    printf 'not ok - jbang: %s\n  got:   %q\n  want:  %q\n' "$1" "$2" "$3"
  fi
}

# jbang ARGUMENT...: as its own script does it, which runs the command that is printed with exit code 255
jbang() {
  local rc=0 command
  command=$("$java" -cp "$work/lib/*" dev.jbang.Main --offline "$@" 2>"$work/errors") || rc=$?
  if [[ $rc == 255 ]]; then rc=0 && (eval "exec $command") || rc=$?; else cat "$work/errors"; fi
  echo "exit $rc"
}

like 'its directives are near the top' "$(head -n 20 "$root/Freshness.java" | grep -oE '^//(JAVA 17\+$|DESCRIPTION )' | tr '\n' ' ')" '//JAVA 17+ //DESCRIPTION *'

cat >"$work/pom.xml" <<end
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>freshness</groupId> <artifactId>jbang</artifactId> <version>1</version> <packaging>pom</packaging>
  <dependencies>
    <dependency> <groupId>dev.jbang</groupId> <artifactId>jbang-cli</artifactId> <version>$version</version> </dependency>
  </dependencies>
</project>
end
if command -v mvn >/dev/null && mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" >"$work/mvn" 2>&1; then
  mkdir -p "$work/a copy/data" "$work/elsewhere"
  cp "$root/Freshness.java" "$work/a copy"
  cp "$root/data/healthy.json" "$work/a copy/data"
  sed 's/: 11$/: 660/' "$root/data/healthy.json" >"$work/stale.json"
  cd "$work/a copy"
  like 'status, in the directory of the program' "$(jbang Freshness.java status)" 'FRESHNESS OK: 3 of 3 feeds*exit 0'
  like 'a gate on a stale feed' "$(jbang Freshness.java gate --feed bravo --state "$work/stale.json")" 'GATE BLOCKED: bravo stale*exit 2'
  cd "$work/elsewhere"
  like 'elsewhere it does not take some other baseline' "$(jbang "$work/a copy/Freshness.java" status)" 'FRESHNESS UNKNOWN: *exit 3'
  like 'elsewhere, with --baseline' "$(jbang "$work/a copy/Freshness.java" status --baseline "$root/data/healthy.json")" 'FRESHNESS OK: 3 of 3 feeds*exit 0'
else
  echo "# no JBang, since mvn did not bring it: $(tail -n 1 "$work/mvn" 2>/dev/null || echo 'there is no mvn')"
fi
printf 'jbang: %d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
