//! Cache behaviors, which determine how requests are handled by path.

use super::{
    association::{FunctionAssociations, LambdaFunctionAssociations},
    forwarded_values::ForwardedValues,
    key_groups::TrustedKeyGroups,
    methods::AllowedMethods,
    rules,
};
use crate::kinds::shared::{
    trusted_signers::TrustedSigners,
    types::{shrink_to_fit, string_enum},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Cache behaviors, the first that matches applies. CloudFront's quota is 75 a distribution unless raised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/CacheBehavior")]
#[schemars(extend("x-kubernetes-list-type" = "atomic", "maxItems" = 250))]
pub struct CacheBehaviors(#[serde(deserialize_with = "shrink_to_fit")] pub Vec<CacheBehavior>);

string_enum! {
    /// What a viewer that comes by HTTP gets.
    ViewerProtocolPolicy: "allow-all" | "https-only" | "redirect-to-https"
}

/// gRPC through a behavior.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrpcConfig {
    /// Whether gRPC requests are accepted. They need HTTP/2 and the method POST.
    pub enabled: bool,
}

/// Defines a behavior with its own fields and the fields of all behaviors.
///
/// The fields cannot be a flattened struct: serde serializes that as a map, for which the XML format has no element.
macro_rules! behavior {
    ($(#[$meta:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        #[schemars(extend("x-kubernetes-validations" = rules::BEHAVIOR))]
        pub struct $name {
            $($own)*

            /// Id of the origin, or of the origin group, that requests go to.
            #[schemars(length(min = 1, max = 128))]
            pub target_origin_id: String,

            /// Deprecated, use `trustedKeyGroups`: AWS accounts whose key pairs sign URLs and cookies. Default: none, so that no
            /// signature is needed.
            pub trusted_signers: Option<TrustedSigners>,

            /// Key groups whose keys sign URLs and cookies; only signed requests are answered. Default: none, so that no signature
            /// is needed.
            pub trusted_key_groups: Option<TrustedKeyGroups>,

            /// What a viewer that comes by HTTP gets: the content, a redirect to HTTPS, or a refusal (403).
            pub viewer_protocol_policy: ViewerProtocolPolicy,

            /// Methods that viewers can use. Default: HEAD and GET.
            pub allowed_methods: Option<AllowedMethods>,

            /// Whether the origin's files are in Microsoft Smooth Streaming format. Default: false.
            #[serde(default)]
            pub smooth_streaming: bool,

            /// Whether CloudFront compresses what the viewer accepts compressed. Default: false.
            #[serde(default)]
            pub compress: bool,

            /// Lambda@Edge functions that requests and responses pass through, at most one per event. Default: none.
            #[serde(default)]
            pub lambda_function_associations: LambdaFunctionAssociations,

            /// CloudFront Functions that viewers' requests and the responses to them pass through, at most one per event. Default:
            /// none.
            #[serde(default)]
            pub function_associations: FunctionAssociations,

            /// Id of the field-level encryption configuration that protects fields of submitted forms. Default: empty, for none.
            #[serde(default)]
            #[schemars(length(max = 64))]
            pub field_level_encryption_id: String,

            /// ARN of the real-time log configuration that requests are logged by. Default: none.
            #[schemars(length(min = 1, max = 2048))]
            pub realtime_log_config_arn: Option<String>,

            /// Id of the cache policy, which says what makes the cache key and how long content stays. Exactly one of this and
            /// `forwardedValues` is needed.
            #[schemars(length(min = 1, max = 64))]
            pub cache_policy_id: Option<String>,

            /// Id of the origin request policy, which says what of a request the origin gets beside the cache key. Default: none.
            #[schemars(length(min = 1, max = 64))]
            pub origin_request_policy_id: Option<String>,

            /// Id of the response headers policy, which adds headers to responses and removes others. Default: none.
            #[schemars(length(min = 1, max = 64))]
            pub response_headers_policy_id: Option<String>,

            /// gRPC requests. Default: not accepted.
            pub grpc_config: Option<GrpcConfig>,

            /// Deprecated, use `cachePolicyId`: what of a request makes the cache key and reaches the origin.
            pub forwarded_values: Option<ForwardedValues>,

            /// Deprecated, use `cachePolicyId`: seconds that content stays at least, whatever the origin says. Only with
            /// `forwardedValues`. Default: 0.
            #[serde(rename = "minTTL")]
            #[schemars(range(min = 0, max = 3_153_600_000_i64))]
            pub min_ttl: Option<i64>,

            /// Deprecated, use `cachePolicyId`: seconds that content stays when the origin says nothing. Only with `forwardedValues`.
            /// Default: 86400, or the nearest that `minTTL` and `maxTTL` allow.
            #[serde(rename = "defaultTTL")]
            #[schemars(range(min = 0, max = 3_153_600_000_i64))]
            pub default_ttl: Option<i64>,

            /// Deprecated, use `cachePolicyId`: seconds that content stays at most, whatever the origin says. Only with
            /// `forwardedValues`. Default: 31536000, or `minTTL` or `defaultTTL` if that is more.
            #[serde(rename = "maxTTL")]
            #[schemars(range(min = 0, max = 3_153_600_000_i64))]
            pub max_ttl: Option<i64>,
        }

        impl $name {
            /// Adds the defaults of whole structures, and those that depend on other fields.
            pub(super) fn apply_defaults(&mut self) {
                self.trusted_signers.get_or_insert_default();
                self.trusted_key_groups.get_or_insert_default();
                self.grpc_config.get_or_insert_default();
                self.allowed_methods.get_or_insert_default().apply_defaults();
                if self.forwarded_values.is_some() && self.cache_policy_id.is_none() {
                    self.apply_ttl_defaults();
                }
            }

            fn apply_ttl_defaults(&mut self) {
                let min = *self.min_ttl.get_or_insert(0);
                let upper = self.max_ttl.unwrap_or(i64::MAX);
                let default = *self.default_ttl.get_or_insert(86_400.min(upper).max(min));
                self.max_ttl.get_or_insert(31_536_000.max(default));
            }
        }
    };
}

behavior! {
    /// How requests are handled that no other behavior matches.
    DefaultCacheBehavior {}
}

behavior! {
    /// How requests are handled whose path matches a pattern.
    CacheBehavior {
        /// Paths that the behavior is for, such as `/images/*.jpg`: `*` stands for any characters and `?` for one; upper and lower
        /// case differ. The other characters that it can have are letters, digits, quotes and `_ - . $ / ~ & @ : +`.
        #[schemars(length(min = 1, max = 255), extend("x-kubernetes-validations" = rules::PATH_PATTERN))]
        pub path_pattern: String,
    }
}
