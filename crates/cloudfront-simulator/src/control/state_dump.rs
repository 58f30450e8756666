//! The complete state as JSON.

use serde_json::{Map, Value, json};

use crate::{
    clock::format_iso8601,
    service::{Account, Invalidation, ResourceView, Service},
};

pub(super) fn to_json(service: &Service) -> Value {
    let accounts: Map<_, _> = service
        .state
        .accounts
        .iter()
        .map(|(number, account)| (number.clone(), account_to_json(service, account)))
        .collect();
    json!({
        "time": format_iso8601(service.now()),
        "settings": service.settings,
        "accounts": accounts,
        "aliases": service.state.aliases,
    })
}

fn account_to_json(service: &Service, account: &Account) -> Value {
    let status = |view: &ResourceView<'_>| service.deployment_status(view.version.modified);
    let invalidations: Map<_, _> = account
        .invalidations
        .iter()
        .map(|(id, all)| (id.clone(), invalidations_to_json(service, all)))
        .collect();
    json!({
        "distributions": resources_to_json(account.distributions.after("", 0), status),
        "streaming_distributions": resources_to_json(account.streaming.after("", 0), status),
        "origin_access_identities": resources_to_json(account.identities.after("", 0), |_| ""),
        "invalidations": invalidations,
    })
}

fn invalidations_to_json(service: &Service, invalidations: &[Invalidation]) -> Value {
    let row = |invalidation: &Invalidation| {
        json!({
            "id": invalidation.id,
            "status": service.invalidation_status(invalidation.created),
            "created": format_iso8601(invalidation.created),
            "batch": invalidation.batch,
        })
    };
    invalidations.iter().map(row).collect::<Vec<_>>().into()
}

fn resources_to_json<'a>(
    views: impl Iterator<Item = ResourceView<'a>>,
    status: impl Fn(&ResourceView<'_>) -> &'static str,
) -> Value {
    let row = |view: ResourceView<'_>| {
        json!({
            "id": view.resource.id,
            "name": view.resource.name,
            "caller_reference": view.resource.caller_reference,
            "status": status(&view),
            "etag": view.version.etag,
            "modified": format_iso8601(view.version.modified),
            "tags": view.resource.tags,
            "config": view.version.config,
        })
    };
    views.map(row).collect::<Vec<_>>().into()
}
