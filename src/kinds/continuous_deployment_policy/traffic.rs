//! Which traffic a continuous deployment policy sends to the staging distribution.

use crate::kinds::validation::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which traffic goes to the staging distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = TRAFFIC))]
pub struct TrafficConfig {
    /// `SingleWeight`, a share of the requests, or `SingleHeader`, the requests with a header.
    #[serde(rename = "type")]
    pub type_: TrafficType,

    /// The share of the requests. Required with type `SingleWeight`, and not possible with another type.
    pub single_weight_config: Option<SingleWeightConfig>,

    /// The header of the requests. Required with type `SingleHeader`, and not possible with another type.
    pub single_header_config: Option<SingleHeaderConfig>,
}

/// How the traffic for the staging distribution is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub enum TrafficType {
    SingleWeight,
    SingleHeader,
}

/// A share of the requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SingleWeightConfig {
    /// The share of the requests: 0.0 to 0.15, such as 0.05 for 5 percent.
    #[schemars(range(min = 0.0, max = 0.15))]
    pub weight: f32,

    /// Keeps the requests of a viewer at the same distribution. Default: each request is decided on its own.
    pub session_stickiness_config: Option<SessionStickinessConfig>,
}

/// How long the requests of a viewer stay at the same distribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = STICKINESS))]
pub struct SessionStickinessConfig {
    /// Seconds without a request after which a session ends: 300 to 3600, and at most `maximumTTL`.
    #[serde(rename = "idleTTL")]
    #[schemars(range(min = 300, max = 3600))]
    pub idle_ttl: i32,

    /// Seconds after which a session ends in any case: 300 to 3600.
    #[serde(rename = "maximumTTL")]
    #[schemars(range(min = 300, max = 3600))]
    pub maximum_ttl: i32,
}

/// A header of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SingleHeaderConfig {
    /// Name of the header, which begins with `aws-cf-cd-`: at most 256 characters.
    #[schemars(length(min = 1, max = 256), extend("x-kubernetes-validations" = HEADER))]
    pub header: String,

    /// Value of the header: at most 1,783 characters.
    #[schemars(length(min = 1, max = 1783))]
    pub value: String,
}

/// Source: `TrafficConfig` in the Amazon CloudFront API Reference.
const TRAFFIC: [Rule; 2] = [
    Rule::text(
        "(self.type == 'SingleWeight') == has(self.singleWeightConfig)",
        "type SingleWeight requires singleWeightConfig, and type SingleHeader does not allow it: add it or remove it",
    )
    .at(".singleWeightConfig"),
    Rule::text(
        "(self.type == 'SingleHeader') == has(self.singleHeaderConfig)",
        "type SingleHeader requires singleHeaderConfig, and type SingleWeight does not allow it: add it or remove it",
    )
    .at(".singleHeaderConfig"),
];

/// Source: `SessionStickinessConfig` in the Amazon CloudFront API Reference.
const STICKINESS: [Rule; 1] = [Rule::expression(
    "self.idleTTL <= self.maximumTTL",
    "'idleTTL %d is longer than maximumTTL %d: a session cannot be idle for longer than it lasts'.format([self.idleTTL, self.maximumTTL])",
)
.at(".idleTTL")];

/// Source: `ContinuousDeploymentSingleHeaderConfig` in the Amazon CloudFront API Reference.
const HEADER: [Rule; 1] = [Rule::expression(
    "self.matches('^aws-cf-cd-[a-zA-Z0-9_-]+$')",
    "'\"%s\" is not the name of a header that CloudFront accepts here: begin it with aws-cf-cd-'.format([self])",
)];
