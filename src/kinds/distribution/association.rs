//! Lambda@Edge functions and CloudFront Functions that process requests and responses.

use super::{form_rules, rules};
use crate::{
    engine::{LocalReference, ValueSource},
    kinds::shared::types::{absent_if_empty, string_enum},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lambda@Edge functions, one per event type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/LambdaFunctionAssociation:EventType")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["eventType"],
    "maxItems" = 4
))]
pub struct LambdaFunctionAssociations(pub Vec<LambdaFunctionAssociation>);

/// A Lambda@Edge function and the event that runs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::LAMBDA_ASSOCIATION))]
pub struct LambdaFunctionAssociation {
    /// ARN of a published version of the function in us-east-1, with the version number. An alias and `$LATEST` are rejected. Exactly one
    /// of `lambdaFunctionARN` and `lambdaFunctionARNFrom` is required.
    #[serde(rename = "lambdaFunctionARN")]
    #[schemars(length(min = 1, max = 256), extend("x-kubernetes-validations" = rules::LAMBDA_ARN))]
    pub lambda_function_arn: Option<String>,

    /// Source of that ARN outside this object, such as a ConfigMap that an infrastructure tool writes. The operator reads it in each
    /// reconciliation and at least every minute.
    #[serde(rename = "lambdaFunctionARNFrom")]
    pub lambda_function_arn_from: Option<ValueSource>,

    /// Event that runs the function. Viewer events occur for each request, and origin events only for requests that the cache cannot
    /// answer.
    pub event_type: EventType,

    /// Gives the function access to the body of the request. Only for request events. Default: false. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-include-body-access.html>.
    #[serde(default)]
    pub include_body: bool,
}

/// CloudFront Functions, one per event type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/FunctionAssociation:EventType")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["eventType"],
    "maxItems" = 4
))]
pub struct FunctionAssociations(pub Vec<FunctionAssociation>);

/// A function of CloudFront Functions and the event that runs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::FUNCTION_ASSOCIATION))]
pub struct FunctionAssociation {
    /// ARN of the function, which must be published. Exactly one of `functionARN` and `functionRef` is required.
    #[serde(default, rename = "functionARN", deserialize_with = "absent_if_empty")]
    #[schemars(
        length(max = 108),
        extend("x-kubernetes-validations" = form_rules::FUNCTION_ARN)
    )]
    pub function_arn: Option<String>,

    /// `Function` object in the same namespace that processes the event. The distribution waits until the function is published.
    pub function_ref: Option<LocalReference>,

    /// Event that runs the function: `viewer-request` or `viewer-response`.
    pub event_type: EventType,
}

string_enum! {
    /// An event between the viewer, the cache and the origin.
    EventType: "viewer-request" | "viewer-response" | "origin-request" | "origin-response"
}
