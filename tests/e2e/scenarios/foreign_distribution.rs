//! Invalidations of distributions that objects of another namespace hold.

use crate::support::{
    TestEnv, distribution, grant_chart_rbac_in, invalidation, message, with_field,
};
use serde_json::{Value, json};
use std::time::Duration;

/// An environment whose operator watches two namespaces: that of the environment, and another one.
struct TwoNamespaces {
    env: TestEnv,
    other: String,
}

impl TwoNamespaces {
    /// Starts an environment without an operator, which has permissions in both namespaces.
    fn new(name: &str) -> Self {
        let two = Self::without_permissions(name);
        grant_chart_rbac_in(&two.other, &two.env.namespace);
        two
    }

    /// Starts an environment without an operator, which has no permissions in the other namespace.
    fn without_permissions(name: &str) -> Self {
        let env = TestEnv::without_operator(name, Duration::ZERO);
        let other = env.create_namespace(&format!("{name}-other"));
        Self { env, other }
    }

    fn start_operator(&mut self) {
        let flags = ["--watch-namespaces", &self.other];
        self.env.start_operator_with_flags(&flags);
    }

    /// Applies a manifest in the other namespace.
    fn apply_in_other(&self, manifest: &str) {
        let apply = ["apply", "--namespace", &self.other, "--filename", "-"];
        let output = self.env.try_kubectl(&apply, manifest);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
    }

    /// Waits until an object of the other namespace is ready, and returns its id.
    fn ready_id_in_other(&self, object: &str) -> String {
        let wait = ["wait", "--for=condition=Ready", object, "--timeout=60s"];
        self.env
            .kubectl(&[&wait[..], &["--namespace", &self.other]].concat());
        let get = ["get", object, "--output=jsonpath={.status.id}"];
        self.env
            .kubectl(&[&get[..], &["--namespace", &self.other]].concat())
    }

    /// Writes a status that claims a distribution to a suspended object, while the operator does not run.
    fn forge_status(&self, namespace: &str, object: &str, id: &str) {
        let get = ["get", object, "--output=json", "--namespace", namespace];
        let object_json: Value =
            serde_json::from_str(&self.env.kubectl(&get)).expect("kubectl prints JSON");
        let status = json!({ "status": {
            "id": id,
            "callerReference": object_json["metadata"]["uid"],
            "observedGeneration": object_json["metadata"]["generation"],
            "appliedGeneration": object_json["metadata"]["generation"],
        }});
        let status = status.to_string();
        let patch = ["patch", object, "--subresource=status", "--type=merge"];
        let patch = [&patch[..], &["--namespace", namespace, "--patch", &status]];
        self.env.kubectl(&patch.concat());
    }

    fn completes(&self, invalidation: &str) {
        let wait = ["wait", "--for=condition=Complete", "--timeout=60s"];
        self.env.kubectl(&[&wait[..], &[invalidation]].concat());
    }
}

fn suspended(name: &str) -> String {
    with_field(&distribution(name, "first"), "suspend: true")
}

fn by_id(name: &str, id: &str) -> String {
    invalidation(name, &format!("distributionId: {id}"), "/*")
}

#[test]
fn an_invalidation_of_a_distribution_of_another_namespace_fails_and_is_not_sent() {
    let mut two = TwoNamespaces::new("purge-other");
    two.start_operator();
    two.apply_in_other(&distribution("victim", "first"));
    let id = two.ready_id_in_other("cfd/victim");
    two.env.apply(&suspended("decoy"));
    let decoy = "cfd/decoy";
    two.env
        .wait_for_condition(decoy, "Synced", "Unknown", "Suspended");
    two.env.stop_operator();
    let namespace = two.env.namespace.clone();
    two.forge_status(&namespace, decoy, &id);
    two.env.apply(&by_id("by-id", &id));
    let by_reference = invalidation("by-reference", "distributionRef: {name: decoy}", "/*");
    two.env.apply(&by_reference);
    two.start_operator();
    for name in ["cfinv/by-id", "cfinv/by-reference"] {
        let failed = two
            .env
            .wait_for_condition(name, "Failed", "True", "OwnershipConflict");
        let text = message(&failed, "Failed");
        assert!(text.contains("an object of another namespace"), "{text}");
        assert!(!failed["status"].to_string().contains(&two.other), "{text}");
    }
    assert!(two.env.log().contains(&format!("{}/victim", two.other)));
    assert_eq!(two.env.committed_count("CreateInvalidation"), 0);
}

#[test]
fn a_forged_status_in_another_namespace_does_not_block_the_invalidations_of_the_owner() {
    let mut two = TwoNamespaces::new("purge-own");
    two.start_operator();
    two.env.apply(&distribution("www", "first"));
    let id = two.env.ready_id("cfd/www");
    two.apply_in_other(&suspended("claimant"));
    two.env.stop_operator();
    let other = two.other.clone();
    two.forge_status(&other, "cfd/claimant", &id);
    two.env.apply(&by_id("by-id", &id));
    let by_reference = invalidation("by-reference", "distributionRef: {name: www}", "/*");
    two.env.apply(&by_reference);
    two.start_operator();
    two.completes("cfinv/by-id");
    two.completes("cfinv/by-reference");
}

#[test]
fn a_distribution_that_no_object_holds_can_be_invalidated() {
    let mut two = TwoNamespaces::new("purge-free");
    two.start_operator();
    let retained = with_field(&distribution("gone", "first"), "deletionPolicy: Retain");
    two.apply_in_other(&retained);
    let id = two.ready_id_in_other("cfd/gone");
    let delete = ["delete", "cfd/gone", "--namespace", &two.other];
    two.env.kubectl(&delete);
    two.env.apply(&by_id("by-id", &id));
    two.completes("cfinv/by-id");
}

#[test]
fn an_invalidation_waits_while_the_distributions_of_a_namespace_cannot_be_listed() {
    let mut two = TwoNamespaces::without_permissions("purge-unknown");
    two.env.accept_loss_of_permissions();
    two.start_operator();
    two.env.apply(&by_id("by-id", "E0123456789ABC"));
    two.env
        .wait_for_condition("cfinv/by-id", "Ready", "False", "Unreachable");
    assert_eq!(two.env.writes_since(0), []);
}
