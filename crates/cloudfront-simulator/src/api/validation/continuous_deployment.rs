//! Continuous deployment.

use super::rules::ensure;
use crate::{error::ApiError, xml::Element};

/// Rejects HTTP/3 beside a policy, and aliases of a staging distribution (developer guide, "Quotas and other considerations for
/// continuous deployment").
pub(super) fn check(config: &Element) -> Result<(), ApiError> {
    let has_http3 = matches!(config.text_of("HttpVersion"), "http3" | "http2and3");
    let message = "The parameter HTTP3 is not supported for Continuous Deployment Policy.";
    ensure(
        !(has_policy(config) && has_http3),
        "InvalidArgument",
        message,
    )?;
    let has_aliases = !config.items_of("Aliases").is_empty();
    let message = "A staging distribution cannot have aliases.";
    ensure(
        !(config.is_true("Staging") && has_aliases),
        "InvalidArgument",
        message,
    )
}

/// Rejects a web ACL that an update adds or removes while a policy is attached.
pub(super) fn check_update(old: &Element, config: &Element) -> Result<(), ApiError> {
    let has_web_acl = |config: &Element| !config.text_of("WebACLId").is_empty();
    let stays_attached = has_policy(old) && has_policy(config);
    let message = "You cannot associate or disassociate a web ACL while a continuous deployment policy is attached.";
    ensure(
        !stays_attached || has_web_acl(old) == has_web_acl(config),
        "IllegalUpdate",
        message,
    )
}

fn has_policy(config: &Element) -> bool {
    !config.text_of("ContinuousDeploymentPolicyId").is_empty()
}
