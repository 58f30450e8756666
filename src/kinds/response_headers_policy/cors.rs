//! Headers of cross-origin resource sharing (CORS).

use crate::kinds::{shared::types::string_enum, validation::Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Headers of cross-origin resource sharing (CORS).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = CORS))]
pub struct CorsConfig {
    /// Origins in `Access-Control-Allow-Origin`: `*` for all, or names, where `*` can be the leftmost label, as in `https://*.example.org`.
    pub access_control_allow_origins: AllowedOrigins,

    /// Names of headers in `Access-Control-Allow-Headers`. `*` stands for all, except for `Authorization`.
    pub access_control_allow_headers: AllowedHeaders,

    /// HTTP methods in `Access-Control-Allow-Methods`. `ALL` stands for all of them.
    pub access_control_allow_methods: AllowedMethods,

    /// Sends `Access-Control-Allow-Credentials`, so that scripts get responses to requests with cookies.
    pub access_control_allow_credentials: bool,

    /// Names of headers in `Access-Control-Expose-Headers`, which scripts can read. `*` stands for all. Default: none.
    pub access_control_expose_headers: Option<ExposedHeaders>,

    /// Time in seconds that browsers keep the response to a preflight request: `Access-Control-Max-Age`. Default: the header is not sent.
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub access_control_max_age_sec: Option<i32>,

    /// Replaces CORS headers of the origin. With false they stay, and the policy applies only if the origin sends none.
    pub origin_override: bool,
}

/// Origins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Origin")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 100, "x-kubernetes-validations" = ORIGINS))]
pub struct AllowedOrigins(#[schemars(inner(length(min = 1, max = 1783)))] pub Vec<String>);

/// Names of headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Header:headers")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 100))]
pub struct AllowedHeaders(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

/// HTTP methods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Method")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 8))]
pub struct AllowedMethods(pub Vec<Method>);

/// Names of headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Header:headers")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 100))]
pub struct ExposedHeaders(#[schemars(inner(length(min = 1, max = 256)))] pub Vec<String>);

string_enum! {
    /// An HTTP method, or all of them.
    Method: "GET" | "POST" | "OPTIONS" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "ALL"
}

/// Source: "Quotas" and "CORS headers" in the Amazon CloudFront Developer Guide.
const ORIGINS: [Rule; 2] = [
    Rule::expression(
        "!self.exists(it, it.contains('.*'))",
        "'origin \"%s\" has a * that is not its leftmost label: use a name such as *.example.org, or * for all origins'\
         .format([self.filter(it, it.contains('.*'))[0]])",
    ),
    Rule::expression(
        "self.map(it, size(it)).sum() <= 1783",
        "'the origins have %d characters together, more than 1783: remove some'.format([self.map(it, size(it)).sum()])",
    ),
];

/// Source: CloudFront's message, `The parameter Access-Control-Allow-Headers cannot contain * when allowCredentials is true.`
const CORS: [Rule; 1] = [Rule::text(
    "!self.accessControlAllowCredentials || !('*' in self.accessControlAllowHeaders)",
    "accessControlAllowHeaders cannot contain * if accessControlAllowCredentials is true: list the headers, or set \
     accessControlAllowCredentials to false",
)
.at(".accessControlAllowHeaders")];
