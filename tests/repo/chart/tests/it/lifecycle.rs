//! The lifecycle of objects of all kinds, and of objects of all kinds that the operator cannot parse.

use super::{
    api_server::{kubectl, stderr_text},
    container::TIMEOUT,
    helm::{documents, repository},
    test_env::TestEnv,
};
use cloudfront_operator::operator::kinds;
use serde_json::Value;
use std::{
    fs, thread,
    time::{Duration, Instant},
};

const OBJECTS: &str = "
apiVersion: v1
kind: Secret
metadata: {name: origin-key}
stringData: {token: opens-the-origin}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: origin-stage}
data: {stage: production}
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: OriginAccessIdentity
metadata: {name: site}
spec: {comment: COMMENT}
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {name: www}
spec:
  comment: COMMENT
  origins:
  - id: bucket
    domainName: site.s3.amazonaws.com
    s3OriginConfig: {originAccessIdentityRef: {name: site}}
  - id: api
    domainName: api.example.com
    customOriginConfig: {originProtocolPolicy: https-only}
    customHeaders:
    - headerName: x-origin-key
      headerValueFrom: {secretKeyRef: {name: origin-key, key: token}}
    - headerName: x-stage
      headerValueFrom: {configMapKeyRef: {name: origin-stage, key: stage}}
  defaultCacheBehavior:
    targetOriginId: bucket
    viewerProtocolPolicy: redirect-to-https
    cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: StreamingDistribution
metadata: {name: media}
spec:
  comment: COMMENT
  s3Origin: {domainName: media.s3.amazonaws.com}
";

/// The cache policy of the distribution.
const CACHE_POLICY: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

const INVALIDATION: &str = "
apiVersion: cloudfront-operator.dev/v1alpha1
kind: Invalidation
metadata: {name: release}
spec:
  distributionRef: {name: www}
  paths: ['/*']
  ttlSecondsAfterFinished: TTL
";

/// A policy with a trigger that changes, and one that does not exist.
const POLICY: &str = "
apiVersion: cloudfront-operator.dev/v1alpha1
kind: InvalidationPolicy
metadata: {name: content}
spec:
  triggers: [{configMapRef: {name: content}}, {deploymentRef: {name: absent}}]
  distributionRefs: [{name: www}]
  paths: [/]
  pathsPerMonth: 1
---
apiVersion: v1
kind: ConfigMap
metadata: {name: content}
data: {text: TEXT}
";

/// Creates, edits and deletes objects in a namespace. Panics contain the operator's log.
pub(crate) struct ObjectLifecycle<'a> {
    pub(crate) test_env: &'a TestEnv,
    pub(crate) namespace: &'a str,
    pub(crate) log: &'a dyn Fn() -> String,
}

