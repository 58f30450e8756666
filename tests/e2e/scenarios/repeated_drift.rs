//! Another controller that writes back what the operator corrects.

use crate::support::{AS_SHIPPED, TestEnv, condition, distribution, message};
use std::{thread, time::Duration};

/// The updates after which the operator pauses between corrections.
const MAX_UPDATES: usize = 5;

#[test]
fn corrections_become_rare_while_another_client_writes_back() {
    let mut env = TestEnv::without_operator("writes-back", Duration::from_secs(5));
    env.start_operator_with_flags(&AS_SHIPPED);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    let before = env.journal_end();
    let updates = || {
        let writes = env.writes_since(before);
        writes
            .iter()
            .filter(|call| call.operation == "UpdateDistribution")
            .count()
    };
    env.eventually("the operator pauses its corrections", || {
        if env.state_contains("<Comment>first</Comment>") {
            env.edit_out_of_band(&id, "Comment", "theirs");
        }
        assert!(updates() <= MAX_UPDATES, "{} updates", updates());
        let object = env.get("cfd/www")?;
        (condition(&object, "Stalled").1 == "Conflict").then_some(())
    });
    let object = env.get("cfd/www").expect("the object exists");
    let text = message(&object, "Ready");
    assert!(text.contains("comment"), "{text}");
    let paused = updates();
    thread::sleep(Duration::from_secs(3));
    assert_eq!(updates(), paused, "no correction during the pause");

    env.request_reconcile("cfd/www", "now");
    env.eventually("a requested correction is made at once", || {
        env.state_contains("<Comment>first</Comment>").then_some(())
    });
    env.edit_out_of_band(&id, "Comment", "theirs");
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
}
