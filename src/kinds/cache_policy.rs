//! Cache policies, which define the cache key and the TTLs of cache behaviors.

use super::{
    shared::{
        self,
        types::{self, string_enum},
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{Kind, ManagementSpec, ResolvedReferences, ResourceApi, Status},
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

/// The cache policies of AWS, of which the last eight are those of Amplify Hosting.
macro_rules! managed_ids {
    () => {
        "'2e54312d-136d-493c-8eb9-b001f22f67d2', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', '658327ea-f89d-4fab-a63d-7e88639e58f6', \
         'b2884449-e4de-46a7-ac36-70bc7f1ddd6d', '08627262-05a9-4f76-9ded-b50ca2e3a84f', '83da9c7e-98b4-4e11-a168-04f0df8e2c65', \
         '4cc15a8a-d715-48a4-82b8-cc0b614638fe', '4d1d2f1d-3a71-49ad-9e08-7ea5d843a556', 'a6bad946-36c3-4c33-aa98-362c74a7fb13', \
         '1c6db51a-a33f-469a-8245-dae26771f530', '7e5fad67-ee98-4ad0-b05a-394999eefc1a', '1b1c9610-973a-4fb9-9932-a6c274840887', \
         '17322e93-4707-445a-93bc-6c8c16621822', '766eb028-1aff-4eb2-a5a4-2674e1538f26', '4c02794c-7c81-4ba1-8b5d-e05fb0f95ed8'"
    };
}

/// The rules of a list of names, which some values of a behavior require and the others do not allow.
macro_rules! named_items {
    ($items:literal, $behavior:literal, $with_items:literal) => {
        [
            Rule::expression(
                concat!(
                    "!has(self.",
                    $items,
                    ") || self.",
                    $behavior,
                    " in [",
                    $with_items,
                    "]"
                ),
                concat!(
                    "'",
                    $items,
                    " are not possible with ",
                    $behavior,
                    " \"%s\": set ",
                    $behavior,
                    " to whitelist, or remove ",
                    $items,
                    "'.format([self.",
                    $behavior,
                    "])"
                ),
            )
            .at(concat!(".", $items))
            .forbidden(),
            Rule::expression(
                concat!(
                    "!(self.",
                    $behavior,
                    " in [",
                    $with_items,
                    "]) || has(self.",
                    $items,
                    ")"
                ),
                concat!(
                    "'",
                    $behavior,
                    " \"%s\" requires ",
                    $items,
                    ": list their names, or set ",
                    $behavior,
                    " to none'.format([self.",
                    $behavior,
                    "])"
                ),
            )
            .at(concat!(".", $items))
            .required(),
        ]
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
    #[schemars(length(min = 1, max = 128), extend("x-kubernetes-validations" = NAME))]
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
    pub headers: Option<Names>,
}

/// Cookies in the cache key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = COOKIES))]
pub struct CookiesConfig {
    /// Selection of cookies: `none`, those of `cookies` (`whitelist`), all except those (`allExcept`), or `all`. Default: `none`.
    #[serde(default)]
    pub cookie_behavior: ItemBehavior,

    /// Names of cookies. CloudFront's quota is 10, unless raised, with 1,024 bytes together. Required with `whitelist` and `allExcept`.
    /// Default: none.
    pub cookies: Option<Names>,
}

/// Query strings in the cache key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = QUERY_STRINGS))]
pub struct QueryStringsConfig {
    /// Selection of query strings: `none`, those of `queryStrings` (`whitelist`), all except those (`allExcept`), or `all`. Default: `none`.
    #[serde(default)]
    pub query_string_behavior: ItemBehavior,

    /// Names of query strings. CloudFront's quota is 10, unless raised, with 1,024 bytes together. Required with `whitelist` and
    /// `allExcept`. Default: none.
    pub query_strings: Option<Names>,
}

string_enum! {
    /// Selection of headers.
    HeaderBehavior: "none" | "whitelist" = "none"
}

string_enum! {
    /// Selection of cookies or query strings.
    ItemBehavior: "none" | "whitelist" | "allExcept" | "all" = "none"
}

/// Names of headers, cookies or query strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 100, "x-kubernetes-validations" = NAMES))]
pub struct Names(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// The fields that CloudFront assigns to a policy, apart from the id and the ETag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedPolicy {
    /// When the policy was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,
}

/// Source: "Quotas" in the Amazon CloudFront Developer Guide.
const NAMES: [Rule; 1] = [Rule::expression(
    "self.map(it, size(it)).sum() <= 1024",
    "'the names have %d bytes together, more than 1024: remove some'.format([self.map(it, size(it)).sum()])",
)];

/// Source: `cache-policy.ts` of aws/aws-cdk.
const NAME: [Rule; 1] = [Rule::expression(
    "self.matches('^[A-Za-z0-9_-]+$')",
    "'name \"%s\" contains a character that CloudFront does not accept: use letters, digits, - and _ only'.format([self])",
)];

/// Sources: the documentation of `CachePolicyConfig`; pulumi/docs#18475 and aws/aws-cdk#16977 for a policy without caching; "Use managed
/// cache policies" in the Amazon CloudFront Developer Guide for the IDs.
const SPEC: [Rule; 6] = [
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
    Rule::expression(
        concat!("!has(self.adoptId) || !(self.adoptId in [", managed_ids!(), "])"),
        "'AWS manages the cache policy \"%s\", so this object cannot adopt it: use it in managedCachePolicy or cachePolicyId of a distribution, or remove adoptId to \
         create a policy'.format([self.adoptId])",
    )
    .at(".adoptId")
    .forbidden(),
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
const COOKIES: [Rule; 2] = named_items!("cookies", "cookieBehavior", "'whitelist', 'allExcept'");
const QUERY_STRINGS: [Rule; 2] = named_items!(
    "queryStrings",
    "queryStringBehavior",
    "'whitelist', 'allExcept'"
);

impl Kind for CachePolicy {
    const KIND: &'static str = "CachePolicy";
    const API: &'static ResourceApi = &ResourceApi::policy(
        "CachePolicy",
        "CachePolicies",
        "cache-policy",
        "CachePolicyConfig",
    );
    const MINIMAL_SPEC: &'static str = r#"{"minTTL": 0}"#;

    type QueueEntry = ();
    type ObservedFields = ObservedPolicy;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn status(&self) -> Option<&Status<ObservedPolicy>> {
        self.status.as_ref()
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, _: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let mut config = self.spec.config.clone();
        config.apply_defaults();
        xml::to_element(Self::API.config, &config)
    }

    fn modified_time(fields: &ObservedPolicy) -> Option<&str> {
        fields.last_modified_time.as_deref()
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