impl ObjectLifecycle<'_> {
    fn kubectl(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let all = [&["--namespace", self.namespace], arguments].concat();
        let output = kubectl(self.test_env.cluster, &all, input);
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap())
        } else {
            Err(stderr_text(&output))
        }
    }

    pub(crate) fn apply(&self, manifest: &str) {
        self.retry("applied", || {
            self.kubectl(&["apply", "--filename", "-"], manifest)
                .map(drop)
        });
    }

    fn get(&self, object: &str) -> Value {
        let get = ["get", object, "--output=json", "--ignore-not-found"];
        let text = self.kubectl(&get, "").unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Retries `attempt` until it succeeds.
    fn retry(&self, what: &str, mut attempt: impl FnMut() -> Result<(), String>) {
        let start = Instant::now();
        while let Err(error) = attempt() {
            assert!(
                start.elapsed() < TIMEOUT,
                "timeout, not {what}: {error}\n{}",
                (self.log)()
            );
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn wait_until(&self, object: &str, what: &str, condition: impl Fn(&Value) -> bool) {
        self.retry(&format!("{object} {what}"), || {
            let object = self.get(object);
            if condition(&object) {
                Ok(())
            } else {
                Err(object.to_string())
            }
        });
    }

    /// Waits until a condition is true for the current generation.
    pub(crate) fn wait_for_condition(&self, object: &str, type_: &str) {
        self.wait_until(object, type_, |object| {
            object["status"]["observedGeneration"] == object["metadata"]["generation"]
                && is_condition_true(object, type_)
        });
    }

    fn wait_until_deleted(&self, object: &str) {
        self.wait_until(object, "deleted", Value::is_null);
    }

    /// Creates the objects except for the Invalidation, and waits until one is ready.
    pub(crate) fn create(&self) {
        self.apply(&OBJECTS.replace("COMMENT", "created"));
        self.wait_for_condition("cfoai/site", "Ready");
    }

    /// Creates, edits and deletes objects of all kinds, and waits until they are ready or complete.
    pub(crate) fn run(&self) {
        for comment in ["first", "second"] {
            self.apply(&OBJECTS.replace("COMMENT", comment));
            for object in ["cfoai/site", "cfd/www", "cfsd/media"] {
                self.wait_for_condition(object, "Ready");
            }
        }
        let others = other_objects();
        for (object, manifest) in &others {
            self.apply(manifest);
            self.wait_for_condition(object, "Ready");
        }
        self.repeat_warning();
        self.apply(&INVALIDATION.replace("TTL", "3600"));
        self.wait_for_condition("cfinv/release", "Complete");
        self.kubectl(&["delete", "cfinv/release"], "").unwrap();
        self.apply(&INVALIDATION.replace("TTL", "1"));
        self.wait_until_deleted("cfinv/release");
        self.run_policy();
        let mut objects = vec!["cfd/www", "cfsd/media", "cfoai/site"];
        objects.extend(others.iter().map(|(object, _)| object.as_str()));
        self.kubectl(&[&["delete"], &objects[..]].concat(), "")
            .unwrap();
    }

    /// Creates a policy, changes its trigger, and waits until its invalidation is complete.
    fn run_policy(&self) {
        let policy = "cfinvpol/content";
        self.apply(&POLICY.replace("TEXT", "first"));
        self.wait_until(policy, "has observed its trigger", |it| {
            it["status"]["triggers"].is_array()
        });
        self.apply(&POLICY.replace("TEXT", "second"));
        self.wait_until(policy, "has created an invalidation", |it| {
            it["status"]["lastChange"] == "ConfigMap content"
        });
        let wait = ["wait", "--for=condition=Complete", "cfinv", "--all"];
        self.kubectl(&[&wait[..], &["--timeout=60s"]].concat(), "")
            .unwrap();
        self.kubectl(&["delete", policy, "configmap/content"], "")
            .unwrap();
        self.kubectl(&["delete", "cfinv", "--all"], "").unwrap();
    }

    /// Twice gives the distribution a cache policy that does not exist, and corrects it.
    fn repeat_warning(&self) {
        let valid = OBJECTS.replace("COMMENT", "second");
        let invalid = valid.replace(CACHE_POLICY, "00000000-0000-0000-0000-000000000000");
        for _ in 0..2 {
            for (manifest, condition) in [(&invalid, "Stalled"), (&valid, "Ready")] {
                self.apply(manifest);
                self.wait_for_condition("cfd/www", condition);
            }
        }
    }

    /// Creates an object without a spec of each kind, and waits until the operator reports it as stalled. Requires
    /// [`remove_crd_validation`].
    pub(crate) fn run_invalid_objects(&self) {
        for entry in kinds() {
            let manifest = format!(
                "{{apiVersion: cloudfront-operator.dev/v1alpha1, kind: {}, metadata: {{name: invalid}}}}",
                entry.kind
            );
            self.apply(&manifest);
            let object = format!("{}/invalid", entry.crd().spec.names.plural);
            self.wait_for_condition(&object, "Stalled");
            self.kubectl(&["delete", &object], "").unwrap();
        }
    }
}

/// Returns an object of each kind that the tests above do not name, and the objects before it in its example, with their manifests.
fn other_objects() -> Vec<(String, String)> {
    let is_named = |kind: &str| {
        let line = format!("\nkind: {kind}\n");
        OBJECTS.contains(&line) || INVALIDATION.contains(&line)
    };
    let others = kinds().into_iter().filter(|it| !is_named(it.kind));
    let objects = others.flat_map(|entry| {
        let file = repository(&format!("examples/{}.yaml", with_dashes(entry.kind)));
        let mut objects = documents(&fs::read_to_string(file).unwrap());
        let at = objects.iter().position(|it| it["kind"] == entry.kind);
        objects.truncate(at.unwrap() + 1);
        objects
    });
    objects
        .map(|manifest| {
            let (kind, name) = (&manifest["kind"], &manifest["metadata"]["name"]);
            let object = format!("{}/{}", kind.as_str().unwrap(), name.as_str().unwrap());
            (object, manifest.to_string())
        })
        .collect()
}

/// Returns the words of a kind in lower case, with dashes between them.
fn with_dashes(kind: &str) -> String {
    let words = kind.replace(char::is_uppercase, " ");
    let starts = kind.chars().filter(|c| c.is_uppercase());
    let ends = words.split(' ').skip(1);
    let words = starts
        .zip(ends)
        .map(|(start, end)| format!("{}{end}", start.to_ascii_lowercase()));
    words.collect::<Vec<_>>().join("-")
}

/// Whether an object has the condition `type_` with the status `True`.
fn is_condition_true(object: &Value, type_: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.is_some_and(|conditions| {
        conditions
            .iter()
            .any(|condition| condition["type"] == type_ && condition["status"] == "True")
    })
}

/// Replaces the schemas of the CRDs so that objects without a spec are valid, as in a future version.
pub(crate) fn remove_crd_validation(test_env: &TestEnv) {
    let anything = r#"{"type": "object", "x-kubernetes-preserve-unknown-fields": true}"#;
    let path = "/spec/versions/0/schema/openAPIV3Schema";
    let patch = format!(r#"[{{"op": "replace", "path": "{path}", "value": {anything}}}]"#);
    for entry in kinds() {
        let name = format!("{}.cloudfront-operator.dev", entry.crd().spec.names.plural);
        test_env.kubectl(&[
            "patch",
            "customresourcedefinition",
            &name,
            "--type=json",
            "--patch",
            &patch,
        ]);
    }
}
