#!/usr/bin/env bash
# Measures start-up and large states. Every figure is a ratio of two medians taken in turns in one
# run, since the machine may be shared: below 1 means faster than what it is compared with. Needs
# JAVA_HOME; JAVA_HOMES may name the JDKs for "start", a colon between. Installs hyperfine, jq and
# strace where missing. Arguments: "start", "large" or both (the default).
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in hyperfine jq strace; do
  command -v "$tool" >/dev/null || { apt-get -q update && apt-get -q install -y "$tool"; } >&2
done
java=$JAVA_HOME/bin/java
python=/usr/bin/python3
columns=()
cd "$root"
export HOME=$work XDG_CACHE_HOME=$work/cache
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS FRESHNESS_CACHE
./Freshness.java --version >/dev/null

row() {
  printf '%-74s %9s %9s\n' "$@"
}

# ratio NAME WANTED RUNS COMMAND OTHER: the one's median time in units of the other's
ratio() {
  hyperfine --ignore-failure --warmup 2 --runs "$3" --export-json "$work/times" "$4" "$5" \
    >/dev/null 2>&1
  row "$1" "$(jq -r '.results | .[0].median / .[1].median * 1000 | round / 1000' "$work/times")" \
    "$2"
}

# feeds COUNT FILE: a state with that many feeds, most of them fresh, the same at every run
feeds() {
  awk -v n="$1" 'BEGIN {
    srand(7)
    print "{\"max_age_seconds\": 90, \"feeds\": ["
    for (i = 1; i <= n; i++) {
      x = rand()
      age = x < 0.02 ? "null" : x < 0.1 ? int(91 + rand() * 1900) : sprintf("%.1f", rand() * 90)
      alive = rand() < 0.02 ? "false" : "true"
      printf "  {\"name\": \"feed-%07d\", \"alive\": %s, ", i, alive
      printf "\"last_tick_age_seconds\": %s}%s\n", age, i < n ? "," : ""
    }
    print "]}"
  }' >"$2"
}

