//! The operations on the resources of a family.

use super::{
    Family, FamilyOperation, body_address, checks,
    entity_tags::new_version,
    function_tests, lists,
    render::Renderer,
    roles::Role,
    stages::{self, Stage},
};
use crate::{
    api::{
        preconditions::{self, check_if_match, check_quota},
        request::{ApiRequest, ApiResult},
        tags::{self, Tags},
    },
    error::ApiError,
    model::MODEL,
    schema,
    service::{Resource, ResourceVersion, ResourceView, Service},
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
    mut config: Element,
) -> Result<ApiResult, ApiError> {
    let family = operation.family;
    let request = &*body_address::resolve(service, request, operation, &mut config)?;
    let mut result = match operation.role {
        Role::Create => create(service, request, family, config),
        Role::Get => get(service, request, family),
        Role::GetConfig => get_config(service, request, family),
        Role::Update => update(service, request, family, config),
        Role::Delete => delete(service, request, family),
        Role::List => lists::list(service, request, family),
        Role::GetCode => stages::get_code(service, request, family),
        Role::Publish => stages::publish(service, request, family),
        Role::Test => function_tests::execute(service, request, family, &config),
        Role::ListUsers => lists::list_users(service, request, family),
    }?;
    if family.is_named && !request.id().is_empty() {
        result.id = Some(request.id().to_owned());
    }
    Ok(result)
}

fn create(
    service: &mut Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    mut config: Element,
) -> Result<ApiResult, ApiError> {
    let tags = config.remove("Tags").filter(|_| family.is_taggable);
    let tags = tags.map_or(Ok(Tags::new()), |tags| tags::parse(&tags))?;
    let config = normalize(service, family, config);
    checks::check_config(service, request, family, &config)?;
    if let Some(existing) = checks::find_replayed(service, request, family, &config)? {
        return Ok(respond_created(service, request, family, existing));
    }
    checks::check_name(service, request, family, &config, "")?;
    let collection = family.collection();
    let account = service.account_mut(&request.account);
    let count = account.family_mut(&collection).len();
    check_quota(service, request, family.quota, count, family.plural)?;
    let ids = &mut service.state.ids;
    let id = if family.is_named {
        config.text_of("Name").to_owned()
    } else {
        (family.id)(ids)
    };
    let attribute = family.attribute.map(|(_, generate)| generate(ids));
    let resource = Resource::new(
        id.clone(),
        attribute.unwrap_or_default(),
        config.text_of("CallerReference"),
        tags,
    );
    let version = new_version(service, family, None, config);
    let account = service.account_mut(&request.account);
    account.family_mut(&collection).insert(resource, version);
    let account = service.account(&request.account);
    let created = account.and_then(|account| family.find(account, &id));
    let result = created.map(|view| respond_created(service, request, family, view));
    Ok(ApiResult {
        committed: true,
        ..result.unwrap_or_default()
    })
}

fn get(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    if family.has_stages() {
        let stage = request.query_parameter("Stage").unwrap_or_default();
        let (view, stage) = stages::find(service, request, family, stage)?;
        return Ok(respond(service, request, family, view, Some(stage)));
    }
    let view = find(service, request, family, request.lag)?;
    Ok(respond(service, request, family, view, None))
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
    mut config: Element,
) -> Result<ApiResult, ApiError> {
    checks::check_not_managed(family, request, "IllegalUpdate")?;
    let current = find(service, request, family, 0)?;
    check_version(request, current)?;
    if family.is_named {
        // The state has the same root after an update as after a create.
        config.name = family.config.into();
        if config.child("Name").is_none() {
            // The path has the name, which comes first in a create.
            config
                .children
                .insert(0, Element::leaf("Name", request.id()));
        }
        checks::check_required(family, &config)?;
    }
    let config = normalize(service, family, config);
    checks::check_change(family, &current.version.config, &config)?;
    checks::check_config(service, request, family, &config)?;
    checks::check_name(service, request, family, &config, request.id())?;
    let (current, live) = (current.version.etag.clone(), current.version.live.clone());
    let version = ResourceVersion {
        live,
        ..new_version(service, family, Some(&current), config)
    };
    let account = service.account_mut(&request.account);
    let collection = account.family_mut(&family.collection());
    collection.update(request.id(), version);
    if !family.has_stages() {
        change_distributions(service, &request.account, family, request.id());
    }
    let view = find(service, request, family, 0)?;
    let stage = family.has_stages().then_some(Stage::Development);
    Ok(ApiResult {
        committed: true,
        ..respond(service, request, family, view, stage)
    })
}

/// Creates a new version of each distribution that uses a changed resource (FACTS.md, policies and functions).
pub(super) fn change_distributions(
    service: &mut Service,
    account_number: &str,
    family: &Family,
    id: &str,
) {
    let switches = &service.state.switches;
    let changes = family
        .keeps_distributions
        .is_some_and(|switch| !switches.is_on(switch));
    let Some(account) = service.account(account_number).filter(|_| changes) else {
        return;
    };
    let distributions = family.distributions_with(account, id);
    let configs: Vec<_> = distributions
        .map(|view| (view.resource.id.clone(), view.version.config.clone()))
        .collect();
    for (id, config) in configs {
        let version = preconditions::new_version(service, config);
        let account = service.account_mut(account_number);
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
    check_version(request, current)?;
    let account = service.account(&request.account);
    let users = account.map_or(0, |account| family.count_users(account, request.id()));
    if users > 0 {
        let message = family.in_use.replace("{id}", request.id());
        let message = message.replace("{users}", &users.to_string());
        return Err(ApiError::new(family.in_use_code(), message));
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

/// Rejects an outdated version, if resources of the family have versions in the service model.
fn check_version(request: &ApiRequest<'_>, current: ResourceView<'_>) -> Result<(), ApiError> {
    let mut codes = request.operation.errors.iter();
    if codes.any(|code| code == "InvalidIfMatchVersion") {
        check_if_match(request.if_match.as_deref(), current)
    } else {
        Ok(())
    }
}

pub(super) fn find<'s>(
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

pub(super) fn respond(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    view: ResourceView<'_>,
    stage: Option<Stage>,
) -> ApiResult {
    let root = request.operation.response_root.as_deref();
    let renderer = Renderer::new(service, request, family, view).in_stage(stage);
    ApiResult {
        etag: Some(view.version.etag.clone()),
        ..ApiResult::with_body(renderer.render(root.unwrap_or_default()))
    }
}

fn respond_created(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    view: ResourceView<'_>,
) -> ApiResult {
    let id = view.resource.id.clone();
    let stage = family.has_stages().then_some(Stage::Development);
    ApiResult {
        location: Some(family.location(&id)),
        id: Some(id),
        ..respond(service, request, family, view, stage)
    }
}
