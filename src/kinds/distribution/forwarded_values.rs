//! Forwarded values, the deprecated definition of the cache key.

use super::{member_rules, rules};
use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parts of a request that are in the cache key and that the origin gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = member_rules::FORWARDED_VALUES))]
pub struct ForwardedValues {
    /// Includes query strings. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/QueryStringParameters.html>.
    pub query_string: bool,

    /// Cookies to include. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html>.
    pub cookies: CookiePreference,

    /// Request headers to include. `*` alone includes all headers and disables caching, so that the origin gets every request. Default:
    /// none. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/header-caching.html>.
    pub headers: Option<Headers>,

    /// Query string parameters in the cache key; the origin gets all parameters. Requires `queryString`. Default: all parameters.
    pub query_string_cache_keys: Option<QueryStringCacheKeys>,
}

/// The cookies that are in the cache key and that the origin gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::COOKIES))]
pub struct CookiePreference {
    /// Selection of cookies: `none`, those of `whitelistedNames` (`whitelist`), or `all`.
    pub forward: ItemSelection,

    /// Names of the cookies to include, with `*` and `?` as wildcards. Required with `whitelist`, and not allowed otherwise.
    pub whitelisted_names: Option<CookieNames>,
}

string_enum! {
    /// The selection of none, some or all.
    ItemSelection: "none" | "whitelist" | "all"
}

/// Names of cookies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 100))]
pub struct CookieNames(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// Names of headers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name:headers")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 100, "x-kubernetes-validations" = member_rules::HEADERS))]
pub struct Headers(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// Names of query string parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 100))]
pub struct QueryStringCacheKeys(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);
