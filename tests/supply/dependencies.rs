//! What the dependencies may be: their licences, where they come from, which are banned.

use super::tool::check;
use cluster::{Environment, cargo_program};

const VERSION: &str = "0.20.2";

#[test]
fn every_dependency_has_an_accepted_licence_comes_from_the_registry_and_is_not_banned() {
    let deny = cargo_program(&Environment::read(), "cargo-deny", VERSION).unwrap();
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
