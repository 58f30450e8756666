//! Alerts and dashboard ask for metrics that the operator serves, and each alert has its page.

use super::helm::{chart, documents, repository};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

const PREFIX: &str = "cloudfront_operator_";

/// The names of metrics in an expression.
fn names(expression: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    expression
        .split(|c| !word(c))
        .filter(|name| name.starts_with(PREFIX))
        .map(str::to_owned)
        .collect()
}

fn alerts() -> Vec<Value> {
    let text = fs::read_to_string(chart().join("files/alerts.yaml")).unwrap();
    let alerts = documents(&text).remove(0)["alerts"].take();
    alerts.as_array().unwrap().clone()
}

fn panels() -> Vec<Value> {
    let text = fs::read_to_string(chart().join("files/dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    dashboard["panels"].as_array().unwrap().clone()
}

fn expressions() -> Vec<String> {
    let of_alerts = alerts().into_iter().map(|alert| alert["expr"].clone());
    let of_panels = panels().into_iter().flat_map(|panel| {
        let targets = panel["targets"].as_array().unwrap().clone();
        targets.into_iter().map(|target| target["expr"].clone())
    });
    let all = of_alerts.chain(of_panels);
    all.map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// The names that a Prometheus stores of what an operator serves.
fn stored(metrics: &str) -> BTreeSet<String> {
    let mut stored = BTreeSet::new();
    let types = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    for (name, kind) in types {
        let suffixes: &[&str] = match kind {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_count", "_sum"],
            _ => &[""],
        };
        stored.extend(suffixes.iter().map(|suffix| format!("{name}{suffix}")));
    }
    stored
}

/// Fails if alerts or dashboard use other metrics than an operator serves that has something to do.
pub(crate) fn expect_all_served(metrics: &str) {
    let stored = stored(metrics);
    for expression in expressions() {
        let used = names(&expression);
        assert!(!used.is_empty(), "{expression}");
        for name in used {
            assert!(stored.contains(&name), "{name} in {expression}: {stored:?}");
        }
    }
}

#[test]
fn every_alert_has_a_runbook_with_four_parts_and_every_runbook_an_alert() {
    let mut expected = BTreeSet::new();
    for alert in alerts() {
        for part in ["expr", "for", "severity", "summary", "description"] {
            assert!(alert[part].is_string(), "{part} of {alert}");
        }
        let name = format!("{}.md", alert["alert"].as_str().unwrap());
        let page = fs::read_to_string(repository("docs/runbooks").join(&name)).expect(&name);
        let headings: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        assert_eq!(
            headings,
            ["Meaning", "Impact", "Diagnosis", "Mitigation"],
            "{name}"
        );
        expected.insert(name);
    }
    let found: BTreeSet<String> = fs::read_dir(repository("docs/runbooks"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn no_two_panels_have_one_number_and_all_have_a_description() {
    let panels = panels();
    let numbers: BTreeSet<String> = panels.iter().map(|panel| panel["id"].to_string()).collect();
    assert_eq!(numbers.len(), panels.len());
    assert!(panels.iter().all(|panel| panel["description"].is_string()));
}
