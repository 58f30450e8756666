//! Cache policies, which define the cache key and the TTLs of cache behaviors.

use super::{
    shared::{
        self,
        managed_policies::{AMPLIFY_HOSTING, CACHE_POLICIES},
        policies::{
            self, CookiesConfig, HeaderNames, ObservedPolicy, QueryStringsConfig, named_items,
        },
        types::{self, string_enum},
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{Kind, ManagementSpec, ResolvedReferences, ResourceApi, Status, UsersList},
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An expression that is true unless all TTLs of `self` are 0 and it has a cache key.
macro_rules! caching_is_on {
    () => {
        "self.minTTL > 0 || (has(self.defaultTTL) && self.defaultTTL > 0) || !has(self.maxTTL) || self.maxTTL > 0 \
         || !has(self.parametersInCacheKeyAndForwardedToOrigin)"
    };
}

/// A cache policy defines how long CloudFront caches objects, and which headers, cookies and query strings of a request are in the cache
/// key. The origin gets them too. Reference it from the cache behaviors of distributions. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "CachePolicy",
    plural = "cachepolicies",
    shortname = "cfcp",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedPolicy>",
    printcolumn(name = "Min", type_ = "integer", json_path = ".spec.minTTL"),
    printcolumn(name = "Default", type_ = "integer", json_path = ".spec.defaultTTL"),
    printcolumn(name = "Max", type_ = "integer", json_path = ".spec.maxTTL")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct CachePolicySpec {
    /// Name of the policy, which no other cache policy of the AWS account has: at most 128 letters, digits, `-` and `_`. If one with this
    /// name exists, it stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets one from the
    /// namespace, the name and the UID of this object. With `adoptId`, the resource then keeps its name.
    #[schemars(length(min = 1, max = 128), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: CachePolicyConfig,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `CachePolicyConfig` without `Name`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CachePolicyConfig {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Minimum time in seconds that objects stay in the cache, even if the origin sends a shorter time. With 0 the origin can turn
    /// caching off.
    #[serde(rename = "minTTL")]
    #[schemars(range(min = 0, max = 3_153_600_000_i64))]
    pub min_ttl: i64,

    /// Time in seconds that objects stay in the cache if the origin sends none. Default: 86400, or the nearest value that `minTTL` and
    /// `maxTTL` allow.
    #[serde(rename = "defaultTTL")]
    #[schemars(range(min = 0, max = 3_153_600_000_i64))]
    pub default_ttl: Option<i64>,

    /// Maximum time in seconds that objects stay in the cache, even if the origin sends a longer time. Default: 31536000, or `minTTL` or
    /// `defaultTTL` if that is more. With 0, CloudFront caches nothing.
    #[serde(rename = "maxTTL")]
    #[schemars(range(min = 0, max = 3_153_600_000_i64))]
    pub max_ttl: Option<i64>,

    /// The parts of a request that are in the cache key and that the origin gets. The fewer there are, the more requests the cache can
    /// answer. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub parameters_in_cache_key_and_forwarded_to_origin: CacheKey,
}

/// The parts of a request that are in the cache key and that the origin gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = CACHE_KEY))]
pub struct CacheKey {
    /// Caches objects compressed with gzip, for viewers that accept that. Default: false.
    #[serde(default)]
    pub enable_accept_encoding_gzip: bool,

    /// Caches objects compressed with Brotli, for viewers that accept that. Default: false.
    #[serde(default)]
    pub enable_accept_encoding_brotli: bool,

    /// Headers. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub headers_config: HeadersConfig,

    /// Cookies. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub cookies_config: CookiesConfig,

    /// Query strings. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub query_strings_config: QueryStringsConfig,
}

/// Headers in the cache key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = HEADERS))]
pub struct HeadersConfig {
    /// Selection of headers: `none`, or those of `headers` (`whitelist`). Default: `none`.
    #[serde(default)]
    pub header_behavior: HeaderBehavior,

    /// Names of headers, whose case does not matter. CloudFront's quota is 10, unless raised, with 1,024 bytes together. Required with
    /// `whitelist`. Default: none.
    pub headers: Option<HeaderNames>,
}

string_enum! {
    /// Selection of headers.
    HeaderBehavior: "none" | "whitelist" = "none"
}

/// Sources: the documentation of `CachePolicyConfig`; pulumi/docs#18475 and aws/aws-cdk#16977 for a policy without caching.
const SPEC: [Rule; 5] = [
    Rule::expression(
        "!has(self.defaultTTL) || self.minTTL <= self.defaultTTL",
        "'defaultTTL %d is below minTTL %d: raise it or lower minTTL'.format([self.defaultTTL, self.minTTL])",
    )
    .at(".defaultTTL"),
    Rule::expression(
        "!has(self.maxTTL) || self.minTTL <= self.maxTTL",
        "'maxTTL %d is below minTTL %d: raise it or lower minTTL'.format([self.maxTTL, self.minTTL])",
    )
    .at(".maxTTL"),
    Rule::expression(
        "!(has(self.defaultTTL) && has(self.maxTTL)) || self.defaultTTL <= self.maxTTL",
        "'maxTTL %d is below defaultTTL %d: raise it or lower defaultTTL'.format([self.maxTTL, self.defaultTTL])",
    )
    .at(".maxTTL"),
    Rule::text(
        concat!(
            caching_is_on!(),
            " || !(self.parametersInCacheKeyAndForwardedToOrigin.enableAcceptEncodingGzip \
             || self.parametersInCacheKeyAndForwardedToOrigin.enableAcceptEncodingBrotli)"
        ),
        "caching is off (minTTL and maxTTL are 0): set maxTTL to 1 or more, or enableAcceptEncodingGzip and enableAcceptEncodingBrotli to false",
    )
    .at(".maxTTL"),
    Rule::text(
        concat!(
            caching_is_on!(),
            " || [has(self.parametersInCacheKeyAndForwardedToOrigin.headersConfig) \
             ? self.parametersInCacheKeyAndForwardedToOrigin.headersConfig.headerBehavior : 'none', \
             has(self.parametersInCacheKeyAndForwardedToOrigin.cookiesConfig) \
             ? self.parametersInCacheKeyAndForwardedToOrigin.cookiesConfig.cookieBehavior : 'none', \
             has(self.parametersInCacheKeyAndForwardedToOrigin.queryStringsConfig) \
             ? self.parametersInCacheKeyAndForwardedToOrigin.queryStringsConfig.queryStringBehavior : 'none'].all(it, it == 'none')"
        ),
        "caching is off (minTTL and maxTTL are 0): set maxTTL to 1 or more, or headerBehavior, cookieBehavior and queryStringBehavior to none",
    )
    .at(".maxTTL"),
];

/// Source: messages in public issues.
const CACHE_KEY: [Rule; 2] = [
    Rule::text(
        "!(self.enableAcceptEncodingGzip || self.enableAcceptEncodingBrotli) || !has(self.headersConfig) || !has(self.headersConfig.headers) \
         || !self.headersConfig.headers.exists(it, it.lowerAscii() == 'accept-encoding')",
        "header Accept-Encoding is in the cache key already if enableAcceptEncodingGzip or enableAcceptEncodingBrotli is true: remove it from headers",
    )
    .at(".headersConfig.headers"),
    Rule::text(
        "!has(self.headersConfig) || !has(self.headersConfig.headers) \
         || !self.headersConfig.headers.exists(it, it.lowerAscii() == 'x-amz-content-sha256')",
        "header X-Amz-Content-Sha256 cannot be in a cache key: remove it",
    )
    .at(".headersConfig.headers"),
];

const HEADERS: [Rule; 2] = named_items!("headers", "headerBehavior", "'whitelist'");

impl Kind for CachePolicy {
    const KIND: &'static str = "CachePolicy";
    const API: &'static ResourceApi = &ResourceApi {
        users: Some(UsersList {
            operation: "ListDistributionsByCachePolicyId",
            collection: "distributionsByCachePolicyId",
        }),
        ..ResourceApi::policy(
            "CachePolicy",
            "CachePolicies",
            "cache-policy",
            "CachePolicyConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"minTTL": 0}"#;
    const MANAGED_BY_AWS: &'static [&'static [(&'static str, &'static str)]] =
        &[CACHE_POLICIES, AMPLIFY_HOSTING];

    type ObservedFields = ObservedPolicy;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, _: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let mut config = self.spec.config.clone();
        config.apply_defaults();
        xml::to_element(Self::API.config, &config)
    }
}

impl CachePolicyConfig {
    /// Adds CloudFront's documented defaults, which depend on the other TTLs. A TTL that is removed from the spec returns to its default.
    fn apply_defaults(&mut self) {
        const DAY: i64 = 86_400;
        const YEAR: i64 = 31_536_000;
        let most = self.max_ttl.unwrap_or(i64::MAX);
        let default_ttl = *self
            .default_ttl
            .get_or_insert(DAY.min(most).max(self.min_ttl));
        self.max_ttl.get_or_insert(YEAR.max(default_ttl));
    }
}
