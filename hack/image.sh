#!/usr/bin/env bash
# What the Dockerfile does, without Docker: builds both programs, puts the images' files together, and checks them. Needs Linux, a C
# compiler and binutils. `--twice` also builds from a copy elsewhere and compares.
#   hack/image.sh [--twice] [DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."

twice=
if [ "${1-}" = --twice ]; then
  twice=yes
  shift
fi
out=${1:-target/image}
# The most that an image may weigh in a registry.
limit=$((20 * 1024 * 1024))

fail() {
  echo "hack/image.sh: $*" >&2
  exit 1
}

# At once where that version is there already.
auditable=$(sed -n 's/^ARG CARGO_AUDITABLE_VERSION=//p' Dockerfile)
cargo install cargo-auditable --locked --version "$auditable" --root target/tools
export PATH="$PWD/target/tools/bin:$PATH"

# Runs a command with the image's files and no others.
inside() {
  local root=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    chroot --userspec=65532:65532 "$root" "$@"
  else
    unshare --map-root-user chroot "$root" "$@"
  fi
}

check() {
  local name=$1 program=$out/$1 root=$out/root-$1 parts version size
  # Read to its end: a reader that leaves early makes the writer fail.
  parts=$(readelf --wide --program-headers --sections "$program")
  [[ $parts == *INTERP* ]] && fail "$name is not static"
  [[ $parts == *.symtab* ]] && fail "$name is not stripped"
  [[ $parts == *.dep-v0* ]] || fail "$name does not tell what it is made of"
  strings -a "$program" | grep -F -e "$PWD" -e "$HOME/" && fail "$name tells where it was built"
  rm -rf "$root"
  install -D "$program" "$root/usr/local/bin/$name"
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  install -D -m 644 LICENSE "$root/LICENSE"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  version=$(inside "$root" "/usr/local/bin/$name" --version)
  size=$(tar --create --sort=name --mtime=@0 --owner=0 --group=0 --directory "$root" . | gzip -9 | wc -c)
  [ "$size" -le "$limit" ] || fail "$name weighs $size bytes compressed, more than $limit"
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
  # A clean build, in another directory.
  CARGO_TARGET_DIR=$copy/target "$copy/sources/hack/build.sh" "$copy/out"
  for program in "${programs[@]}"; do
    cmp "$out/$program" "$copy/out/$program" || fail "$program differs from one build to the next"
  done
  echo "two builds are the same"
fi
