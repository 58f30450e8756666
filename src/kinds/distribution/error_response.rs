//! Custom error responses, which replace error responses of an origin.

use super::{form_rules, rules};
use crate::kinds::shared::types::absent_if_empty;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Custom responses, by the status code of the origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/CustomErrorResponse:ErrorCode")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["errorCode"],
    "maxItems" = 50
))]
pub struct CustomErrorResponses(pub Vec<CustomErrorResponse>);

/// A custom response to one status code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::ERROR_RESPONSE))]
pub struct CustomErrorResponse {
    /// Status code of the origin: 400, 403, 404, 405, 414, 416, or 500 to 504.
    #[schemars(range(min = 400, max = 599), extend("x-kubernetes-validations" = rules::ERROR_CODE))]
    pub error_code: i32,

    /// Path of the page that the viewer gets, such as `/errors/404.html`. It requires `responseCode`. Default: the page of the origin.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[schemars(length(max = 255), extend("x-kubernetes-validations" = form_rules::ERROR_PAGE))]
    pub response_page_path: Option<String>,

    /// Status code that the viewer gets, as a string such as `"200"`. It requires `responsePagePath`. Default: the status code of the
    /// origin.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[schemars(length(max = 3), extend("x-kubernetes-validations" = form_rules::RESPONSE_CODE))]
    pub response_code: Option<String>,

    /// Seconds until CloudFront requests the object from the origin again. A longer time protects a failing origin and delays recovery.
    /// Default: 10.
    #[serde(
        default = "default_error_caching_min_ttl",
        rename = "errorCachingMinTTL"
    )]
    #[schemars(range(min = 0, max = 3_153_600_000_i64))]
    pub error_caching_min_ttl: i64,
}

fn default_error_caching_min_ttl() -> i64 {
    10
}
