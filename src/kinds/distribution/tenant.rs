//! Distributions with tenants, and settings of viewer connections.

use super::form_rules;
use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// The way in which viewers use a distribution.
    ConnectionMode: "direct" | "tenant-only"
}

/// Settings for the tenants of a distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantConfig {
    /// Parameters that the distribution uses and that each tenant sets. Default: none.
    pub parameter_definitions: Option<ParameterDefinitions>,
}

/// Parameters, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "member:Name")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["name"],
    "maxItems" = 100
))]
pub struct ParameterDefinitions(pub Vec<ParameterDefinition>);

/// A parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterDefinition {
    /// Name of the parameter.
    #[schemars(length(min = 1, max = 128), extend("x-kubernetes-validations" = form_rules::PARAMETER_NAME))]
    pub name: String,

    /// Schema of the values.
    pub definition: ParameterDefinitionSchema,
}

/// The schema of the values of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterDefinitionSchema {
    /// Schema of a parameter with string values.
    pub string_schema: Option<StringSchema>,
}

/// The schema of a parameter with string values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StringSchema {
    /// Comment for people: at most 128 characters. Default: none.
    #[schemars(length(max = 128))]
    pub comment: Option<String>,

    /// Value for tenants that do not set the parameter. Default: none.
    #[schemars(length(min = 1, max = 256))]
    pub default_value: Option<String>,

    /// Requires each tenant to set the parameter.
    pub required: bool,
}

/// The function that runs when a viewer opens a TLS connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionFunctionAssociation {
    /// ID of the connection function.
    #[schemars(length(min = 1, max = 64))]
    pub id: String,
}

/// The source of cache tags.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CacheTagConfig {
    /// Name of the response header in which the origin lists the cache tags of an object, separated by commas. A change does not affect
    /// objects that are already cached.
    #[schemars(length(min = 1, max = 256))]
    pub header_name: String,
}
