//! A header's value that comes from a Secret.

use super::{
    lifecycle::distribution,
    stage::{Stage, message},
};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::Duration;

/// What must be nowhere but in the Secret and in CloudFront.
const CANARY: &str = "canary-0f1e2d3c";

/// A distribution with a header from key `token` of Secret `origin`.
pub(super) fn with_secret_header(comment: &str) -> String {
    let header = "    customHeaders:
    - headerName: x-origin-key
      headerValueFrom: {secretKeyRef: {name: origin, key: token}}
";
    distribution("www", comment).replace(
        "    customOriginConfig",
        &format!("{header}    customOriginConfig"),
    )
}

pub(super) fn secret(value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: origin}}\nstringData: {{token: \"{value}\"}}\n"
    )
}

fn has(stage: &Stage, value: &str) -> bool {
    let state = stage.control().state().to_string();
    state.contains(&format!("<HeaderValue>{value}</HeaderValue>"))
}

#[test]
fn a_secret_is_waited_for_sent_followed_and_shown_nowhere() {
    let stage = Stage::with_deploy_delay("secret", Duration::ZERO);
    stage.apply(&with_secret_header("first"));
    let waiting = stage.until_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for key token of Secret origin, which does not exist in this namespace."
    );
    stage.apply(&secret("with a line break\\n"));
    let unfit = stage.until_condition("cfd/www", "Stalled", "True", "Invalid");
    assert!(message(&unfit, "Ready").contains("ends with a line break"));
    assert_eq!(stage.writes_since(0), [], "nothing half-written");

    stage.apply(&secret(CANARY));
    stage.until_ready("cfd/www");
    assert!(has(&stage, CANARY));
    let before = stage.now();
    let rotated = format!("{CANARY}-2");
    stage.apply(&secret(&rotated));
    stage.eventually("the new value reaches CloudFront", || {
        has(&stage, &rotated).then_some(())
    });
    assert_eq!(
        Stage::operations(&stage.writes_since(before)),
        ["UpdateDistribution"]
    );

    let quoting = format!("The parameter HeaderValue {rotated}-3 is not valid.");
    let refusal = FaultMode::error(400, "InvalidArgument", &quoting);
    stage
        .control()
        .inject(Fault::on("UpdateDistribution", refusal).times(1_000));
    stage.apply(&secret(&format!("{rotated}-3")));
    let refused = stage.until_condition("cfd/www", "Stalled", "True", "Rejected");
    assert!(
        message(&refused, "Ready").contains("HeaderValue (redacted) is not valid"),
        "{refused}"
    );

    let shown = stage.kubectl(&["get", "cfd,events", "--output", "yaml"]) + &stage.log();
    assert!(
        !shown.contains(CANARY),
        "the value is shown somewhere:\n{shown}"
    );
}
