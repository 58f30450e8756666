//! Families of resources that are described by tables, and one engine for all of them.
//!
//! A table has the facts that the service model lacks. The engine finds the operations of a family in the service model.

mod body_address;
mod checks;
mod entity_tags;
mod function_tests;
mod lists;
mod lookup;
mod managed;
mod model_facts;
mod operations;
mod render;
mod roles;
mod stages;
mod status;
mod table;
mod tables;

pub(super) use operations::execute;
pub(crate) use roles::FamilyOperation;
pub(crate) use stages::publish_current;
pub(crate) use status::of_resource as status_of;
pub(crate) use table::Family;
pub(super) use tables::{CONTINUOUS_DEPLOYMENT_POLICY, ORIGIN_ACCESS_IDENTITY};
pub(crate) use tables::{FAMILIES, KEY_VALUE_STORE};
