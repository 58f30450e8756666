//! The stages of functions: an update changes `DEVELOPMENT`, and a publication copies it to `LIVE`.

use super::{Family, operations};
use crate::{
    api::{
        preconditions::check_if_match,
        request::{ApiRequest, ApiResult},
    },
    error::ApiError,
    schema,
    service::{ResourceVersion, ResourceView, Service},
    switches::Switch,
};

/// A stage of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Development,
    Live,
}

impl Stage {
    /// All stages, in the order of lists.
    pub(super) const ALL: [Self; 2] = [Self::Development, Self::Live];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Development => "DEVELOPMENT",
            Self::Live => "LIVE",
        }
    }

    /// Returns the stage with a name, or the default for an empty one (FACTS.md, functions).
    pub(super) fn named(name: &str, service: &Service) -> Self {
        let is_live = match name {
            "" => service.state.switches.is_on(Switch::LiveStageByDefault),
            name => name == Self::Live.name(),
        };
        if is_live {
            Self::Live
        } else {
            Self::Development
        }
    }

    /// Returns the version in this stage, if there is one.
    pub(super) fn of(self, view: ResourceView<'_>) -> Option<ResourceView<'_>> {
        let version = match self {
            Self::Development => view.version,
            Self::Live => view.version.live.as_deref()?,
        };
        Some(ResourceView { version, ..view })
    }
}

/// Whether the version in `DEVELOPMENT` is also that in `LIVE`.
pub(super) fn is_published(version: &ResourceVersion) -> bool {
    let live = version.live.as_deref();
    live.is_some_and(|live| live.etag == version.etag)
}

/// Finds a version by the stage with a name.
pub(super) fn find<'s>(
    service: &'s Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    stage: &str,
) -> Result<(ResourceView<'s>, Stage), ApiError> {
    let stage = Stage::named(stage, service);
    let view = operations::find(service, request, family, request.lag)?;
    let view = stage.of(view).ok_or_else(|| family.no_such_resource())?;
    Ok((view, stage))
}

/// Returns the code of a function.
pub(super) fn get_code(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    let stage = request.query_parameter("Stage").unwrap_or_default();
    let (view, _) = find(service, request, family, stage)?;
    Ok(ApiResult {
        etag: Some(view.version.etag.clone()),
        bytes: schema::decode_blob(view.version.config.text_of("FunctionCode")),
        ..ApiResult::default()
    })
}

/// Copies the version in `DEVELOPMENT` to `LIVE`.
pub(super) fn publish(
    service: &mut Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
) -> Result<ApiResult, ApiError> {
    let current = operations::find(service, request, family, 0)?;
    check_if_match(request.if_match.as_deref(), current)?;
    let switches = &service.state.switches;
    if is_published(current.version) && switches.is_on(Switch::RefuseRepeatedPublication) {
        let message = "The request failed because it didn't meet the preconditions in one or more request-header fields.";
        return Err(ApiError::new("PreconditionFailed", message));
    }
    publish_current(service, &request.account, family, request.id());
    let (view, stage) = find(service, request, family, Stage::Live.name())?;
    let result = operations::respond(service, request, family, view, Some(stage));
    Ok(ApiResult {
        committed: true,
        ..result
    })
}

/// Publishes the current version of a function. It keeps its entity tag and its time of modification.
pub(crate) fn publish_current(
    service: &mut Service,
    account: &str,
    family: &'static Family,
    id: &str,
) {
    let now = service.now();
    let all = service
        .account_mut(account)
        .family_mut(&family.collection());
    let Some(current) = all.get(id, 0).map(|view| view.version.clone()) else {
        return;
    };
    let live = ResourceVersion {
        modified: now,
        live: None,
        ..current.clone()
    };
    let version = ResourceVersion {
        live: Some(Box::new(live)),
        ..current
    };
    all.update(id, version);
    operations::change_distributions(service, account, family, id);
}
