//! Licences, sources, and bans of the dependencies.

use super::tool::{check, repository};
use cluster::{Environment, install_cargo_program};
use std::{fs, path::Path};

const VERSION: &str = "0.20.2";

#[test]
fn every_dependency_has_an_accepted_licence_and_source_and_is_not_banned() {
    fetch_all_platforms();
    let deny = install_cargo_program(&Environment::from_process(), "cargo-deny", VERSION).unwrap();
    // Advisories change independently of this repository. A scheduled workflow checks them.
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

/// Downloads the crates of every platform. A build only downloads those of its own platform, but `cargo deny --offline` reads all.
fn fetch_all_platforms() {
    check(Path::new(env!("CARGO")), &["fetch", "--locked"]);
}

#[test]
fn the_workflow_checks_advisories_with_the_same_version() {
    let workflow = fs::read_to_string(repository(".github/workflows/audit.yml")).unwrap();
    let install = format!("cargo install cargo-deny --locked --version {VERSION}\n");
    assert!(workflow.contains(&install), "not {install}");
}
