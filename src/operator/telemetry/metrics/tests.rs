//! The served metrics match their descriptions, and the number of series does not depend on the number of objects.

use super::*;
use crate::{
    engine::{CachedObject, Kind, Reason, ReconcileResult},
    kinds::origin_access_identity::OriginAccessIdentity,
};
use kube::runtime::{reflector::store::Writer, watcher::Event};
use serde_json::{Value, json};
use std::time::Duration;

/// Returns a registry with this many objects, each with drift and two conditions.
fn object_registry(objects: usize) -> ObjectRegistry {
    let object_registry = ObjectRegistry::default();
    let mut writer = Writer::new(OriginAccessIdentity::DEFINITION);
    let store = writer.as_reader();
    writer.apply_watcher_event(&Event::Init);
    for number in 0..objects {
        let status = json!({
            "driftCount": 2,
            "conditions": [
                { "type": "Ready", "status": "False", "reason": "Drifted", "message": format!("number {number}"), "lastTransitionTime": "2020-01-01T00:00:00Z" },
                { "type": "Synced", "status": "True", "reason": "InSync", "message": "", "lastTransitionTime": "2020-01-01T00:00:00Z" },
            ],
        });
        let metadata = json!({ "name": format!("site-{number}"), "namespace": "default" });
        let object = json!({ "metadata": metadata, "spec": {}, "status": status });
        writer.apply_watcher_event(&Event::InitApply(cached(&object)));
    }
    writer.apply_watcher_event(&Event::InitDone);
    object_registry.register(OriginAccessIdentity::DEFINITION, None, store);
    object_registry
}

fn cached(object: &Value) -> CachedObject {
    CachedObject::from_json(OriginAccessIdentity::DEFINITION, object)
}

fn summary(result: ReconcileResult, reason: Reason) -> ReconcileSummary {
    ReconcileSummary {
        kind: OriginAccessIdentity::KIND,
        result,
        reason: Some(reason),
        duration: Duration::from_millis(20),
        deployment_duration: Some(Duration::from_mins(4)),
        is_drift_corrected: true,
        invalidation_paths: 7,
    }
}

/// Returns metrics that all have values.
async fn recorded(objects: usize, is_per_object: bool) -> Metrics {
    let metrics = Metrics::new(object_registry(objects), is_per_object);
    metrics.set_client(
        Client::new(crate::cloudfront::Options::default())
            .await
            .unwrap(),
    );
    metrics.record_request(&RequestMetrics {
        operation: "GetDistribution".into(),
        code: "ok",
        duration: Duration::from_millis(20),
        rate_limiter_wait: Duration::ZERO,
    });
    for _ in 0..objects {
        metrics.record_reconcile(&summary(ReconcileResult::Success, Reason::InSync));
    }
    metrics
}

#[tokio::test]
async fn the_served_metrics_match_their_descriptions() {
    let text = recorded(1, true).await.text();
    let mut served: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .collect();
    let descriptions = descriptions();
    let names: Vec<String> = descriptions
        .iter()
        .map(|metric| metric.full_name().trim_end_matches("_total").to_owned())
        .collect();
    let mut described: Vec<(&str, &str)> = names
        .iter()
        .zip(&descriptions)
        .map(|(name, metric)| (name.as_str(), metric.type_))
        .collect();
    served.sort_unstable();
    described.sort_unstable();
    assert_eq!(served, described);
    for metric in descriptions {
        let series = format!("\n{}", metric.full_name());
        let lines = text.match_indices(&series);
        let all: String = lines
            .map(|(at, _)| text[at..].lines().nth(1).unwrap())
            .collect();
        for label in metric.labels {
            assert!(all.contains(&format!("{label}=")), "{label} in {all}");
        }
    }
}

#[tokio::test]
async fn a_thousand_objects_have_as_many_series_as_one() {
    let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    let (few, many) = (
        recorded(1, false).await.text(),
        recorded(1000, false).await.text(),
    );
    assert_eq!(series(&many), series(&few));
    for line in [
        r#"cloudfront_operator_objects{kind="OriginAccessIdentity",condition="Ready",status="False",reason="Drifted"} 1000"#,
        r#"cloudfront_operator_drift_fields{kind="OriginAccessIdentity"} 2000"#,
        r#"cloudfront_operator_reconcile_total{kind="OriginAccessIdentity",result="success",reason="InSync"} 1000"#,
        "cloudfront_operator_invalidation_paths_total 7000",
    ] {
        assert!(many.lines().any(|found| found == line), "{line} in\n{many}");
    }
}

#[tokio::test]
async fn the_age_is_that_of_the_oldest_condition() {
    let text = recorded(2, false).await.text();
    let name = "cloudfront_operator_condition_age_seconds{";
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    let age: i64 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(age > 150_000_000, "since 2020: {line}");
}

#[tokio::test]
async fn on_request_each_condition_of_an_object_has_a_series_for_each_status() {
    let text = recorded(2, true).await.text();
    for (name, condition, status, value) in [
        ("site-0", "Ready", "False", 1),
        ("site-0", "Ready", "True", 0),
        ("site-0", "Ready", "Unknown", 0),
        ("site-1", "Synced", "True", 1),
    ] {
        let line = format!(
            r#"cloudfront_operator_object_condition{{kind="OriginAccessIdentity",namespace="default",name="{name}",condition="{condition}",status="{status}"}} {value}"#
        );
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    let none = recorded(2, false).await.text();
    assert!(!none.contains("site-0"), "{none}");
}

#[tokio::test]
async fn the_series_of_objects_are_limited() {
    // Two conditions with three statuses each.
    let text = recorded(2_000, true).await.text();
    let name = "cloudfront_operator_object_condition{";
    let series = text.lines().filter(|line| line.starts_with(name)).count();
    assert_eq!(series, MAX_OBJECT_SERIES / 6 * 6);
    let omitted = format!(
        "cloudfront_operator_objects_without_series {}",
        2_000 - series / 6
    );
    assert!(text.lines().any(|line| line == omitted), "{omitted}");
}

#[tokio::test]
async fn a_condition_of_another_client_adds_no_series_of_its_own() {
    let object_registry = ObjectRegistry::default();
    let mut writer = Writer::new(OriginAccessIdentity::DEFINITION);
    let store = writer.as_reader();
    writer.apply_watcher_event(&Event::Init);
    for number in 0..100 {
        let object = json!({
            "metadata": { "name": format!("site-{number}"), "namespace": "default" },
            "spec": {},
            "status": { "conditions": [{
                "type": format!("Mine{number}"), "status": format!("{number}"), "reason": format!("Any{number}"),
                "message": "", "lastTransitionTime": "2020-01-01T00:00:00Z",
            }] },
        });
        writer.apply_watcher_event(&Event::InitApply(cached(&object)));
    }
    writer.apply_watcher_event(&Event::InitDone);
    object_registry.register(OriginAccessIdentity::DEFINITION, None, store);
    let text = Metrics::new(object_registry, false).text();
    let series: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("cloudfront_operator_objects{"))
        .collect();
    assert_eq!(
        series,
        [
            r#"cloudfront_operator_objects{kind="OriginAccessIdentity",condition="Other",status="Unknown",reason="Other"} 100"#
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_scrape_loop_reads_the_objects_once_a_second() {
    let metrics = recorded(1, false).await;
    let first = metrics.cached_text();
    metrics.record_reconcile(&summary(ReconcileResult::Success, Reason::InSync));
    assert_eq!(metrics.cached_text(), first);
    tokio::time::advance(MAX_TEXT_AGE).await;
    assert_ne!(metrics.cached_text(), first);
}
