//! The state as a document for people and tests.

use serde_json::{Map, Value, json};

use crate::{
    clock::iso,
    world::{Account, View, World},
};

pub(super) fn dump(world: &World) -> Value {
    let accounts: Map<_, _> = world
        .kept
        .accounts
        .iter()
        .map(|(number, account)| (number.clone(), of_account(world, account)))
        .collect();
    json!({ "time": iso(world.now()), "settings": world.settings, "accounts": accounts, "aliases": world.kept.aliases })
}

fn of_account(world: &World, account: &Account) -> Value {
    let deployed = |view: &View<'_>| world.deployment(view.version.modified);
    let invalidations: Map<_, _> = account
        .invalidations
        .iter()
        .map(|(id, all)| {
            let rows: Vec<_> = all
                .iter()
                .map(|one| {
                    json!({
                        "id": one.id,
                        "status": world.invalidation_status(one.created),
                        "created": iso(one.created),
                        "batch": one.batch,
                    })
                })
                .collect();
            (id.clone(), rows.into())
        })
        .collect();
    json!({
        "distributions": resources(account.distributions.after("", 0), deployed),
        "streaming_distributions": resources(account.streaming.after("", 0), deployed),
        "origin_access_identities": resources(account.identities.after("", 0), |_| ""),
        "invalidations": invalidations,
    })
}

fn resources<'a>(
    views: impl Iterator<Item = View<'a>>,
    status: impl Fn(&View<'_>) -> &'static str,
) -> Value {
    let row = |view: View<'_>| {
        json!({
            "id": view.record.id,
            "name": view.record.name,
            "caller_reference": view.record.reference,
            "status": status(&view),
            "etag": view.version.etag,
            "modified": iso(view.version.modified),
            "tags": view.record.tags,
            "config": view.version.config,
        })
    };
    views.map(row).collect::<Vec<_>>().into()
}
