//! The metrics that alerts and dashboard use, which the operator must serve, and the runbooks of the alerts.

use super::helm::{chart, documents, repository};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

const PREFIX: &str = "cloudfront_operator_";

/// Returns the names of the operator's metrics in an expression.
fn metric_names(expression: &str) -> BTreeSet<String> {
    let is_name_character = |c: char| c.is_ascii_alphanumeric() || c == '_';
    expression
        .split(|c| !is_name_character(c))
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
    let alerts = alerts().into_iter().map(|alert| alert["expr"].clone());
    let panels = panels().into_iter().flat_map(|panel| {
        let targets = panel["targets"].as_array().unwrap().clone();
        targets.into_iter().map(|target| target["expr"].clone())
    });
    alerts
        .chain(panels)
        .map(|expression| expression.as_str().unwrap().to_owned())
        .collect()
}

/// Returns the names of the time series that Prometheus stores for an exposition in the OpenMetrics format.
fn series_names(metrics: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let types = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    for (name, kind) in types {
        let suffixes: &[&str] = match kind {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_count", "_sum"],
            _ => &[""],
        };
        names.extend(suffixes.iter().map(|suffix| format!("{name}{suffix}")));
    }
    names
}

/// Asserts that `metrics` contains all metrics that alerts and dashboard use. Some metrics appear only after the operator has reconciled
/// an object.
pub(crate) fn assert_all_metrics_served(metrics: &str) {
    let served = series_names(metrics);
    for expression in expressions() {
        let used = metric_names(&expression);
        assert!(!used.is_empty(), "{expression}");
        for name in used {
            assert!(served.contains(&name), "{name} in {expression}: {served:?}");
        }
    }
}

#[test]
fn every_alert_has_a_runbook_with_four_sections_and_every_runbook_has_an_alert() {
    let mut expected = BTreeSet::new();
    for alert in alerts() {
        for field in ["expr", "summary", "description"] {
            assert!(alert[field].is_string(), "{field} of {alert}");
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
fn each_alert_has_settings_with_a_threshold_if_its_expression_has_one() {
    let values = fs::read_to_string(chart().join("values.yaml")).unwrap();
    let values = documents(&values).remove(0);
    let settings = values["metrics"]["prometheusRule"]["rules"].as_object();
    let settings = settings.unwrap();
    assert_eq!(settings.len(), alerts().len());
    for alert in alerts() {
        let name = alert["alert"].as_str().unwrap();
        let has_threshold = alert["expr"].as_str().unwrap().ends_with("> THRESHOLD");
        assert_eq!(
            settings[name]["threshold"].is_number(),
            has_threshold,
            "{name}"
        );
    }
}

#[test]
fn panels_have_unique_ids_and_a_description() {
    let panels = panels();
    let ids: BTreeSet<String> = panels.iter().map(|panel| panel["id"].to_string()).collect();
    assert_eq!(ids.len(), panels.len());
    assert!(panels.iter().all(|panel| panel["description"].is_string()));
}
