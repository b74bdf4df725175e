#!/usr/bin/env bash
# Runs Freshness.java through JBang, whose command line comes from Maven Central as
# dev.jbang:jbang-cli.
#
#   usage: tests/integration/jbang.sh        (JAVA_HOME names a JDK 17 or newer)
#
# JBang compiles into a cache of its own and tells a program nothing of its source file. So
# --baseline has to say which one counts, even in the directory of the program: the data that lie
# there might be those of another one.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
begin jbang
copy_program "$work/a copy"
readonly version=0.132.1
export JBANG_DIR=$work/jbang

# row NAME GOT PATTERN
row() {
  like "jbang: $1" 'jbang Freshness.java' "$2" "$3"
}

# jbang ARGUMENT...: as its own script does it, which runs the command that is printed with exit
# code 255
jbang() {
  local rc=0 command
  command=$("$java" -cp "$work/lib/*" dev.jbang.Main --offline "$@" 2>"$work/errors") || rc=$?
  if [[ $rc == 255 ]]; then
    rc=0 && (eval "exec $command") || rc=$?
  else
    cat "$work/errors"
  fi
  echo "exit $rc"
}

row 'its directives are near the top' \
  "$(head -n 20 "$root/Freshness.java" | grep -oE '^//(JAVA 17\+$|DESCRIPTION )' | tr '\n' ' ')" \
  '//JAVA 17+ //DESCRIPTION *'

cat >"$work/pom.xml" <<end
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>freshness</groupId>
  <artifactId>jbang</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>dev.jbang</groupId>
      <artifactId>jbang-cli</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
end
if command -v mvn >/dev/null &&
  mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" \
  >"$work/mvn" 2>&1; then
  mkdir "$work/elsewhere"
  cp "$healthy" "$work/state.json"
  sed 's/: 11$/: 660/' "$healthy" >"$work/stale.json"
  cd "$work/a copy"
  row 'status, in the directory of the program' "$(jbang Freshness.java status)" \
    'FRESHNESS UNKNOWN: baseline not found: *pass --baseline*exit 3'
  row 'there too, with --baseline' \
    "$(jbang Freshness.java status --baseline data/healthy.json --state "$work/state.json")" \
    'FRESHNESS OK: 3 of 3 feeds*exit 0'
  row 'a gate on a stale feed' \
    "$(jbang Freshness.java gate --feed bravo --baseline data/healthy.json \
    --state "$work/stale.json")" 'GATE BLOCKED: bravo stale*exit 2'
  cd "$work/elsewhere"
  row 'elsewhere it does not take some other baseline' \
    "$(jbang "$work/a copy/Freshness.java" status)" 'FRESHNESS UNKNOWN: *exit 3'
  row 'elsewhere, with --baseline' \
    "$(jbang "$work/a copy/Freshness.java" status --baseline "$root/data/healthy.json" \
      --state "$work/state.json")" \
    'FRESHNESS OK: 3 of 3 feeds*exit 0'
else
  leave_out "JBang, which mvn did not bring: $(tail -n 1 "$work/mvn" 2>/dev/null ||
    echo 'there is no mvn')"
fi
end_of_tests
