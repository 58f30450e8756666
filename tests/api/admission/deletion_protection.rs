//! The admission policy `deletion-protection`, with kube-controller-manager, which deletes the objects of a namespace.

use super::{kubectl::install_policy, tables};
use cloudfront_operator::{
    engine::{Kind, Lifecycle, crd},
    for_each_kind,
    operator::kinds,
};
use cluster::{Cluster, Options};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    process::Output,
    thread,
    time::{Duration, Instant},
};

const TIMEOUT: Duration = Duration::from_mins(2);

struct Fixture {
    cluster: Cluster,
    namespace: String,
}

impl Fixture {
    /// Starts a cluster with the CustomResourceDefinitions and the policy.
    fn start() -> Self {
        let options = Options {
            has_controller_manager: true,
            ..Options::default()
        };
        let cluster = Cluster::start(options).unwrap();
        let namespace = cluster.create_namespace("protected").unwrap();
        let fixture = Self { cluster, namespace };
        install_policy(&fixture.cluster, "deletion-protection");
        fixture
    }

    fn try_kubectl(&self, arguments: &[&str]) -> Output {
        let mut command = self.cluster.kubectl();
        let namespace = ["--namespace", &self.namespace];
        command.args(namespace).args(arguments).output().unwrap()
    }

    fn kubectl(&self, arguments: &[&str]) -> String {
        let output = self.try_kubectl(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Returns the error message of a command, or an empty text if it succeeds.
    fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.try_kubectl(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            String::new()
        } else {
            error
        }
    }

    fn create(&self, kind: &str, name: &str, spec: &Value) {
        let manifest = json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": kind,
            "metadata": {"name": name},
            "spec": spec,
        });
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), manifest.to_string()).unwrap();
        self.kubectl(&["create", "--filename", file.path().to_str().unwrap()]);
    }

    fn names(&self) -> String {
        self.kubectl(&["get", "cloudfront", "--output=name"])
    }

    #[track_caller]
    fn eventually<T>(&self, what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(value) = attempt() {
                return value;
            }
            assert!(started.elapsed() < TIMEOUT, "{what}: {}", self.names());
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The spec of each kind whose spec has `deletionProtection`.
fn protected_specs() -> BTreeMap<String, Value> {
    let all = for_each_kind!(protected_spec).into_iter().flatten();
    all.collect()
}

fn protected_spec<K: Kind>() -> Option<(String, Value)> {
    let schema = serde_json::to_value(crd::<K>()).unwrap();
    let spec = &schema["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let has_field = spec["properties"]["deletionProtection"].is_object();
    has_field.then(|| (K::KIND.to_owned(), tables::base::<K>()["spec"].take()))
}

fn sentence(fixture: &Fixture, kind: &str) -> String {
    format!(
        "{kind} {}/guarded is protected, because its spec.deletionProtection is true: set spec.deletionProtection to false first",
        fixture.namespace
    )
}

#[test]
fn a_protected_object_and_its_namespace_are_not_deleted() {
    let fixture = Fixture::start();
    let all = kinds().into_iter();
    let managed = all.filter(|it| it.api.lifecycle == Lifecycle::Managed);
    let specs = protected_specs();
    let kinds: Vec<&String> = specs.keys().collect();
    assert_eq!(kinds.len(), managed.count(), "{kinds:?}");
    for (kind, spec) in &specs {
        let mut guarded = spec.clone();
        fixture.create(kind, "open", &guarded);
        guarded["deletionProtection"] = true.into();
        fixture.create(kind, "guarded", &guarded);
    }
    let invalidation = json!({"distributionId": "E1", "paths": ["/*"]});
    fixture.create("Invalidation", "open", &invalidation);
    // The API server applies a new policy after a delay, so the first attempts change nothing.
    for kind in &kinds {
        let expected = sentence(&fixture, kind);
        let delete = ["delete", kind, "guarded", "--dry-run=server"];
        let message = fixture.eventually("the deletion is refused", || {
            Some(fixture.refusal(&delete)).filter(|message| !message.is_empty())
        });
        assert!(
            message.contains(&expected) && message.contains("(Forbidden)"),
            "{message}"
        );
        let all = fixture.refusal(&["delete", kind, "--all", "--wait=false"]);
        assert!(all.contains(&expected), "{all}");
        let collection = format!(
            "/apis/cloudfront-operator.dev/v1alpha1/namespaces/{}/{}",
            fixture.namespace,
            plural(kind)
        );
        let raw = fixture.refusal(&["delete", "--raw", &collection]);
        assert!(raw.contains(&expected), "{raw}");
    }
    fixture.kubectl(&["delete", "cfinv/open"]);
    let left = fixture.names();
    assert_eq!(
        (left.lines().count(), left.contains("/open")),
        (kinds.len(), false),
        "{left}"
    );

    fixture.kubectl(&["delete", "namespace", &fixture.namespace, "--wait=false"]);
    let path = "--output=jsonpath={.status.conditions[?(@.type=='NamespaceDeletionContentFailure')].message}";
    let get = ["get", "namespace", &fixture.namespace, path];
    let message = fixture.eventually("the namespace has the condition", || {
        Some(fixture.kubectl(&get)).filter(|message| !message.is_empty())
    });
    println!("NamespaceDeletionContentFailure: {message}");
    let is_named = |kind: &&String| message.contains(&sentence(&fixture, kind));
    assert!(kinds.iter().any(is_named), "{message}");
    assert_eq!(fixture.names(), left, "the protected objects stay");

    for kind in &kinds {
        let patch = r#"--patch={"spec":{"deletionProtection":false}}"#;
        fixture.kubectl(&["patch", kind, "guarded", "--type=merge", patch]);
    }
    fixture.eventually("the namespace is deleted", || {
        let get = ["get", "namespace", &fixture.namespace, "--ignore-not-found"];
        fixture.kubectl(&get).is_empty().then_some(())
    });
}

fn plural(kind: &str) -> String {
    let found = cloudfront_operator::operator::kind(kind);
    found.unwrap().crd().spec.names.plural
}
