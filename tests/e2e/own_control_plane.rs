//! Scenarios that change the CustomResourceDefinitions, and therefore need their own control plane.

#[expect(
    dead_code,
    unused_imports,
    reason = "the other scenarios use the rest of the module"
)]
mod support;

use std::time::Duration;
use support::{TestEnv, control_plane, message};

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
fn an_unreadable_object_is_stalled_and_does_not_block_other_objects() {
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
    env.wait_until_ready("cfoai/unreadable");
}

#[test]
fn the_readiness_probe_names_a_missing_crd_and_other_kinds_are_reconciled() {
    let env = TestEnv::without_operator("missing", Duration::ZERO);
    env.kubectl(&["delete", "crd", "distributions.cloudfront-operator.dev"]);
    let operator = env.spawn_operator(&[]);
    env.apply(&identity("site", "text"));
    env.wait_until_ready("cfoai/site");
    let missing = "cannot list Distribution: its definition is missing; install it with `cloudfront-operator crds | kubectl apply -f -`\n";
    env.eventually("the probe names the missing definition", || {
        (operator.get("probes", "/readyz") == (503, missing.into())).then_some(())
    });
    let crd = format!("{}/crds/distributions.yaml", env!("CARGO_MANIFEST_DIR"));
    env.kubectl(&["apply", "--filename", &crd]);
    env.eventually("the operator watches the new definition", || {
        (operator.get("probes", "/readyz").0 == 200).then_some(())
    });
}
