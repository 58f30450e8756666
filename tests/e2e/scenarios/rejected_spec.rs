//! Specs that the API server accepts and CloudFront rejects.

use crate::support::{TestEnv, condition, distribution, message};
use std::time::Duration;

/// Returns a distribution with a cache policy that does not exist.
fn rejected_distribution(comment: &str) -> String {
    distribution("www", comment).replace(
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "00000000-0000-0000-0000-000000000000",
    )
}

#[test]
fn a_rejected_spec_is_stalled_with_the_error_of_cloudfront_until_it_is_corrected() {
    let env = TestEnv::with_deploy_delay("refused", Duration::ZERO);
    env.apply(&rejected_distribution("first"));
    let object = env.wait_for_condition("cfd/www", "Stalled", "True", "Rejected");
    assert_eq!(
        condition(&object, "Synced"),
        ("False".into(), "NoSuchCachePolicy".into())
    );
    let text = message(&object, "Ready");
    assert!(
        text.contains("NoSuchCachePolicy") && text.contains("(request "),
        "{text}"
    );
    env.apply(&distribution("www", "first"));
    let corrected = env.wait_until_ready("cfd/www");
    assert_eq!(
        condition(&corrected, "Stalled").0,
        "",
        "the condition is removed"
    );
}

#[test]
fn a_rejected_edit_keeps_the_last_configuration_and_does_not_block_a_deletion() {
    let env = TestEnv::with_deploy_delay("mistake", Duration::ZERO);
    env.apply(&distribution("www", "good"));
    env.wait_until_ready("cfd/www");
    env.apply(&rejected_distribution("bad"));
    env.wait_for_condition("cfd/www", "Stalled", "True", "Rejected");
    assert!(env.state_contains("<Comment>good</Comment>"));
    env.kubectl(&["delete", "cfd/www"]);
    let last = env
        .writes_since(0)
        .last()
        .map(|call| call.operation.clone());
    assert_eq!(last.as_deref(), Some("DeleteDistribution"));
}
