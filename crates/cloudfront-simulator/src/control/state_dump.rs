//! The complete state as JSON.

use serde_json::{Map, Value, json};

use crate::{
    api::FAMILIES,
    clock::format_iso8601,
    service::{Account, Invalidation, MONITORING_SUBSCRIPTIONS, ResourceView, Service},
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
    let mut dump = Map::new();
    let families = FAMILIES.iter().map(|family| family.collection());
    for collection in families.chain([MONITORING_SUBSCRIPTIONS.to_owned()]) {
        let resources = account.family(&collection).into_iter();
        let views = resources.flat_map(|resources| resources.after("", 0));
        dump.insert(collection, resources_to_json(views, |_| ""));
    }
    let distributions = resources_to_json(account.distributions.after("", 0), status);
    dump.insert("distributions".to_owned(), distributions);
    let streaming = resources_to_json(account.streaming.after("", 0), status);
    dump.insert("streaming_distributions".to_owned(), streaming);
    dump.insert("invalidations".to_owned(), invalidations.into());
    dump.into()
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
        let mut row = json!({
            "id": view.resource.id,
            "name": view.resource.name,
            "caller_reference": view.resource.caller_reference,
            "status": status(&view),
            "etag": view.version.etag,
            "modified": format_iso8601(view.version.modified),
            "tags": view.resource.tags,
            "config": view.version.config,
        });
        if let Some(pairs) = &view.resource.pairs {
            row["pairs"] = json!(pairs.pairs());
            row["pairs_etag"] = json!(pairs.etag());
        }
        row
    };
    views.map(row).collect::<Vec<_>>().into()
}
