//! The families. `FACTS.md` has the sources of their facts.

mod cache_policy;
mod origin_access_control;
mod origin_access_identity;
mod origin_request_policy;
mod policy_rules;
mod response_headers_policy;
mod response_headers_rules;

pub(in crate::api) use origin_access_identity::ORIGIN_ACCESS_IDENTITY;

use super::Family;
use cache_policy::CACHE_POLICY;
use origin_access_control::ORIGIN_ACCESS_CONTROL;
use origin_request_policy::ORIGIN_REQUEST_POLICY;
use response_headers_policy::RESPONSE_HEADERS_POLICY;

/// All families.
pub(crate) static FAMILIES: [&Family; 5] = [
    &ORIGIN_ACCESS_IDENTITY,
    &ORIGIN_ACCESS_CONTROL,
    &CACHE_POLICY,
    &ORIGIN_REQUEST_POLICY,
    &RESPONSE_HEADERS_POLICY,
];
