//! Lambda@Edge functions and CloudFront Functions that process requests and responses.

use super::rules;
use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lambda@Edge functions, one per event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/LambdaFunctionAssociation")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["eventType"],
    "maxItems" = 4
))]
pub struct LambdaFunctionAssociations(pub Vec<LambdaFunctionAssociation>);

/// One Lambda@Edge function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::LAMBDA_ASSOCIATION))]
pub struct LambdaFunctionAssociation {
    /// ARN of a published version of the function, with its number, in us-east-1. An alias or `$LATEST` will not do.
    #[serde(rename = "lambdaFunctionARN")]
    #[schemars(length(min = 1, max = 256))]
    pub lambda_function_arn: String,

    /// When the function runs.
    pub event_type: EventType,

    /// Whether the function gets the request's body; only for requests. Default: false.
    #[serde(default)]
    pub include_body: bool,
}

/// CloudFront Functions, one per event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/FunctionAssociation")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["eventType"],
    "maxItems" = 4
))]
pub struct FunctionAssociations(pub Vec<FunctionAssociation>);

/// One CloudFront Function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::FUNCTION_ASSOCIATION))]
pub struct FunctionAssociation {
    /// ARN of the function, which has to be published.
    #[serde(rename = "functionARN")]
    #[schemars(
        length(max = 108),
        regex(pattern = r"^arn:aws:cloudfront::[0-9]{12}:function/[a-zA-Z0-9_-]{1,64}$")
    )]
    pub function_arn: String,

    /// When the function runs: `viewer-request` or `viewer-response`.
    pub event_type: EventType,
}

string_enum! {
    /// A moment on the way from the viewer to the origin and back.
    EventType: "viewer-request" | "viewer-response" | "origin-request" | "origin-response"
}
