//! Rules for the configuration of a distribution, in addition to the service model.

mod allowed_methods;
mod associations;
mod behavior_origins;
mod behaviors;
mod context;
mod continuous_deployment;
mod custom_headers;
mod distribution_settings;
mod error_responses;
mod forwarded_values;
mod forwarding;
mod geo_restriction;
mod logging;
mod origin_connection;
mod origin_groups;
mod origin_hosts;
mod origins;
mod required_on_update;
mod rules;
mod targets;
mod tenants;
mod viewer_certificate;
mod viewer_mutual_tls;

pub(super) use context::ValidationContext;
pub(super) use logging::check as check_logging;
pub(super) use origin_hosts::{check_bucket_host, without_aws_suffix};
pub(super) use tenants::is_tenant_only;

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
        "Continuous deployment policy is not supported during distribution creation.",
    )?;
    check_config(context, None, config)
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
    continuous_deployment::check_update(old, config)?;
    check_config(context, Some(old), config)
}

fn check_config(
    context: &ValidationContext<'_>,
    old: Option<&Element>,
    config: &Element,
) -> Result<(), ApiError> {
    tenants::check(config)?;
    origins::check(context, config)?;
    behaviors::check(context, config)?;
    viewer_certificate::check(context, config)?;
    error_responses::check(config)?;
    geo_restriction::check(config)?;
    logging::check(config)?;
    distribution_settings::check(context, config)?;
    viewer_mutual_tls::check(context, config)?;
    continuous_deployment::check(config)?;
    context.check_aliases(config, "TooManyDistributionCNAMEs")?;
    viewer_certificate::check_new_aliases(old, config)
}
