//! The API server refuses Invalidations of a policy.

use super::*;
use crate::support::invalidation;

/// Refuses Invalidations of Distribution `shop`, and returns the manifest of the policy that does so.
fn freeze(env: &TestEnv) -> String {
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
    env.apply(&manifest);
    wait_for_policy(env, true);
    manifest
}

/// Waits until Invalidations of `shop` are refused, or accepted: the API server applies and removes a policy after a delay.
fn wait_for_policy(env: &TestEnv, is_refused: bool) {
    let probe = invalidation("probe", "distributionRef: {name: shop}", "/a");
    env.eventually("the policy changes", || {
        let create = ["create", "--dry-run=server", "--filename=-"];
        let created = env.try_kubectl(&create, &probe);
        (created.status.success() != is_refused).then_some(())
    });
}

#[test]
fn a_refused_invalidation_is_reported_and_created_when_the_cause_is_removed() {
    let env = env_with("policy-refused", &["site", "shop"]);
    env.apply(&config_map("one"));
    env.apply(&policy(ON_CONFIG_MAP, &["shop", "site"], ""));
    wait_for_message(&env, "Watching", "A change of");
    let frozen = freeze(&env);
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
    let removed = env.try_kubectl(&["delete", "--filename=-"], &frozen);
    assert!(removed.status.success(), "{removed:?}");
    wait_for_policy(&env, false);
    env.patch(POLICY, r#"{"spec":{"historyLimit":4}}"#);
    wait_for_message(&env, "Watching", "A change of");
    wait_for_invalidations(&env, 2);
    let paths = "--output=jsonpath={.items[*].spec.paths[*]}";
    assert_eq!(
        env.kubectl(&["get", "cfinv", paths]),
        "/index.html /assets/*"
    );
}
