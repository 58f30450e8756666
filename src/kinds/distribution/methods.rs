//! Allowed and cached HTTP methods.

use super::rules;
use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The HTTP methods that viewers can use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::METHODS))]
pub struct AllowedMethods {
    /// Methods that CloudFront accepts, one of three sets: HEAD and GET; HEAD, GET and OPTIONS; or all seven methods.
    pub items: HttpMethods,

    /// Methods with cached responses: HEAD and GET, or HEAD, GET and OPTIONS. Default: HEAD and GET.
    pub cached_methods: Option<HttpMethods>,
}

impl AllowedMethods {
    /// Adds the default of the cached methods.
    pub(super) fn apply_defaults(&mut self) {
        self.cached_methods.get_or_insert_default();
    }
}

/// A set of HTTP methods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Method")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 2, "maxItems" = 7))]
pub struct HttpMethods(pub Vec<HttpMethod>);

impl Default for HttpMethods {
    fn default() -> Self {
        Self(["HEAD", "GET"].map(|it| HttpMethod(it.to_owned())).into())
    }
}

string_enum! {
    /// An HTTP method.
    HttpMethod: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "OPTIONS" | "DELETE"
}
