//! The operations on the resources of a family.

use super::{
    Family, FamilyOperation, checks, entity_tags::new_version, lists, render, roles::Role,
};
use crate::{
    api::{
        preconditions::{self, check_if_match, check_quota},
        request::{ApiRequest, ApiResult},
        tags::Tags,
    },
    error::ApiError,
    model::MODEL,
    schema,
    service::{Resource, ResourceView, Service},
    switches::Switch,
    xml::Element,
};

/// Texts that a configuration need not have.
const OPTIONAL_TEXTS: [&str; 2] = ["Comment", "Description"];

/// Executes an operation.
pub(in crate::api) fn execute(
    service: &mut Service,
    request: &ApiRequest<'_>,
    operation: FamilyOperation,
    config: Element,
) -> Result<ApiResult, ApiError> {
    let family = operation.family;
    match operation.role {
        Role::Create => create(service, request, family, config),
        Role::Get => find(service, request, family, request.lag).map(|view| respond(family, view)),
        Role::GetConfig => get_config(service, request, family),
        Role::Update => update(service, request, family, config),
        Role::Delete => delete(service, request, family),
        Role::List => lists::list(service, request, family),
        Role::ListUsers => lists::list_users(service, request, family),
    }
}

fn create(
    service: &mut Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    config: Element,
) -> Result<ApiResult, ApiError> {
    let config = normalize(service, family, config);
    checks::check_config(service, request, family, &config)?;
    if let Some(existing) = checks::find_replayed(service, request, family, &config)? {
        return Ok(respond_created(family, existing));
    }
    checks::check_name(service, request, family, &config, "")?;
    let collection = family.collection();
    let account = service.account_mut(&request.account);
    let count = account.family_mut(&collection).len();
    check_quota(service, request, family.quota, count, family.plural)?;
    let ids = &mut service.state.ids;
    let id = (family.id)(ids);
    let attribute = family.attribute.map(|(_, generate)| generate(ids));
    let resource = Resource::new(
        id.clone(),
        attribute.unwrap_or_default(),
        config.text_of("CallerReference"),
        Tags::new(),
    );
    let version = new_version(service, family, None, config);
    let account = service.account_mut(&request.account);
    let collection = account.family_mut(&collection);
    collection.insert(resource, version);
    let created = collection.get(&id, 0);
    let result = created.map(|view| respond_created(family, view));
    Ok(ApiResult {
        committed: true,
        ..result.unwrap_or_default()
    })
}

fn get_config(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    let view = find(service, request, family, request.lag)?;
    Ok(ApiResult {
        etag: Some(view.version.etag.clone()),
        ..ApiResult::with_body(view.version.config.clone())
    })
}

fn update(
    service: &mut Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    config: Element,
) -> Result<ApiResult, ApiError> {
    checks::check_not_managed(family, request, "IllegalUpdate")?;
    let current = find(service, request, family, 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    let config = normalize(service, family, config);
    checks::check_change(family, &current.version.config, &config)?;
    checks::check_config(service, request, family, &config)?;
    checks::check_name(service, request, family, &config, request.id())?;
    let current = current.version.etag.clone();
    let version = new_version(service, family, Some(&current), config);
    let account = service.account_mut(&request.account);
    let collection = account.family_mut(&family.collection());
    collection.update(request.id(), version);
    change_distributions(service, request, family);
    let result = find(service, request, family, 0).map(|view| respond(family, view))?;
    Ok(ApiResult {
        committed: true,
        ..result
    })
}

/// Creates a new version of each distribution that uses a changed resource (FACTS.md, policies).
fn change_distributions(service: &mut Service, request: &ApiRequest<'_>, family: &Family) {
    let keeps_versions = service
        .state
        .switches
        .is_on(Switch::PoliciesKeepDistributions);
    let account = service.account(&request.account);
    let Some(account) = account.filter(|_| family.changes_distributions && !keeps_versions) else {
        return;
    };
    let distributions = family.distributions_with(account, request.id());
    let configs: Vec<_> = distributions
        .map(|view| (view.resource.id.clone(), view.version.config.clone()))
        .collect();
    for (id, config) in configs {
        let version = preconditions::new_version(service, config);
        let account = service.account_mut(&request.account);
        account.distributions.update(&id, version);
    }
}

fn delete(
    service: &mut Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    checks::check_not_managed(family, request, "IllegalDelete")?;
    let current = find(service, request, family, 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    let account = service.account(&request.account);
    if account.is_some_and(|account| family.is_in_use(account, request.id())) {
        return Err(ApiError::new(family.in_use_code(), family.in_use));
    }
    let account = service.account_mut(&request.account);
    account
        .family_mut(&family.collection())
        .delete(request.id());
    Ok(ApiResult {
        committed: true,
        ..ApiResult::default()
    })
}

fn find<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    family: &Family,
    lag: u64,
) -> Result<ResourceView<'s>, ApiError> {
    let account = service.account(&request.account);
    let resources = account.and_then(|account| account.family(&family.collection()));
    let view = resources.and_then(|resources| resources.get(request.id(), lag));
    let view = view.or_else(|| family.find_managed(request.id()));
    view.ok_or_else(|| family.no_such_resource())
}

/// Converts a configuration to the form in responses, with the members in the order of the service model.
fn normalize(service: &Service, family: &Family, mut config: Element) -> Element {
    let (switches, shape) = (&service.state.switches, MODEL.shape(family.config));
    let is_optional = |name: &str| {
        shape.members.shape_of(name).is_some() && !shape.required.iter().any(|n| n == name)
    };
    for text in OPTIONAL_TEXTS.into_iter().filter(|text| is_optional(text)) {
        if switches.is_on(Switch::EmptyTextsForAbsent) {
            config.set_default(Element::leaf(text, ""));
        }
        if switches.is_on(Switch::OmitEmptyTexts) && config.text_of(text).is_empty() {
            config.remove(text);
        }
    }
    (family.defaults)(&mut config);
    schema::sort_members(&mut config, family.config);
    config
}

fn respond(family: &Family, view: ResourceView<'_>) -> ApiResult {
    ApiResult {
        etag: Some(view.version.etag.clone()),
        ..ApiResult::with_body(render::resource(family, view))
    }
}

fn respond_created(family: &Family, view: ResourceView<'_>) -> ApiResult {
    let id = view.resource.id.clone();
    ApiResult {
        location: Some(family.location(&id)),
        id: Some(id),
        ..respond(family, view)
    }
}
