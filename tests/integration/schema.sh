#!/usr/bin/env bash
# Holds data/state.schema.json and data/baseline.schema.json against the program, with two
# validators that others keep: ajv from npm and python3-jsonschema from Debian.
#
#   usage: tests/integration/schema.sh [STATES [SEED]]
#
# JAVA_HOME names a JDK 21 or newer; without it, the java on PATH is taken.
#
# One direction is claimed: a schema never accepts what the program calls invalid as a whole. The
# other way it may be stricter, since it describes what a producer should write: a negative age is
# one feed's fault for the program, and an error for a schema. What a schema cannot say is listed
# below, in REASONS, and each of them must be met. Not met here is the limit of 256 MiB for a file.
# The documents are those of the table below, the scenarios, and the judge's generated ones, a state
# and a baseline each time. Each validator is one process for all of them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/freshness schema.XXXXXX")
trap 'rm -rf "$work"' EXIT
readonly root work
readonly states=${1:-3000} seed=${2:-20261122} ajv=ajv@8.20.0 python=/usr/bin/python3
java=${JAVA_HOME:+$JAVA_HOME/bin/}
readonly java

cd "$root"

# --- What it needs --------------------------------------------------------------------------------

install() {
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 \
    install -y --no-install-recommends "$@"; } >"$work/apt.log" 2>&1 ||
    { tail -n 5 "$work/apt.log" >&2 && exit 1; }
}

packages=()
"$python" -c 'from jsonschema import Draft202012Validator' 2>/dev/null ||
  packages+=(python3-jsonschema)
