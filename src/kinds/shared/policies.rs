//! What the policies of cache behaviors share: their names, and the selection of headers, cookies and query strings of a request.

use super::types::string_enum;
use crate::kinds::validation::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The fields that CloudFront assigns to a policy, apart from the id and the ETag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedPolicy {
    /// When the policy was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,
}

/// Sources: `cache-policy.ts`, `origin-request-policy.ts` and `response-headers-policy.ts` of aws/aws-cdk.
pub(in crate::kinds) const NAME: [Rule; 1] = [Rule::expression(
    "self.matches('^[A-Za-z0-9_-]+$')",
    "'name \"%s\" contains a character that CloudFront does not accept: use letters, digits, - and _ only'.format([self])",
)];

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

pub(in crate::kinds) use named_items;

/// Cookies of a request.
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

/// Query strings of a request.
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
    /// Selection of cookies or query strings.
    ItemBehavior: "none" | "whitelist" | "allExcept" | "all" = "none"
}

/// Names of headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name:headers")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 100, "x-kubernetes-validations" = NAMES))]
pub struct HeaderNames(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// Names of cookies or query strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Name")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 100, "x-kubernetes-validations" = NAMES))]
pub struct Names(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// Source: "Quotas" in the Amazon CloudFront Developer Guide.
const NAMES: [Rule; 1] = [Rule::expression(
    "self.map(it, size(it)).sum() <= 1024",
    "'the names have %d bytes together, more than 1024: remove some'.format([self.map(it, size(it)).sum()])",
)];

const COOKIES: [Rule; 2] = named_items!("cookies", "cookieBehavior", "'whitelist', 'allExcept'");
const QUERY_STRINGS: [Rule; 2] = named_items!(
    "queryStrings",
    "queryStringBehavior",
    "'whitelist', 'allExcept'"
);
