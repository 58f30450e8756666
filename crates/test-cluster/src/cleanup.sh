# usage: sh -c SCRIPT cleanup DIRECTORY [KUBECTL SELECTOR]
#
# Removes DIRECTORY when standard input reaches its end, which is after the owner and all its servers have ended. On an
# existing cluster (with KUBECTL), also requests the deletion of the namespaces with the label SELECTOR.
while read -r _; do :; done
if [ $# -gt 1 ]; then
    "$2" delete namespaces --selector "$3" --wait=false --request-timeout=30s
fi
# The last process may still write into the directory while it ends.
rm -rf -- "$1" || {
    sleep 1
    rm -rf -- "$1"
}
