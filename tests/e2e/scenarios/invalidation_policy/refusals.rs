//! The API server refuses Invalidations of a policy.

use super::*;
use crate::support::control_plane;
use std::{io::Write, process::Stdio};

/// An admission policy that refuses Invalidations of Distribution `shop` in one namespace.
struct Freeze {
    manifest: String,
}

impl Freeze {
    fn begin(env: &TestEnv) -> Self {
        let namespace = &env.namespace;
        let manifest = format!(
            "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: freeze.{namespace}}}
spec:
  matchConstraints:
    namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}
    resourceRules:
    - {{apiGroups: [cloudfront-operator.dev], apiVersions: ['*'], operations: [CREATE], resources: [invalidations]}}
  validations:
  - {{expression: \"object.spec.distributionRef.name != 'shop'\", message: shop is frozen}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: freeze.{namespace}}}
spec: {{policyName: freeze.{namespace}, validationActions: [Deny]}}
"
        );
        let freeze = Self { manifest };
        freeze.kubectl("apply");
        Self::wait(env, true);
        freeze
    }

    fn end(self, env: &TestEnv) {
        self.kubectl("delete");
        Self::wait(env, false);
    }

    /// The API server applies and removes a policy after a delay.
    fn wait(env: &TestEnv, is_refused: bool) {
        let invalidation =
            crate::support::invalidation("probe", "distributionRef: {name: shop}", "/a");
        env.eventually("the policy changes", || {
            let create = ["create", "--dry-run=server", "--filename=-"];
            let refused = !env.try_kubectl(&create, &invalidation).status.success();
            (refused == is_refused).then_some(())
        });
    }

    fn kubectl(&self, verb: &str) {
        let mut command = control_plane().kubectl();
        command.args([verb, "--filename=-"]);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = piped.spawn().expect("kubectl starts");
        let input = child.stdin.take();
        let written = input.expect("a pipe").write_all(self.manifest.as_bytes());
        written.expect("kubectl reads");
        assert!(child.wait().expect("kubectl ends").success());
    }
}

#[test]
fn a_refused_invalidation_is_reported_and_created_when_the_cause_is_removed() {
    let env = env_with("policy-refused", &["site", "shop"]);
    env.apply(&config_map("one"));
    env.apply(&policy(ON_CONFIG_MAP, &["shop", "site"], ""));
    wait_for_message(&env, "Watching", "A change of");
    let freeze = Freeze::begin(&env);
    env.apply(&config_map("two"));
    let refused = wait_for_message(&env, "Rejected", "shop is frozen");
    assert_eq!(condition(&refused, "Ready").0, "False");
    assert_eq!(condition(&refused, "Stalled").0, "True");
    assert_eq!(
        refused["status"]["pending"]["distributions"],
        json!(["shop"])
    );
    wait_for_invalidations(&env, 1);

    // What was created is not created again, and the change keeps its paths.
    env.kubectl(&["delete", "cfinv", "--all"]);
    env.patch(POLICY, r#"{"spec":{"paths":["/other"]}}"#);
    freeze.end(&env);
    env.patch(POLICY, r#"{"spec":{"historyLimit":4}}"#);
    wait_for_message(&env, "Watching", "A change of");
    wait_for_invalidations(&env, 2);
    let paths = "--output=jsonpath={.items[*].spec.paths[*]}";
    assert_eq!(
        env.kubectl(&["get", "cfinv", paths]),
        "/index.html /assets/*"
    );
}