# start: one table, a column for each JDK
start() {
  local runs=${RUNS:-40} home column homes=() \
    empty='import argparse, json, pathlib, dataclasses, tempfile'
  IFS=: read -r -a homes <<<"${JAVA_HOMES:-$JAVA_HOME}"
  mkdir "$work/hello"
  echo 'public class Hello { public static void main(String[] args) { } }' >"$work/hello/Hello.java"
  : >"$work/names"
  for home in "${homes[@]}"; do
    export JAVA_HOME=$home
    java=$home/bin/java
    column=$work/column.${#columns[@]}
    columns+=("$column")
    "$home/bin/javac" --release 17 -d "$work/hello" "$work/hello/Hello.java"
    "$home/bin/jar" --create --file "$work/hello.jar" -C "$work/hello" Hello.class
    rm -f "$work/hello.jsa"
    "$java" -XX:ArchiveClassesAtExit="$work/hello.jsa" -cp "$work/hello.jar" Hello >/dev/null 2>&1
    ./Freshness.java --version >/dev/null
    {
      "$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.version = //p'
      # A start by a process, as by a shell: exec of the file itself is what a kernel declines.
      times "$runs" 'sh ./Freshness.java status' \
        "$java -XX:SharedArchiveFile=$work/hello.jsa -cp $work/hello.jar Hello"
      times "$runs" 'sh ./Freshness.java gate --feed alpha --state data/healthy.json' \
        "$python -c '$empty'"
      times 8 "$java Freshness.java status" "$java $work/hello/Hello.java"
      times 8 "$java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC Freshness.java status" \
        "$java Freshness.java status"
      strace -f -e trace=execve -o "$work/calls" sh ./Freshness.java status >/dev/null
      grep -c 'execve(.* = 0$' "$work/calls"
    } >"$column"
  done
  printf '%s\n' 'JDK' 'sh Freshness.java status / an empty main from a jar with its own archive' \
    'sh Freshness.java gate / python3 importing what such a program needs' \
    'java Freshness.java status / java Hello.java' \
    'java with -XX:TieredStopAtLevel=1 -XX:+UseSerialGC / without' \
    'programs that a start from the cache runs, sh and java too' >"$work/names"
  printf '%s\n' wanted '<= 1.1' '<= 0.95' '<= 3.0' '' 5 >"$work/wanted"
  paste "$work/names" "${columns[@]}" "$work/wanted" | awk -F '\t' '
    { printf "%-76s", $1; for (i = 2; i <= NF; i++) printf " %9s", $i; print "" }'
}

# times RUNS COMMAND OTHER: the one's median time in units of the other's, started without a shell
# in between
times() {
  hyperfine -N --ignore-failure --warmup 2 --runs "$1" --export-json "$work/times" "$2" "$3" \
    >/dev/null 2>&1
  jq -r '.results | .[0].median / .[1].median * 1000 | round / 1000' "$work/times"
}

large() {
  local big=$work/big.json out=$work/out.json
  feeds 1000000 "$big"
  feeds 100000 "$work/small.json"
  # A contract is no state, even if both say the same.
  cp "$big" "$big.agreed"
  cp "$work/small.json" "$work/small.json.agreed"
  cat >"$work/plain.py" <<'python'
import json, sys
ACTIONS = ["inspect_status", "read_last_price", "serve_cached_status",
           "price_order", "publish_signal", "rebalance_position"]
state = json.load(open(sys.argv[1]))
limit, rows = state["max_age_seconds"], []
for feed in state["feeds"]:
    age = feed["last_tick_age_seconds"]
    if not feed["alive"]:
        allowed, status, code = 1, "unknown", "feed_down"
        why = "the feed consumer is down (alive is false)"
    elif age is None:
        allowed, status, code = 1, "unknown", "age_missing"
        why = "the age of the newest tick is not known"
    elif age > limit:
        allowed, status, code = 3, "stale", "stale"
        why = f"last tick {age}s old, limit {limit}s"
    else:
        allowed, status, code, why = 6, "fresh", "fresh", None
    if allowed < 6:
        alert = "page"
    elif 2 * age > limit:
        alert = "ticket"
    else:
        alert = "none"
    rows.append({"name": feed["name"], "alive": feed["alive"], "last_tick_age_seconds": age,
                 "max_age_seconds": limit, "freshness_status": status,
                 "safe_to_serve": allowed == 6, "allowed_actions": ACTIONS[:allowed],
                 "blocked_actions": ACTIONS[allowed:], "blocked_reason": why,
                 "reason_code": code, "alert": alert})
unsafe = [row["name"] for row in rows if not row["safe_to_serve"]]
with open(sys.argv[2], "w") as out:
    overall = "restricted" if unsafe else "eligible"
    report = {"overall_status": overall, "unsafe_feeds": unsafe, "feeds": rows}
    out.write(json.dumps(report, indent=2))
python
  local gate="./Freshness.java gate --feed feed-0999999 --baseline $big.agreed --state $big"
  local status="./Freshness.java status --baseline $big.agreed --state $big"
  status="$status --format json --output $out"
  ratio 'gate on 1,000,000 feeds / python3 json.load of the file' '< 1' 5 "$gate" \
    "$python -c \"import json; json.load(open('$big'))\""
  ratio 'status --format json on 1,000,000 feeds / a plain Python program' '<= 0.1' 2 "$status" \
    "$python $work/plain.py $big $work/plain.json"
  cat >"$work/report.jq" <<'jq'
def actions: ["inspect_status", "read_last_price", "serve_cached_status",
              "price_order", "publish_signal", "rebalance_position"];
.max_age_seconds as $limit
| [.feeds[] | .last_tick_age_seconds as $age
   | (if .alive | not then
        [1, "unknown", "feed_down", "the feed consumer is down (alive is false)"]
      elif $age == null then
        [1, "unknown", "age_missing", "the age of the newest tick is not known"]
      elif $age > $limit then
        [3, "stale", "stale", "last tick \($age)s old, limit \($limit)s"]
      else
        [6, "fresh", "fresh", null]
      end) as [$allowed, $status, $code, $why]
   | (if $allowed < 6 then "page" elif 2 * $age > $limit then "ticket" else "none" end) as $alert
   | {name, alive, last_tick_age_seconds, max_age_seconds: $limit, freshness_status: $status,
      safe_to_serve: ($allowed == 6), allowed_actions: actions[:$allowed],
      blocked_actions: actions[$allowed:], blocked_reason: $why, reason_code: $code,
      alert: $alert}] as $rows
| [$rows[] | select(.safe_to_serve | not) | .name] as $unsafe
| {overall_status: "restricted", unsafe_feeds: $unsafe, feeds: $rows}
jq
  ratio 'status --format json on 1,000,000 feeds / jq that writes the same report' '<= 0.25' 2 \
    "$status" "jq -c -f $work/report.jq $big"
  ratio 'gate: 1,000,000 feeds / 100,000 feeds' '<= 11' 5 "$gate" "${gate//$big/$work/small.json}"
  ratio 'status: 1,000,000 feeds / 100,000 feeds' '<= 11' 3 "$status" \
    "${status//$big/$work/small.json}"
  in_heap 512m gate --feed feed-0999999 --baseline "$big.agreed" --state "$big"
  in_heap 512m status --baseline "$big.agreed" --state "$big" --format json --output "$out"
  in_heap 1g scenario stale --feed feed-0999998 --state "$big" --age-seconds 900 \
    --output "$work/stale.json"
  in_heap 1g recover --feed feed-0999998 --state "$work/stale.json" --baseline "$big" \
    --output "$work/recovered.json"
  hostile
}

# in_heap SIZE COMMAND...: exit 3 would say that it does not fit
in_heap() {
  local rc=0
  JDK_JAVA_OPTIONS=-Xmx$1 ./Freshness.java "${@:2}" >/dev/null 2>&1 || rc=$?
  row "exit code of $2 on 1,000,000 feeds in a heap of $1" "$rc" '0 or 2'
}

# Each shape in units of a plain state of the same size.
hostile() {
  local shape out=$work/out.json
  "$python" - "$work" <<'python'
import itertools, sys
work = sys.argv[1]
def write(name, feeds, members=""):
    with open(f"{work}/{name}.json", "w") as out:
        out.write('{"max_age_seconds": 90, ' + members + '"feeds": [' + feeds + ']}')
feed = '{"name": "%s", "alive": true, "last_tick_age_seconds": 8}'
write("string", feed % "a", '"note": "' + "x" * 100_000_000 + '", ')
write("members", feed % "a", "".join('"member-%07d": 1, ' % i for i in range(1_000_000)))
write("space", feed % "a" + " " * 200_000_000)
deep = ', "deep": ' + "[" * 60 + "]" * 60 + "}"
write("nested", ", ".join((feed % ("feed-%07d" % i))[:-1] + deep for i in range(400_000)))
# All of one String.hashCode.
pairs = ["".join(p) for p in itertools.product(["Aa", "BB"], repeat=18)]
write("collide", ", ".join(feed % name for name in pairs))
# Of one hash in each polynomial modulo 2^32 with an odd factor, whatever the factor: 12 blocks of
# the Thue-Morse sequence.
def morse(bits):
    text = bytearray()
    for i in range(192):
        t = bin(i % 32).count("1") & 1
        third = 0x80 + 32 * (t ^ bits >> i // 32 & 1)
        fourth = 0x80 + 32 * (t ^ bits >> 6 + i // 32 & 1)
        text += bytes([0xf0, 0x9f, third, fourth])
    return text.decode()
write("morse", feed % "a" + ", " + ", ".join(feed % morse(bits) for bits in range(4096)))
python
  for shape in string members space nested collide morse; do
    feeds "$(($(wc -c <"$work/$shape.json") / 74))" "$work/same.json"
    ratio "gate on the shape '$shape' / a plain state of as many bytes" '<= 3' 3 \
      "./Freshness.java gate --feed a --state $work/$shape.json" \
      "./Freshness.java gate --feed a --state $work/same.json"
  done
  dated 200000 "$work/dated.json"
  dated 400000 "$work/twice.json"
  local frozen="./Freshness.java scenario frozen --output $out --state"
  ratio "scenario frozen, which edits each of them: 400,000 dated feeds / 200,000" '<= 2.2' 3 \
    "$frozen $work/twice.json" "$frozen $work/dated.json"
  grep -v feed-0100000 "$work/dated.json" >"$work/dated.less.json"
  grep -v feed-0100000 "$work/twice.json" >"$work/twice.less.json"
  local recover="./Freshness.java recover --feed feed-0100000 --output $out"
  recover="$recover --now 2026-11-22T09:37:00Z"
  ratio "recover of a missing feed: 400,000 dated feeds / 200,000" '<= 2.2' 3 \
    "$recover --baseline $work/twice.json --state $work/twice.less.json" \
    "$recover --baseline $work/dated.json --state $work/dated.less.json"
}

# dated COUNT FILE: a state with that many feeds, each of which dates its tick
dated() {
  awk -v n="$1" 'BEGIN {
    print "{\"max_age_seconds\": 90, \"feeds\": ["
    for (i = 1; i <= n; i++) {
      printf "  {\"name\": \"feed-%07d\", \"alive\": true, ", i
      printf "\"last_tick_at\": \"2026-11-22T09:36:50Z\"}%s\n", i < n ? "," : ""
    }
    print "]}"
  }' >"$2"
}

"$java" -version 2>&1 | head -n 1
row 'what / compared with what' ratio wanted
for part in "${@:-start}"; do
  "$part"
done
[[ $# -gt 0 ]] || large
