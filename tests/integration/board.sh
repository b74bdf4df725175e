#!/usr/bin/env bash
# Opens what `status --format html` writes in Debian's Chromium, headless, and looks at it there: at
# its text, its order, its colors, what it asks the network for and what it complains about.
#
#   usage: tests/integration/board.sh
#
# JAVA_HOME names a JDK; without it, the java on PATH is taken. board/browser.py drives the browser,
# board/check.py has the rows. The program writes by the real clock, and each page has a clock of
# its own, so no row depends on how long anything takes. What a page looks like is not compared:
# tests/tools/board-picture.sh makes pictures for people.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/freshness board.XXXXXX")
trap 'rm -rf "$work"' EXIT
readonly root work
if [[ -n ${JAVA_HOME:-} ]]; then
  export PATH="$JAVA_HOME/bin:$PATH"
fi

missing=()
for tool in chromium python3; do
  if ! command -v "$tool" >/dev/null; then
    missing+=("$tool")
  fi
done
if [[ ${#missing[@]} -gt 0 ]]; then
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 \
    install -y --no-install-recommends "${missing[@]}"; } >"$work/apt.log" 2>&1 ||
    { tail -n 5 "$work/apt.log" >&2 && exit 1; }
fi

mkdir -p "$work/program/data" "$work/pages" "$work/home" "$work/tmp"
cp "$root/Freshness.java" "$work/program/"
cp "$root/data/healthy.json" "$work/program/data/"
javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -d "$work/classes" "$work/program/Freshness.java"
# What the browser keeps goes where it is removed at the end.
export HOME="$work/home" TMPDIR="$work/tmp" PYTHONDONTWRITEBYTECODE=1
python3 "$root/tests/integration/board/check.py" "$work"
