//! The CloudFront calls of an edit of an object with tags.

use crate::support::{AS_SHIPPED, TestEnv, distribution, with_field};
use std::time::Duration;

fn tagged(comment: &str, tags: &str) -> String {
    with_field(&distribution("www", comment), &format!("tags: {{{tags}}}"))
}

/// Applies an edit, waits until the object is ready, and returns the operations that are no list of resources.
fn operations_of_edit(env: &TestEnv, manifest: &str) -> Vec<String> {
    let before = env.journal_end();
    env.apply(manifest);
    env.wait_until_ready("cfd/www");
    let calls = env.control().journal_since(before);
    let operations = calls.into_iter().map(|call| call.operation);
    operations.filter(|it| it != "ListDistributions").collect()
}

#[test]
fn an_edit_of_a_tagged_object_is_one_call_and_an_edit_of_its_tags_at_most_two() {
    let mut env = TestEnv::without_operator("tag-edits", Duration::ZERO);
    env.start_operator_with_flags(&AS_SHIPPED);
    env.apply(&tagged("first", "team: web, env: test"));
    env.wait_until_ready("cfd/www");
    for (manifest, expected) in [
        (
            tagged("second", "team: web, env: test"),
            &["UpdateDistribution"][..],
        ),
        (tagged("second", "team: api, env: test"), &["TagResource"]),
        (tagged("second", "team: api"), &["UntagResource"]),
        (
            tagged("second", "owner: api"),
            &["TagResource", "UntagResource"],
        ),
        (
            tagged("third", "owner: web"),
            &["UpdateDistribution", "TagResource"],
        ),
    ] {
        assert_eq!(operations_of_edit(&env, &manifest), expected, "{manifest}");
    }

    env.stop_operator();
    env.start_operator_with_flags(&AS_SHIPPED);
    let expected = ["GetDistribution", "UpdateDistribution"];
    let manifest = tagged("fourth", "owner: web");
    assert_eq!(
        operations_of_edit(&env, &manifest),
        expected,
        "after a restart"
    );
}

#[test]
fn tags_of_a_lost_create_that_left_the_spec_are_removed() {
    let mut env = TestEnv::with_deploy_delay("lost-tag", Duration::ZERO);
    env.apply_with_held_response(
        "CreateDistributionWithTags",
        &tagged("first", "team: web, old: x"),
    );
    env.kill_operator();
    env.apply(&tagged("first", "team: web"));
    env.start_operator();
    env.wait_until_ready("cfd/www");
    assert!(
        env.state_contains(r#""tags":{"team":"web"}"#),
        "{}",
        env.control().state()
    );
}
