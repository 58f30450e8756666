//! What others put there, and what nobody here knows.

use super::{lifecycle::distribution, stage::Stage};
use cloudfront_simulator::{Edit, Switch};
use std::time::Duration;

#[test]
fn an_element_that_aws_added_since_survives_an_update() {
    let stage = Stage::with_deploy_delay("future", Duration::ZERO);
    stage
        .control()
        .set_switch(Switch::TolerateUnknownElements, true);
    stage.apply(&distribution("www", "first"));
    let id = stage.id_of("cfd/www");
    let edit = Edit::Put {
        path: "DefaultCacheBehavior".into(),
        xml: "<FromTheFuture><Deep>stays</Deep></FromTheFuture>".into(),
    };
    stage.control().edit(&id, edit).expect("it can be edited");
    let before = stage.now();
    stage.apply(&distribution("www", "second"));
    stage.until_ready("cfd/www");
    // An update made from what was seen before is refused, since the ETag is another one.
    let mut writes = stage.writes_since(before);
    writes.retain(|call| call.committed);
    assert_eq!(Stage::operations(&writes), ["UpdateDistribution"]);
    let state = stage.control().state().to_string();
    assert!(
        state.contains("<FromTheFuture><Deep>stays</Deep></FromTheFuture>"),
        "{state}"
    );
}
