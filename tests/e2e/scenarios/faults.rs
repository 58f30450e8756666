//! The lifecycle of a distribution with a fault in each of its calls: the result is always the same.

use crate::support::{TestEnv, condition, distribution, id_of, message};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::Duration;

/// The operations of the lifecycle.
const OPERATIONS: [&str; 4] = [
    "CreateDistribution",
    "GetDistribution",
    "UpdateDistribution",
    "DeleteDistribution",
];

fn error(status: u16, code: &str, committed: bool) -> FaultMode {
    FaultMode::Error {
        status,
        code: code.into(),
        message: "injected".into(),
        committed,
    }
}

/// Runs create, edit and deletion, each with a fault in the next call of every operation.
fn run_lifecycle(env: &TestEnv, mode: &FaultMode) {
    let fault = format!("{mode:?}");
    let started = env.journal_end();
    let inject_faults = || {
        for call in OPERATIONS {
            env.inject(call, mode.clone());
        }
    };
    inject_faults();
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    inject_faults();
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    inject_faults();
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.wait_until_gone("cfd/www");
    env.control().clear_faults();
    let committed = |name: &str| {
        let calls = env.writes_since(started);
        calls
            .iter()
            .filter(|call| call.operation == name && call.committed)
            .count()
    };
    assert_eq!(
        committed("CreateDistribution"),
        1,
        "one create under {fault}"
    );
    assert_eq!(
        committed("DeleteDistribution"),
        1,
        "one delete under {fault}"
    );
    let remaining = env.control().state()["accounts"].to_string();
    assert!(
        !remaining.contains("<Comment>"),
        "no resource remains under {fault}: {remaining}"
    );
}

/// The campaigns run plans with every fault of a service at every request, without connections.
#[test]
fn faults_of_a_connection_leave_one_resource_and_no_orphan() {
    let env = TestEnv::with_deploy_delay("broken", Duration::from_millis(300));
    let modes = [
        FaultMode::ResetBeforeCommit,
        FaultMode::ResetAfterCommit,
        FaultMode::TruncatedBody { at: None },
        FaultMode::Redirect {
            status: 307,
            location: "http://127.0.0.1:9/".into(),
        },
    ];
    for mode in &modes {
        run_lifecycle(&env, mode);
    }
}

#[test]
fn a_write_with_an_outdated_etag_is_repeated_after_a_read() {
    let env = TestEnv::with_deploy_delay("conflict", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.control().inject(Fault::on(
        "GetDistribution",
        FaultMode::StaleRead { lag: 1 },
    ));
    let id = id_of(&env.get("cfd/www").expect("the object exists"));
    env.edit_out_of_band(&id, "PriceClass", "PriceClass_100");
    env.control().inject(Fault::on(
        "GetDistribution",
        FaultMode::StaleRead { lag: 1 },
    ));
    env.apply(&distribution("www", "second"));
    let object = env.wait_until_ready("cfd/www");
    assert_eq!(condition(&object, "Synced").0, "True");
    let state = env.control().state().to_string();
    assert!(
        state.contains("<PriceClass>PriceClass_All</PriceClass>")
            && state.contains("<Comment>second</Comment>"),
        "{state}"
    );
}

#[test]
fn throttling_changes_synced_and_not_ready() {
    let env = TestEnv::with_deploy_delay("throttled", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.inject_times("ListDistributions", error(400, "Throttling", false), 1_000);
    let object = env.wait_for_condition("cfd/www", "Synced", "False", "Throttled");
    assert_eq!(
        condition(&object, "Ready").0,
        "True",
        "Ready keeps its last status"
    );
    env.control().clear_faults();
    env.wait_for_condition("cfd/www", "Synced", "True", "InSync");
}

#[test]
fn revoked_credentials_are_reported_and_work_again_when_restored() {
    let env = TestEnv::without_operator("denied", Duration::ZERO);
    let credential = env.simulator.credentials()[0].clone();
    env.control().revoke_credential(&credential.access_key);
    let mut env = env;
    env.start_operator();
    env.apply(&distribution("www", "first"));
    let object = env.wait_for_condition("cfd/www", "Stalled", "True", "AccessDenied");
    let text = message(&object, "Ready");
    assert!(text.contains("InvalidClientTokenId"), "{text}");
    assert!(
        !object.to_string().contains(&credential.secret_key)
            && !env.log().contains(&credential.secret_key)
    );
    env.control().add_credential(&credential);
    env.wait_until_ready("cfd/www");
}

#[test]
fn a_resource_deleted_between_read_and_write_is_read_again() {
    let env = TestEnv::with_deploy_delay("raced", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let not_found = error(404, "NoSuchDistribution", false);
    env.inject("UpdateDistribution", not_found.clone());
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    env.inject("DeleteDistribution", not_found);
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.wait_until_gone("cfd/www");
    assert_eq!(env.committed_count("DeleteDistribution"), 1);
}

#[test]
fn a_read_from_before_the_last_update_is_ignored() {
    let env = TestEnv::with_deploy_delay("lagging", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    let lag = FaultMode::StaleRead { lag: 1 };
    env.inject_times("GetDistribution", lag, 3);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let state = env.control().state().to_string();
    assert!(state.contains("<Comment>first</Comment>"), "{state}");
}
