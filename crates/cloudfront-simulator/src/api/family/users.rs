//! The configurations that refer to a resource.

use super::{Family, table::User};
use crate::service::{Account, Collection, Service};

/// Whether a configuration of the account refers to the resource.
pub(super) fn is_in_use(service: &Service, account: &str, family: &Family, id: &str) -> bool {
    let reference = format!("{}{id}", family.reference_prefix);
    service.account(account).is_some_and(|account| {
        family
            .used_by
            .iter()
            .any(|(user, path)| refers(collection_of(account, *user), path, &reference))
    })
}

fn collection_of(account: &Account, user: User) -> &Collection {
    match user {
        User::Distribution => &account.distributions,
        User::StreamingDistribution => &account.streaming,
    }
}

fn refers(collection: &Collection, path: &str, reference: &str) -> bool {
    collection
        .after("", 0)
        .any(|view| view.version.config.texts_at(path).contains(&reference))
}