command -v npm >/dev/null || packages+=(npm)
[[ ${#packages[@]} -eq 0 ]] || install "${packages[@]}"
npm install --prefix "$work/npm" --no-audit --no-fund --ignore-scripts --loglevel=error "$ajv" \
  >"$work/npm.log" 2>&1 ||
  { tail -n 5 "$work/npm.log" >&2 && exit 1; }
mkdir "$work/classes"
"${java}javac" -sourcepath tests/unit -d "$work/classes" Freshness.java tests/unit/Judge.java

# --- The documents --------------------------------------------------------------------------------

# document SCHEMA WANT NAME: standard input is a document that the schema should accept or refuse
document() {
  printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$work/wanted"
  printf '%s %s\n' "$1" "$(base64 | tr -d '\n')" >>"$work/lines"
}

document state accepted 'the fixture' <data/healthy.json
document baseline accepted 'the fixture' <data/healthy.json

while read -r kind want why; do
  options=(--feed bravo)
  if [[ $kind == frozen || $kind == corrupt ]]; then
    options=()
  fi
  "${java}java" -cp "$work/classes" Freshness scenario "$kind" ${options[@]+"${options[@]}"} \
    --state data/healthy.json --output "$work/$kind.json" >"$work/scenario" 2>&1 ||
    { cat "$work/scenario" >&2 && exit 1; }
  document state "$want" "scenario $kind: $why" <"$work/$kind.json"
done <<'end'
stale accepted an old tick is well said
unknown accepted null is a way to say that the age is not known
down accepted alive is false
missing accepted no schema knows who must be there
skewed refused the age is negative; for the program that is one feed's fault
loosened accepted no schema knows the baseline's limit
frozen accepted no schema knows the time
corrupt refused it is no JSON
end

# Each row: the schema or "both", what it should say, the document. LIMIT, FEED, AGE and TICK stand
# for members that are as they should be, NAME for 200 characters of two UTF-16 units each. In a
# row of a "calendar", which is about a baseline, stand the members of one.
long=$(for ((i = 0; i < 200; i++)); do printf '\xf0\x9f\x9a\x80'; done)
rows=0
while read -r schema want text; do
  rows=$((rows + 1))
  if [[ $schema == calendar ]]; then
    schema=baseline
    text="{\"calendars\":{\"c\":{$text}},BASELINE"
  fi
  text=${text//HOURS/'{ZONE,OPEN}'}
  text=${text//ZONE/'"zone":"UTC"'}
  text=${text//OPEN/'"open":["Mon 09:30-16:00"]'}
  text=${text//BASELINE/'LIMIT,"feeds":[{"name":"a"}]}'}
  text=${text//LIMIT/'"max_age_seconds":90'}
  text=${text//AGE/'"last_tick_age_seconds":8'}
  text=${text//TICK/'"last_tick_at":"2026-11-22T09:36:52Z"'}
  text=${text//FEED/'"name":"a","alive":true'}
  for each in ${schema/both/state baseline}; do
    document "$each" "$want" "$text" <<<"${text//NAME/$long}"
  done
done <<'end'
both refused []
both refused null
both refused "feeds"
both refused {}
both refused {LIMIT}
both refused {LIMIT,"feeds":[]}
both refused {LIMIT,"feeds":{}}
both refused {LIMIT,"feeds":null}
both refused {LIMIT,"feeds":["a"]}
both refused {LIMIT,"feeds":[["a"]]}
both refused {LIMIT,"feeds":[null]}
both refused {LIMIT,"feeds":[{"alive":true}]}
both refused {LIMIT,"feeds":[{"Name":"a","alive":true}]}
both refused {LIMIT,"feeds":[{"name":"","alive":true}]}
both refused {LIMIT,"feeds":[{"name":7,"alive":true}]}
both refused {LIMIT,"feeds":[{"name":null,"alive":true}]}
both refused {LIMIT,"feeds":[{"name":["a"],"alive":true}]}
both refused {LIMIT,"feeds":[{FEED},{"name":"","alive":true}]}
both accepted {LIMIT,"feeds":[{"name":"NAME","alive":true}]}
both refused {LIMIT,"feeds":[{"name":"NAMEx","alive":true}]}
both refused {LIMIT,"feeds":[{"name":"a","alive":"true"}]}
both refused {LIMIT,"feeds":[{"name":"a","alive":1}]}
both refused {LIMIT,"feeds":[{"name":"a","alive":null}]}
state refused {LIMIT,"feeds":[{"name":"a"}]}
baseline accepted {LIMIT,"feeds":[{"name":"a"}]}
both refused {"max_age_seconds":0,"feeds":[{FEED}]}
both refused {"max_age_seconds":-1,"feeds":[{FEED}]}
both refused {"max_age_seconds":"90","feeds":[{FEED}]}
both refused {"max_age_seconds":null,"feeds":[{FEED}]}
both refused {"max_age_seconds":1e999,"feeds":[{FEED}]}
state accepted {"feeds":[{FEED}]}
baseline refused {"feeds":[{FEED}]}
both accepted {"feeds":[{FEED,"max_age_seconds":0.5}]}
baseline refused {"feeds":[{"name":"a","max_age_seconds":1},{"name":"b"}]}
both refused {LIMIT,"feeds":[{FEED,"max_age_seconds":0}]}
both refused {LIMIT,"feeds":[{FEED,"max_age_seconds":"1"}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":0}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":0.25}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":null}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":-0.1}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":-1}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":-1.0001}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":-30}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":"8"}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_age_seconds":1795340220}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_at":"2026-11-22T09:37:00Z"}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_at":"2026-11-22t10:37:00.123456789+01:00"}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_at":"2026-11-22T09:37:00.123456789012Z"}]}
both accepted {LIMIT,"feeds":[{FEED,"last_tick_at":null}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_at":"2026-11-22T09:37:00"}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_at":"2026-11-22T09:37:00Z\n"}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_at":"2026-11-22T24:00:00Z"}]}
both refused {LIMIT,"feeds":[{FEED,"last_tick_at":1795340220}]}
both accepted {LIMIT,"as_of":"2026-11-22T09:37:00Z","feeds":[{FEED}]}
both refused {LIMIT,"as_of":"2026-11-22","feeds":[{FEED}]}
both refused {LIMIT,"as_of":null,"feeds":[{FEED}]}
both refused {LIMIT,"as_of":null,"feeds":[{FEED,AGE}]}
both refused {LIMIT,"as_of":null,"feeds":[{FEED,"last_tick_at":null}]}
state accepted {LIMIT,"as_of":null,"feeds":[{FEED,TICK}]}
state refused {LIMIT,"as_of":null,"feeds":[{FEED,TICK},{"name":"b","alive":true,AGE}]}
both refused {LIMIT,"as_of":8,"feeds":[{FEED,TICK}]}
both accepted {"$schema":"data/some.schema.json",LIMIT,"feeds":[{FEED,"$note":1}]}
both accepted {"x-owner":{"max_age_seconds":0},LIMIT,"feeds":[{FEED,"x-desk":[]}]}
state accepted {"producer":"p",LIMIT,"feeds":[{FEED,"venue":"v"}]}
baseline refused {"producer":"p",LIMIT,"feeds":[{"name":"a"}]}
baseline refused {LIMIT,"feeds":[{"name":"a","venue":"v"}]}
baseline refused {LIMIT,"X-note":1,"feeds":[{"name":"a"}]}
baseline refused {LIMIT,"feeds":[{"name":"a","max_age_second":5}]}
baseline refused {"require_asof":true,LIMIT,"feeds":[{"name":"a"}]}
baseline accepted {"require_as_of":true,LIMIT,"feeds":[{"name":"a"}]}
baseline accepted {"require_as_of":false,LIMIT,"feeds":[{"name":"a"}]}
baseline refused {"require_as_of":"true",LIMIT,"feeds":[{"name":"a"}]}
baseline refused {"require_as_of":null,LIMIT,"feeds":[{"name":"a"}]}
both accepted {LIMIT,"feeds":[{FEED},{FEED}]}
both accepted {LIMIT,"feeds":[{"name":"a","name":"b","alive":true}]}
both accepted {LIMIT,"feeds":[{"name":"\ud800","alive":true}]}
state accepted {"calendars":1,"calendar":2,"feeds":[{FEED,"calendar":3}]}
state accepted {"max_heartbeat_age_seconds":1,"feeds":[{FEED,"last_heartbeat_at":null}]}
state accepted {"feeds":[{FEED,"last_heartbeat_at":"2026-11-22T09:37:00.5+01:00"}]}
state refused {"feeds":[{FEED,"last_heartbeat_at":"soon"}]}
state refused {"feeds":[{FEED,"last_heartbeat_at":1795340220}]}
baseline accepted {"max_heartbeat_age_seconds":5,BASELINE
baseline accepted {LIMIT,"feeds":[{FEED,"max_heartbeat_age_seconds":0.5,"last_heartbeat_at":null}]}
baseline refused {"max_heartbeat_age_seconds":0,BASELINE
baseline refused {"max_heartbeat_age_seconds":null,BASELINE
baseline refused {"max_heartbeat_age_seconds":1000000001,BASELINE
baseline refused {LIMIT,"feeds":[{FEED,"max_heartbeat_age_seconds":"5"}]}
baseline refused {LIMIT,"feeds":[{FEED,"max_heartbeat_age":5}]}
baseline refused {"last_heartbeat_at":null,BASELINE
baseline accepted {"warn_age_seconds":60,BASELINE
baseline accepted {LIMIT,"feeds":[{FEED,"warn_age_seconds":0.5}]}
baseline accepted {"warn_age_seconds":90,BASELINE
baseline accepted {LIMIT,"feeds":[{FEED,"warn_age_seconds":90}]}
baseline accepted {LIMIT,"feeds":[{FEED,"max_age_seconds":30,"warn_age_seconds":30}]}
baseline refused {"warn_age_seconds":0,BASELINE
baseline refused {"warn_age_seconds":null,BASELINE
baseline refused {LIMIT,"feeds":[{FEED,"warn_age_seconds":"9"}]}
baseline refused {LIMIT,"feeds":[{FEED,"warn_age":9}]}
baseline accepted {LIMIT,"feeds":[{FEED,"optional":true},{"name":"b","optional":false}]}
baseline refused {LIMIT,"feeds":[{FEED,"optional":"true"}]}
baseline refused {LIMIT,"feeds":[{FEED,"optional":null}]}
baseline refused {"optional":true,BASELINE
state accepted {"actions":1,"feeds":[{FEED}]}
baseline accepted {"actions":{},BASELINE
baseline accepted {"actions":{"priceOrder":{}},BASELINE
baseline accepted {"actions":{"price_order_eu":{}},BASELINE
baseline accepted {"actions":{"quote_mm":{"max_age_seconds":2},"x-note":1,"$n":[]},BASELINE
baseline accepted {"actions":{"s:l.p-2":{"min_status":"stale","x-why":1}},BASELINE
baseline accepted {"actions":{"a":{"min_status":"stale","max_age_seconds":3600}},BASELINE
baseline accepted {"actions":{"price_order":{"min_status":"fresh"}},BASELINE
baseline accepted {"actions":{"price_order":{"max_age_seconds":0.5}},BASELINE
baseline accepted {"actions":{"read_last_price":{"min_status":"stale"}},BASELINE
baseline accepted {"actions":{"inspect_status":{"min_status":"stale"}},BASELINE
baseline refused {"actions":[],BASELINE
baseline refused {"actions":null,BASELINE
baseline refused {"actions":{"a":1},BASELINE
baseline refused {"actions":{"":{}},BASELINE
baseline refused {"actions":{"a b":{}},BASELINE
baseline refused {"actions":{"a\n":{}},BASELINE
baseline refused {"actions":{"a":{"min_status":"unknown"}},BASELINE
baseline refused {"actions":{"a":{"min_status":null}},BASELINE
baseline refused {"actions":{"a":{"max_age_seconds":0}},BASELINE
baseline refused {"actions":{"a":{"max_age_seconds":"2"}},BASELINE
baseline refused {"actions":{"a":{"max_age":2}},BASELINE
baseline refused {"actions":{"price_order":{"min_status":"stale"}},BASELINE
baseline accepted {"calendars":{},BASELINE
baseline accepted {"calendars":{"nyse":HOURS,"x-note":1},"calendar":"nyse",BASELINE
baseline accepted {"calendars":{"c":HOURS},LIMIT,"feeds":[{FEED,"calendar":"c"}]}
baseline accepted {"calendars":{"NAME":HOURS},"calendar":"NAME",BASELINE
baseline refused {"calendars":[],BASELINE
baseline refused {"calendars":null,BASELINE
baseline refused {"calendars":{"c":[]},BASELINE
baseline refused {"calendars":{"":HOURS},BASELINE
baseline refused {"calendars":{"NAMEx":HOURS},BASELINE
baseline refused {"calendars":{"c":HOURS},"calendar":null,BASELINE
baseline refused {"calendars":{"c":HOURS},"calendar":{},BASELINE
baseline refused {"calendars":{"x-c":HOURS},"calendar":"x-c",BASELINE
baseline refused {"calendars":{"c":HOURS},LIMIT,"feeds":[{FEED,"calendar":["c"]}]}
baseline accepted {"calendars":{"c":HOURS},"calendar":"d",BASELINE
calendar accepted "zone":"America/Argentina/Buenos_Aires",OPEN
calendar accepted ZONE,"open":["Sun-Thu 17:00-24:00","Fri 00:00-01:00"]
calendar accepted ZONE,OPEN,"x-note":1,"dates":{"2025-11-27":[],"$source":"venue"}
calendar accepted ZONE,OPEN,"dates":{"2025-11-28":["09:30-12:00","12:00-24:00"]}
calendar refused OPEN
calendar refused ZONE
calendar refused ZONE,"open":[]
calendar refused ZONE,"open":"Mon 09:30-16:00"
calendar refused ZONE,"open":[930]
calendar refused ZONE,"open":["09:30-16:00"]
calendar refused ZONE,"open":["Mo 09:30-16:00"]
calendar refused ZONE,"open":["Mon-Mon 09:30-16:00"]
calendar refused ZONE,"open":["Mon 09:30-16:00\n"]
calendar refused ZONE,"open":["Mon 23:30-24:30"]
calendar refused ZONE,"open":["Mon 09:60-16:00"]
calendar refused ZONE,"open":["Mon 24:00-24:00"]
calendar refused ZONE,OPEN,"holidays":[]
calendar refused "zone":"EST",OPEN
calendar refused "zone":"+01:00",OPEN
calendar refused "zone":null,OPEN
calendar refused "zone":"UTC\n",OPEN
calendar refused ZONE,OPEN,"dates":[]
calendar refused ZONE,OPEN,"dates":{"2025-13-01":[]}
calendar refused ZONE,OPEN,"dates":{"2025-11-28\n":[]}
calendar refused ZONE,OPEN,"dates":{"28.11.2025":[]}
calendar refused ZONE,OPEN,"dates":{"2025-11-28":"closed"}
calendar refused ZONE,OPEN,"dates":{"2025-11-28":[0]}
calendar refused ZONE,OPEN,"dates":{"2025-11-28":["Fri 09:30-13:00"]}
calendar refused ZONE,OPEN,"dates":{"2025-11-28":["23:30-24:30"]}
calendar refused ZONE,OPEN,"dates":{"2025-11-28":["09:30-13:00\n"]}
calendar accepted "zone":"Mars/Olympus_Mons",OPEN
calendar accepted ZONE,"open":["Mon 16:00-09:30"]
calendar accepted ZONE,"open":["Mon 09:30-16:00","Sun-Tue 15:59-17:00"]
calendar accepted ZONE,OPEN,"dates":{"2025-02-29":[]}
end
[[ $rows -gt 0 ]]

# What the program says of each, with the judge's generated ones behind: schema, exit code, bytes in
# Base64.
"${java}java" -Djava.io.tmpdir="$work" -cp "$work/classes" Judge documents "$states" "$seed" \
  <"$work/lines" | grep -v '^#' >"$work/documents"

# --- The validators -------------------------------------------------------------------------------

# Both read as RFC 8259 has it: UTF-8 that is valid, no BOM, no NaN. A document that is no JSON is
# refused.
cat >"$work/ajv.cjs" <<'end'
const [, , npm, documents] = process.argv;
const fs = require("fs");
const Ajv = require(npm + "/node_modules/ajv/dist/2020").default;
const complain = text => { throw new Error(text); };
const ajv = new Ajv({ logger: { log: complain, warn: complain, error: complain } });
const accepts = {};
for (const name of ["state", "baseline"]) {
  const schema = fs.readFileSync(`data/${name}.schema.json`, "utf8");
  accepts[name] = ajv.compile(JSON.parse(schema));
}
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const answers = fs.readFileSync(documents, "utf8").trimEnd().split("\n").map(line => {
  const [schema, , bytes] = line.split(" ");
  let value;
  try {
    value = JSON.parse(utf8.decode(Buffer.from(bytes, "base64")));
  } catch {
    return "refused";
  }
  return accepts[schema](value) ? "accepted" : "refused";
});
console.log(answers.join("\n"));
end

cat >"$work/check.py" <<'end'
import base64, collections, copy, datetime, json, sys
from jsonschema import Draft202012Validator

work = sys.argv[1]
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # a number may have more digits than Python reads by default

REASONS = [
    "a member used twice",
    "a name used twice",
    "nested deeper than 64",
    "half of a surrogate pair",
]
# What the schema of a baseline cannot say beyond that.
BASELINE_REASONS = [
    "a zone that does not exist",
    "a session that ends before it begins",
    "sessions that overlap",
    "a date that does not exist",
    "a calendar that is not there",
    "a warn age that is not below its limit",
    "an action named like a built-in one",
]
BUILT_IN = [
    "inspect_status",
    "read_last_price",
    "serve_cached_status",
    "price_order",
    "publish_signal",
    "rebalance_position",
]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
passed = failed = 0


def test(name, wrong, want):
    """One result. What is wrong is listed as got, an input and what was said of it in each row."""
    global passed, failed
    passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
    print(("not ok - " if wrong else "ok - ") + name)
    for row in wrong[:5]:
        print("  got:   " + str(row).encode("ascii", "backslashreplace").decode()[:600])
    if wrong:
        print(f"  want:  {want}; {len(wrong)} rows differ")


def refuse(constant):
    raise ValueError(constant)


def read(data):
    """The value and why no schema could refuse it.

    Raises ValueError or RecursionError if the bytes are no JSON.
    """
    reasons = set()

    def members(pairs):
        if len(dict(pairs)) < len(pairs):
            reasons.add(REASONS[0])
        return dict(pairs)

    top = json.loads(data.decode("utf-8"), object_pairs_hook=members, parse_constant=refuse)
    names = (
        [feed.get("name") for feed in top["feeds"] if isinstance(feed, dict)]
        if isinstance(top, dict) and isinstance(top.get("feeds"), list)
        else []
    )
    names = [name for name in names if isinstance(name, str)]
    if len(set(names)) < len(names):
        reasons.add(REASONS[1])
    level, depth = [top], 0
    while level:
        inner = []
        for value in level:
            if isinstance(value, dict):
                inner += list(value) + list(value.values())
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
                reasons.add(REASONS[3])
        depth += any(isinstance(value, (dict, list)) for value in level)
        level = inner
    if depth > 64:
        reasons.add(REASONS[2])
    return top, reasons


def minutes(session):
    """The minutes of a day that a session such as 09:30-16:00 has; none if it ends before."""
    begin, end = (60 * int(time[:2]) + int(time[3:]) for time in session.split("-"))
    return set(range(begin, end))


def edits(a, b):
    """How many letters have to be inserted, deleted or replaced."""
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        above, row = row, [i]
        for j, other in enumerate(b, 1):
            row.append(min(above[j - 1] + (letter != other), above[j] + 1, row[-1] + 1))
    return row[-1]


def letters(name):
    return "".join(c for c in name.lower() if c.isalnum())


def is_misspelt(action):
    """Whether an action is not built in, but named so much like one that it is refused."""
    for name in BUILT_IN:
        wrong = edits(letters(action), letters(name))
        has_suffix = action.startswith(name) and not action[len(name):][:1].isalnum()
        if wrong == 0 or (wrong <= len(letters(name)) // 5 and not has_suffix):
            return action not in BUILT_IN
    return False


def baseline_reasons(baseline):
    """Why the program refuses a baseline that its schema accepts."""
    reasons = set()
    for owner in baseline["feeds"] + [baseline]:
        limit = owner.get("max_age_seconds", baseline.get("max_age_seconds"))
        warn = owner.get("warn_age_seconds")
        # In whole nanoseconds, as the program counts.
        if None not in (limit, warn) and int(warn * 1e9) >= int(limit * 1e9):
            reasons.add(BASELINE_REASONS[5])
    if any(is_misspelt(name) for name in baseline.get("actions", {})):
        reasons.add(BASELINE_REASONS[6])
    calendars = {name: calendar for name, calendar in baseline.get("calendars", {}).items()
                 if not name.startswith(("x-", "$"))}
    for calendar in calendars.values():
        if calendar["zone"].startswith("Mars/"):
            reasons.add(BASELINE_REASONS[0])
        days = {}
        for entry in calendar["open"]:
            weekdays, session = entry.split(" ")
            first, last = (WEEKDAYS.index(day) for day in (weekdays.split("-") * 2)[:2])
            for i in range((last - first) % 7 + 1):
                days.setdefault((first + i) % 7, []).append(session)
        for date, sessions in calendar.get("dates", {}).items():
            if not date.startswith(("x-", "$")):
                days[date] = sessions
                try:
                    datetime.date.fromisoformat(date)
                except ValueError:
                    reasons.add(BASELINE_REASONS[3])
        for sessions in map(list, days.values()):
            lengths = [len(minutes(session)) for session in sessions]
            if 0 in lengths:
                reasons.add(BASELINE_REASONS[1])
            if len(set().union(*map(minutes, sessions))) < sum(lengths):
                reasons.add(BASELINE_REASONS[2])
    named = [feed["calendar"] for feed in baseline["feeds"] + [baseline] if "calendar" in feed]
    if any(name not in calendars for name in named):
        reasons.add(BASELINE_REASONS[4])
    return reasons


schemas = {
    name: json.load(open(f"data/{name}.schema.json", encoding="utf-8"))
    for name in ("state", "baseline")
}
for name, schema in schemas.items():
    Draft202012Validator.check_schema(schema)
    assert "$id" not in schema, "an $id would be fetched, or taken for an address"
validators = {name: Draft202012Validator(schema) for name, schema in schemas.items()}

documents, wanted, theirs = (
    [line.rstrip("\n") for line in open(f"{work}/{name}", encoding="utf-8")]
    for name in ("documents", "wanted", "ajv")
)
assert len(documents) == len(theirs) > len(wanted) > 0, (len(documents), len(theirs), len(wanted))
rows = []
Row = collections.namedtuple("Row", "schema exit value reasons answer ajv shown")
for line, ajv in zip(documents, theirs):
    schema, code, text = line.split(" ")
    data = base64.b64decode(text)
    try:
        value, reasons = read(data)
        answer = "accepted" if validators[schema].is_valid(value) else "refused"
        if schema == "baseline" and answer == "accepted":
            reasons |= baseline_reasons(value)
    except (ValueError, RecursionError):
        value, reasons, answer = None, None, "refused"
    rows.append(
        Row(
            schema,
            int(code),
            value,
            reasons,
            answer,
            ajv,
            f"{schema}: exit {code}, jsonschema {answer}, ajv {ajv}, {reasons}: {data[:400]!r}",
        )
    )

for line, row in zip(wanted, rows):
    schema, want, name = line.split("\t")
    test(
        f"the {schema} schema has {want}: {name}",
        [] if (row.schema, row.answer, row.ajv) == (schema, want, want) else [row.shown],
        want,
    )

for schema in schemas:
    mine = [row for row in rows if row.schema == schema]
    invalid = [row for row in mine if row.exit == 3]
    accepted = [row for row in mine if row.answer == "accepted"]
    what = f"{len(mine)} documents as a {schema}"
    test(
        f"{what}: the program evaluates each, or calls it invalid",
        [row.shown for row in mine if row.exit not in (0, 2, 3)],
        "exit 0, 2 or 3",
    )
    test(
        f"{what}: ajv and jsonschema agree",
        [row.shown for row in mine if row.answer != row.ajv],
        "one answer",
    )
    test(
        f"{what}: none of the {len(invalid)} that the program calls invalid is accepted,"
        " but for what a schema cannot say",
        [row.shown for row in invalid if "accepted" in (row.answer, row.ajv) and not row.reasons],
        "refused",
    )
    test(
        f"{what}: what a schema cannot say, the program refuses",
        [row.shown for row in mine if row.reasons and row.exit != 3],
        "exit 3",
    )
    met = collections.Counter(
        reason for row in invalid if row.answer == "accepted" for reason in row.reasons
    )
    print(
        f"# {schema}: {len(accepted)} accepted, {len(invalid)} invalid,"
        f" accepted all the same: {dict(met)}"
    )
    few = [
        name
        for name, count in (("accepted", len(accepted)), ("invalid", len(invalid)))
        if count < 50
    ]
    test(f"{what}: enough of both kinds", few, "50 or more")
    if schema == "state":
        test(
            "each reason that a schema cannot say was met",
            [reason for reason in REASONS if not met[reason]],
            "all of them",
        )
    else:
        test(
            "each reason that a schema of a baseline cannot say was met",
            [reason for reason in BASELINE_REASONS if not met[reason]],
            "all of them",
        )

# A rule that can go without a document being accepted that must not be is not tested.
RULES = {
    "type": [],
    "required": [],
    "feeds type": ["properties", "feeds"],
    "feeds minItems": ["properties", "feeds"],
    "feed type": ["$defs", "feed"],
    "feed required": ["$defs", "feed"],
    "name type": ["$defs", "feed", "properties", "name"],
    "name minLength": ["$defs", "feed", "properties", "name"],
    "name maxLength": ["$defs", "feed", "properties", "name"],
}
CALENDAR = ["$defs", "calendar"]
OPEN = CALENDAR + ["properties", "open"]
DATES = CALENDAR + ["properties", "dates"]
DATE = DATES + ["patternProperties", "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"]
# Beside a "not" with a pattern, which is for strings alone, a type only says so more plainly.
CALENDAR_RULES = {
    "calendars type": ["properties", "calendars"],
    "calendars propertyNames": ["properties", "calendars"],
    "calendars additionalProperties": ["properties", "calendars"],
    "name of a calendar not": ["$defs", "calendarName"],
    "calendar type": CALENDAR,
    "calendar required": CALENDAR,
    "calendar additionalProperties": CALENDAR,
    "zone pattern": CALENDAR + ["properties", "zone"],
    "zone not": CALENDAR + ["properties", "zone"],
    "open type": OPEN,
    "open minItems": OPEN,
    "open items": OPEN,
    "session pattern": OPEN + ["items"],
    "session not": OPEN + ["items"],
    "dates type": DATES,
    "dates propertyNames": DATES,
    "dates additionalProperties": DATES,
    "date type": DATE,
    "date items": DATE,
    "session of a date pattern": DATE + ["items"],
    "session of a date not": DATE + ["items"],
}
for schema in schemas:
    suspects = [
        row for row in rows if row.schema == schema and row.exit == 3 and row.reasons == set()
    ]
    rules = RULES if schema == "state" else {**RULES, **CALENDAR_RULES}
    for rule, path in rules.items():
        broken = copy.deepcopy(schemas[schema])
        place = broken
        for step in path:
            place = place[step]
        place.pop(rule.split(" ")[-1], None)
        validator = Draft202012Validator(broken)
        caught = any(validator.is_valid(row.value) for row in suspects)
        test(
            f"the {schema} schema without its {rule} is caught",
            [] if caught else ["no document is accepted that must not be"],
            "one or more",
        )

print(f"schema: {passed} passed, {failed} failed")
sys.exit(0 if passed and not failed else 1)
end

node "$work/ajv.cjs" "$work/npm" "$work/documents" >"$work/ajv"
"$python" "$work/check.py" "$work"
