//! Refusals that pass by themselves: an alias that another distribution has, and a policy that is created later.

use crate::support::{TestEnv, condition, distribution, with_field};
use cloudfront_simulator::ResourceType;
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
