//! Members that a distribution cannot have if only its tenants use it.
//!
//! Sources: CloudFront's API model, which reserves these members for standard distributions, and the list of unsupported attributes of
//! Terraform's `aws_cloudfront_multitenant_distribution`. `S3OriginConfig` stays: CloudFront requires it for every bucket.

use super::elements::for_each_behavior;
use crate::xml::Element;

const CONFIG_MEMBERS: [&str; 6] = [
    "Aliases",
    "AnycastIpListId",
    "ContinuousDeploymentPolicyId",
    "IsIPV6Enabled",
    "PriceClass",
    "Staging",
];
const BEHAVIOR_MEMBERS: [&str; 2] = ["SmoothStreaming", "TrustedSigners"];
const TTLS: [&str; 3] = ["MinTTL", "DefaultTTL", "MaxTTL"];

/// Removes the defaults of unsupported members from a configuration for tenants only. A value that the spec sets explicitly stays, so
/// that CloudFront reports the error.
pub(super) fn strip(config: &mut Element) {
    if is_tenant_only(config) {
        remove_defaults(config);
    }
}

/// Does the same if the spec does not set the connection mode: then the mode of the existing distribution applies.
pub(super) fn strip_for_update(desired: &mut Element, live: &Element) {
    if desired.child("ConnectionMode").is_none() && is_tenant_only(live) {
        remove_defaults(desired);
    }
}

fn is_tenant_only(config: &Element) -> bool {
    config.text_of("ConnectionMode") == Some("tenant-only")
}

fn remove_defaults(config: &mut Element) {
    remove_default_members(config, &CONFIG_MEMBERS);
    if let Some(certificate) = config.child_mut("ViewerCertificate") {
        remove_default_members(certificate, &["IAMCertificateId"]);
    }
    for_each_behavior(config, |behavior| {
        remove_default_members(behavior, &BEHAVIOR_MEMBERS);
        if behavior.child("ForwardedValues").is_none() {
            for ttl in TTLS {
                behavior.remove(ttl);
            }
        }
    });
}

fn remove_default_members(structure: &mut Element, members: &[&str]) {
    for member in members {
        let is_default = structure.child(member).is_some_and(|it| {
            it.is_semantically_empty() || ["false", "PriceClass_All"].contains(&it.text())
        });
        if is_default {
            structure.remove(member);
        }
    }
}
