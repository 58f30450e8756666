//! More writes than the rate limit allows.

use crate::support::{TestEnv, condition, distribution, message};
use std::collections::HashSet;
use std::time::Duration;

/// A rate limit of one write in two seconds.
const SLOW_WRITES: [&str; 2] = ["--cloudfront-write-qps", "0.5"];

/// A rate limit of one write in four seconds: an object that is queued behind more than four others waits while `kubectl` edits it.
const SLOWER_WRITES: [&str; 2] = ["--cloudfront-write-qps", "0.25"];

fn is_queued(env: &TestEnv, name: &str) -> bool {
    let object = env.get(&format!("cfd/{name}")).unwrap_or_default();
    condition(&object, "Ready").1 == "Queued"
}

/// Creates distributions, stops the operator, and returns the names of the objects and the ids of their resources.
fn create_and_stop_operator(env: &mut TestEnv, count: usize) -> (Vec<String>, Vec<String>) {
    env.start_operator();
    let names = env.apply_distributions(count);
    let ids = names
        .iter()
        .map(|name| env.ready_id(&format!("cfd/{name}")));
    let ids = ids.collect();
    env.stop_operator();
    (names, ids)
}

#[test]
fn a_queued_object_reports_it_and_is_written_once_with_its_last_edit() {
    let mut env = TestEnv::without_operator("turns", Duration::ZERO);
    let names = env.apply_distributions(8);
    env.start_operator_with_flags(&SLOWER_WRITES);
    let text = "Waits for the rate limiter: at most 8 write requests are ahead of it (--cloudfront-write-qps).";
    let (waiting, object) = env.eventually("an object is queued behind more than four", || {
        names.iter().find_map(|name| {
            let object = env.get(&format!("cfd/{name}")).unwrap_or_default();
            (message(&object, "Ready") == text).then(|| (name.clone(), object))
        })
    });
    assert_eq!(object["status"]["id"], serde_json::Value::Null);
    for edit in ["second", "third", "last"] {
        env.apply(&distribution(&waiting, edit));
    }

    for name in &names {
        env.wait_until_ready(&format!("cfd/{name}"));
    }
    let writes = env.writes_since(0);
    assert_eq!(TestEnv::operations(&writes), vec!["CreateDistribution"; 8]);
    let state = env.control().state().to_string();
    assert!(state.contains("<Comment>last</Comment>"), "{state}");
}

#[test]
fn an_edit_is_written_before_corrections_of_drift() {
    let mut env = TestEnv::without_operator("turns-order", Duration::ZERO);
    let (names, ids) = create_and_stop_operator(&mut env, 9);
    let before = env.journal_end();
    let (edited, changed) = ids.split_first().expect("the list is not empty");
    for id in changed {
        env.edit_out_of_band(id, "Comment", "by hand");
    }

    env.start_operator_with_flags(&SLOW_WRITES);
    env.eventually("an object is queued", || {
        names.iter().find(|name| is_queued(&env, name))
    });
    env.apply(&distribution(&names[0], "second"));
    env.eventually("every distribution was written", || {
        (env.writes_since(before).len() == names.len()).then_some(())
    });
    let writes = env.writes_since(before);
    let last = writes.last().and_then(|call| call.id.clone());
    assert_ne!(last.as_ref(), Some(edited), "{writes:?}");
}

#[test]
fn an_edit_moves_a_queued_correction_of_drift_forward() {
    let mut env = TestEnv::without_operator("turns-edited", Duration::ZERO);
    let (names, ids) = create_and_stop_operator(&mut env, 16);
    for id in &ids {
        env.edit_out_of_band(id, "Comment", "by hand");
    }
    env.start_operator_with_flags(&SLOW_WRITES);
    let index = env.eventually("an object is queued behind more than eight", || {
        names.iter().position(|name| {
            let object = env.get(&format!("cfd/{name}")).unwrap_or_default();
            message(&object, "Ready").contains("at most 16 write requests")
        })
    });

    let before = env.journal_end();
    env.apply(&distribution(&names[index], "second"));
    let ahead = env.eventually("the edit is written", || {
        let writes = env.writes_since(before);
        writes
            .iter()
            .position(|call| call.id.as_ref() == Some(&ids[index]))
    });
    assert!(ahead <= 4, "{ahead} writes came before the edit");
}

#[test]
fn an_edit_replaces_a_correction_of_drift_that_waits_for_its_turn() {
    let mut env = TestEnv::without_operator("turns-outdated", Duration::ZERO);
    let (names, ids) = create_and_stop_operator(&mut env, 8);
    for id in &ids {
        env.edit_out_of_band(id, "Comment", "by hand");
    }
    let before = env.journal_end();
    env.start_operator_with_flags(&["--cloudfront-write-qps", "1", "--resync-period", "10m"]);
    env.eventually("the first correction is written", || {
        (!env.writes_since(before).is_empty()).then_some(())
    });
    let apply_new = |first: usize| {
        let manifests: Vec<String> = (first..first + 20)
            .map(|n| distribution(&format!("new-{n}"), "new"))
            .collect();
        env.apply(&manifests.join("---\n"));
    };
    apply_new(0);
    let written: HashSet<_> = env
        .writes_since(before)
        .into_iter()
        .filter_map(|call| call.id)
        .collect();
    let index = ids.iter().position(|id| !written.contains(id));
    let index = index.expect("a correction waits");
    let edited = env.journal_end();
    env.apply(&distribution(&names[index], "second"));
    apply_new(20);
    let own = env.eventually("the edit is written", || {
        let writes = env.writes_since(edited);
        let own =
            |call: &&cloudfront_simulator::JournalEntry| call.id.as_ref() == Some(&ids[index]);
        let position = writes.iter().position(|call| own(&call))?;
        env.state_contains("<Comment>second</Comment>")
            .then(|| (position, writes.iter().filter(own).count()))
    });
    assert_eq!(own.1, 1, "the outdated correction is not sent");
    // The edit passes its own correction, not the 20 objects that were applied before it. Those that were applied after it come later.
    assert!(own.0 < 25, "{} writes came before the edit", own.0);
}
