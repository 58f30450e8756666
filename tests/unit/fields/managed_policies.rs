//! The names of AWS's policies, compared with the policies that CloudFront has.

use super::referenced::start_harness;
use cloudfront_operator::{
    cloudfront::Request,
    engine::{InputSource, Kind},
    kinds::distribution::Distribution,
};

/// The names of policies, their collection and their configuration.
const SOURCES: [(&str, &str, &str); 3] = [
    ("managedCachePolicy", "cache-policy", "CachePolicyConfig"),
    (
        "managedOriginRequestPolicy",
        "origin-request-policy",
        "OriginRequestPolicyConfig",
    ),
    (
        "managedResponseHeadersPolicy",
        "response-headers-policy",
        "ResponseHeadersPolicyConfig",
    ),
];

#[tokio::test]
async fn each_name_of_a_managed_policy_has_the_id_of_the_policy() {
    let harness = start_harness(&[]).await;
    let mut count = 0;
    for input in Distribution::INPUTS {
        let InputSource::Name { sibling, values } = input.source else {
            continue;
        };
        let source = SOURCES.into_iter().find(|(name, ..)| *name == sibling);
        let (_, collection, config) = source.unwrap_or_else(|| panic!("no source of {sibling}"));
        for (name, id) in values {
            let request = Request::get("GetPolicy", format!("{collection}/{id}"));
            let document = harness.read(&request).await;
            let config = document.child(config).unwrap();
            let found = config.text_of("Name").unwrap();
            assert_eq!(found.trim_start_matches("Managed-"), *name, "{id}");
            count += 1;
        }
    }
    assert_eq!(count, 2 * (7 + 8 + 5), "in both kinds of behaviors");
}
