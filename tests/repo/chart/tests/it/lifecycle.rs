//! One object of every kind, from apply to gone, and one of every kind that the operator cannot read.

use super::{
    api_server::{kubectl, stderr_text},
    container::TIMEOUT,
    release::TestEnv,
};
use serde_json::Value;
use std::{
    thread,
    time::{Duration, Instant},
};

const KINDS: [(&str, &str); 4] = [
    ("Distribution", "distributions"),
    ("Invalidation", "invalidations"),
    ("OriginAccessIdentity", "originaccessidentities"),
    ("StreamingDistribution", "streamingdistributions"),
];

const OBJECTS: &str = "
apiVersion: v1
kind: Secret
metadata: {name: origin-key}
stringData: {token: opens-the-origin}
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

const INVALIDATION: &str = "
apiVersion: cloudfront-operator.dev/v1alpha1
kind: Invalidation
metadata: {name: release}
spec:
  distributionRef: {name: www}
  paths: ['/*']
  ttlSecondsAfterFinished: TTL
";

/// kubectl in a namespace, with the operator's log at hand for when something goes wrong.
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
        self.eventually("applied", || {
            self.kubectl(&["apply", "--filename", "-"], manifest)
                .map(drop)
        });
    }

    fn get(&self, object: &str) -> Value {
        let get = ["get", object, "--output=json", "--ignore-not-found"];
        let text = self.kubectl(&get, "").unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Tries until it works.
    fn eventually(&self, what: &str, mut attempt: impl FnMut() -> Result<(), String>) {
        let begun = Instant::now();
        while let Err(why) = attempt() {
            assert!(
                begun.elapsed() < TIMEOUT,
                "never {what}: {why}\n{}",
                (self.log)()
            );
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn until(&self, object: &str, what: &str, holds: impl Fn(&Value) -> bool) {
        self.eventually(&format!("{object} {what}"), || {
            let found = self.get(object);
            if holds(&found) {
                Ok(())
            } else {
                Err(found.to_string())
            }
        });
    }

    pub(crate) fn until_condition(&self, object: &str, type_: &str) {
        self.until(object, type_, |found| {
            found["status"]["observedGeneration"] == found["metadata"]["generation"]
                && found["status"]["conditions"].as_array().is_some_and(|all| {
                    all.iter()
                        .any(|one| one["type"] == type_ && one["status"] == "True")
                })
        });
    }

    fn until_gone(&self, object: &str) {
        self.until(object, "gone", Value::is_null);
    }

    /// One object is created, and stays.
    pub(crate) fn begin(&self) {
        self.apply(&OBJECTS.replace("COMMENT", "begun"));
        self.until_condition("cfoai/site", "Ready");
    }

    /// All kinds are created, edited, completed and deleted.
    pub(crate) fn pass(&self) {
        for comment in ["first", "second"] {
            self.apply(&OBJECTS.replace("COMMENT", comment));
            for object in ["cfoai/site", "cfd/www", "cfsd/media"] {
                self.until_condition(object, "Ready");
            }
        }
        self.apply(&INVALIDATION.replace("TTL", "3600"));
        self.until_condition("cfinv/release", "Complete");
        self.kubectl(&["delete", "cfinv/release"], "").unwrap();
        self.apply(&INVALIDATION.replace("TTL", "1"));
        self.until_gone("cfinv/release");
        self.kubectl(&["delete", "cfd/www", "cfsd/media", "cfoai/site"], "")
            .unwrap();
    }

    /// Objects without a spec, which the operator can only report; nothing but looser definitions lets them in.
    pub(crate) fn report_the_unreadable(&self) {
        for (kind, resource) in KINDS {
            let manifest = format!(
                "{{apiVersion: cloudfront-operator.dev/v1alpha1, kind: {kind}, metadata: {{name: broken}}}}"
            );
            self.apply(&manifest);
            let object = format!("{resource}/broken");
            self.until_condition(&object, "Stalled");
            self.kubectl(&["delete", &object], "").unwrap();
        }
    }
}

/// Lets objects in that have no spec, as a newer version's definitions might.
pub(crate) fn loosen_definitions(test_env: &TestEnv) {
    let anything = r#"{"type": "object", "x-kubernetes-preserve-unknown-fields": true}"#;
    let path = "/spec/versions/0/schema/openAPIV3Schema";
    let patch = format!(r#"[{{"op": "replace", "path": "{path}", "value": {anything}}}]"#);
    for (_, resource) in KINDS {
        let name = format!("{resource}.cloudfront-operator.dev");
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
