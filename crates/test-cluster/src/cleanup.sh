# usage: sh -c SCRIPT janitor DIRECTORY [KUBECTL SELECTOR]
#
# Removes DIRECTORY when standard input ends, which is when the owner and all its servers are gone. On somebody else's
# cluster (KUBECTL given) it asks for the namespaces with the label SELECTOR to be deleted as well.
while read -r _; do :; done
if [ $# -gt 1 ]; then
    "$2" delete namespaces --selector "$3" --wait=false --request-timeout=30s
fi
# A process that is only now ending can still write into the directory.
rm -rf -- "$1" || {
    sleep 1
    rm -rf -- "$1"
}
