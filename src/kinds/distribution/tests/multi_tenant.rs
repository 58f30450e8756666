//! A distribution that only tenants use has no member that CloudFront rejects for it.

use super::{bucket, desired, distribution, merge, read_back, sent};
use crate::{engine::Kind as _, kinds::distribution::Distribution, xml::Element};
use serde_json::{Value, json};

/// Members that CloudFront's API model reserves for standard distributions, in any place of a configuration.
const UNSUPPORTED: [&str; 12] = [
    "Aliases",
    "AnycastIpListId",
    "ContinuousDeploymentPolicyId",
    "DefaultTTL",
    "ForwardedValues",
    "IAMCertificateId",
    "IsIPV6Enabled",
    "MaxTTL",
    "MinTTL",
    "PriceClass",
    "SmoothStreaming",
    "TrustedSigners",
];

/// A distribution with two behaviors. `bucket` accepts a patch too, but its `cacheBehaviors` would need all their fields.
fn two_behaviors(patch: &Value) -> Distribution {
    let behavior = json!({
        "pathPattern": "/api/*",
        "targetOriginId": "bucket",
        "viewerProtocolPolicy": "https-only",
        "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    });
    let mut spec = serde_json::to_value(bucket(&json!({})).spec).unwrap();
    merge(&mut spec, &json!({"cacheBehaviors": [behavior]}));
    merge(&mut spec, patch);
    distribution(spec)
}

/// The unsupported members of a configuration. A present `Staging` is one too.
fn unsupported(config: &Element) -> Vec<String> {
    let mut found = vec![];
    for child in config.children().iter().filter(|it| !it.is_absent()) {
        if UNSUPPORTED.contains(&child.name()) || child.name() == "Staging" {
            found.push(child.name().to_owned());
        }
        found.extend(unsupported(child));
    }
    found
}

#[test]
fn a_create_request_has_no_unsupported_member() {
    let tenant_only = desired(&two_behaviors(&json!({"connectionMode": "tenant-only"})));
    assert_eq!(unsupported(&tenant_only), Vec::<String>::new());
    assert!(!unsupported(&desired(&two_behaviors(&json!({})))).is_empty());
}

/// The configuration of a tenant-only distribution after CloudFront filled in the defaults of standard distributions.
fn with_filled_in_defaults() -> Element {
    let mut live = read_back::with_bucket();
    live.overlay(&desired(&two_behaviors(&json!({}))));
    live.set_text("ConnectionMode", "tenant-only");
    live
}

#[test]
fn an_update_sends_back_no_unsupported_member_that_cloudfront_filled_in() {
    for mode in [json!({"connectionMode": "tenant-only"}), json!({})] {
        let mut edited = two_behaviors(&mode);
        edited.spec.config.comment = "edited".to_owned();
        let sent = sent(&edited, &with_filled_in_defaults());
        assert_eq!(unsupported(&sent), Vec::<String>::new(), "{mode}");
        assert_eq!(sent.text_of("Comment"), Some("edited"));
    }
}

#[test]
fn disabling_sends_back_no_unsupported_member() {
    let mut live = with_filled_in_defaults();
    assert!((Distribution::HOOKS.disable)(&mut live));
    (Distribution::HOOKS.complete_update)(&mut live);
    assert_eq!(unsupported(&live), Vec::<String>::new());
}

#[test]
fn a_bucket_keeps_its_empty_identity() {
    let tenant_only = desired(&two_behaviors(&json!({"connectionMode": "tenant-only"})));
    let identity = super::text(
        &tenant_only,
        "Origins/Items/Origin/S3OriginConfig/OriginAccessIdentity",
    );
    assert_eq!(identity, Some(""));
}
