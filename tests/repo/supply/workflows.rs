//! The GitHub workflows. They cannot run in a test, so they are checked statically.

use super::tool::{check, repository};
use cluster::{Environment, install_go_program};
use serde_json::Value;
use std::{collections::BTreeMap, fs};

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

/// Whether an action is pinned by the SHA of a commit, with the full version in a comment: `owner/name@SHA # v1.2.3`.
fn is_pinned(action: &str) -> bool {
    let Some((reference, version)) = action.split_once(" # v") else {
        return false;
    };
    let (_, commit) = reference.split_once('@').unwrap_or_default();
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let numbers: Vec<&str> = version.split('.').collect();
    commit.len() == 40
        && commit.chars().all(is_hex)
        && numbers.len() == 3
        && numbers.iter().all(|number| number.parse::<u32>().is_ok())
}

/// Returns the names and texts of the workflows.
fn workflows() -> Vec<(String, String)> {
    let files = fs::read_dir(repository(".github/workflows")).unwrap();
    let workflows: Vec<(String, String)> = files
        .map(|file| file.unwrap().path())
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        })
        .collect();
    assert_eq!(workflows.len(), 3);
    workflows
}

#[test]
fn only_the_sha_of_a_commit_with_a_full_version_is_a_pin() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert!(is_pinned(&format!("actions/checkout@{commit} # v1.2.3")));
    for unpinned in [
        "actions/checkout@v1.2.3".to_owned(),
        "actions/checkout@main # v1.2.3".to_owned(),
        format!("actions/checkout@{commit}"),
        format!("actions/checkout@{commit} # v1"),
        format!("actions/checkout@{} # v1.2.3", &commit[1..]),
        format!("actions/checkout@{} # v1.2.3", commit.replace('a', "g")),
    ] {
        assert!(!is_pinned(&unpinned), "{unpinned}");
    }
}

#[test]
fn every_action_is_pinned_and_has_one_version() {
    let mut pins = BTreeMap::new();
    for (name, text) in workflows() {
        for (_, action) in text.lines().filter_map(|line| line.split_once("uses:")) {
            let action = action.trim();
            assert!(
                is_pinned(action),
                "{name}: {action} is not pinned; write OWNER/NAME@SHA # vX.Y.Z"
            );
            let (program, pin) = action.split_once('@').unwrap();
            let first = pins.entry(program.to_owned()).or_insert(pin.to_owned());
            assert_eq!(first, pin, "{name}: {program} has two versions");
        }
    }
    assert!(pins.len() >= 10, "{pins:?}");
}

#[test]
fn every_workflow_has_minimal_permissions() {
    for (name, text) in workflows() {
        assert!(
            text.lines().any(|line| line == "permissions: {}"),
            "{name} grants permissions to all jobs"
        );
    }
}

/// Parses a YAML file of the repository.
fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(repository(path)).unwrap()).unwrap()
}

#[test]
fn dependabot_updates_the_dependencies_of_every_ecosystem() {
    let config = yaml(".github/dependabot.yml");
    let mut manifests = vec![];
    for update in config["updates"].as_array().unwrap() {
        let manifest = match update["package-ecosystem"].as_str().unwrap() {
            "cargo" => "Cargo.toml",
            "docker" => "Dockerfile",
            "github-actions" => ".github/workflows/ci.yml",
            "gomod" => "go.mod",
            other => panic!("{other}"),
        };
        let directory = update["directory"].as_str().unwrap().trim_matches('/');
        assert!(repository(directory).join(manifest).exists(), "{manifest}");
        manifests.push(manifest);
    }
    manifests.sort_unstable();
    assert_eq!(
        manifests,
        [
            ".github/workflows/ci.yml",
            "Cargo.toml",
            "Dockerfile",
            "go.mod"
        ]
    );
}

#[test]
fn an_issue_form_has_a_name_and_a_required_field() {
    for form in ["bug_report", "feature_request"] {
        let form = yaml(&format!(".github/ISSUE_TEMPLATE/{form}.yml"));
        assert!(form["name"].is_string() && form["description"].is_string());
        let fields = form["body"].as_array().unwrap();
        let required = |field: &Value| field["validations"]["required"] == true;
        assert!(fields.iter().any(required), "{form}");
    }
}
