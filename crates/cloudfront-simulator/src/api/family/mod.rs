//! Families of resources that are described by tables, and one engine for all of them.
//!
//! A table has the facts that the service model lacks. The engine finds the operations of a family in the service model.

mod checks;
mod entity_tags;
mod lists;
mod lookup;
mod managed;
mod model_facts;
mod operations;
mod render;
mod roles;
mod table;
mod tables;

pub(crate) use entity_tags::next_entity_tag;
pub(super) use operations::execute;
pub(crate) use roles::FamilyOperation;
pub(crate) use table::Family;
pub(crate) use tables::FAMILIES;
pub(super) use tables::ORIGIN_ACCESS_IDENTITY;
