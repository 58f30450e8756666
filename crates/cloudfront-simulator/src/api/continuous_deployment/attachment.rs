//! Rules for distributions that a policy connects (FACTS.md, continuous deployment).

use super::{POLICY_ID, policy_for, primary_of, staging_of};
use crate::{
    api::{family::CONTINUOUS_DEPLOYMENT_POLICY, request::ApiRequest},
    error::ApiError,
    service::{Account, ResourceView, Service},
    switches::Switch,
    xml::Element,
};

/// The members in which the primary and the staging distribution can differ. The last five identify and operate each of them.
const DIFFERENT: [&str; 14] = [
    "DefaultCacheBehavior",
    "CacheBehaviors",
    "Origins",
    "OriginGroups",
    "CustomErrorResponses",
    "Restrictions",
    "DefaultRootObject",
    "Logging",
    "Comment",
    "CallerReference",
    "Aliases",
    "Staging",
    POLICY_ID,
    "Enabled",
];

/// Rejects an update that attaches or detaches a policy where that is not possible, or that a policy does not allow.
pub(in crate::api) fn check_update(
    service: &Service,
    request: &ApiRequest<'_>,
    current: ResourceView<'_>,
    config: &Element,
) -> Result<(), ApiError> {
    let Some(account) = service.account(&request.account) else {
        return Ok(());
    };
    if config.is_true("Staging") {
        check_staging(account, current, config)
    } else {
        check_primary(service, account, current, config)
    }
}

fn check_staging(
    account: &Account,
    current: ResourceView<'_>,
    config: &Element,
) -> Result<(), ApiError> {
    let old = &current.version.config;
    if old.text_of(POLICY_ID) != config.text_of(POLICY_ID) {
        let message = "You cannot update Origin or CallerReference.";
        return Err(ApiError::new("IllegalUpdate", message));
    }
    let Some(policy) = policy_for(account, &current.resource.name) else {
        return Ok(());
    };
    if old.is_true("Enabled") && !config.is_true("Enabled") {
        return Err(staging_in_use());
    }
    let primary = primary_of(account, &policy.resource.id);
    primary.map_or(Ok(()), |primary| {
        check_differences(&primary.version.config, config)
    })
}

fn check_primary(
    service: &Service,
    account: &Account,
    current: ResourceView<'_>,
    config: &Element,
) -> Result<(), ApiError> {
    let policy_id = config.text_of(POLICY_ID);
    let old = &current.version.config;
    let is_enabled = |id: &str| is_enabled(account, id);
    if old.text_of(POLICY_ID) != policy_id
        && is_enabled(old.text_of(POLICY_ID))
        && service
            .state
            .switches
            .is_on(Switch::DetachOnlyDisabledPolicies)
    {
        let message = "The continuous deployment policy must be disabled before it is detached.";
        return Err(ApiError::new("IllegalUpdate", message));
    }
    if policy_id.is_empty() {
        return Ok(());
    }
    let others = primary_of(account, policy_id);
    if others.is_some_and(|other| other.resource.id != current.resource.id) {
        let message =
            "The specified continuous deployment policy is associated with another distribution.";
        return Err(ApiError::new("ContinuousDeploymentPolicyInUse", message));
    }
    let staging = staging_of(account, policy_id);
    staging.map_or(Ok(()), |staging| {
        check_differences(config, &staging.version.config)
    })
}

/// Rejects a difference between the primary and the staging distribution that is not possible. Both can have another web ACL.
fn check_differences(primary: &Element, staging: &Element) -> Result<(), ApiError> {
    let members = primary.children.iter().chain(&staging.children);
    let is_different = |name: &str| match name {
        "WebACLId" => primary.text_of(name).is_empty() != staging.text_of(name).is_empty(),
        _ => primary.child(name) != staging.child(name),
    };
    let mut names = members.map(|member| member.name.as_str());
    match names.find(|name| !DIFFERENT.contains(name) && is_different(name)) {
        None => Ok(()),
        Some(_) => Err(ApiError::new(
            "IllegalUpdate",
            "One or more fields updated are not supported for continuous deployment.",
        )),
    }
}

/// Rejects the deletion of a staging distribution with a policy, and that of a primary distribution with an enabled one.
pub(in crate::api) fn check_delete(
    account: &Account,
    current: ResourceView<'_>,
) -> Result<(), ApiError> {
    let config = &current.version.config;
    let is_in_use = if config.is_true("Staging") {
        policy_for(account, &current.resource.name).is_some()
    } else {
        is_enabled(account, config.text_of(POLICY_ID))
    };
    if is_in_use {
        let message = "The distribution is used by a continuous deployment policy.";
        return Err(ApiError::new("ResourceInUse", message));
    }
    Ok(())
}

fn is_enabled(account: &Account, policy: &str) -> bool {
    let policy = CONTINUOUS_DEPLOYMENT_POLICY.find(account, policy);
    policy.is_some_and(|policy| policy.version.config.is_true("Enabled"))
}

fn staging_in_use() -> ApiError {
    // The wording is that of CloudFront.
    let message = "The specified staging distribution is currently used by a continuous deployment policy. Please the \
                   update policy before deleting.";
    ApiError::new("StagingDistributionInUse", message)
}
