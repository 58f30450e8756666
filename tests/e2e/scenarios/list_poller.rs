//! One list call for all objects instead of a read of each.

use crate::support::{TestEnv, condition, distribution};
use cloudfront_simulator::FaultMode;
use serde_json::Value;
use std::{thread, time::Duration};

/// Returns the operations since a point in the journal, without the list calls that all objects share.
fn calls_without_lists(env: &TestEnv, since: u64) -> Vec<String> {
    let calls = env.control().journal_since(since);
    let operations = calls.into_iter().map(|call| call.operation);
    operations
        .filter(|name| !name.starts_with("List"))
        .collect()
}

/// Returns whether the second generation is deployed.
fn is_second_deployed(object: &Value) -> bool {
    object["status"]["observedGeneration"] == 2 && object["status"]["status"] == "Deployed"
}

fn wait_for_correction(env: &TestEnv) {
    env.eventually("the operator has corrected the drift", || {
        let state = env.control().state().to_string();
        (!state.contains("by hand")).then_some(())
    });
}

#[test]
fn a_distribution_costs_one_call_to_create_one_to_edit_and_two_to_delete() {
    let env = TestEnv::with_deploy_delay("floor", Duration::from_millis(700));
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    assert_eq!(calls_without_lists(&env, 0), ["CreateDistribution"]);
    let edited = env.journal_end();
    env.apply(&distribution("www", "second"));
    env.wait_until("cfd/www", "is ready again", is_second_deployed);
    assert_eq!(calls_without_lists(&env, edited), ["UpdateDistribution"]);
    let deleted = env.journal_end();
    env.kubectl(&["delete", "cfd/www"]);
    assert_eq!(
        calls_without_lists(&env, deleted),
        ["UpdateDistribution", "DeleteDistribution"]
    );
}

#[test]
fn a_drift_costs_one_read_of_the_resource_that_differs() {
    let env = TestEnv::with_deploy_delay("differs", Duration::ZERO);
    for name in ["www", "blog", "shop"] {
        env.apply(&distribution(name, name));
    }
    let id = env.ready_id("cfd/www");
    env.wait_until_ready("cfd/blog");
    env.wait_until_ready("cfd/shop");
    let before = env.journal_end();
    env.edit_out_of_band(&id, "Comment", "by hand");
    wait_for_correction(&env);
    env.wait_until_ready("cfd/www");
    assert_eq!(
        calls_without_lists(&env, before),
        ["GetDistribution", "UpdateDistribution"]
    );
}

#[test]
fn without_the_list_permission_each_resource_is_read_alone() {
    let env = TestEnv::without_operator("unlisted", Duration::from_millis(300));
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    env.inject_times("ListDistributions", denied, 100_000);
    let mut env = env;
    env.start_operator();
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    env.edit_out_of_band(&id, "Comment", "by hand");
    wait_for_correction(&env);
    env.wait_until_ready("cfd/www");

    let before = env.journal_end();
    // Three resync intervals have three or four list calls, each followed by one read.
    thread::sleep(Duration::from_secs(6));
    let calls = env.control().journal_since(before);
    assert!(calls.len() < 30, "{} calls without a change", calls.len());
    env.stop_operator();
    env.start_operator();
    env.kubectl(&["delete", "cfd/www"]);
}

#[test]
fn a_stale_or_incomplete_list_causes_reads_and_no_write() {
    let env = TestEnv::with_deploy_delay("lagging", Duration::from_millis(300));
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.apply(&distribution("www", "second"));
    env.wait_until("cfd/www", "is ready again", is_second_deployed);
    for mode in [
        FaultMode::StaleRead { lag: 1 },
        FaultMode::Without {
            element: "Id".into(),
        },
        FaultMode::Without {
            element: "ETag".into(),
        },
    ] {
        let before = env.journal_end();
        env.inject_times("ListDistributions", mode.clone(), 3);
        env.eventually(&format!("the distribution was read: {mode:?}"), || {
            let was_read =
                calls_without_lists(&env, before).contains(&"GetDistribution".to_owned());
            (was_read && env.control().faults().is_empty()).then_some(())
        });
        env.wait_until_ready("cfd/www");
        assert_eq!(env.writes_since(before), [], "{mode:?}");
    }
}

#[test]
fn a_restart_during_throttling_reports_it_and_recovers_without_reads() {
    let mut env = TestEnv::with_deploy_delay("restart", Duration::ZERO);
    let objects = ["cfd/www", "cfd/blog", "cfd/shop"];
    for object in objects {
        let name = object.trim_start_matches("cfd/");
        env.apply(&distribution(name, name));
    }
    for object in objects {
        env.wait_until_ready(object);
    }
    env.stop_operator();
    let before = env.journal_end();
    env.inject_times("ListDistributions", FaultMode::throttling(), 100_000);
    env.start_operator();
    for object in objects {
        let throttled = env.wait_for_condition(object, "Synced", "False", "Throttled");
        assert_eq!(condition(&throttled, "Ready").0, "True");
    }
    env.control().clear_faults();
    for object in objects {
        env.wait_for_condition(object, "Synced", "True", "InSync");
    }
    assert_eq!(calls_without_lists(&env, before), [""; 0]);
}

#[test]
fn an_object_is_created_while_others_wait_for_the_first_list_after_a_start() {
    let mut env = TestEnv::without_operator("first-list", Duration::ZERO);
    let one_worker = ["--max-concurrent-reconciles", "1"];
    env.start_operator_with_flags(&one_worker);
    let names = env.apply_distributions(5);
    for name in &names {
        env.wait_until_ready(&format!("cfd/{name}"));
    }
    env.stop_operator();
    env.inject_times("ListDistributions", FaultMode::Hold, 1_000);
    let before = env.journal_end();
    env.start_operator_with_flags(&one_worker);
    env.wait_for_held_response();
    env.apply(&distribution("later", "later"));
    env.wait_for_calls("CreateDistribution", 1, before);
    assert!(env.control().held_response_count() > 0, "the list is held");
    env.control().clear_faults();
    env.control().release_held_responses();
    let released = env.journal_end();
    env.wait_until_ready("cfd/later");
    let id = env.ready_id(&format!("cfd/{}", names[0]));
    env.edit_out_of_band(&id, "Comment", "by hand");
    wait_for_correction(&env);
    let reads = env.control().journal_since(released);
    let reads = reads
        .iter()
        .filter(|call| call.operation == "GetDistribution");
    assert_eq!(reads.count(), 1, "the list replaces the reads");
}
