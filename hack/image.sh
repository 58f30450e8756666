#!/usr/bin/env bash
# Does the work of the Dockerfile without Docker: builds both programs, assembles the files of the images, and checks them. Requires
# Linux, a C compiler and binutils. `--twice` also builds from a copy in another directory and compares the results.
#   hack/image.sh [--twice] [DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."

twice=
if [ "${1-}" = --twice ]; then
  twice=yes
  shift
fi
out=${1:-target/image}
# The maximum compressed size of an image, in bytes.
limit=$((20 * 1024 * 1024))

fail() {
  echo "hack/image.sh: $*" >&2
  exit 1
}

# Has no effect if that version is installed.
auditable=$(sed -n 's/^ARG CARGO_AUDITABLE_VERSION=//p' Dockerfile)
cargo install cargo-auditable --locked --version "$auditable" --root target/tools
export PATH="$PWD/target/tools/bin:$PATH"

# Runs a command with the directory of an image as the root directory.
run_in_root() {
  local root=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    chroot --userspec=65532:65532 "$root" "$@"
  else
    unshare --map-root-user chroot "$root" "$@"
  fi
}

check() {
  local name=$1 program=$out/$1 root=$out/root-$1 headers version size
  # The output is stored, because `grep -q` in a pipe would end early and make readelf fail.
  headers=$(readelf --wide --program-headers --sections "$program")
  [[ $headers == *INTERP* ]] && fail "$name is not static"
  [[ $headers == *.symtab* ]] && fail "$name is not stripped"
  [[ $headers == *.dep-v0* ]] || fail "$name does not contain the list of its dependencies"
  strings -a "$program" | grep -F -e "$PWD" -e "$HOME/" && fail "$name contains a path of the build"
  rm -rf "$root"
  install -D "$program" "$root/usr/local/bin/$name"
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  install -D -m 644 LICENSE "$root/LICENSE"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  version=$(run_in_root "$root" "/usr/local/bin/$name" --version)
  size=$(tar --create --sort=name --mtime=@0 --owner=0 --group=0 --directory "$root" . | gzip -9 | wc -c)
  [ "$size" -le "$limit" ] || fail "the compressed image of $name has $size bytes, more than $limit"
  echo "$version: static, $(stat --format=%s "$program") bytes; image $size bytes compressed"
  sha256sum "$program"
}

programs=(cloudfront-operator cloudfront-simulator)
hack/build.sh "$out"
for program in "${programs[@]}"; do check "$program"; done

if [ -n "$twice" ]; then
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  mkdir "$copy/sources"
  git ls-files -z | tar --create --null --files-from=- | tar --extract --directory "$copy/sources"
  # A build without cached results.
  CARGO_TARGET_DIR=$copy/target "$copy/sources/hack/build.sh" "$copy/out"
  for program in "${programs[@]}"; do
    cmp "$out/$program" "$copy/out/$program" || fail "two builds of $program differ"
  done
  echo "both builds are identical"
fi
