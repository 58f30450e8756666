//! The promotion of a staging distribution.

use crate::{
    api::{
        address::ResourceAddress,
        distribution,
        preconditions::check_if_match,
        request::{ApiRequest, ApiResult},
        validation::{self, ValidationContext},
    },
    error::ApiError,
    service::{ResourceVersion, Service},
    xml::Element,
};

use super::{POLICY_ID, staging_of, write_distribution};

/// The members that the primary distribution keeps. The API Reference has the second and the third; the others identify it.
const KEPT: [&str; 4] = ["CallerReference", "Aliases", POLICY_ID, "Staging"];

/// Copies the configuration of the staging distribution to the primary distribution, and disables their policy.
pub(in crate::api) fn promote(
    service: &mut Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    let id = request.id();
    let staging_id = request.query_parameter("StagingDistributionId");
    let message = "The parameter StagingDistributionId is required.";
    let staging_id = staging_id.ok_or_else(|| ApiError::invalid_argument(message))?;
    let primary = distribution::find(service, request, id, 0)?;
    let staging = distribution::find(service, request, staging_id, 0)?;
    // The API Reference has a blank after the comma, and the CLI guide has none.
    let versions = request.if_match.as_deref().unwrap_or_default().split(',');
    let mut versions = versions.map(|version| version.trim().trim_matches('"'));
    check_if_match(versions.next(), primary)?;
    check_if_match(versions.next(), staging)?;
    let old = primary.version.config.clone();
    let policy = old.text_of(POLICY_ID).to_owned();
    let account = service.account(&request.account);
    let connected = account.and_then(|account| staging_of(account, &policy));
    if connected.is_none_or(|connected| connected.resource.id != staging_id) {
        let message =
            "No continuous deployment policy connects the primary and the staging distribution.";
        return Err(ApiError::new("IllegalUpdate", message));
    }
    let mut config = staging.version.config.clone();
    for kept in KEPT.iter().filter_map(|name| old.child(name)) {
        config.set(kept.clone());
    }
    validation::check_update(&ValidationContext::new(service, request, id), &old, &config)?;
    write_distribution(service, &request.account, id, config);
    disable_policy(service, &request.account, &policy);
    Ok(ApiResult {
        committed: true,
        ..distribution::respond(service, request, id, 0)?
    })
}

/// Disables a policy, with a new version if it was enabled.
fn disable_policy(service: &mut Service, account_number: &str, policy: &str) {
    let account = service.account(account_number);
    let Some(address) = account.and_then(|account| ResourceAddress::with_id(account, policy))
    else {
        return;
    };
    let etag = address.next_entity_tag(service, account_number);
    let modified = service.now();
    let policies = service
        .account_mut(account_number)
        .family_mut(&address.collection);
    let current = policies.get(policy, 0).map(|view| view.version.clone());
    if let Some(current) = current.filter(|version| version.config.is_true("Enabled")) {
        let mut config = current.config.clone();
        config.set(Element::leaf("Enabled", false));
        let version = ResourceVersion {
            etag,
            modified,
            config,
            live: None,
        };
        policies.update(policy, version);
    }
}
