//! Continuous deployment policies.

use super::policy_rules::ensure;
use crate::{
    api::{
        continuous_deployment,
        family::table::{Family, User},
    },
    error::ApiError,
    ids::IdGenerator,
    seeds::ResourceType,
    switches::Switches,
    xml::Element,
};

pub(in crate::api) static CONTINUOUS_DEPLOYMENT_POLICY: Family = Family {
    config: "ContinuousDeploymentPolicyConfig",
    noun: "continuous deployment policy",
    plural: "continuous deployment policies",
    quota: "TooManyContinuousDeploymentPolicies",
    id: IdGenerator::next_uuid,
    seeded_as: Some(ResourceType::ContinuousDeploymentPolicy),
    used_by: &[(User::Distribution, "ContinuousDeploymentPolicyId")],
    in_use: "The specified continuous deployment policy is currently associated with a distribution.",
    lists_total: true,
    rules: check,
    state_rules: continuous_deployment::check_policy,
    ..Family::EMPTY
};

/// Rejects a traffic configuration outside the documentation (RESTRICTIONS.md).
fn check(config: &Element, _: &Switches) -> Result<(), ApiError> {
    let Some(traffic) = config.child("TrafficConfig") else {
        return Ok(());
    };
    let weight = traffic.child("SingleWeightConfig");
    let header = traffic.child("SingleHeaderConfig");
    let has_type = match traffic.text_of("Type") {
        "SingleWeight" => weight.is_some() && header.is_none(),
        _ => header.is_some() && weight.is_none(),
    };
    ensure(
        has_type,
        "The parameter TrafficConfig must have the configuration of its Type, and no other.",
    )?;
    if let Some(header) = header {
        ensure(
            header.text_of("Header").starts_with("aws-cf-cd-"),
            "The parameter Header must have the prefix aws-cf-cd-.",
        )?;
    }
    weight.map_or(Ok(()), check_weight)
}

fn check_weight(config: &Element) -> Result<(), ApiError> {
    let weight: f64 = config.text_of("Weight").parse().unwrap_or(f64::NAN);
    ensure(
        (0.0..=0.15).contains(&weight),
        "The parameter Weight must be from 0 to 0.15.",
    )?;
    let Some(stickiness) = config.child("SessionStickinessConfig") else {
        return Ok(());
    };
    let ttls = ["IdleTTL", "MaximumTTL"].map(|name| stickiness.number(name).unwrap_or_default());
    ensure(
        ttls.iter().all(|ttl| (300..=3600).contains(ttl)),
        "The parameters IdleTTL and MaximumTTL must be from 300 to 3600.",
    )?;
    ensure(
        ttls.is_sorted(),
        "The parameter IdleTTL must not be greater than MaximumTTL.",
    )
}
