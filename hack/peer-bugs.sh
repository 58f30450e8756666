#!/usr/bin/env bash
# Re-introduces bugs of similar tools, one after the other, and prints which of the tests that each patch names find it.
#
# Usage: hack/peer-bugs.sh [NUMBER…]
#
# Builds the last commit in a worktree below target/. The last line has the number of bugs that all of their tests find. The exit code is 1
# if a named test does not find its bug.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
patches=$root/crates/campaign/peer-bugs
scratch=$root/target/peer-bugs
checkout=$scratch/checkout
export CARGO_TARGET_DIR=${PEER_BUGS_TARGET_DIR:-$scratch/target}

prepare() {
  mkdir -p "$scratch"
  [ -e "$checkout/.git" ] || git -C "$root" worktree add --quiet --force --detach "$checkout"
  restore
  git -C "$checkout" checkout --quiet --detach "$(git -C "$root" rev-parse HEAD)"
}

restore() {
  git -C "$checkout" checkout --quiet -- .
}

# Prints the result of one test, such as `--lib requeue::every_outcome_has_its_delay`.
run() {
  local arguments log=$scratch/log
  read -ra arguments <<<"$1"
  local filter=${arguments[-1]}
  unset 'arguments[-1]'
  (cd "$checkout" && cargo test -p cloudfront-operator "${arguments[@]}" -- "$filter") >"$log" 2>&1 || true
  if grep -q '^test .* FAILED$' "$log"; then
    echo "caught"
  elif grep -q '^test .* ok$' "$log"; then
    echo "not caught"
  else
    echo "did not run"
  fi
}

# Tests each patch, and prints a row of the table for each test that it names.
main() {
  local patch number name test result is_found all=0 found=0
  prepare
  trap restore EXIT
  printf '%-4s %-42s %-17s %s\n' bug name result test
  for patch in "$patches"/*.patch; do
    name=$(basename "$patch" .patch)
    number=${name%%-*}
    [ $# = 0 ] || [[ " $* " == *" $number "* ]] || continue
    git -C "$checkout" apply "$patch"
    is_found=1
    while read -r test; do
      result=$(run "$test")
      [ "$result" = caught ] || is_found=0
      printf '%-4s %-42s %-17s %s\n' "$number" "${name#*-}" "$result" "$test"
    done < <(sed -n 's/^Found by: //p' "$patch")
    restore
    all=$((all + 1)) found=$((found + is_found))
  done
  echo "$found of $all bugs are found by each of their tests"
  [ "$found" = "$all" ]
}

main "$@"
