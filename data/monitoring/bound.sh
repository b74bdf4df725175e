#!/bin/sh
# bound.sh runs a job for as long as a gate is open, where there is no systemd: the end of either, however it comes, ends the
# other. It ends with 0 only if the job ended by itself, with 0. The job is one process, or a script that ends with exec.
#   FRESHNESS=/opt/freshness/Freshness.java sh bound.sh FEED BASELINE STATE JOB [ARGUMENT...]
feed=$1 baseline=$2 state=$3
[ $# -gt 3 ] && shift 3 || exit 3
pipe=$(mktemp -u) && mkfifo "$pipe" || exit 3
"${FRESHNESS:-/opt/freshness/Freshness.java}" gate --watch 1 --feed "$feed" --baseline "$baseline" --state "$state" >"$pipe" &
gate=$!
trap 'kill "$gate" 2>/dev/null' EXIT
trap 'exit 143' HUP INT TERM
exec 3<"$pipe"
rm "$pipe"
read -r verdict <&3 # nothing, where the gate could not even start
case $verdict in
'GATE OPEN:'*) ;;
*) echo "${verdict:-no gate}" >&2 && wait "$gate" && exit 3 || exit ;;
esac
"$@" 3<&- &
job=$!
{ cat <&3 >&2; kill "$job" 2>/dev/null; } & # cat reads until the gate's end
wait "$job"
