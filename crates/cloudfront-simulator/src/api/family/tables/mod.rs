//! The families. `FACTS.md` has the sources of their facts.

mod origin_access_control;
mod origin_access_identity;

pub(in crate::api) use origin_access_identity::ORIGIN_ACCESS_IDENTITY;

use super::Family;
use origin_access_control::ORIGIN_ACCESS_CONTROL;

/// All families.
pub(crate) static FAMILIES: [&Family; 2] = [&ORIGIN_ACCESS_IDENTITY, &ORIGIN_ACCESS_CONTROL];
