//! Families of resources that are described by tables, and one engine for all of them.
//!
//! A table has the facts that the service model lacks. The engine finds the operations of a family in the service model.

mod checks;
mod operations;
mod render;
mod roles;
mod table;
mod tables;
mod users;

pub(super) use operations::execute;
pub(crate) use roles::FamilyOperation;
pub(crate) use table::Family;
pub(crate) use tables::FAMILIES;
pub(super) use tables::ORIGIN_ACCESS_IDENTITY;
