//! The GitHub workflows. They cannot run in a test, so they are checked statically.

use super::tool::{check, repository};
use cluster::{Environment, install_go_program};
use std::fs;

const ACTIONLINT: &str = "v1.7.12";

#[test]
fn actionlint_accepts_the_workflows() {
    let package = "github.com/rhysd/actionlint/cmd/actionlint";
    let actionlint = install_go_program(
        &Environment::from_process(),
        "actionlint",
        package,
        ACTIONLINT,
    )
    .unwrap();
    // actionlint runs these two if they are installed, so results would differ between machines.
    check(&actionlint, &["-shellcheck=", "-pyflakes="]);
    let example = "examples/ci/github-actions.yml";
    check(&actionlint, &["-shellcheck=", "-pyflakes=", example]);
}

/// Whether a version is a full version such as `v1.2.3`, which does not move.
fn is_fixed(version: &str) -> bool {
    let parts: Vec<&str> = version.strip_prefix('v').unwrap_or("").split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
}

#[test]
fn every_workflow_has_minimal_permissions_and_every_action_a_fixed_version() {
    let mut workflows = 0;
    for entry in fs::read_dir(repository(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display();
        assert!(
            text.lines().any(|line| line == "permissions: {}"),
            "{name} grants permissions to all jobs"
        );
        for line in text.lines() {
            let Some((_, action)) = line.split_once("uses: ") else {
                continue;
            };
            let version = action
                .trim()
                .split_once('@')
                .map_or("", |(_, version)| version);
            assert!(is_fixed(version), "{name}: {action} has no fixed version");
        }
        workflows += 1;
    }
    assert_eq!(workflows, 3);
}
