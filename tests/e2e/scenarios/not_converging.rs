//! An update that CloudFront accepts without applying it.

use crate::support::{TestEnv, distribution, message};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::Duration;

#[test]
fn updates_stop_after_two_without_effect_even_across_a_restart() {
    let mut env = TestEnv::with_deploy_delay("converge", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let before = env.journal_end();
    // Every response lacks the element that the update has just set.
    let without_comment = FaultMode::Without {
        element: "Comment".into(),
    };
    for operation in ["GetDistribution", "UpdateDistribution"] {
        let fault = Fault::on(operation, without_comment.clone());
        env.control().inject(fault.times(100_000));
    }
    env.request_reconcile("cfd/www", "now");
    let object = env.wait_for_condition("cfd/www", "Stalled", "True", "NotConverging");
    let text = message(&object, "Ready");
    assert!(
        text.starts_with("CloudFront accepted the same update twice and still differs at "),
        "{text}"
    );
    assert_eq!(
        TestEnv::operations(&env.writes_since(before)),
        ["UpdateDistribution"; 2]
    );

    env.stop_operator();
    let restarted = env.journal_end();
    env.start_operator();
    env.eventually("the operator has read the distribution again", || {
        (env.control().journal_since(restarted).len() >= 3).then_some(())
    });
    assert_eq!(env.writes_since(restarted), []);

    env.control().clear_faults();
    env.wait_until_ready("cfd/www");
}
