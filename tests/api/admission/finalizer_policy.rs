//! The admission policy `finalizer`, which adds the operator's finalizer to new objects.

use super::kubectl::{assert_success, install_policy};
use cluster::{Cluster, Options};
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant},
};

const TIMEOUT: Duration = Duration::from_mins(1);

struct Fixture {
    cluster: Cluster,
}

impl Fixture {
    /// Starts a cluster with the CustomResourceDefinitions and the policy.
    fn start() -> Self {
        let cluster = Cluster::start(Options::default()).unwrap();
        install_policy(&cluster, "finalizer");
        let fixture = Self { cluster };
        // The API server applies a new policy after a delay.
        let started = Instant::now();
        let spec = json!({});
        while fixture.sent(
            &["create", "--dry-run=server"],
            "OriginAccessIdentity",
            &json!({}),
            &spec,
        )["finalizers"]
            .is_null()
        {
            assert!(started.elapsed() < TIMEOUT, "the policy has no effect");
            thread::sleep(Duration::from_millis(100));
        }
        fixture
    }

    /// Sends an object, and returns its metadata in the response.
    fn sent(&self, command: &[&str], kind: &str, metadata: &Value, spec: &Value) -> Value {
        let mut manifest = json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": kind,
            "metadata": metadata,
            "spec": spec,
        });
        manifest["metadata"]["name"] = "edge".into();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), manifest.to_string()).unwrap();
        let file = ["--output=json", "--filename", file.path().to_str().unwrap()];
        let mut kubectl = self.cluster.kubectl();
        let output = kubectl.args(command).args(file).output().unwrap();
        assert_success(&output);
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        object["metadata"].clone()
    }
}

#[test]
fn the_policy_adds_the_finalizer_and_the_keys_of_the_tags_once() {
    let fixture = Fixture::start();
    let own = "cloudfront-operator.dev/finalizer";
    let tags = "cloudfront-operator.dev/created-tags";
    let other = json!({ "finalizers": ["example.com/other"], "annotations": { "a": "b" } });
    let present = json!({ "finalizers": [own] });
    let tagged = json!({ "tags": { "team": "web", "cost center": "7" } });
    for (kind, metadata, spec, finalizers, annotations) in [
        (
            "OriginAccessIdentity",
            json!({}),
            json!({}),
            json!([own]),
            json!(null),
        ),
        (
            "OriginAccessIdentity",
            other,
            json!({}),
            json!(["example.com/other", own]),
            json!({ "a": "b" }),
        ),
        (
            "KeyValueStore",
            present,
            json!({}),
            json!([own]),
            json!(null),
        ),
        (
            "KeyValueStore",
            json!({}),
            tagged,
            json!([own]),
            json!({ tags: r#"["cost center","team"]"# }),
        ),
        (
            "OriginAccessIdentity",
            json!({}),
            json!({ "adoptId": "E1ABCDEFGHIJKL" }),
            json!(null),
            json!(null),
        ),
        (
            "Invalidation",
            json!({}),
            json!({ "distributionId": "E1ABCDEFGHIJKL", "paths": ["/*"] }),
            json!(null),
            json!(null),
        ),
    ] {
        let create = ["create", "--dry-run=server"];
        let created = fixture.sent(&create, kind, &metadata, &spec);
        assert_eq!(created["finalizers"], finalizers, "{kind} {spec}");
        assert_eq!(created["annotations"], annotations, "{kind} {spec}");
    }
}

#[test]
fn a_server_side_apply_neither_owns_nor_removes_the_finalizer() {
    let fixture = Fixture::start();
    let apply = ["apply", "--server-side"];
    let kind = "OriginAccessIdentity";
    for comment in ["first", "second"] {
        let spec = json!({ "comment": comment });
        let applied = fixture.sent(&apply, kind, &json!({}), &spec);
        let finalizers = &applied["finalizers"];
        assert_eq!(
            *finalizers,
            json!(["cloudfront-operator.dev/finalizer"]),
            "{comment}"
        );
    }
}
