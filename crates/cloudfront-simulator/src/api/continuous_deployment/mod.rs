//! Continuous deployment: policies, and the pairs of a primary and a staging distribution that they connect.

mod attachment;
mod copy;
mod promotion;

pub(super) use attachment::{check_delete, check_update};
pub(super) use copy::copy;
pub(super) use promotion::promote;

use super::{
    family::{self, CONTINUOUS_DEPLOYMENT_POLICY, FamilyOperation},
    preconditions::{check_if_match, new_version},
    request::{ApiRequest, ApiResult},
};
use crate::{
    error::ApiError,
    service::{Account, ResourceView, Service},
    switches::Switch,
    xml::Element,
};

/// The member of a distribution with the ID of its policy.
pub(super) const POLICY_ID: &str = "ContinuousDeploymentPolicyId";

/// Executes an operation on policies, with its effect on distributions.
pub(super) fn execute(
    service: &mut Service,
    request: &ApiRequest<'_>,
    operation: FamilyOperation,
    body: Element,
) -> Result<ApiResult, ApiError> {
    if request.name == "DeleteContinuousDeploymentPolicy" {
        detach_disabled(service, request)?;
    }
    let result = family::execute(service, request, operation, body)?;
    if request.name == "UpdateContinuousDeploymentPolicy" {
        redeploy_primary(service, &request.account, request.id());
        sync_staging(service, &request.account);
    }
    Ok(result)
}

/// Rejects a policy for a distribution that is not a staging distribution, or that has another policy.
pub(super) fn check_policy(
    service: &Service,
    request: &ApiRequest<'_>,
    config: &Element,
) -> Result<(), ApiError> {
    let names = config.items_of("StagingDistributionDnsNames");
    let [name] = names else {
        return Err(ApiError::invalid_argument(
            "The parameter StagingDistributionDnsNames must have one domain name.",
        ));
    };
    let account = service.account(&request.account);
    let staging = account.and_then(|account| staging_named(account, &name.text));
    if staging.is_none()
        && !service
            .state
            .switches
            .is_on(Switch::AcceptUnknownReferences)
    {
        return Err(ApiError::invalid_argument(
            "The parameter StagingDistributionDnsNames must name a staging distribution of your account.",
        ));
    }
    let existing = account.and_then(|account| policy_for(account, &name.text));
    let message = "A continuous deployment policy already exists for this staging distribution.";
    match existing.filter(|policy| policy.resource.id != request.id()) {
        None => Ok(()),
        Some(policy) if request.id().is_empty() && policy.version.config == *config => {
            let code = "ContinuousDeploymentPolicyAlreadyExists";
            Err(ApiError::new(code, message))
        }
        Some(_) => Err(ApiError::new("StagingDistributionInUse", message)),
    }
}

/// Detaches a disabled policy that is about to be deleted, if a switch is on.
fn detach_disabled(service: &mut Service, request: &ApiRequest<'_>) -> Result<(), ApiError> {
    let account = service.account(&request.account);
    let found =
        account.and_then(|account| CONTINUOUS_DEPLOYMENT_POLICY.find(account, request.id()));
    let is_on = service.state.switches.is_on(Switch::DeleteAttachedPolicies);
    let Some(policy) = found.filter(|policy| is_on && !policy.version.config.is_true("Enabled"))
    else {
        return Ok(());
    };
    check_if_match(request.if_match.as_deref(), policy)?;
    let primary = account.and_then(|account| primary_of(account, request.id()));
    if let Some(primary) = primary {
        let id = primary.resource.id.clone();
        let mut config = primary.version.config.clone();
        config.set(Element::leaf(POLICY_ID, ""));
        write_distribution(service, &request.account, &id, config);
        sync_staging(service, &request.account);
    }
    Ok(())
}

/// Creates a new version of the primary distribution of a policy (FACTS.md, continuous deployment).
fn redeploy_primary(service: &mut Service, account_number: &str, policy: &str) {
    let account = service.account(account_number);
    if let Some(primary) = account.and_then(|account| primary_of(account, policy)) {
        let (id, config) = (primary.resource.id.clone(), primary.version.config.clone());
        write_distribution(service, account_number, &id, config);
    }
}

/// Sets the policy of each staging distribution to the one that connects it to a primary distribution, unless a switch is on.
pub(super) fn sync_staging(service: &mut Service, account_number: &str) {
    let echoes = !service.state.switches.is_on(Switch::StagingHasNoPolicyId);
    let Some(account) = service.account(account_number).filter(|_| echoes) else {
        return;
    };
    let all = account.distributions.after("", 0);
    let changed = all.filter(|view| is_staging(view)).filter_map(|view| {
        let policy = policy_for(account, &view.resource.name);
        let attached = policy.filter(|it| primary_of(account, &it.resource.id).is_some());
        let expected = attached.map_or("", |policy| &policy.resource.id);
        let mut config = view.version.config.clone();
        let is_changed = config.text_of(POLICY_ID) != expected;
        config.set(Element::leaf(POLICY_ID, expected));
        is_changed.then(|| (view.resource.id.clone(), config))
    });
    for (id, config) in changed.collect::<Vec<_>>() {
        write_distribution(service, account_number, &id, config);
    }
}

fn write_distribution(service: &mut Service, account: &str, id: &str, config: Element) {
    let version = new_version(service, config);
    service
        .account_mut(account)
        .distributions
        .update(id, version);
}

fn is_staging(view: &ResourceView<'_>) -> bool {
    view.version.config.is_true("Staging")
}

/// Returns the staging distribution with a domain name.
fn staging_named<'a>(account: &'a Account, name: &str) -> Option<ResourceView<'a>> {
    let mut all = account.distributions.after("", 0);
    all.find(|view| is_staging(view) && view.resource.name == name)
}

/// Returns the policy for the staging distribution with a domain name.
fn policy_for<'a>(account: &'a Account, name: &str) -> Option<ResourceView<'a>> {
    let policies = account.family(&CONTINUOUS_DEPLOYMENT_POLICY.collection())?;
    policies.after("", 0).find(|policy| {
        let names = policy
            .version
            .config
            .items_of("StagingDistributionDnsNames");
        names.iter().any(|item| item.text == name)
    })
}

/// Returns the staging distribution of a policy.
fn staging_of<'a>(account: &'a Account, policy: &str) -> Option<ResourceView<'a>> {
    let policy = CONTINUOUS_DEPLOYMENT_POLICY.find(account, policy)?;
    let names = policy
        .version
        .config
        .items_of("StagingDistributionDnsNames");
    staging_named(account, &names.first()?.text)
}

/// Returns the primary distribution of a policy.
fn primary_of<'a>(account: &'a Account, policy: &str) -> Option<ResourceView<'a>> {
    let mut all = account.distributions.after("", 0);
    all.find(|view| !is_staging(view) && view.version.config.text_of(POLICY_ID) == policy)
}
