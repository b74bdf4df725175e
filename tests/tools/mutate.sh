#!/usr/bin/env bash
# Do the fast tests bite? Makes defects in Freshness.java, runs each against the fast tests until
# the first failure, and prints caught and run by section, and every survivor.
#
#   usage: tests/tools/mutate.sh                  100 defects by rule, a sample
#          tests/tools/mutate.sh --by-hand        those of mutants.txt, which no rule makes
#          tests/tools/mutate.sh --list           every defect that the rules can make; runs nothing
#          tests/tools/mutate.sh --self-test      whether this tool works, on a small program
#
#   --seed N           another sample         --jobs N         at a time; 2 by default
#   --count N          a larger one           --limit SECONDS  for each part; 240 by default
#   --section NAME     of one section         --id ID          those of that id, as it was printed
#   --as-root          do not become nobody: for the launcher's rules on other users, and only on a
#                      machine to throw away
#
# What nobody can see is accepted: tests/tools/mutants-equivalent.txt says why. Exit 0 only if
# mutants ran, none survived, and the lists have no faults. JAVA_HOME names the JDK.
set -euo pipefail
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS CLASSPATH

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
umask 022
work=$(mktemp -d "${TMPDIR:-/tmp}/freshness mutants.XXXXXX")
work=$(cd "$work" && pwd -P)
chmod 755 "$work" # for nobody, who runs the tests
readonly root home work
running=''

