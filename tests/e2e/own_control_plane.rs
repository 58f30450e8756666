//! Scenarios that change the CustomResourceDefinitions, need a control plane without the policies, or need one with the Deployment controller, and
//! therefore have their own.

#[expect(
    dead_code,
    unused_imports,
    reason = "the other scenarios use the rest of the module"
)]
mod support;

use cluster::{Binaries, Environment, GuardedChild};
use parking_lot::Mutex;
use std::{process::Command, time::Duration};
use support::{TestEnv, condition, control_plane, distribution, message};

/// Held by the tests that need the CustomResourceDefinition of distributions, which one of them deletes.
static DISTRIBUTIONS: Mutex<()> = Mutex::new(());

fn identity(name: &str, comment: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1\nkind: OriginAccessIdentity\nmetadata: {{name: {name}}}\nspec: {{comment: {comment}}}\n"
    )
}

/// Removes the type of `spec.comment` from the CustomResourceDefinition, as if a newer version of the operator had changed it.
fn remove_type_of_comment() {
    let patch = r#"[{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/comment", "value": {"x-kubernetes-preserve-unknown-fields": true}}]"#;
    let name = "originaccessidentities.cloudfront-operator.dev";
    let output = control_plane()
        .kubectl()
        .args(["patch", "crd", name, "--type=json", "--patch", patch])
        .output()
        .expect("kubectl runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn an_unreadable_object_is_stalled_does_not_block_other_objects_and_is_deleted() {
    let mut env = TestEnv::without_operator("unreadable", Duration::ZERO);
    remove_type_of_comment();
    env.eventually("the API server applies the changed definition", || {
        let output = env.try_kubectl(
            &["apply", "--filename", "-"],
            &identity("unreadable", "{not: [text]}"),
        );
        output.status.success().then_some(())
    });
    env.start_operator();
    env.apply(&identity("readable", "text"));
    env.wait_until_ready("cfoai/readable");
    let unreadable = env.wait_for_condition("cfoai/unreadable", "Stalled", "True", "Invalid");
    let text = message(&unreadable, "Ready");
    assert!(
        text.contains("cannot read the object")
            && text.contains("Nothing was changed in CloudFront"),
        "{text}"
    );
    assert_eq!(
        env.writes_since(0).len(),
        1,
        "only the readable object reached CloudFront"
    );

    env.apply(&identity("unreadable", "corrected"));
    let id = env.ready_id("cfoai/unreadable");
    env.apply(&identity("unreadable", "{not: [text]}"));
    env.wait_for_condition("cfoai/unreadable", "Stalled", "True", "Invalid");
    env.kubectl(&["delete", "cfoai/unreadable", "--wait=false"]);
    env.wait_until_gone("cfoai/unreadable");
    assert!(!env.state_contains(&id), "the resource is deleted");
}

#[test]
fn the_readiness_probe_names_a_missing_crd_and_other_kinds_are_reconciled() {
    let _definition = DISTRIBUTIONS.lock();
    let env = TestEnv::without_operator("missing", Duration::ZERO);
    let definition = "distributions.cloudfront-operator.dev";
    env.kubectl(&["delete", "crd", definition, "--timeout=60s"]);
    let operator = env.spawn_operator(&[]);
    env.apply(&identity("site", "text"));
    env.wait_until_ready("cfoai/site");
    let missing = "cannot list Distribution: its CRD is missing; install it with `cloudfront-operator crds | kubectl apply --server-side -f -`\n";
    env.eventually("the probe names the missing definition", || {
        (operator.get("probes", "/readyz") == (503, missing.into())).then_some(())
    });
    let crd = format!("{}/crds/distributions.yaml", env!("CARGO_MANIFEST_DIR"));
    env.kubectl(&["apply", "--filename", &crd]);
    env.eventually("the operator watches the new definition", || {
        (operator.get("probes", "/readyz").0 == 200).then_some(())
    });
}

#[test]
fn without_the_policy_a_protected_deletion_waits_until_the_protection_ends() {
    let env = TestEnv::with_deploy_delay("protected", Duration::ZERO);
    env.apply(&identity("guarded", "text"));
    let id = env.ready_id("cfoai/guarded");
    env.patch("cfoai/guarded", r#"{"spec":{"deletionProtection":true}}"#);
    env.wait_until_ready("cfoai/guarded");
    let before = env.journal_end();
    env.kubectl(&["delete", "cfoai/guarded", "--wait=false"]);
    let protected = "DeletionProtected";
    let object = env.wait_for_condition("cfoai/guarded", "Stalled", "True", protected);
    assert_eq!(
        [condition(&object, "Ready"), condition(&object, "Synced")],
        [("False", protected), ("True", protected)].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    assert_eq!(
        message(&object, "Ready"),
        "spec.deletionProtection is true, so the deletion waits and the OriginAccessIdentity stays in CloudFront. \
         Set spec.deletionProtection to false to continue the deletion. \
         To keep the OriginAccessIdentity, set spec.deletionPolicy to Retain first."
    );
    env.patch("cfoai/guarded", r#"{"spec":{"deletionPolicy":"Retain"}}"#);
    env.wait_until("cfoai/guarded", "is still protected", |object| {
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
    });
    assert_eq!(env.writes_since(before), []);

    let patch = r#"{"spec":{"deletionPolicy":"Delete","deletionProtection":false}}"#;
    env.patch("cfoai/guarded", patch);
    env.wait_until_gone("cfoai/guarded");
    assert!(!env.state_contains(&id), "the resource is deleted");
}

/// Starts the controllers of Deployments. No kubelet runs, so only a rollout of no replicas ends.
fn start_deployment_controller() -> GuardedChild {
    let cluster = control_plane();
    let binaries = Binaries::find_or_build(&Environment::from_process(), true);
    let program = binaries.expect("the programs are found");
    let program = program.kube_controller_manager;
    let mut command = Command::new(program.expect("kube-controller-manager is required"));
    command
        .arg(format!("--kubeconfig={}", cluster.kubeconfig().display()))
        .args(["--controllers=deployment-controller,replicaset-controller"])
        .args(["--leader-elect=false", "--secure-port=0"])
        .args(["--bind-address=127.0.0.1"])
        .arg("--use-service-account-credentials=false");
    let log = cluster.directory().join("deployment-controller.log");
    let controller = cluster.start_program("kube-controller-manager", &command, &log);
    controller.expect("kube-controller-manager starts")
}

#[test]
fn a_policy_follows_the_rollouts_of_the_deployment_controller() {
    const POLICY: &str = "cfinvpol/release";
    let _definition = DISTRIBUTIONS.lock();
    let _controller = start_deployment_controller();
    let env = TestEnv::with_deploy_delay("rollouts", Duration::ZERO);
    env.apply(&distribution("site", "first"));
    env.wait_until_ready("cfd/site");
    env.apply(
        "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  progressDeadlineSeconds: 2
  minReadySeconds: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'web:1'}]}
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: InvalidationPolicy
metadata: {name: release}
spec:
  triggers: [{deploymentRef: {name: web}}]
  distributionRefs: [{name: site}]
  paths: [/index.html]
",
    );
    let wait_for_revision = |revision: &str| {
        env.wait_until(POLICY, &format!("has handled {revision}"), |policy| {
            let status = &policy["status"];
            status["triggers"][0]["version"] == revision && status["pending"].is_null()
        });
    };
    let count = || env.committed_count("CreateInvalidation");
    let wait_for_invalidations = |expected: usize| {
        let complete = ["wait", "--for=condition=Complete", "cfinv", "--all"];
        env.kubectl(&[&complete[..], &["--timeout=60s"]].concat());
        assert_eq!(count(), expected);
    };
    wait_for_revision("1");
    env.kubectl(&["set", "image", "deployment/web", "web=web:2"]);
    wait_for_revision("2");
    wait_for_invalidations(1);

    // Without a kubelet, the replica is never available: the rollout exceeds its deadline.
    env.kubectl(&["scale", "deployment/web", "--replicas=1"]);
    env.kubectl(&["set", "image", "deployment/web", "web=broken"]);
    env.wait_until(POLICY, "reports the failed rollout", |policy| {
        let failed = "The rollout of Deployment web failed, and creates none.";
        condition(policy, "Ready").0 == "True" && message(policy, "Ready").ends_with(failed)
    });
    assert_eq!(count(), 1);

    env.kubectl(&["rollout", "undo", "deployment/web"]);
    env.kubectl(&["scale", "deployment/web", "--replicas=0"]);
    wait_for_revision("4");
    wait_for_invalidations(2);

    // The deletion of the definition in the other test waits for the objects.
    env.kubectl(&["delete", "cfd/site"]);
    env.wait_until_gone("cfd/site");
}
