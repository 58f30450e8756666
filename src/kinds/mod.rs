//! The kinds of CloudFront resources, one module each. A new kind is two lines here: its module, and its entry in the list.

pub mod cache_policy;
pub mod continuous_deployment_policy;
pub mod distribution;
pub mod field_level_encryption_config;
pub mod field_level_encryption_profile;
pub mod function;
pub mod invalidation;
pub mod key_group;
pub mod key_value_store;
pub mod monitoring_subscription;
pub mod origin_access_control;
pub mod origin_access_identity;
pub mod origin_request_policy;
pub mod public_key;
pub mod realtime_log_config;
pub mod response_headers_policy;
pub mod shared;
pub mod streaming_distribution;
pub(crate) mod validation;

/// Calls a generic function with each kind that the operator manages, and returns the results. Everything that differs between kinds
/// derives from this list.
#[macro_export]
macro_rules! for_each_kind {
    ($function:ident $(, $argument:expr)*) => {
        [
            $function::<$crate::kinds::cache_policy::CachePolicy>($($argument),*),
            $function::<$crate::kinds::continuous_deployment_policy::ContinuousDeploymentPolicy>($($argument),*),
            $function::<$crate::kinds::distribution::Distribution>($($argument),*),
            $function::<$crate::kinds::field_level_encryption_config::FieldLevelEncryptionConfig>($($argument),*),
            $function::<$crate::kinds::field_level_encryption_profile::FieldLevelEncryptionProfile>($($argument),*),
            $function::<$crate::kinds::function::Function>($($argument),*),
            $function::<$crate::kinds::invalidation::Invalidation>($($argument),*),
            $function::<$crate::kinds::key_group::KeyGroup>($($argument),*),
            $function::<$crate::kinds::key_value_store::KeyValueStore>($($argument),*),
            $function::<$crate::kinds::monitoring_subscription::MonitoringSubscription>($($argument),*),
            $function::<$crate::kinds::origin_access_control::OriginAccessControl>($($argument),*),
            $function::<$crate::kinds::origin_access_identity::OriginAccessIdentity>($($argument),*),
            $function::<$crate::kinds::origin_request_policy::OriginRequestPolicy>($($argument),*),
            $function::<$crate::kinds::public_key::PublicKey>($($argument),*),
            $function::<$crate::kinds::realtime_log_config::RealtimeLogConfig>($($argument),*),
            $function::<$crate::kinds::response_headers_policy::ResponseHeadersPolicy>($($argument),*),
            $function::<$crate::kinds::streaming_distribution::StreamingDistribution>($($argument),*),
        ]
    };
}

pub(crate) use for_each_kind;