# shellcheck disable=SC2317 # called by the trap
finish() {
  # The tests of a mutant lead groups of their own; Mutate ends them when it is told to end.
  if [[ -n $running ]]; then
    kill -TERM "$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || true
  fi
  chmod -R u+rwx "$work" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# mutate ROOT OPTION...: in the background, so that a signal is obeyed at once
mutate() {
  local status=0
  "$home/bin/java" -XX:+UseSerialGC -Xss8m -cp "$work/tool" \
    Mutate --root "$1" --work "$work/benches" "${@:2}" &
  running=$!
  wait "$running" || status=$?
  running=''
  return "$status"
}

# A program with holes in its tests, whose mutants are known.
make_small_program() {
  mkdir -p "$small/tests/unit" "$small/tests/process" "$small/tests/tools"
  cat >"$small/Freshness.java" <<'JAVA'
//bin/: 2>/dev/null; exit 3
/* No code: if (a < b) "text" */
public final class Freshness {
    // ---- Limits ----
    static final int LIMIT = 3;

    // ---- Decision ----
    // if (c < d) is no code either
    static boolean fresh(int age) {
        String quoted = "no // comment && no /* code";
        return age <= LIMIT && !quoted.isEmpty();
    }

    static int untested(int x) {
        return x + 1;
    }

    static boolean ends(int n) {
        while (n > 0) {
            n--;
        }
        return true;
    }
}

/* ---- Launcher ----
launch() {
  [ -n "$1" ] || exit 3 # a [ -z comment ]
}
# */
JAVA
  cat >"$small/tests/unit/Harness.java" <<'JAVA'
final class Harness {
    public static void main(String... args) {
        test("at the limit", Freshness.fresh(Freshness.LIMIT));
        test("past it", !Freshness.fresh(Freshness.LIMIT + 1));
        test("the limit", Freshness.LIMIT == 3);
        test("an end", Freshness.ends(3));
    }

    static void test(String name, boolean passed) {
        System.out.println((passed ? "ok - " : "not ok - ") + name + "\n  got: " + passed);
    }
}
JAVA
  cat >"$small/tests/process/launcher.sh" <<'SH'
eval "$(sed -n '/^launch() {/,/^}/p' Freshness.java)"
if (launch '') 2>&1; then echo 'not ok - refused'; else echo 'ok - refused'; fi
if (launch x) 2>&1; then echo 'ok - taken'; else echo 'not ok - taken'; fi
SH
}

# row NAME GOT PATTERN: whether what was printed is like that
row() {
  # shellcheck disable=SC2053 # the right side is a pattern
  if [[ $2 == $3 ]]; then
    passed=$((passed + 1))
    echo "ok - mutate: $1"
  else
    failed=$((failed + 1))
    printf 'not ok - mutate: %s\n  got:   %s\n  want:  %s\n' "$1" "${2//$'\n'/$'\n'         }" "$3"
  fi
}

self_test() {
  local small=$work/small got hand accepted passed=0 failed=0
  hand=$small/tests/tools/mutants.txt
  accepted=$small/tests/tools/mutants-equivalent.txt
  make_small_program

  got=$(mutate "$small" --list)
  row 'a comparison is shifted' "$got" '*+ return age < LIMIT && !quoted.isEmpty();*'
  row 'a constant is one more' "$got" '*Freshness.java:5 \[Limits] constant one more*'
  row 'a string is changed' "$got" '*+ String quoted = "no // comment*~*'
  row 'an operator of the shell' "$got" '*\[Launcher] || to &&*'
  row 'a comment is no code' "$got" '!(*a > b*|*c <= d*|*\[ -n comment*)'
  row 'the inside of a string is no code' "$got" '!(*comment [|][|]*)'

  cat >"$accepted" <<'end'
[Decision]
Freshness.untested: x +1 => x - 1
  Nobody calls it.
end
  got=$(mutate "$small" --count 1000 --limit 8 || echo "exit $?")
  row 'what no test looks at survives' "$got" '*survived: *+ return 0;*'
  row 'a survivor is a fault of the tests' "$got" '*exit 2'
  row 'an accepted one is not run, and its reason is shown' "$got" \
    $'*accepted: Freshness.untested: x +1 => x - 1\n  Nobody calls it.*'
  row 'a loop without an end is caught' "$got" '*caught by Harness: no end in time*'
  row 'so is a constant that tests hold a copy of' "$got" '*caught by Harness: not ok - the limit*'
  row 'and a line of the launcher' "$got" '*caught by *launcher.sh: not ok - refused*'
  row 'a shifted comparison does not survive' "$got" '!(*survived: *age < LIMIT*)'
  row 'what does not compile is left out' "$got" '!(*+ while (true)*)'

  cat >"$hand" <<'end'
# a list
[Decision]
Freshness.untested: return x  + 1; => return 7;
Freshness.untested: no such text => x
Freshness.gone: return => x
Freshness: return => x
[Limits]
Freshness.ends: n--; => ;
[Nowhere]
end
  got=$(mutate "$small" --by-hand || echo "exit $?")
  row 'one by hand, white space aside' "$got" '*+ return 7;*SURVIVED*'
  row 'a text that is gone' "$got" '*FAULT *stands 0 times in Freshness.untested, not once: no *'
  row 'a method that is gone' "$got" '*FAULT *no such method, type or function: Freshness.gone*'
  row 'a text that is there more than once' "$got" '*FAULT *stands 3 times in Freshness,*'
  row 'a method in another section' "$got" '*FAULT *ends stands in Decision, not in Limits*'
  row 'a section that is gone' "$got" '*FAULT mutants.txt: no such section: Nowhere*'

  got=$(mutate "$small" --section None 2>&1 || echo "exit $?")
  row 'no section of that name' "$got" 'mutate: no such section: None*exit 3'
  got=$(mutate "$small" --id 0 2>&1 || echo "exit $?")
  row 'no mutants at all is a failure' "$got" '*exit 2'
  sed -i.old 's/LIMIT == 3/LIMIT == 4/' "$small/tests/unit/Harness.java"
  got=$(mutate "$small" 2>&1 || echo "exit $?")
  row 'tests that fail without a defect end the run' "$got" \
    '*the tests fail without any defect: Harness: not ok - the limit*exit 3'

  got=$(mutate "$root" --by-hand --list | grep '^FAULT' || true)
  row 'each entry of the lists is in the program as it says' "$got" ''
  echo "# mutate: $passed passed, $failed failed"
  ((failed == 0))
}

mkdir "$work/tool"
"$home/bin/javac" -J-XX:TieredStopAtLevel=1 -proc:none -d "$work/tool" \
  "$root/tests/tools/Mutate.java"
if [[ ${1:-} == --self-test ]]; then
  shopt -s extglob
  self_test
else
  mutate "$root" "$@"
fi
