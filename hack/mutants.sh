#!/bin/sh
# Mutation tests: changes one expression of the program at a time and reports the changes that no test notices.
#
#   hack/mutants.sh list                       prints the number of mutants of each module
#   hack/mutants.sh shard K/N                  tests one of N shards
#   hack/mutants.sh sample SEED COUNT MODULE…  tests COUNT mutants of each module, drawn with this seed
#
# A module is a file or directory below src, such as xml or engine/plan.rs. Further arguments of cargo test can be given in TEST_ARGS.
# .cargo/mutants.toml has the settings, and the mutants that are accepted with the reason.
set -eu
version=27.1.0
cd "$(dirname "$0")/.."
cargo install cargo-mutants --quiet --locked --version "$version" --root target/tools
export PATH="$PWD/target/tools/bin:$PATH"

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

# Draws COUNT lines of the standard input, and prints a regular expression that matches exactly these mutants.
draw() {
  python3 -c '
import random, re, sys
seed, count = int(sys.argv[1]), int(sys.argv[2])
mutants = sys.stdin.read().splitlines()
drawn = random.Random(seed).sample(mutants, min(count, len(mutants)))
print("%d of %d mutants" % (len(drawn), len(mutants)), file=sys.stderr)
print("^(%s)$" % "|".join(map(re.escape, drawn)))' "$1" "$2"
}

command=${1:-}
[ -n "$command" ] || usage
shift
case $command in
  list)
    cargo mutants --list | cut -d: -f1 | sort | uniq -c |
      awk '{ total += $1; print } END { printf "%7d total\n", total }'
    ;;
  shard)
    # shellcheck disable=SC2086 # TEST_ARGS has several words.
    exec cargo mutants --in-place --no-shuffle --shard "${1:?}" --output target/mutants -- ${TEST_ARGS:-}
    ;;
  sample)
    seed=${1:?} count=${2:?}
    shift 2
    status=0
    # The globs of the settings are added to those of the command line, so that the module needs settings of its own.
    settings=target/mutants.toml
    for module; do
      case $module in *.rs) files=src/$module ;; *) files=src/$module/** ;; esac
      python3 -c '
import re, sys
text = open(".cargo/mutants.toml").read()
print(re.sub(r"(?s)examine_globs = \[.*?\]", "examine_globs = [\"%s\"]" % sys.argv[1], text))' "$files" >"$settings"
      printf 'module %s, seed %s: ' "$module" "$seed"
      # A removed field of a structure is tested in any case: `--re` does not select among these mutants.
      mutants=$(cargo mutants --config "$settings" --list | grep -v ': delete field ' | draw "$seed" "$count")
      # shellcheck disable=SC2086 # TEST_ARGS has several words.
      cargo mutants --config "$settings" --in-place --no-shuffle --re "$mutants" --output target/mutants -- ${TEST_ARGS:-} ||
        status=$?
    done
    exit "$status"
    ;;
  *) usage ;;
esac
