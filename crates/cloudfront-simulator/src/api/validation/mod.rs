//! Rules for the configuration of a distribution, in addition to the service model.

mod associations;
mod behaviors;
mod context;
mod distribution_settings;
mod forwarding;
mod origins;
mod required_on_update;
mod rules;
mod viewer_certificate;

pub(super) use context::ValidationContext;
pub(super) use origins::check_s3_domain_name;

use crate::{error::ApiError, xml::Element};
use rules::ensure;

/// Validates the configuration of a new distribution.
pub(super) fn check_create(
    context: &ValidationContext<'_>,
    config: &Element,
) -> Result<(), ApiError> {
    let has_policy = !config.text_of("ContinuousDeploymentPolicyId").is_empty();
    ensure(
        !has_policy,
        "InvalidArgument",
        "A continuous deployment policy cannot be attached to a new distribution.",
    )?;
    check_config(context, config)
}

/// Validates the new configuration of an existing distribution. An update requires more members than a creation.
pub(super) fn check_update(
    context: &ValidationContext<'_>,
    old: &Element,
    config: &Element,
) -> Result<(), ApiError> {
    required_on_update::check(config, context.switches())?;
    let is_staging = |config: &Element| config.is_true("Staging");
    ensure(
        is_staging(old) == is_staging(config),
        "IllegalUpdate",
        "You cannot update the value of Staging.",
    )?;
    check_config(context, config)
}

fn check_config(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    origins::check(context, config)?;
    behaviors::check(context, config)?;
    viewer_certificate::check(context, config)?;
    distribution_settings::check(context, config)?;
    context.check_aliases(config, "TooManyDistributionCNAMEs")
}
