//! Elements of a configuration that the operator does not know.

use crate::support::{TestEnv, distribution};
use cloudfront_simulator::{Edit, Switch};
use std::time::Duration;

#[test]
fn an_unknown_element_survives_an_update() {
    let env = TestEnv::with_deploy_delay("future", Duration::ZERO);
    env.control()
        .set_switch(Switch::TolerateUnknownElements, true);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    let edit = Edit::Put {
        path: "DefaultCacheBehavior".into(),
        xml: "<FromTheFuture><Deep>stays</Deep></FromTheFuture>".into(),
    };
    env.change_out_of_band(&id, edit);
    let before = env.journal_end();
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    // An update from the cached configuration is rejected, as the ETag has changed.
    let mut writes = env.writes_since(before);
    writes.retain(|call| call.committed);
    assert_eq!(TestEnv::operations(&writes), ["UpdateDistribution"]);
    let state = env.control().state().to_string();
    assert!(
        state.contains("<FromTheFuture><Deep>stays</Deep></FromTheFuture>"),
        "{state}"
    );
}
