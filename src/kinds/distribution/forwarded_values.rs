//! Forwarded values, the deprecated definition of the cache key.

use super::rules;
use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What of a request makes the cache key, and reaches the origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForwardedValues {
    /// Whether query strings count.
    pub query_string: bool,

    /// Which cookies count.
    pub cookies: CookiePreference,

    /// Request headers that count; `*` alone for all, which turns caching off. Default: none.
    pub headers: Option<Headers>,

    /// Parameters of the query string that count, while all reach the origin. Only with `queryString`. Default: all.
    pub query_string_cache_keys: Option<QueryStringCacheKeys>,
}

/// Which cookies count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::COOKIES))]
pub struct CookiePreference {
    /// Whether no cookies count, those of `whitelistedNames`, or all.
    pub forward: ItemSelection,

    /// Names of the cookies that count, with `*` and `?` as wildcards. Needed with `whitelist`, and only then.
    pub whitelisted_names: Option<CookieNames>,
}

string_enum! {
    /// None, some, or all.
    ItemSelection: "none" | "whitelist" | "all"
}

/// Names of cookies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 100))]
pub struct CookieNames(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// Names of headers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 100))]
pub struct Headers(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// Names of parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 100))]
pub struct QueryStringCacheKeys(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);
