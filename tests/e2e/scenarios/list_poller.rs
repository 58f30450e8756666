//! One list for all, instead of a look at each.

use super::{
    lifecycle::distribution,
    stage::{Stage, condition},
};
use cloudfront_simulator::{Fault, FaultMode};
use serde_json::Value;
use std::{thread, time::Duration};

/// The operations since a moment, but the lists that all objects share.
fn alone(stage: &Stage, since: u64) -> Vec<String> {
    let calls = stage.control().journal_since(since);
    let alone = calls.into_iter().map(|call| call.operation);
    alone.filter(|name| !name.starts_with("List")).collect()
}

fn is_second(object: &Value) -> bool {
    object["status"]["observedGeneration"] == 2 && object["status"]["status"] == "Deployed"
}

fn is_repaired(stage: &Stage) {
    stage.eventually("the drift is repaired", || {
        let state = stage.control().state().to_string();
        (!state.contains("by hand")).then_some(())
    });
}

#[test]
fn a_distribution_costs_one_call_to_create_one_to_edit_and_two_to_delete() {
    let stage = Stage::with_deploy_delay("floor", Duration::from_millis(700));
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    assert_eq!(alone(&stage, 0), ["CreateDistribution"]);
    let edited = stage.now();
    stage.apply(&distribution("www", "second"));
    stage.until("cfd/www", "is ready again", is_second);
    assert_eq!(alone(&stage, edited), ["UpdateDistribution"]);
    let deleted = stage.now();
    stage.kubectl(&["delete", "cfd/www"]);
    assert_eq!(
        alone(&stage, deleted),
        ["UpdateDistribution", "DeleteDistribution"]
    );
}

#[test]
fn a_drift_costs_one_look_at_the_one_that_differs() {
    let stage = Stage::with_deploy_delay("differs", Duration::ZERO);
    for name in ["www", "blog", "shop"] {
        stage.apply(&distribution(name, name));
    }
    let id = stage.id_of("cfd/www");
    stage.until_ready("cfd/blog");
    stage.until_ready("cfd/shop");
    let before = stage.now();
    stage.edit_by_hand(&id, "Comment", "by hand");
    is_repaired(&stage);
    stage.until_ready("cfd/www");
    assert_eq!(
        alone(&stage, before),
        ["GetDistribution", "UpdateDistribution"]
    );
}

#[test]
fn who_may_not_list_looks_at_each_one_and_works_all_the_same() {
    let stage = Stage::without_operator("unlisted", Duration::from_millis(300));
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    stage
        .control()
        .inject(Fault::on("ListDistributions", denied).times(100_000));
    let mut stage = stage;
    stage.start_operator();
    stage.apply(&distribution("www", "first"));
    let id = stage.id_of("cfd/www");
    stage.edit_by_hand(&id, "Comment", "by hand");
    is_repaired(&stage);
    stage.until_ready("cfd/www");

    let before = stage.now();
    // Three resync intervals have three lists or four, each of which one look follows.
    thread::sleep(Duration::from_secs(6));
    let calls = stage.control().journal_since(before);
    assert!(
        calls.len() < 30,
        "{} calls, where nobody did anything",
        calls.len()
    );
    stage.stop_operator();
    stage.start_operator();
    stage.kubectl(&["delete", "cfd/www"]);
}

#[test]
fn a_list_that_lags_or_loses_costs_looks_and_never_a_write() {
    let stage = Stage::with_deploy_delay("lagging", Duration::from_millis(300));
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    stage.apply(&distribution("www", "second"));
    stage.until("cfd/www", "is ready again", is_second);
    for mode in [
        FaultMode::StaleRead { lag: 1 },
        FaultMode::Without {
            element: "Id".into(),
        },
        FaultMode::Without {
            element: "ETag".into(),
        },
    ] {
        let before = stage.now();
        stage
            .control()
            .inject(Fault::on("ListDistributions", mode.clone()).times(3));
        stage.eventually(&format!("it was looked at: {mode:?}"), || {
            let looked = alone(&stage, before).contains(&"GetDistribution".to_owned());
            (looked && stage.control().faults().is_empty()).then_some(())
        });
        stage.until_ready("cfd/www");
        assert_eq!(stage.writes_since(before), [], "{mode:?}");
    }
}

#[test]
fn a_restart_while_cloudfront_throttles_tells_so_and_heals_without_a_look() {
    let mut stage = Stage::with_deploy_delay("restart", Duration::ZERO);
    let objects = ["cfd/www", "cfd/blog", "cfd/shop"];
    for object in objects {
        let name = object.trim_start_matches("cfd/");
        stage.apply(&distribution(name, name));
    }
    for object in objects {
        stage.until_ready(object);
    }
    stage.stop_operator();
    let before = stage.now();
    stage
        .control()
        .inject(Fault::on("ListDistributions", FaultMode::throttling()).times(100_000));
    stage.start_operator();
    for object in objects {
        let told = stage.until_condition(object, "Synced", "False", "Throttled");
        assert_eq!(condition(&told, "Ready").0, "True");
    }
    stage.control().clear_faults();
    for object in objects {
        stage.until_condition(object, "Synced", "True", "InSync");
    }
    assert_eq!(alone(&stage, before), [""; 0]);
}
