//! Scenarios that change what all others share, and so have a control plane of their own.

#[path = "support/operator_process.rs"]
#[expect(dead_code, reason = "the scenarios use all of it")]
mod operator;
#[path = "support/objects.rs"]
mod read;
#[path = "support/chart_rbac.rs"]
mod rights;
#[path = "support/test_env.rs"]
#[expect(dead_code, reason = "the scenarios use the rest of the stage")]
mod stage;

use stage::{Stage, control_plane, message};
use std::time::Duration;

fn identity(name: &str, comment: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1\nkind: OriginAccessIdentity\nmetadata: {{name: {name}}}\nspec: {{comment: {comment}}}\n"
    )
}

/// As if a newer version of the operator had given the field another type.
fn loosen() {
    let patch = r#"[{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/comment", "value": {"x-kubernetes-preserve-unknown-fields": true}}]"#;
    let name = "originaccessidentities.cloudfront-operator.dev";
    let output = control_plane()
        .kubectl()
        .args(["patch", "crd", name, "--type=json", "--patch", patch])
        .output()
        .expect("kubectl can be run");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn an_unreadable_object_is_told_so_and_stalls_nobody_else() {
    let mut stage = Stage::without_operator("unreadable", Duration::ZERO);
    loosen();
    stage.eventually("the API server takes the loosened definition", || {
        let output = stage.try_kubectl(
            &["apply", "--filename", "-"],
            &identity("odd", "{not: [text]}"),
        );
        output.status.success().then_some(())
    });
    stage.start_operator();
    stage.apply(&identity("sound", "text"));
    stage.until_ready("cfoai/sound");
    let odd = stage.until_condition("cfoai/odd", "Stalled", "True", "Invalid");
    let told = message(&odd, "Ready");
    assert!(
        told.contains("cannot read the object")
            && told.contains("Nothing was changed in CloudFront"),
        "{told}"
    );
    assert_eq!(
        stage.writes_since(0).len(),
        1,
        "only the sound one reached CloudFront"
    );

    stage.apply(&identity("odd", "mended"));
    stage.until_ready("cfoai/odd");
}

#[test]
fn a_missing_definition_is_named_by_the_readiness_probe_and_stalls_no_other_kind() {
    let stage = Stage::without_operator("missing", Duration::ZERO);
    stage.kubectl(&["delete", "crd", "distributions.cloudfront-operator.dev"]);
    let operator = stage.another_operator(&[]);
    stage.apply(&identity("site", "text"));
    stage.until_ready("cfoai/site");
    let missing = "cannot list Distribution: its definition is missing; install it with `cloudfront-operator crds | kubectl apply -f -`\n";
    stage.eventually("the missing definition is named", || {
        (operator.fetch("probes", "/readyz") == (503, missing.into())).then_some(())
    });
    let definitions = format!("{}/crds/distributions.yaml", env!("CARGO_MANIFEST_DIR"));
    stage.kubectl(&["apply", "--filename", &definitions]);
    stage.eventually("the operator finds the definition by itself", || {
        (operator.fetch("probes", "/readyz").0 == 200).then_some(())
    });
}
