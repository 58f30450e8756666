#!/bin/sh
# Builds both programs as in the images and archives into DIRECTORY. They are stripped, and contain the list of their dependencies
# (`cargo auditable`). On Linux they are static. The builds are reproducible: the same toolchain produces identical files on every machine.
set -eu
out=${1:?usage: hack/build.sh DIRECTORY}
root=$(cd "$(dirname "$0")/.." && pwd -P)
cargo_home=${CARGO_HOME:-$HOME/.cargo}
target_dir=${CARGO_TARGET_DIR:-$root/target}

case $(uname -s)-$(uname -m) in
  # macOS has no static C library.
  Darwin-arm64) target=aarch64-apple-darwin flags= ;;
  Darwin-*) target=x86_64-apple-darwin flags= ;;
  *)
    target=$(uname -m)-unknown-linux-gnu
    # The programs use glibc instead of musl. A static program with glibc 2.34 or newer resolves names with the hosts file and DNS
    # without loading a library. With glibc 2.36 or newer, it applies packed relocations itself.
    # The linker packs relative relocations if it supports that. Unpacked, they take one megabyte, which each start reads completely.
    flags="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs"
    ;;
esac
# The result must not contain paths of the build.
remap="--remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$target_dir=/target --remap-path-prefix=$root=/src"
export RUSTFLAGS="$flags $remap"
export CFLAGS="-ffile-prefix-map=$cargo_home=/cargo -ffile-prefix-map=$target_dir=/target"
# Other settings in the environment must not affect the result.
unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
export CARGO_INCREMENTAL=0 SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-0}" TZ=UTC LC_ALL=C

cd "$root"
# With an explicit target, RUSTFLAGS do not apply to build scripts and procedural macros, which cannot be static.
cargo auditable build --locked --release --target "$target" --target-dir "$target_dir" \
  --package cloudfront-operator --package cloudfront-simulator --bins
mkdir -p "$out"
cp "$target_dir/$target/release/cloudfront-operator" "$target_dir/$target/release/cloudfront-simulator" "$out"
