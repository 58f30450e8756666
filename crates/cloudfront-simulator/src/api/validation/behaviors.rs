//! Cache behaviors.

use std::collections::BTreeSet;

use super::{
    allowed_methods, associations, behavior_origins,
    context::ValidationContext,
    forwarding,
    rules::{ensure, ensure_enabled_matches_items, ensure_unique},
    targets,
};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

/// The characters of a path pattern other than letters and digits (FACTS.md, resource types).
const PATTERN_CHARACTERS: &str = r#"_-.*$/~"'&@:?+\"#;

pub(super) fn check(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    let ordered = config.items_of("CacheBehaviors");
    context.check_quota("TooManyCacheBehaviors", ordered.len())?;
    check_path_patterns(ordered)?;
    let lists = [config.items_of("Origins"), config.items_of("OriginGroups")];
    let targets: BTreeSet<_> = lists
        .into_iter()
        .flatten()
        .map(|target| target.text_of("Id"))
        .collect();
    for behavior in targets::behaviors(config) {
        let message = "One or more of your origins or origin groups do not exist.";
        ensure(
            targets.contains(behavior.text_of("TargetOriginId")),
            "NoSuchOrigin",
            message,
        )?;
        allowed_methods::check(behavior, targets::group_of(config, behavior).is_some())?;
        check_signers_and_key_groups(context, behavior)?;
        check_references(context, behavior)?;
        associations::check(context, behavior)?;
        forwarding::check(context, behavior)?;
        behavior_origins::check(config, behavior)?;
    }
    Ok(())
}

fn check_path_patterns(behaviors: &[Element]) -> Result<(), ApiError> {
    let all = || {
        behaviors
            .iter()
            .map(|behavior| behavior.text_of("PathPattern"))
    };
    ensure_unique(all().map(str::to_owned), "path pattern")?;
    let wrong_length = all().find(|pattern| pattern.is_empty() || pattern.len() > 255);
    if let Some(pattern) = wrong_length {
        return Err(ApiError::invalid_argument(format!(
            "The parameter PathPattern is not valid: '{pattern}'."
        )));
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || PATTERN_CHARACTERS.contains(c);
    ensure(
        all().all(|pattern| pattern.chars().all(is_allowed)),
        "InvalidArgument",
        &format!(
            "The parameter globPattern can only contain these characters: [a-zA-Z0-9{PATTERN_CHARACTERS}]."
        ),
    )
}

fn check_signers_and_key_groups(
    context: &ValidationContext<'_>,
    behavior: &Element,
) -> Result<(), ApiError> {
    context.check_trusted_signers(behavior)?;
    let groups = behavior.items_of("TrustedKeyGroups");
    context.check_quota("TooManyKeyGroupsAssociatedToDistribution", groups.len())?;
    for group in groups {
        let error = (
            "TrustedKeyGroupDoesNotExist",
            "The specified key group does not exist.",
        );
        context.check_reference(ResourceType::KeyGroup, &group.text, error)?;
    }
    ensure_enabled_matches_items(behavior, "TrustedKeyGroups")
}

fn check_references(context: &ValidationContext<'_>, behavior: &Element) -> Result<(), ApiError> {
    for (member, resource_type, code) in [
        (
            "CachePolicyId",
            ResourceType::CachePolicy,
            "NoSuchCachePolicy",
        ),
        (
            "OriginRequestPolicyId",
            ResourceType::OriginRequestPolicy,
            "NoSuchOriginRequestPolicy",
        ),
        (
            "ResponseHeadersPolicyId",
            ResourceType::ResponseHeadersPolicy,
            "NoSuchResponseHeadersPolicy",
        ),
        (
            "FieldLevelEncryptionId",
            ResourceType::FieldLevelEncryptionConfig,
            "NoSuchFieldLevelEncryptionConfig",
        ),
        (
            "RealtimeLogConfigArn",
            ResourceType::RealtimeLogConfig,
            "NoSuchRealtimeLogConfig",
        ),
    ] {
        let message = format!("The resource that {member} names does not exist.");
        // FACTS.md, real-time logs: only the ARN of a log configuration can be of another account.
        let is_foreign = context.is_of_other_account(behavior.text_of(member));
        let code = if is_foreign && resource_type == ResourceType::RealtimeLogConfig {
            "RealtimeLogConfigOwnerMismatch"
        } else {
            code
        };
        context.check_reference(resource_type, behavior.text_of(member), (code, &message))?;
    }
    Ok(())
}
