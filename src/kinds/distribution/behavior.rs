//! Cache behaviors, which determine how requests are handled by path.

use super::{
    association::{FunctionAssociations, LambdaFunctionAssociations},
    forwarded_values::ForwardedValues,
    key_groups::TrustedKeyGroups,
    member_rules,
    methods::AllowedMethods,
    policy_rules, rules,
};
use crate::{
    engine::LocalReference,
    kinds::shared::{
        managed_policies::{
            ManagedCachePolicy, ManagedOriginRequestPolicy, ManagedResponseHeadersPolicy,
        },
        trusted_signers::TrustedSigners,
        types::{absent_if_empty, shrink_to_fit, string_enum},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Cache behaviors; the first match applies. CloudFront's quota is 75 a distribution, unless raised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/CacheBehavior:PathPattern ordered")]
#[schemars(extend(
    "x-kubernetes-list-type" = "atomic",
    "maxItems" = 250,
    "x-kubernetes-validations" = rules::UNIQUE_PATTERNS
))]
pub struct CacheBehaviors(#[serde(deserialize_with = "shrink_to_fit")] pub Vec<CacheBehavior>);

string_enum! {
    /// The response to an HTTP request.
    ViewerProtocolPolicy: "allow-all" | "https-only" | "redirect-to-https"
}

/// Settings of gRPC requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrpcConfig {
    /// Accepts gRPC requests. They require HTTP/2 and the method POST.
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
        #[schemars(extend("x-kubernetes-validations" = [&rules::BEHAVIOR[..], &member_rules::BEHAVIOR, &policy_rules::BEHAVIOR].concat()))]
        pub struct $name {
            $($own)*

            /// ID of the origin or origin group that gets the requests.
            #[schemars(length(min = 1, max = 128))]
            pub target_origin_id: String,

            /// Deprecated: use `trustedKeyGroups`. AWS accounts with key pairs that can sign URLs and cookies. Default: none; no
            /// signature is required. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html>.
            pub trusted_signers: Option<TrustedSigners>,

            /// Key groups with keys that can sign URLs and cookies. CloudFront answers only signed requests. Default: none; no signature
            /// is required. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>.
            pub trusted_key_groups: Option<TrustedKeyGroups>,

            /// Response to an HTTP request: the content (`allow-all`), a redirect to HTTPS (`redirect-to-https`), or status code 403
            /// (`https-only`). A redirect costs the viewer a round trip. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html>.
            pub viewer_protocol_policy: ViewerProtocolPolicy,

            /// HTTP methods that viewers can use. Default: HEAD and GET.
            pub allowed_methods: Option<AllowedMethods>,

            /// Serves media files of the origin in the Microsoft Smooth Streaming format. Default: false.
            #[serde(default)]
            pub smooth_streaming: bool,

            /// Compresses responses with gzip or Brotli if the viewer sends `Accept-Encoding`, which reduces transfer cost and download
            /// time. A cache policy must enable these formats too. Default: false. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>.
            #[serde(default)]
            pub compress: bool,

            /// Lambda@Edge functions that process requests and responses, at most one per event type. AWS charges for each request and
            /// its run time, which adds to the latency. Default: none. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-the-edge.html>.
            #[serde(default)]
            pub lambda_function_associations: LambdaFunctionAssociations,

            /// CloudFront Functions that process viewer requests and viewer responses, at most one per event type. CloudFront charges for
            /// each invocation. Default: none. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-functions.html>.
            #[serde(default)]
            pub function_associations: FunctionAssociations,

            /// ID of the field-level encryption configuration, which encrypts fields of submitted forms. CloudFront charges for each
            /// encrypted request. Default: none. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/field-level-encryption.html>.
            #[serde(default, deserialize_with = "absent_if_empty")]
            #[schemars(length(max = 64))]
            pub field_level_encryption_id: Option<String>,

            /// `FieldLevelEncryptionConfig` object in the same namespace that encrypts fields of submitted forms. Replaces
            /// `fieldLevelEncryptionId`.
            pub field_level_encryption_ref: Option<LocalReference>,

            /// ARN of the real-time log configuration for the requests of this behavior. CloudFront charges for each log line, and Amazon
            /// Kinesis for the stream. Default: none. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html>.
            #[serde(default, deserialize_with = "absent_if_empty")]
            #[schemars(length(max = 2048))]
            pub realtime_log_config_arn: Option<String>,

            /// `RealtimeLogConfig` object in the same namespace for the requests of this behavior. Replaces `realtimeLogConfigArn`.
            pub realtime_log_config_ref: Option<LocalReference>,

            /// ID of the cache policy, which defines the cache key and the TTLs. Longer TTLs and smaller cache keys reduce latency and
            /// load on the origin. Exactly one of `cachePolicyId`, `cachePolicyRef`, `managedCachePolicy` and `forwardedValues` is required.
            /// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html>.
            #[serde(default, deserialize_with = "absent_if_empty")]
            #[schemars(length(max = 64))]
            pub cache_policy_id: Option<String>,

            /// `CachePolicy` object in the same namespace whose policy applies. Replaces `cachePolicyId`.
            pub cache_policy_ref: Option<LocalReference>,

            /// Name of the cache policy of AWS, without `Managed-`. Replaces `cachePolicyId`. `CachingOptimized` suits static content, and
            /// `CachingDisabled` suits content that differs between viewers. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>.
            pub managed_cache_policy: Option<ManagedCachePolicy>,

            /// ID of the origin request policy, which defines the parts of a request that the origin gets in addition to the cache key.
            /// Default: none. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html>.
            #[serde(default, deserialize_with = "absent_if_empty")]
            #[schemars(length(max = 64))]
            pub origin_request_policy_id: Option<String>,

            /// `OriginRequestPolicy` object in the same namespace whose policy applies. Replaces `originRequestPolicyId`.
            pub origin_request_policy_ref: Option<LocalReference>,

            /// Name of the origin request policy of AWS, without `Managed-`. Replaces `originRequestPolicyId`. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>.
            pub managed_origin_request_policy: Option<ManagedOriginRequestPolicy>,

            /// ID of the response headers policy, which adds headers to responses and removes others. Default: none. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/modifying-response-headers.html>.
            #[serde(default, deserialize_with = "absent_if_empty")]
            #[schemars(length(max = 64))]
            pub response_headers_policy_id: Option<String>,

            /// `ResponseHeadersPolicy` object in the same namespace whose policy applies. Replaces `responseHeadersPolicyId`.
            pub response_headers_policy_ref: Option<LocalReference>,

            /// Name of the response headers policy of AWS, without `Managed-`. Replaces `responseHeadersPolicyId`. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html>.
            pub managed_response_headers_policy: Option<ManagedResponseHeadersPolicy>,

            /// Settings of gRPC requests. Default: gRPC is not accepted. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-using-grpc.html>.
            pub grpc_config: Option<GrpcConfig>,

            /// Deprecated: use a cache policy. Parts of a request that are in the cache key and that the origin gets.
            pub forwarded_values: Option<ForwardedValues>,

            /// Deprecated: use a cache policy. Minimum time in seconds that objects stay in the cache, even if the origin sends a
            /// shorter time. Requires `forwardedValues`. Default: 0. See
            /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html>.
            #[serde(rename = "minTTL")]
            #[schemars(range(min = 0, max = 3_153_600_000_i64))]
            pub min_ttl: Option<i64>,

            /// Deprecated: use a cache policy. Time in seconds that objects stay in the cache if the origin sends none. Requires
            /// `forwardedValues`. Default: 86400, or the nearest value that `minTTL` and `maxTTL` allow.
            #[serde(rename = "defaultTTL")]
            #[schemars(range(min = 0, max = 3_153_600_000_i64))]
            pub default_ttl: Option<i64>,

            /// Deprecated: use a cache policy. Maximum time in seconds that objects stay in the cache, even if the origin sends a longer
            /// time. Requires `forwardedValues`. Default: 31536000, or `minTTL` or `defaultTTL` if that is more.
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
                self.field_level_encryption_id.get_or_insert_default();
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
    /// The cache behavior for requests that match no other one.
    DefaultCacheBehavior {}
}

behavior! {
    /// A cache behavior for requests with a path that matches a pattern.
    CacheBehavior {
        /// Path pattern of the behavior, such as `/images/*.jpg`. `*` matches any characters and `?` matches one character; matching is
        /// case-sensitive. The other allowed characters are letters, digits, quotes and `_ - . $ / ~ & @ : +`. See
        /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html#DownloadDistValuesPathPattern>.
        #[schemars(length(min = 1, max = 255), extend("x-kubernetes-validations" = rules::PATH_PATTERN))]
        pub path_pattern: String,
    }
}
