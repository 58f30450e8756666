//! The families. `FACTS.md` has the sources of their facts.

mod cache_policy;
mod continuous_deployment_policy;
mod encryption_config;
mod encryption_profile;
mod function;
mod key_group;
mod key_value_store;
mod origin_access_control;
mod origin_access_identity;
mod origin_request_policy;
mod policy_rules;
mod public_key;
mod realtime_log_config;
mod response_headers_policy;
mod response_headers_rules;

pub(in crate::api) use continuous_deployment_policy::CONTINUOUS_DEPLOYMENT_POLICY;
pub(crate) use key_value_store::KEY_VALUE_STORE;
pub(in crate::api) use origin_access_identity::ORIGIN_ACCESS_IDENTITY;

use super::Family;
use cache_policy::CACHE_POLICY;
use encryption_config::ENCRYPTION_CONFIG;
use encryption_profile::ENCRYPTION_PROFILE;
use function::FUNCTION;
use key_group::KEY_GROUP;
use origin_access_control::ORIGIN_ACCESS_CONTROL;
use origin_request_policy::ORIGIN_REQUEST_POLICY;
use public_key::PUBLIC_KEY;
use realtime_log_config::REALTIME_LOG_CONFIG;
use response_headers_policy::RESPONSE_HEADERS_POLICY;

/// All families.
pub(crate) static FAMILIES: [&Family; 13] = [
    &ORIGIN_ACCESS_IDENTITY,
    &ORIGIN_ACCESS_CONTROL,
    &CACHE_POLICY,
    &ORIGIN_REQUEST_POLICY,
    &RESPONSE_HEADERS_POLICY,
    &PUBLIC_KEY,
    &KEY_GROUP,
    &ENCRYPTION_PROFILE,
    &ENCRYPTION_CONFIG,
    &FUNCTION,
    &KEY_VALUE_STORE,
    &REALTIME_LOG_CONFIG,
    &CONTINUOUS_DEPLOYMENT_POLICY,
];
