//! Copies of distributions as staging distributions.

use crate::{
    api::{
        distribution,
        preconditions::check_if_match,
        request::{ApiRequest, ApiResult},
        tags::Tags,
    },
    error::ApiError,
    service::Service,
    xml::Element,
};

use super::POLICY_ID;

/// Creates a staging distribution with the configuration of a primary distribution (FACTS.md, continuous deployment).
pub(in crate::api) fn copy(
    service: &mut Service,
    request: &ApiRequest<'_>,
    body: &Element,
) -> Result<ApiResult, ApiError> {
    let primary = request.path.get("PrimaryDistributionId");
    let primary = primary.map_or("", String::as_str);
    let current = distribution::find(service, request, primary, 0)?;
    if !request.staging {
        let message = "The parameter Staging must be true.";
        return Err(ApiError::invalid_argument(message));
    }
    check_if_match(request.if_match.as_deref(), current)?;
    let mut config = current.version.config.clone();
    if config.is_true("Staging") {
        let message = "A staging distribution cannot be copied.";
        return Err(ApiError::invalid_argument(message));
    }
    config.set(Element::leaf(
        "CallerReference",
        body.text_of("CallerReference"),
    ));
    config.set(Element::leaf("Enabled", body.is_true("Enabled")));
    config.set(Element::leaf("Staging", true));
    config.set(Element::list("Aliases", Vec::new()));
    config.set(Element::leaf(POLICY_ID, ""));
    distribution::create(service, request, config, Tags::new())
}
