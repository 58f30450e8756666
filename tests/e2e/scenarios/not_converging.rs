//! An update that changes nothing, for ever.

use super::{
    lifecycle::distribution,
    stage::{Stage, message},
};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::Duration;

#[test]
fn the_same_difference_after_two_accepted_updates_ends_the_trying_even_across_a_restart() {
    let mut stage = Stage::with_deploy_delay("converge", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let before = stage.now();
    // Every answer and every look lack what the update has just set.
    let forgetful = FaultMode::Without {
        element: "Comment".into(),
    };
    for operation in ["GetDistribution", "UpdateDistribution"] {
        let fault = Fault::on(operation, forgetful.clone());
        stage.control().inject(fault.times(100_000));
    }
    let asked = "cloudfront-operator.dev/reconcile-requested-at=now";
    stage.kubectl(&["annotate", "cfd/www", asked]);
    let object = stage.until_condition("cfd/www", "Stalled", "True", "NotConverging");
    let told = message(&object, "Ready");
    assert!(
        told.starts_with("CloudFront accepted the same update twice and still differs at "),
        "{told}"
    );
    assert_eq!(
        Stage::operations(&stage.writes_since(before)),
        ["UpdateDistribution"; 2]
    );

    stage.stop_operator();
    let restarted = stage.now();
    stage.start_operator();
    stage.eventually("it was looked at again", || {
        (stage.control().journal_since(restarted).len() >= 3).then_some(())
    });
    assert_eq!(stage.writes_since(restarted), []);

    stage.control().clear_faults();
    stage.until_ready("cfd/www");
}
