#!/usr/bin/env bash
# Do the fast tests bite where nobody pointed? Makes defects by rule over the whole of Freshness.java, a sample of them by a
# seed, runs each against the fast tests until the first failure, and prints caught / run by section and every survivor.
# tests/mutants.txt is the list of those that rules cannot make.
#
#   usage: tests/mutate.sh [--seed N] [--count N] [--section NAME]...     100 of seed 1, unless told otherwise
#          tests/mutate.sh --only FILE | --id ID [--id ID]...             those of a survivors file, or of these names
#          tests/mutate.sh --by-hand                              those of tests/mutants.txt, which rules cannot make
#          tests/mutate.sh --list                                         every defect that the rules can make; runs nothing
#          tests/mutate.sh --self-test                                    whether this tool itself works, on a small program
#
#   --jobs N              at a time, 2 by default        --limit SECONDS  for each part of the tests, 240 by default
#   --out DIR             results.tsv and survivors-SEED.txt, ~/.cache/freshness-mutants by default
#   --anew                forget what is known: else a run goes on where the last one of these very files ended
#   --verify              run the accepted survivors too
#   --as-root             do not turn into nobody: for the launcher's rules on other users, and only on a machine to throw away
#   --baseline-failures   leave tests out of account that fail without any defect; else they end the run
#
# An accepted survivor stands in tests/mutants-equivalent.txt: "old => new" as printed, below it, indented, why nobody can
# see the change. Exit 0 only if mutants ran, none survived unaccepted, and that list has no faults. JAVA_HOME names the JDK.
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
  "$home/bin/java" -XX:+UseSerialGC -Xss8m -cp "$work/tool" Mutate --root "$1" --work "$work/benches" "${@:2}" &
  running=$!
  wait "$running" || status=$?
  running=''
  return "$status"
}

# A program with a hole in its tests, whose mutants are known.
self_test() {
  local small=$work/small got failed=0 rows=0
  mkdir -p "$small/tests" "$small/data"
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

/*
# ---- Launcher ----
launch() {
  [ -n "$1" ] || exit 3 # a [ -z comment ]
}
*/
JAVA
  cat >"$small/tests/FreshnessTest.java" <<'JAVA'
final class FreshnessTest {
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
  # shellcheck disable=SC2016 # not to be expanded here
  printf '%s\n' 'eval "$(sed -n "/^launch() {/,/^}/p" Freshness.java)"' 'if (launch "") 2>&1; then echo "not ok - refused"; else echo "ok - refused"; fi' \
    'if (launch x) 2>&1; then echo "ok - taken"; else echo "not ok - taken"; fi' >"$small/tests/launcher.sh"

  # has NAME TEXT: whether the output holds it; has_not: that it does not
  has() {
    rows=$((rows + 1))
    if [[ $got == *"$2"* ]]; then echo "ok - mutate: $1"; else
      failed=$((failed + 1))
      printf 'not ok - mutate: %s\n  got:   %s\n  want:  %s\n' "$1" "${got//$'\n'/$'\n'         }" "$2"
    fi
  }
  has_not() {
    rows=$((rows + 1))
    if [[ $got != *"$2"* ]]; then echo "ok - mutate: $1"; else
      failed=$((failed + 1))
      printf 'not ok - mutate: %s\n  got:   %s\n  never: %s\n' "$1" "${got//$'\n'/$'\n'         }" "$2"
    fi
  }

  got=$(mutate "$small" --list)
  has 'a comparison is shifted' '+ return age < LIMIT && !quoted.isEmpty();'
  has 'a constant is one more' 'Freshness.java:5 [Limits] constant one more'
  has 'a string is emptied' '+ String quoted = "";'
  has 'a loop without an end, behind which nothing may stand' 'condition always true'
  has 'an operator of the shell' '[Launcher] || to &&'
  has_not 'a comment is left alone' 'a > b'
  has_not 'a comment in a line of its own is left alone' 'c <= d'
  has_not 'a comment of the shell is left alone' '-n comment'
  has_not 'the inside of a string is no code' 'no // comment ||'

  printf '%s\n' 'return x + 1; => return x + 2;' '    Nobody calls it.' >"$small/tests/mutants-equivalent.txt"
  got=$(mutate "$small" --count 1000 --limit 8 --out "$work/not here" --out "$work/small out" || echo "exit $?")
  has 'what no test looks at survives' '+ return x - 1;'
  has 'a survivor is a fault of the tests' 'exit 2'
  has 'an accepted one is not run, and its sentence is shown' $'accepted: return x + 1; => return x + 2;\n  Nobody calls it.'
  has 'a loop without an end is caught, and said to hang' 'a hang: no end after 8 s'
  has 'a constant that tests hold a copy of' 'FreshnessTest: not ok - the limit'
  has_not 'a shifted comparison does not survive' '+ return age < LIMIT && !quoted.isEmpty();'
  has 'launcher lines run against their tests' 'launcher.sh: not ok - refused'
  has_not 'what does not compile is left out' 'condition always true'

  got=$(mutate "$small" --only "$work/small out/survivors-1.txt" --out "$work/small out" || echo "exit $?")
  has 'survivors run again by their file' ' 0 caught'
  has 'what is known is not run again' 'results are known from before'

  printf '%s\n' 'return y; => return x;' '    Gone.' >"$small/tests/mutants-equivalent.txt"
  got=$(mutate "$small" --section Limits --count 2 --out "$work/small out" || echo "exit $?")
  has 'an accepted one that is not there any more is a fault' 'FAULT accepted, but no such mutant any more: return y; => return x;'
  printf '%s\n' '# a list' 'return x + 1; => return 7;' 'no such text => x' >"$small/tests/mutants.txt"
  got=$(mutate "$small" --by-hand --out "$work/small out" || echo "exit $?")
  has 'one by hand' '+ return 7;'
  has 'one by hand that is not in the program is a fault' 'FAULT not exactly once in the source: no such text => x'
  got=$(mutate "$small" --section None --out "$work/small out" 2>&1 || echo "exit $?")
  has 'no mutants at all is a failure' 'exit 3'
  sed -i.old 's/LIMIT == 3/LIMIT == 4/' "$small/tests/FreshnessTest.java"
  got=$(mutate "$small" --count 2 --out "$work/small out" 2>&1 || echo "exit $?")
  has 'tests that fail without a defect end the run' 'the tests fail without any defect'
  echo "# mutate: $((rows - failed)) passed, $failed failed"
  ((failed == 0))
}

mkdir "$work/tool"
"$home/bin/javac" -J-XX:TieredStopAtLevel=1 -proc:none -d "$work/tool" "$root/tests/Mutate.java"
if [[ ${1:-} == --self-test ]]; then
  self_test
else
  mutate "$root" --out "${XDG_CACHE_HOME:-$HOME/.cache}/freshness-mutants" "$@"
fi
