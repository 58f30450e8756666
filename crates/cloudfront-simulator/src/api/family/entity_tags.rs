//! The entity tags of new versions.

use super::Family;
use crate::{
    ids::counted_entity_tag,
    service::{ResourceVersion, Service},
    xml::Element,
};

/// Creates a version of a resource of the family, after the version with the current entity tag.
pub(super) fn new_version(
    service: &mut Service,
    family: &Family,
    current: Option<&str>,
    config: Element,
) -> ResourceVersion {
    let etag = if family.has_counted_tags {
        counted_entity_tag(current.or(family.previous_tag))
    } else {
        service.state.ids.next_entity_id()
    };
    ResourceVersion {
        etag,
        modified: service.now(),
        config,
        live: None,
    }
}
