//! The public workflows, which cannot run here.

use super::tool::{check, repository};
use cluster::{Environment, install_go_program};
use std::fs;

const ACTIONLINT: &str = "v1.7.12";

#[test]
fn actionlint_finds_no_fault_with_the_workflows() {
    let package = "github.com/rhysd/actionlint/cmd/actionlint";
    let actionlint = install_go_program(
        &Environment::from_process(),
        "actionlint",
        package,
        ACTIONLINT,
    )
    .unwrap();
    // It would use these two where it finds them, and then differ from machine to machine.
    check(&actionlint, &["-shellcheck=", "-pyflakes="]);
}

/// A version that does not move: `v1.2.3`.
fn is_fixed(version: &str) -> bool {
    let parts: Vec<&str> = version.strip_prefix('v').unwrap_or("").split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
}

#[test]
fn every_workflow_grants_little_and_every_action_has_a_version_that_does_not_move() {
    let mut workflows = 0;
    for entry in fs::read_dir(repository(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display();
        assert!(
            text.lines().any(|line| line == "permissions: {}"),
            "{name} grants every job what only one may need"
        );
        for line in text.lines() {
            let Some((_, action)) = line.split_once("uses: ") else {
                continue;
            };
            let version = action
                .trim()
                .split_once('@')
                .map_or("", |(_, version)| version);
            assert!(is_fixed(version), "{name}: {action} may change under us");
        }
        workflows += 1;
    }
    assert_eq!(workflows, 3);
}
