//! Many at once.

use super::{lifecycle::apply_sites, stage::Stage};
use std::time::Duration;

#[test]
fn fifty_distributions_applied_at_once_take_fifty_creates_and_none_is_refused() {
    let stage = Stage::with_deploy_delay("fifty", Duration::from_secs(5));
    apply_sites(&stage, 50);
    stage.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "cfd",
        "--all",
        "--timeout=120s",
    ]);
    let writes = stage.writes_since(0);
    assert_eq!(writes.len(), 50, "{:?}", Stage::operations(&writes));
    assert!(
        writes
            .iter()
            .all(|call| call.operation == "CreateDistribution" && call.code.is_none())
    );
    let wanted = stage.kubernetes_writes().len();
    assert!(wanted > 0, "the audit log shows the operator");
}
