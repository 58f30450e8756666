//! An origin header whose value comes from a Secret.

use crate::support::{TestEnv, distribution_with_secret_header, message, secret};
use cloudfront_simulator::FaultMode;
use std::time::Duration;

/// A header value that only the Secret and CloudFront may contain.
const HEADER_VALUE: &str = "canary-0f1e2d3c";

fn has_header(env: &TestEnv, value: &str) -> bool {
    let state = env.control().state().to_string();
    state.contains(&format!("<HeaderValue>{value}</HeaderValue>"))
}

#[test]
fn a_distribution_waits_for_its_secret_follows_its_value_and_never_shows_it() {
    let env = TestEnv::with_deploy_delay("secret", Duration::ZERO);
    env.apply(&distribution_with_secret_header("first"));
    let waiting = env.wait_for_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for key token of Secret origin, which does not exist in this namespace."
    );
    env.apply(&secret("with a line break\\n"));
    let invalid = env.wait_for_condition("cfd/www", "Stalled", "True", "Invalid");
    assert!(message(&invalid, "Ready").contains("ends with a line break"));
    assert_eq!(env.writes_since(0), [], "no call with an invalid value");

    env.apply(&secret(HEADER_VALUE));
    env.wait_until_ready("cfd/www");
    assert!(has_header(&env, HEADER_VALUE));
    let before = env.journal_end();
    let rotated = format!("{HEADER_VALUE}-2");
    env.apply(&secret(&rotated));
    env.eventually("CloudFront has the new value", || {
        has_header(&env, &rotated).then_some(())
    });
    assert_eq!(
        TestEnv::operations(&env.writes_since(before)),
        ["UpdateDistribution"]
    );

    let quoting_message = format!("The parameter HeaderValue {rotated}-3 is not valid.");
    let error = FaultMode::error(400, "InvalidArgument", &quoting_message);
    env.inject_times("UpdateDistribution", error, 1_000);
    env.apply(&secret(&format!("{rotated}-3")));
    let rejected = env.wait_for_condition("cfd/www", "Stalled", "True", "Rejected");
    assert!(
        message(&rejected, "Ready").contains("HeaderValue (redacted) is not valid"),
        "{rejected}"
    );

    let shown = env.kubectl(&["get", "cfd,events", "--output", "yaml"]) + &env.log();
    assert!(
        !shown.contains(HEADER_VALUE),
        "the value appears in:\n{shown}"
    );
}

#[test]
fn a_distribution_is_created_soon_after_its_secret() {
    let mut env = TestEnv::without_operator("secret-later", Duration::ZERO);
    env.start_operator_with_flags(&["--resync-period", "10m"]);
    env.apply(&distribution_with_secret_header("first"));
    env.wait_for_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    env.apply(&secret(HEADER_VALUE));
    env.wait_until_ready("cfd/www");
}
