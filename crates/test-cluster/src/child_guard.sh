# usage: sh -c SCRIPT child-guard GRACE-SECONDS PROGRAM [ARGUMENT...]
#
# Runs PROGRAM until it ends or standard input reaches its end. At the end of standard input, PROGRAM gets SIGTERM, and
# SIGKILL after the grace period. Standard input is a pipe with the owner as its only writer, so that PROGRAM ends after
# the owner ends for any reason. Standard output is the pipe of a process that must end after PROGRAM. The script keeps
# that pipe open and writes nothing to it.
grace=$1
shift
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
(
    # No trap here: SIGTERM just before a read would only be noted, and the read would go on.
    while read -r _ <&3; do :; done
    # A shell runs a trap after the current sleep, so that no sleep outlives the loop.
    trap 'exit' TERM
    kill -TERM "$server"
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
# The shell reports a watcher that the signal ended before its trap was set. That report is not output of PROGRAM.
wait "$watcher" 2>/dev/null
exit "$status"
