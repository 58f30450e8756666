//! The rules of the tables.

use super::{Family, status, table::Reference};
use crate::{
    api::{
        preconditions::{check_caller_reference, check_texts},
        request::ApiRequest,
    },
    error::ApiError,
    model::MODEL,
    schema,
    service::{ResourceView, Service},
    switches::Switch,
    xml::Element,
};

/// Rejects a configuration that does not satisfy the rules of the family.
pub(super) fn check_config(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &Family,
    config: &Element,
) -> Result<(), ApiError> {
    if family.caller_reference.is_some() {
        check_texts(config)?;
    }
    if let Some(name) = &family.name
        && !schema::matches_pattern(name.pattern, config.text_of("Name"))
    {
        return Err(ApiError::invalid_argument(
            "The parameter Name is empty, too long, or has an invalid character.",
        ));
    }
    for (text, limit) in family.texts {
        if config.text_of(text).chars().count() > *limit {
            return Err(ApiError::invalid_argument(format!(
                "The parameter {text} is too long: it has more than {limit} characters."
            )));
        }
    }
    check_sizes(service, request, family, config)?;
    check_list_quotas(service, request, family, config)?;
    (family.rules)(config, &service.state.switches)?;
    check_references(service, request, family, config)?;
    (family.state_rules)(service, request, config)
}

/// Rejects an update without a member that a creation requires. The service model does not require all of them.
pub(super) fn check_required(family: &Family, config: &Element) -> Result<(), ApiError> {
    let mut required = MODEL.shape(family.config).required.iter();
    match required.find(|member| config.child(member).is_none()) {
        None => Ok(()),
        Some(member) => Err(ApiError::invalid_argument(format!(
            "The parameter {member} is required."
        ))),
    }
}

/// Rejects references to resources that do not exist. An empty ID is not a reference.
fn check_references(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &Family,
    config: &Element,
) -> Result<(), ApiError> {
    let (state, switches) = (&service.state, &service.state.switches);
    if switches.is_on(Switch::AcceptUnknownReferences) {
        return Ok(());
    }
    for reference in family.references {
        let target = reference.family;
        let ids = config.texts_at(reference.path).into_iter();
        let mut missing =
            ids.filter(|id| !id.is_empty() && !target.exists(state, &request.account, id));
        if missing.next().is_some() {
            let by_switch = reference
                .code_if
                .filter(|(switch, _)| switches.is_on(*switch));
            let code = by_switch.map_or(reference.code, |(_, code)| code);
            let message = format!("The specified {} does not exist.", target.noun);
            return Err(ApiError::new(code, message));
        }
        check_statuses(service, request, reference, config)?;
    }
    Ok(())
}

/// Rejects references to resources without the required status.
fn check_statuses(
    service: &Service,
    request: &ApiRequest<'_>,
    reference: &Reference,
    config: &Element,
) -> Result<(), ApiError> {
    let (Some((required, message)), target) = (reference.requires, reference.family) else {
        return Ok(());
    };
    let account = service.account(&request.account);
    let texts = config.texts_at(reference.path).into_iter();
    let found = texts.filter_map(|text| target.find_referenced(account?, text));
    let mut statuses = found.map(|view| status::of(service, account, target, view, None));
    if statuses.any(|status| status.as_deref() != Some(required)) {
        return Err(ApiError::new(reference.code, message));
    }
    Ok(())
}

fn check_sizes(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &Family,
    config: &Element,
) -> Result<(), ApiError> {
    let quotas = service.quotas(&request.account);
    for (member, quota) in family.size_quotas {
        let bytes = schema::decode_blob(config.text_of(member)).unwrap_or_default();
        let (size, limit) = (bytes.len() as u64, quotas.limit(quota));
        if size > limit {
            let message = format!("{member} is too large: it has {size} bytes of {limit}.");
            return Err(ApiError::new(quota, message));
        }
    }
    Ok(())
}

fn check_list_quotas(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &Family,
    config: &Element,
) -> Result<(), ApiError> {
    let quotas = service.quotas(&request.account);
    for (path, quota) in family.list_quotas {
        let (count, limit) = (config.texts_at(path).len() as u64, quotas.limit(quota));
        if count > limit {
            let message =
                format!("Your request contains more than the allowed number: {count} of {limit}.");
            return Err(ApiError::new(quota, message));
        }
    }
    Ok(())
}

/// Rejects the change of a resource that AWS manages.
pub(super) fn check_not_managed(
    family: &Family,
    request: &ApiRequest<'_>,
    code: &str,
) -> Result<(), ApiError> {
    if family.find_managed(request.id()).is_none() {
        return Ok(());
    }
    let message = format!("A managed {} cannot be changed or deleted.", family.noun);
    Err(ApiError::new(code, message))
}

/// Rejects a change of members that are immutable.
pub(super) fn check_change(family: &Family, old: &Element, new: &Element) -> Result<(), ApiError> {
    if family.caller_reference.is_some() {
        check_caller_reference(old, new)?;
    }
    let mut immutable = family.immutable.iter();
    match immutable.find(|member| old.text_of(member) != new.text_of(member)) {
        None => Ok(()),
        Some(member) => Err(ApiError::new(
            family.immutable_code(),
            format!("You cannot update the value of {member}."),
        )),
    }
}

/// Rejects a name that another resource of the account has. `id` is empty for a new resource.
pub(super) fn check_name(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &Family,
    config: &Element,
    id: &str,
) -> Result<(), ApiError> {
    let Some(rule) = &family.name else {
        return Ok(());
    };
    let switches = &service.state.switches;
    if rule
        .repeated_if
        .is_some_and(|switch| switches.is_on(switch))
    {
        return Ok(());
    }
    let account = service.account(&request.account);
    let resources = account.and_then(|account| account.family(&family.collection()));
    let mut resources = resources.into_iter().flat_map(|all| all.after("", 0));
    let name = config.text_of("Name");
    let is_taken =
        resources.any(|view| view.resource.id != id && view.version.config.text_of("Name") == name);
    if is_taken {
        return Err(ApiError::new(family.already_exists_code(), rule.conflict));
    }
    Ok(())
}

/// Returns the resource with the caller reference of an equal request. Rejects a different request.
pub(super) fn find_replayed<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    family: &Family,
    config: &Element,
) -> Result<Option<ResourceView<'s>>, ApiError> {
    let Some(rule) = &family.caller_reference else {
        return Ok(None);
    };
    let account = service.account(&request.account);
    let resources = account.and_then(|account| account.family(&family.collection()));
    let caller_reference = config.text_of("CallerReference");
    let existing = resources.and_then(|all| all.by_caller_reference(caller_reference));
    let Some(existing) = existing else {
        return Ok(None);
    };
    let existing_config = &existing.version.config;
    let is_equal = |member: &Element| existing_config.child(&member.name) == Some(member);
    let is_equal = config.children.iter().all(is_equal);
    if is_equal && !service.state.switches.is_on(rule.refuse_replay) {
        return Ok(Some(existing));
    }
    Err(ApiError::new(family.already_exists_code(), rule.conflict))
}
