//! Origin groups, which fail over from one origin to another.

use super::rules;
use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Origin groups. CloudFront's quota is 10 a distribution unless raised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/OriginGroup")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["id"],
    "maxItems" = 25
))]
pub struct OriginGroups(pub Vec<OriginGroup>);

/// A primary origin and the one that takes over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::ORIGIN_GROUP))]
pub struct OriginGroup {
    /// Name of the group within this distribution. A behavior targets the group by it, so it differs from the ids of all origins.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,

    /// When the second origin takes over.
    pub failover_criteria: FailoverCriteria,

    /// The two origins, the primary one first.
    pub members: OriginGroupMembers,

    /// How the origin is chosen: `default` asks the second when the first fails, `media-quality-based` the one with the better
    /// media quality score. Unmanaged when absent, and `default` for a new group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_criteria: Option<SelectionCriteria>,
}

string_enum! {
    /// How a group chooses an origin.
    SelectionCriteria: "default" | "media-quality-based"
}

/// When the second origin takes over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailoverCriteria {
    /// Status codes of the primary origin that count as its failure, for example 500, 502, 503 and 504. No answer counts too.
    pub status_codes: StatusCodes,
}

/// Status codes that count as failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/StatusCode")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 50))]
pub struct StatusCodes(#[schemars(inner(range(min = 400, max = 599)))] pub Vec<i32>);

/// The origins of a group, in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/OriginGroupMember")]
#[schemars(extend("x-kubernetes-list-type" = "atomic", "minItems" = 2, "maxItems" = 2))]
pub struct OriginGroupMembers(pub Vec<OriginGroupMember>);

/// One origin of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginGroupMember {
    /// Id of an origin of this distribution.
    #[schemars(length(min = 1, max = 128))]
    pub origin_id: String,
}
