#!/bin/sh
# while-open.sh: runs a command for as long as the gate of a feed is open, like
# publisher.service but without systemd. Install beside your job. Needs setsid and pkill
# (util-linux, procps). Change the three paths, here or in the environment.
#
#   while-open.sh FEED ACTION COMMAND...
#
# While the gate is closed it starts nothing, and exits with the gate's 2 or 3. When the gate closes
# or is killed, everything the command started gets SIGTERM, then SIGKILL after 5 s, even if this
# script has died by then. The exit code is the gate's 2 or 3, or 137 or 143. When the command
# ends, so does the gate, and the exit code is the command's. Nothing restarts by itself.
# Unlike systemd, it cannot track a child that starts its own session. Neither this script nor
# systemd notices that the gate has been suspended (SIGSTOP): the work keeps running.
set -u +m
trap '' TSTP TTIN TTOU # Ctrl-Z would stop the gate and not the work
: "${FRESHNESS:=/opt/freshness/Freshness.java}"
: "${BASELINE:=/opt/freshness/baseline.json}"
: "${STATE:=/var/lib/freshness/state.json}"
[ $# -ge 3 ] || { echo 'usage: while-open.sh FEED ACTION COMMAND...' >&2; exit 3; }
for tool in setsid pkill mkfifo; do
  command -v $tool >/dev/null || { echo "while-open.sh: $tool not found" >&2; exit 3; }
done
feed=$1 action=$2 gate='' stopped=''
shift 2
end() { [ -z "$gate" ] || { kill "$gate" && kill -s CONT "$gate"; } 2>/dev/null; }
trap 'stopped=143; end' HUP INT QUIT TERM

# A pipe: the gate writes to 4, the work reads from 5. It closes when the gate ends, however it
# ends.
dir=$(mktemp -d) || exit 3
mkfifo "$dir/gate" || { rm -r "$dir"; exit 3; }
# shellcheck disable=SC2094 # a FIFO is not opened for writing alone before somebody reads
exec 3<>"$dir/gate" 4>"$dir/gate" 5<"$dir/gate" 3>&-
rm -r "$dir"
"$FRESHNESS" gate --watch 1 --feed="$feed" --action "$action" \
  --baseline "$BASELINE" --state "$STATE" >&4 4>&- 5<&- &
gate=$!
# The work has its own session, and starts once the gate has reported that it is open.
# shellcheck disable=SC2016 # expanded by that shell
setsid sh -c '
  gate=$1 stopped=
  shift
  exec 3<&0 </dev/null
  while read -r verdict <&3; do
    echo "$verdict"
    case $verdict in "GATE "*) break ;; esac
  done
  case $verdict in "GATE OPEN:"*) ;; *) cat <&3; exit 3 ;; esac
  trap stopped=143 TERM
  {
    trap "" TERM
    said=$(cat)
    printf "%s\n" "$said" & # in the background: nobody may be reading
    exec >/dev/null
    pkill -TERM -s 0 .
    sleep 5
    pkill -KILL -s 0 .
  } <&3 2>/dev/null &
  [ -n "$stopped" ] || ("$@") 3<&-
  code=$?
  code=${stopped:-$code}
  trap "" TERM
  kill "$gate" 2>/dev/null
  exit "$code"' - "$gate" "$@" <&5 4>&- 5<&- &
work=$!
exec 4>&- 5<&-
wait "$gate"
closed=$?
# A signal to a process that is only being started can be lost.
while [ -n "$stopped" ] && end; do
  sleep 0.2
done
for _ in 1 2 3 4 5 6 7; do
  kill -s 0 "$work" 2>/dev/null || break
  sleep 1
done
pkill -KILL -s "$work" . # in case the killer inside the session is gone
wait "$work"
code=$?
case $closed in
  2 | 3) code=$closed ;;
  143) ;;
  *) [ "$code" != 0 ] || code=143 ;; # nobody here ended the gate
esac
exit "$code"
