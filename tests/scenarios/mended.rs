//! What somebody changed while the operator was not looking: the spec, the finalizer, the status, a Secret.

use super::{life::distribution, policies::with, stage::Stage};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::Duration;

#[test]
fn an_edit_of_what_was_created_without_an_answer_is_sent_though_drift_is_only_reported() {
    let mut stage = Stage::with_deploy_delay("behind", Duration::ZERO);
    let reporting = |comment: &str| with(&distribution("www", comment), "driftPolicy: Report");
    stage
        .control()
        .inject(Fault::on("CreateDistribution", FaultMode::Hold));
    stage.apply(&reporting("first"));
    stage.eventually("the create is committed and its answer held", || {
        (stage.control().held() == 1).then_some(())
    });
    stage.kill_operator();
    stage.apply(&reporting("second"));
    stage.start_operator();
    stage.until_ready("cfd/www");
    let committed = stage.writes_since(0).into_iter();
    let committed: Vec<_> = committed.filter(|call| call.committed).collect();
    assert_eq!(
        Stage::operations(&committed),
        ["CreateDistribution", "UpdateDistribution"]
    );
    let state = stage.control().state().to_string();
    assert!(state.contains("<Comment>second</Comment>"), "{state}");
}
