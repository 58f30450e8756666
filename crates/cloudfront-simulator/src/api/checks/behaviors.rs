//! Cache behaviors.

use std::collections::BTreeSet;

use super::{Context, associations, enabled_agrees, ensure, forwarding, unique};
use crate::{error::ApiError, seeds::Family, xml::Element};

/// What a pattern has beside letters and digits (FACTS.md, families).
const PATTERN: &str = r#"_-.*$/~"'&@:?+\"#;
const READ: [&str; 2] = ["GET", "HEAD"];
const READ_OPTIONS: [&str; 3] = ["GET", "HEAD", "OPTIONS"];
const ALL: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(super) fn check(context: &Context<'_>, config: &Element) -> Result<(), ApiError> {
    let ordered = config.items_of("CacheBehaviors");
    context.within("TooManyCacheBehaviors", ordered.len())?;
    patterns(ordered)?;
    let lists = [config.items_of("Origins"), config.items_of("OriginGroups")];
    let targets: BTreeSet<_> = lists
        .into_iter()
        .flatten()
        .map(|target| target.text_of("Id"))
        .collect();
    for behavior in config
        .child("DefaultCacheBehavior")
        .into_iter()
        .chain(ordered)
    {
        let message = "One or more of your origins or origin groups do not exist.";
        ensure(
            targets.contains(behavior.text_of("TargetOriginId")),
            "NoSuchOrigin",
            message,
        )?;
        methods(behavior)?;
        signers(context, behavior)?;
        references(context, behavior)?;
        associations::check(context, behavior)?;
        forwarding::check(context, behavior)?;
    }
    Ok(())
}

fn patterns(behaviors: &[Element]) -> Result<(), ApiError> {
    let all = || {
        behaviors
            .iter()
            .map(|behavior| behavior.text_of("PathPattern"))
    };
    unique(all().map(str::to_owned), "path pattern")?;
    let sized = all().find(|pattern| pattern.is_empty() || pattern.len() > 255);
    if let Some(pattern) = sized {
        return Err(ApiError::argument(format!(
            "The parameter PathPattern is not valid: '{pattern}'."
        )));
    }
    let possible = |c: char| c.is_ascii_alphanumeric() || PATTERN.contains(c);
    ensure(
        all().all(|pattern| pattern.chars().all(possible)),
        "InvalidArgument",
        &format!(
            "The parameter globPattern can only contain these characters: [a-zA-Z0-9{PATTERN}]."
        ),
    )
}

fn methods(behavior: &Element) -> Result<(), ApiError> {
    let Some(allowed) = behavior.child("AllowedMethods") else {
        return Ok(());
    };
    let set = |list: &[Element]| {
        list.iter()
            .map(|method| method.text.clone())
            .collect::<BTreeSet<_>>()
    };
    let given = set(allowed.items());
    let is = |given: &BTreeSet<String>, wanted: &[&str]| given.iter().eq(wanted.iter());
    let valid = is(&given, &READ) || is(&given, &READ_OPTIONS) || is(&given, &ALL);
    let message = "The parameter AllowedMethods contains an invalid combination of methods.";
    ensure(
        valid && given.len() == allowed.items().len(),
        "InvalidArgument",
        message,
    )?;
    let Some(cached) = allowed
        .child("CachedMethods")
        .map(|cached| set(cached.items()))
    else {
        return Ok(());
    };
    let valid = is(&cached, &READ) || is(&cached, &READ_OPTIONS) && cached.is_subset(&given);
    let message = "The parameter CachedMethods contains an invalid combination of methods.";
    ensure(valid, "InvalidArgument", message)
}

fn signers(context: &Context<'_>, behavior: &Element) -> Result<(), ApiError> {
    context.signers(behavior)?;
    let groups = behavior.items_of("TrustedKeyGroups");
    context.within("TooManyKeyGroupsAssociatedToDistribution", groups.len())?;
    for group in groups {
        let refusal = (
            "TrustedKeyGroupDoesNotExist",
            "The specified key group does not exist.",
        );
        context.known(Family::KeyGroup, &group.text, refusal)?;
    }
    enabled_agrees(behavior, "TrustedKeyGroups")
}

fn references(context: &Context<'_>, behavior: &Element) -> Result<(), ApiError> {
    for (member, family, code) in [
        ("CachePolicyId", Family::CachePolicy, "NoSuchCachePolicy"),
        (
            "OriginRequestPolicyId",
            Family::OriginRequestPolicy,
            "NoSuchOriginRequestPolicy",
        ),
        (
            "ResponseHeadersPolicyId",
            Family::ResponseHeadersPolicy,
            "NoSuchResponseHeadersPolicy",
        ),
        (
            "FieldLevelEncryptionId",
            Family::FieldLevelEncryptionConfig,
            "NoSuchFieldLevelEncryptionConfig",
        ),
        (
            "RealtimeLogConfigArn",
            Family::RealtimeLogConfig,
            "NoSuchRealtimeLogConfig",
        ),
    ] {
        let message = format!("The resource that {member} names does not exist.");
        context.known(family, behavior.text_of(member), (code, &message))?;
    }
    Ok(())
}
