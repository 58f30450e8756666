//! Refusals that pass by themselves: an alias that another distribution has, and a policy that is created later.

use crate::support::{TestEnv, condition, distribution, message, with_field};
use cloudfront_simulator::{Edit, ResourceType};
use serde_json::Value;
use std::time::Duration;

/// The shipped intervals, so that no list and no resync comes soon.
const AS_SHIPPED: [&str; 4] = [
    "--resync-period",
    "10m",
    "--deployment-poll-interval",
    "10s",
];

const ALIAS: &str = "www.example.org";

const CERTIFICATE: &str =
    "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-4333-8444-555555555555";

fn with_certificate(name: &str) -> String {
    let certificate = format!(
        "viewerCertificate: {{acmCertificateArn: \"{CERTIFICATE}\", sslSupportMethod: sni-only, minimumProtocolVersion: TLSv1.2_2021}}"
    );
    with_field(&distribution(name, name), &certificate)
}

fn with_alias(name: &str) -> String {
    with_field(&with_certificate(name), &format!("aliases: [{ALIAS}]"))
}

fn start(name: &str) -> TestEnv {
    let mut env = TestEnv::without_operator(name, Duration::ZERO);
    env.control().seed(ResourceType::Certificate, CERTIFICATE);
    env.start_operator_with_flags(&AS_SHIPPED);
    env
}

fn synced_reason(object: &Value) -> String {
    condition(object, "Synced").1
}

#[test]
fn a_renamed_object_gets_the_alias_once_the_old_object_is_gone() {
    let env = start("renamed");
    env.apply(&with_alias("old"));
    env.wait_until_ready("cfd/old");
    env.apply(&with_alias("new"));
    env.wait_for_condition("cfd/new", "Synced", "False", "CNAMEAlreadyExists");
    env.kubectl(&["delete", "cfd/old"]);
    env.wait_until_ready("cfd/new");
}

#[test]
fn a_distribution_is_created_soon_after_the_policy_that_it_names() {
    const POLICY: &str = "69696969-0000-4000-8000-000000000069";
    let env = start("policy-later");
    let managed = "658327ea-f89d-4fab-a63d-7e88639e58f6";
    env.apply(&distribution("www", "first").replace(managed, POLICY));
    let refused = env.wait_for_condition("cfd/www", "Stalled", "True", "Rejected");
    assert_eq!(synced_reason(&refused), "NoSuchCachePolicy");
    env.wait_for_calls("CreateDistribution", 2, 0);
    env.control().seed(ResourceType::CachePolicy, POLICY);
    env.wait_until_ready("cfd/www");
}

/// Returns the operations of the writes that CloudFront refused.
fn failed_writes(env: &TestEnv) -> Vec<String> {
    let writes = env.writes_since(0);
    let failed = writes.iter().filter(|call| call.code.is_some());
    failed.map(|call| call.operation.clone()).collect()
}

/// Waits until CloudFront has refused an alias so often that the next retry is 16 seconds away or more.
fn wait_for_six_refusals(env: &TestEnv) -> u64 {
    env.eventually("the alias is refused six times", || {
        (failed_writes(env).len() >= 6).then_some(())
    });
    env.journal_end()
}

/// Returns the number of lists between a point in the journal and the next write that succeeds and gains the alias.
fn lists_before_success(env: &TestEnv, since: u64, operation: &str) -> usize {
    let calls = env.control().journal_since(since).into_iter();
    calls
        .take_while(|call| !(call.operation == operation && call.code.is_none()))
        .filter(|call| call.operation == "ListDistributions")
        .count()
}

/// Starts an environment that lists every two seconds.
fn start_with_lists(name: &str) -> TestEnv {
    let mut env = TestEnv::without_operator(name, Duration::ZERO);
    env.control().seed(ResourceType::Certificate, CERTIFICATE);
    env.start_operator();
    env
}

#[test]
fn an_alias_moves_between_two_distributions_that_are_applied_together_without_a_failed_call() {
    let env = start("moved");
    env.apply(&format!(
        "{}---\n{}",
        with_certificate("gains"),
        with_alias("loses")
    ));
    env.wait_until_ready("cfd/gains");
    env.wait_until_ready("cfd/loses");
    let before = env.journal_end();
    env.apply(&format!(
        "{}---\n{}",
        with_alias("gains"),
        with_certificate("loses")
    ));
    env.wait_for_calls("UpdateDistribution", 2, before);
    env.wait_until_ready("cfd/gains");
    env.wait_until_ready("cfd/loses");
    assert_eq!(failed_writes(&env), [""; 0]);
}

#[test]
fn an_object_gets_its_alias_when_an_edit_of_the_object_that_has_it_is_accepted() {
    let env = start_with_lists("edited");
    env.apply(&with_alias("old"));
    env.wait_until_ready("cfd/old");
    env.apply(&with_alias("new"));
    let refused = env.wait_for_condition("cfd/new", "Synced", "False", "CNAMEAlreadyExists");
    let text = message(&refused, "Ready");
    let name = format!(
        "The alias {ALIAS} is on Distribution {}/old.",
        env.namespace
    );
    assert!(text.starts_with(&name), "{text}");
    let refused = wait_for_six_refusals(&env);
    env.apply(&with_certificate("old"));
    env.wait_until_ready("cfd/new");
    let lists = lists_before_success(&env, refused, "CreateDistribution");
    assert!(lists <= 4, "{lists} lists came first");
}

#[test]
fn an_object_gets_its_alias_when_a_list_shows_that_it_is_free() {
    let env = start_with_lists("freed");
    let old = with_field(&with_alias("old"), "deletionPolicy: Retain");
    env.apply(&old);
    let id = env.ready_id("cfd/old");
    env.kubectl(&["delete", "cfd/old"]);
    env.apply(&with_alias("new"));
    let holder = format!("is on Distribution {id}, which the operator does not manage.");
    env.wait_until(
        "cfd/new",
        "names the distribution with the alias",
        |object| message(object, "Ready").contains(&holder),
    );
    let refused = wait_for_six_refusals(&env);
    env.change_out_of_band(&id, Edit::Delete);
    env.wait_until_ready("cfd/new");
    let lists = lists_before_success(&env, refused, "CreateDistribution");
    assert!(lists <= 4, "{lists} lists came first");
}
