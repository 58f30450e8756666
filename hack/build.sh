#!/bin/sh
# Builds both programs as the images ship them, into the directory given: static, stripped, with the list of their dependencies
# inside (`cargo auditable`), and byte for byte the same wherever the same toolchain builds them.
set -eu
out=${1:?usage: hack/build.sh DIRECTORY}
root=$(cd "$(dirname "$0")/.." && pwd -P)
cargo_home=${CARGO_HOME:-$HOME/.cargo}
target_dir=${CARGO_TARGET_DIR:-$root/target}
target=$(uname -m)-unknown-linux-gnu

# glibc rather than musl: a static program of glibc 2.34 or newer resolves names by file and DNS without loading anything, and one of
# 2.36 or newer unpacks its own relocations.
# Where it is built must not be seen in the result.
remap="--remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$target_dir=/target --remap-path-prefix=$root=/src"
# Relative relocations are packed, where the linker can: unpacked they are a megabyte, all of which is read at every start.
export RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs $remap"
export CFLAGS="-ffile-prefix-map=$cargo_home=/cargo -ffile-prefix-map=$target_dir=/target"
# Nothing else of whoever builds has a say.
unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
export CARGO_INCREMENTAL=0 SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-0}" TZ=UTC LC_ALL=C

cd "$root"
# A target by name, so that the flags are not those of build scripts and macros, which cannot be static.
cargo auditable build --locked --release --target "$target" --target-dir "$target_dir" \
  --package cloudfront-operator --package cloudfront-simulator --bins
mkdir -p "$out"
cp "$target_dir/$target/release/cloudfront-operator" "$target_dir/$target/release/cloudfront-simulator" "$out"
