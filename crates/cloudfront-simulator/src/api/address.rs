//! The places where resources are stored, found by ID or by ARN.

use super::family::{FAMILIES, Family};
use crate::{
    ids::counted_entity_tag,
    service::{Account, MONITORING_SUBSCRIPTIONS, Service},
};

/// The place of a resource in its account.
pub(crate) struct ResourceAddress {
    /// The name of the collection.
    pub(crate) collection: String,
    pub(crate) id: String,
    /// The family of the resource, if it has one.
    pub(crate) family: Option<&'static Family>,
}

impl ResourceAddress {
    /// Finds a resource by ID. Resources of two types can have the same name: the first is found.
    pub(crate) fn with_id(account: &Account, id: &str) -> Option<Self> {
        let mut collections = account.collections();
        let (name, _) = collections.find(|(_, all)| all.get(id, 0).is_some())?;
        Some(Self::new(name, id))
    }

    /// Finds a resource by the resource part of its ARN, for example `function/rewrite`.
    pub(crate) fn with_arn_resource(account: &Account, resource: &str) -> Option<Self> {
        let (kind, id) = resource.split_once('/')?;
        let collection = format!("{}s", kind.replace('-', "_"));
        let address = Self::new(&collection, id);
        let mut all = account.collections();
        let mut exists = || all.any(|(name, all)| name == collection && all.get(id, 0).is_some());
        if address.family.is_none() && exists() {
            return Some(address);
        }
        let mut families = FAMILIES.iter().filter(|family| !family.arn.is_empty());
        families.find_map(|family| {
            let view = family.find_referenced(account, resource)?;
            Some(Self::new(&family.collection(), &view.resource.id))
        })
    }

    /// Whether the resource has tags.
    pub(crate) fn is_taggable(&self) -> bool {
        match self.family {
            Some(family) => family.is_taggable,
            None => self.collection != MONITORING_SUBSCRIPTIONS,
        }
    }

    /// Returns a new entity tag for the resource.
    pub(crate) fn next_entity_tag(&self, service: &mut Service, account: &str) -> String {
        let generated = service.state.ids.next_entity_id();
        let counted = self.family.filter(|family| family.has_counted_tags);
        let current = counted
            .zip(service.account(account))
            .and_then(|(family, account)| family.find(account, &self.id));
        current.map_or(generated, |view| {
            counted_entity_tag(Some(&view.version.etag))
        })
    }

    fn new(collection: &str, id: &str) -> Self {
        let mut families = FAMILIES.iter().copied();
        Self {
            collection: collection.to_owned(),
            id: id.to_owned(),
            family: families.find(|family| family.collection() == collection),
        }
    }
}
