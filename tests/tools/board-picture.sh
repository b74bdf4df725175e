#!/usr/bin/env bash
# Makes data/board.png, the picture in README.md, from what the program itself writes about feeds
# that are made up here. Look at it before you commit it.
#
#   usage: tests/tools/board-picture.sh [DIRECTORY]
#
# With a directory, it gets pictures of the same page in dark colors, on a phone, printed, on a wall
# and without evaluations for a minute, too. JAVA_HOME names a JDK; without it, the java on PATH is
# taken. Installs chromium and pngquant where they are missing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/freshness picture.XXXXXX")
trap 'rm -rf "$work"' EXIT
others=${1:-}
if [[ -n $others ]]; then
  others=$(cd "$others" && pwd -P)
fi
readonly root work others max_bytes=61440
if [[ -n ${JAVA_HOME:-} ]]; then
  export PATH="$JAVA_HOME/bin:$PATH"
fi
for tool in chromium pngquant python3; do
  if ! command -v "$tool" >/dev/null; then
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
      --no-install-recommends "$tool"; } >&2
  fi
done

mkdir -p "$work/data" "$work/home"
cp "$root/Freshness.java" "$work/"
export HOME="$work/home" PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$root/tests/integration/board"
cd "$work"
python3 - <<'end'
import datetime, json

now = datetime.datetime.now(datetime.timezone.utc)


def ago(seconds):
    return (now - datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def tick(name, age, **members):
    return {"name": name, "alive": True, "last_tick_at": ago(age), **members}


later = (now + datetime.timedelta(days=3)).strftime("%a")
baseline = {
    "max_age_seconds": 90,
    "calendars": {"cme": {"zone": "America/Chicago", "open": [later + " 08:30-15:00"]}},
    "feeds": [
        {"name": "nyse-trades"},
        {"name": "nyse-quotes"},
        {"name": "hkex-trades"},
        {"name": "lse-quotes", "max_age_seconds": 120},
        {"name": "cme-es", "calendar": "cme"},
        {"name": "eur-isk", "max_age_seconds": 86400, "max_heartbeat_age_seconds": 60},
    ],
}
state = {
    "as_of": ago(0),
    "feeds": [
        tick("nyse-trades", 4),
        tick("nyse-quotes", 660),
        tick("hkex-trades", 8, alive=False),
        tick("lse-quotes", 75),
        tick("cme-es", 226804),
        tick("eur-isk", 4000, last_heartbeat_at=ago(1)),
    ],
}
json.dump(baseline, open("baseline.json", "w"))
json.dump(state, open("state.json", "w"))
end
java Freshness.java status --baseline baseline.json --state state.json --format html \
  --output board.html || [[ $? == 2 ]]
python3 - "$work" "$others" <<'end'
import base64, re, sys
from browser import Browser

work, others = sys.argv[1:]
text = open(work + "/board.html", encoding="utf-8").read()
evaluated = int(re.search(r'data-evaluated="(\d+)"', text).group(1))
browser = Browser(work + "/profile")


def picture(file, width, height, media="", scheme="light", later=0, whole=True):
    browser.call(
        "Emulation.setEmulatedMedia",
        media=media,
        features=[{"name": "prefers-color-scheme", "value": scheme}],
    )
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=1,
        mobile=width < 500,
    )
    browser.open(work + "/board.html", evaluated + 1000)
    browser.run(f"advance({later})")
    with open(file, "wb") as out:
        out.write(base64.b64decode(browser.picture(whole)))


try:
    picture(work + "/board.png", 1120, 600)
    if others:
        picture(others + "/dark.png", 1120, 600, scheme="dark")
        picture(others + "/phone.png", 380, 800)
        picture(others + "/print.png", 794, 1123, media="print")
        picture(others + "/wall.png", 1920, 1080, whole=False)
        picture(others + "/old.png", 1120, 600, later=75000)
finally:
    browser.close()
end
pngquant --force --nofs --output "$root/data/board.png" 48 "$work/board.png"
bytes=$(wc -c <"$root/data/board.png")
printf 'data/board.png: %d bytes, at most %d\n' "$bytes" "$max_bytes"
[[ $bytes -le $max_bytes ]]
