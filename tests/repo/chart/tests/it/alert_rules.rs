//! Unit tests of the alerting rules with Prometheus' promtool: when the alerts fire, and with which labels and summary.

use super::helm::{documents, find, output, values_files};
use cluster::{Environment, install_debian_program};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, process::Command};
use tempfile::TempDir;

/// The namespace of the release in the test cases.
const NAMESPACE: &str = "cloudfront";

/// Returns the rule groups that the chart renders, without the annotations that the test cases omit.
fn rule_groups() -> Value {
    let files = values_files();
    let monitoring = files.iter().find(|file| file.name == "monitoring").unwrap();
    let rendered = documents(&monitoring.render(NAMESPACE));
    let mut groups = find(&rendered, "PrometheusRule", "operator")["spec"]["groups"].clone();
    for rule in groups[0]["rules"].as_array_mut().unwrap() {
        let annotations = rule["annotations"].as_object_mut().unwrap();
        for name in ["description", "runbook_url"] {
            assert!(annotations.remove(name).is_some(), "{name}");
        }
    }
    groups
}

fn test_cases() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("alerts.test.yaml")).unwrap()
}

#[test]
fn every_alert_fires_as_the_test_cases_specify() {
    let promtool =
        install_debian_program(&Environment::from_process(), "promtool", "prometheus").unwrap();
    let directory = TempDir::new().unwrap();
    let rules = json!({"groups": rule_groups()}).to_string();
    fs::write(directory.path().join("rules.json"), rules).unwrap();
    fs::write(directory.path().join("cases.yaml"), test_cases()).unwrap();
    for arguments in [
        ["check", "rules", "rules.json"],
        ["test", "rules", "cases.yaml"],
    ] {
        let mut command = Command::new(&promtool);
        let result = output(command.args(arguments).current_dir(directory.path()));
        assert!(result.is_ok(), "{}", result.unwrap_err());
    }
}

#[test]
fn every_alert_has_a_test_case_in_which_it_fires_and_one_in_which_it_does_not() {
    let groups = rule_groups();
    let rules = groups[0]["rules"].as_array().unwrap().iter();
    let alerts: BTreeSet<&str> = rules.map(|rule| rule["alert"].as_str().unwrap()).collect();
    let cases = documents(&test_cases()).remove(0);
    let tests = cases["tests"].as_array().unwrap().iter();
    let checks: Vec<&Value> = tests
        .flat_map(|test| test["alert_rule_test"].as_array().unwrap())
        .collect();
    for fires in [true, false] {
        let tested: BTreeSet<&str> = checks
            .iter()
            .filter(|check| check["exp_alerts"].as_array().unwrap().is_empty() != fires)
            .map(|check| check["alertname"].as_str().unwrap())
            .collect();
        assert_eq!(tested, alerts, "fires: {fires}");
    }
}
