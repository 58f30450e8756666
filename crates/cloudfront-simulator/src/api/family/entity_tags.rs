//! The entity tags of new versions.

use super::{Family, tables::FAMILIES};
use crate::{
    ids::counted_entity_tag,
    service::{ResourceVersion, Service},
    xml::Element,
};

/// Returns a new entity tag for the resource with this ID, of any type and in any account.
pub(crate) fn next_entity_tag(service: &mut Service, id: &str) -> String {
    let generated = service.state.ids.next_entity_id();
    let mut accounts = service.state.accounts.values();
    let current = accounts.find_map(|account| {
        let mut counted = FAMILIES.iter().filter(|family| family.has_counted_tags);
        counted.find_map(|family| family.find(account, id))
    });
    current.map_or(generated, |view| {
        counted_entity_tag(Some(&view.version.etag))
    })
}

/// Creates a version of a resource of the family, after the version with the current entity tag.
pub(super) fn new_version(
    service: &mut Service,
    family: &Family,
    current: Option<&str>,
    config: Element,
) -> ResourceVersion {
    let etag = if family.has_counted_tags {
        counted_entity_tag(current)
    } else {
        service.state.ids.next_entity_id()
    };
    ResourceVersion {
        etag,
        modified: service.now(),
        config,
    }
}
