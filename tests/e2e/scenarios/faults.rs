//! A whole life of a distribution, with each of its calls disturbed in turn: it always comes to the same end.

use super::{
    lifecycle::distribution,
    stage::{Stage, condition, id_of},
};
use cloudfront_simulator::{Fault, FaultMode, HostileBody};
use std::time::Duration;

/// The calls of a life.
const CALLS: [&str; 4] = [
    "CreateDistribution",
    "GetDistribution",
    "UpdateDistribution",
    "DeleteDistribution",
];

fn refusal(status: u16, code: &str, committed: bool) -> FaultMode {
    FaultMode::Error {
        status,
        code: code.into(),
        message: "injected".into(),
        committed,
    }
}

/// Lives through create, edit and deletion, with a fault on the next call of each operation at every stage.
fn live_through(stage: &Stage, mode: &FaultMode) {
    let what = format!("{mode:?}");
    let begun = stage.now();
    let disturb = || {
        for call in CALLS {
            stage.control().inject(Fault::on(call, mode.clone()));
        }
    };
    disturb();
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    disturb();
    stage.apply(&distribution("www", "second"));
    stage.until_ready("cfd/www");
    disturb();
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.until_gone("cfd/www");
    stage.control().clear_faults();
    let committed = |name: &str| {
        let calls = stage.writes_since(begun);
        calls
            .iter()
            .filter(|call| call.operation == name && call.committed)
            .count()
    };
    assert_eq!(
        committed("CreateDistribution"),
        1,
        "one create under {what}"
    );
    assert_eq!(
        committed("DeleteDistribution"),
        1,
        "one delete under {what}"
    );
    let left = stage.control().state()["accounts"].to_string();
    assert!(
        !left.contains("<Comment>"),
        "nothing is left under {what}: {left}"
    );
}

#[test]
fn broken_connections_and_broken_services_leave_one_remote_and_no_orphan() {
    let stage = Stage::with_deploy_delay("broken", Duration::from_millis(300));
    let modes = [
        FaultMode::ResetBeforeCommit,
        FaultMode::ResetAfterCommit,
        FaultMode::TruncatedBody { at: None },
        refusal(500, "InternalError", false),
        refusal(503, "ServiceUnavailable", true),
        refusal(400, "Throttling", false),
        FaultMode::Redirect {
            status: 307,
            location: "http://127.0.0.1:9/".into(),
        },
    ];
    for mode in &modes {
        live_through(&stage, mode);
    }
}

#[test]
fn answers_that_cannot_be_read_leave_one_remote_and_no_orphan() {
    let stage = Stage::with_deploy_delay("hostile", Duration::from_millis(300));
    let bodies = [
        HostileBody::Html,
        HostileBody::Entities,
        HostileBody::Empty,
        HostileBody::WrongRoot,
        HostileBody::MissingEtag,
        HostileBody::ErrorWithStatus200,
        HostileBody::NotUtf8,
    ];
    for body in bodies {
        live_through(&stage, &FaultMode::Hostile { body });
    }
}

#[test]
fn a_write_that_meets_a_newer_version_reads_again_and_goes_on() {
    let stage = Stage::with_deploy_delay("conflict", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    stage.control().inject(Fault::on(
        "GetDistribution",
        FaultMode::StaleRead { lag: 1 },
    ));
    let id = id_of(&stage.get("cfd/www").expect("it is there"));
    stage.edit_by_hand(&id, "PriceClass", "PriceClass_100");
    stage.control().inject(Fault::on(
        "GetDistribution",
        FaultMode::StaleRead { lag: 1 },
    ));
    stage.apply(&distribution("www", "second"));
    let object = stage.until_ready("cfd/www");
    assert_eq!(condition(&object, "Synced").0, "True");
    let state = stage.control().state().to_string();
    assert!(
        state.contains("<PriceClass>PriceClass_All</PriceClass>")
            && state.contains("<Comment>second</Comment>"),
        "{state}"
    );
}

#[test]
fn while_cloudfront_throttles_ready_stays_as_it_was_and_synced_tells() {
    let stage = Stage::with_deploy_delay("throttled", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    stage
        .control()
        .inject(Fault::on("ListDistributions", refusal(400, "Throttling", false)).times(1_000));
    let object = stage.until_condition("cfd/www", "Synced", "False", "Throttled");
    assert_eq!(
        condition(&object, "Ready").0,
        "True",
        "the last thing known still holds"
    );
    stage.control().clear_faults();
    stage.until_condition("cfd/www", "Synced", "True", "InSync");
}

#[test]
fn refused_credentials_are_told_and_heal_by_themselves() {
    let stage = Stage::without_operator("denied", Duration::ZERO);
    let credential = stage.simulator.credentials()[0].clone();
    stage.control().revoke_credential(&credential.access_key);
    let mut stage = stage;
    stage.start_operator();
    stage.apply(&distribution("www", "first"));
    let object = stage.until_condition("cfd/www", "Stalled", "True", "Denied");
    let told = super::stage::message(&object, "Ready");
    assert!(told.contains("InvalidClientTokenId"), "{told}");
    assert!(
        !object.to_string().contains(&credential.secret_key)
            && !stage.log().contains(&credential.secret_key)
    );
    stage.control().add_credential(&credential);
    stage.until_ready("cfd/www");
}

#[test]
fn a_remote_that_goes_between_the_look_and_the_write_is_looked_at_again_soon() {
    let stage = Stage::with_deploy_delay("raced", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let gone = refusal(404, "NoSuchDistribution", false);
    stage
        .control()
        .inject(Fault::on("UpdateDistribution", gone.clone()));
    stage.apply(&distribution("www", "second"));
    stage.until_ready("cfd/www");
    stage
        .control()
        .inject(Fault::on("DeleteDistribution", gone));
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.until_gone("cfd/www");
    assert_eq!(stage.committed("DeleteDistribution"), 1);
}

#[test]
fn a_look_from_before_the_last_update_is_never_taken_for_the_present() {
    let stage = Stage::with_deploy_delay("lagging", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    stage.apply(&distribution("www", "second"));
    stage.until_ready("cfd/www");
    let lag = FaultMode::StaleRead { lag: 1 };
    stage
        .control()
        .inject(Fault::on("GetDistribution", lag).times(3));
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let state = stage.control().state().to_string();
    assert!(state.contains("<Comment>first</Comment>"), "{state}");
}
