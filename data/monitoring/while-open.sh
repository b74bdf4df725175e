#!/bin/sh
# while-open.sh: runs a command for as long as the gate of a feed is open; publisher.service where there is no systemd. Goes beside
# your work, and needs setsid (util-linux). Change the three paths, here or in the environment.
#
#   while-open.sh FEED ACTION COMMAND...
#
# While the gate is closed it starts nothing, and ends with the gate's 2 or 3. When the gate closes or is killed, the command and
# its children get SIGTERM, and SIGKILL after 5 s, also where this script is gone by then; the exit code is the gate's 2 or 3, or
# 143. When the command ends, so does the gate, and the exit code is the command's. Nothing starts again by itself. What it cannot
# reach, and systemd can: a child that went into a session of its own.
set -u
: "${FRESHNESS:=/opt/freshness/Freshness.java}" "${BASELINE:=/opt/freshness/baseline.json}" "${STATE:=/var/lib/freshness/state.json}"
feed=${1:?a feed} action=${2:?an action}
shift 2
: "${1:?a command}"

command -v setsid >/dev/null || { echo 'while-open.sh: there is no setsid' >&2; exit 3; }
pipe=$(mktemp -d)/gate && mkfifo "$pipe" || exit 3
"$FRESHNESS" gate --watch 1 --feed="$feed" --action "$action" --baseline "$BASELINE" --state "$STATE" >"$pipe" &
gate=$!
# The work has a session, and so a process group, of its own. It begins once the gate has said that it is open. From then on cat
# reads until the gate's end, however that comes.
# shellcheck disable=SC2016 # expanded by that shell
setsid sh -c '
  gate=$1 pipe=$2
  shift 2
  exec 3<"$pipe" </dev/null
  rm -r "${pipe%/*}"
  read -r verdict <&3
  echo "${verdict:-no gate}"
  case $verdict in "GATE OPEN:"*) ;; *) cat <&3; exit 3 ;; esac
  stopped=
  trap stopped=143 TERM
  { trap "" TERM; cat; kill -s TERM 0; sleep 5; kill -s KILL 0; } <&3 &
  "$@" 3<&-
  code=$?
  code=${stopped:-$code}
  trap "" TERM
  kill "$gate" 2>/dev/null
  exit "$code"' - "$gate" "$pipe" "$@" &
work=$!
trap 'kill "$gate" 2>/dev/null' HUP INT TERM
wait "$gate"
closed=$?
wait "$work"
code=$?
case $closed in 2 | 3) code=$closed ;; esac
exit "$code"
