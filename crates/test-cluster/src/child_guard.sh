# usage: sh -c SCRIPT leash GRACE-SECONDS PROGRAM [ARGUMENT...]
#
# Runs PROGRAM until it ends, or until standard input does: then it gets SIGTERM, and SIGKILL when it is still there
# after the grace period. Standard input is a pipe that only the owner writes to, so that PROGRAM ends with its owner
# however that dies. Standard output is the pipe of a program that has to end after this one; it is held, never written.
grace=$1
shift
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
(
    while read -r _ <&3; do :; done
    kill -TERM "$server"
    # Short naps, because a nap outlives the loop that took it.
    left=$((grace * 10))
    while [ "$left" -gt 0 ]; do
        sleep 0.1
        left=$((left - 1))
    done
    kill -KILL "$server"
) >&2 &
watcher=$!
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
