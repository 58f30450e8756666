//! Many objects at once.

use crate::support::TestEnv;
use std::time::Duration;

#[test]
fn fifty_distributions_take_fifty_create_calls_and_none_is_rejected() {
    let env = TestEnv::with_deploy_delay("fifty", Duration::from_secs(5));
    env.apply_distributions(50);
    env.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "cfd",
        "--all",
        "--timeout=120s",
    ]);
    let writes = env.writes_since(0);
    assert_eq!(writes.len(), 50, "{:?}", TestEnv::operations(&writes));
    assert!(
        writes
            .iter()
            .all(|call| call.operation == "CreateDistribution" && call.code.is_none())
    );
    let writes = env.kubernetes_writes().len();
    assert!(writes > 0, "the audit log shows the operator's writes");
}
