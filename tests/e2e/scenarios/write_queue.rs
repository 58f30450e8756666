//! More to write than the budget has calls for.

use super::{
    lifecycle::{apply_sites, distribution},
    stage::{Stage, condition, message},
};
use std::time::Duration;

/// One call in two seconds.
const SLOWLY: [&str; 2] = ["--writes-per-second", "0.5"];

fn is_queued(stage: &Stage, name: &str) -> bool {
    let object = stage.get(&format!("cfd/{name}")).unwrap_or_default();
    condition(&object, "Ready").1 == "Queued"
}

/// The names and ids of so many distributions, which an operator that is gone has made.
fn sites_without_operator(stage: &mut Stage, count: usize) -> (Vec<String>, Vec<String>) {
    stage.start_operator();
    let names = apply_sites(stage, count);
    let ids = names.iter().map(|name| stage.id_of(&format!("cfd/{name}")));
    let ids = ids.collect();
    stage.stop_operator();
    (names, ids)
}

#[test]
fn who_waits_for_its_turn_says_so_and_what_is_edited_meanwhile_is_written_once() {
    let mut stage = Stage::without_operator("turns", Duration::ZERO);
    stage.start_operator_with(&SLOWLY);
    let names = apply_sites(&stage, 8);
    let waiting = stage.eventually("one waits for its turn", || {
        names
            .iter()
            .rev()
            .find(|name| is_queued(&stage, name))
            .cloned()
    });
    let object = stage.get(&format!("cfd/{waiting}")).unwrap_or_default();
    let told = message(&object, "Ready");
    assert!(
        told.starts_with("Waits for its turn: at most ")
            && told.ends_with(
                " calls are ahead of it in the account's budget for writes (--writes-per-second)."
            ),
        "{told}"
    );
    assert_eq!(object["status"]["id"], serde_json::Value::Null);
    for edit in ["second", "third", "last"] {
        stage.apply(&distribution(&waiting, edit));
    }

    for name in &names {
        stage.until_ready(&format!("cfd/{name}"));
    }
    let writes = stage.writes_since(0);
    assert_eq!(Stage::operations(&writes), vec!["CreateDistribution"; 8]);
    let state = stage.control().state().to_string();
    assert!(state.contains("<Comment>last</Comment>"), "{state}");
}

#[test]
fn an_edit_goes_before_what_others_have_changed() {
    let mut stage = Stage::without_operator("turns-order", Duration::ZERO);
    let (names, ids) = sites_without_operator(&mut stage, 9);
    let before = stage.now();
    let (edited, changed) = ids.split_first().expect("there are some");
    for id in changed {
        stage.edit_by_hand(id, "Comment", "by hand");
    }

    stage.start_operator_with(&SLOWLY);
    stage.eventually("one waits for its turn", || {
        names.iter().find(|name| is_queued(&stage, name))
    });
    stage.apply(&distribution(&names[0], "second"));
    stage.eventually("all are as they should be", || {
        (stage.writes_since(before).len() == names.len()).then_some(())
    });
    let writes = stage.writes_since(before);
    let last = writes.last().and_then(|call| call.id.clone());
    assert_ne!(last.as_ref(), Some(edited), "{writes:?}");
}

#[test]
fn who_waits_to_be_put_right_and_is_edited_goes_before_the_others() {
    let mut stage = Stage::without_operator("turns-edited", Duration::ZERO);
    let (names, ids) = sites_without_operator(&mut stage, 16);
    for id in &ids {
        stage.edit_by_hand(id, "Comment", "by hand");
    }
    stage.start_operator_with(&SLOWLY);
    let at = stage.eventually("one waits behind more than eight", || {
        names.iter().position(|name| {
            let object = stage.get(&format!("cfd/{name}")).unwrap_or_default();
            message(&object, "Ready").contains("at most 16 calls")
        })
    });

    let before = stage.now();
    stage.apply(&distribution(&names[at], "second"));
    let ahead = stage.eventually("the edit is carried out", || {
        let writes = stage.writes_since(before);
        writes
            .iter()
            .position(|call| call.id.as_ref() == Some(&ids[at]))
    });
    assert!(ahead <= 4, "{ahead} writes came before the edit");
}
