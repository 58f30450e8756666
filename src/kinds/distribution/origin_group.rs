//! Origin groups, which fail over from one origin to another.

use super::{form_rules, rules};
use crate::kinds::shared::types::{self, string_enum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Origin groups. CloudFront's quota is 10 a distribution, unless raised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/OriginGroup:Id")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["id"],
    "maxItems" = 25
))]
pub struct OriginGroups(pub Vec<OriginGroup>);

/// An origin group: a primary origin and a second one for failover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::ORIGIN_GROUP))]
pub struct OriginGroup {
    /// ID of the origin group, unique in this distribution. Cache behaviors refer to it, so it must differ from the IDs of all origins.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,

    /// Conditions for failover to the second origin.
    pub failover_criteria: FailoverCriteria,

    /// The two origins: the primary origin first.
    pub members: OriginGroupMembers,

    /// Selection of the origin. `default` uses the second origin if the first one fails. `media-quality-based` uses the origin with the
    /// better media quality score. Unmanaged when absent; a new group gets `default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_criteria: Option<SelectionCriteria>,
}

string_enum! {
    /// The selection of an origin in a group.
    SelectionCriteria: "default" | "media-quality-based"
}

/// The conditions for failover to the second origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailoverCriteria {
    /// Status codes of the primary origin that cause failover, for example 500, 502, 503 and 504. A missing response causes it too.
    pub status_codes: StatusCodes,
}

/// Status codes that cause failover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/StatusCode")]
#[schemars(
    extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 50),
    transform = types::item_rules(&form_rules::FAILOVER_CODE)
)]
pub struct StatusCodes(#[schemars(inner(range(min = 400, max = 599)))] pub Vec<i32>);

/// The origins of a group, in order of preference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/OriginGroupMember:OriginId ordered")]
#[schemars(extend("x-kubernetes-list-type" = "atomic", "minItems" = 2, "maxItems" = 2))]
pub struct OriginGroupMembers(pub Vec<OriginGroupMember>);

/// An origin of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginGroupMember {
    /// ID of an origin of this distribution.
    #[schemars(length(min = 1, max = 128))]
    pub origin_id: String,
}
