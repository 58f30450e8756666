//! What the dependencies may be: their licences, where they come from, which are banned.

use super::tool::{check, repository};
use cluster::{Environment, install_cargo_program};
use std::{fs, path::Path};

const VERSION: &str = "0.20.2";

#[test]
fn every_dependency_has_an_accepted_licence_comes_from_the_registry_and_is_not_banned() {
    fetch_all_platforms();
    let deny = install_cargo_program(&Environment::from_process(), "cargo-deny", VERSION).unwrap();
    // Advisories change without this repository, so a schedule asks for them.
    check(
        &deny,
        &[
            "--locked",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ],
    );
}

/// Downloads the crates of every platform. A build downloads those of its own platform only, and `cargo deny --offline` reads all.
fn fetch_all_platforms() {
    check(Path::new(env!("CARGO")), &["fetch", "--locked"]);
}

#[test]
fn advisories_are_asked_for_by_the_same_version() {
    let workflow = fs::read_to_string(repository(".github/workflows/audit.yml")).unwrap();
    let install = format!("cargo install cargo-deny --locked --version {VERSION}\n");
    assert!(workflow.contains(&install), "not {install}");
}
