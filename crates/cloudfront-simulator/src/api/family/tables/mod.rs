//! The families. `FACTS.md` has the sources of their facts.

mod origin_access_identity;

pub(in crate::api) use origin_access_identity::ORIGIN_ACCESS_IDENTITY;

use super::Family;

/// All families, in the order of the state dump.
pub(crate) static FAMILIES: [&Family; 1] = [&ORIGIN_ACCESS_IDENTITY];
