//! Distributions with tenants, and settings of viewer connections.

use crate::{kinds::shared::types::string_enum, xml::Element};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Who uses a distribution.
    ConnectionMode: "direct" | "tenant-only"
}

/// What tenants of a distribution set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantConfig {
    /// Parameters that the distribution uses and each tenant gives a value to. Default: none.
    pub parameter_definitions: Option<ParameterDefinitions>,
}

/// Parameters, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "member")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["name"],
    "maxItems" = 100
))]
pub struct ParameterDefinitions(pub Vec<ParameterDefinition>);

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterDefinition {
    /// Name of the parameter.
    #[schemars(length(min = 1, max = 128), regex(pattern = "^[a-zA-Z0-9_-]+$"))]
    pub name: String,

    /// What values it takes.
    pub definition: ParameterDefinitionSchema,
}

/// What values a parameter takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterDefinitionSchema {
    /// A text.
    pub string_schema: Option<StringSchema>,
}

/// A parameter that is a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StringSchema {
    /// Text for people. Default: none.
    #[schemars(length(max = 128))]
    pub comment: Option<String>,

    /// Value for tenants that give none. Default: none.
    #[schemars(length(min = 1, max = 256))]
    pub default_value: Option<String>,

    /// Whether each tenant has to give a value.
    pub required: bool,
}

/// A function that runs when a viewer connects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionFunctionAssociation {
    /// Id of the connection function.
    #[schemars(length(min = 1, max = 64))]
    pub id: String,
}

/// Where origins tell the tags of what they send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CacheTagConfig {
    /// Name of the response header in which an origin lists the tags of an object.
    #[schemars(length(min = 1, max = 256))]
    pub header_name: String,
}

/// Removes defaults that CloudFront rejects for a tenant-only distribution, because its connection groups have these fields. A value that
/// the spec sets explicitly stays, so that CloudFront reports the error.
pub(super) fn strip_tenant_fields(config: &mut Element) {
    if config.text_of("ConnectionMode") == Some("tenant-only") {
        remove_defaults(config);
    }
}

/// Does the same if the spec does not set the connection mode: then the mode of the existing distribution applies.
pub(super) fn strip_tenant_fields_for_update(desired: &mut Element, live: &Element) {
    if desired.child("ConnectionMode").is_none()
        && live.text_of("ConnectionMode") == Some("tenant-only")
    {
        remove_defaults(desired);
    }
}

fn remove_defaults(config: &mut Element) {
    for (member, default) in [("IsIPV6Enabled", "false"), ("PriceClass", "PriceClass_All")] {
        if config.text_of(member) == Some(default) {
            config.remove(member);
        }
    }
    let aliases = config
        .child("Aliases")
        .and_then(|it| it.text_of("Quantity"));
    if aliases == Some("0") {
        config.remove("Aliases");
    }
}
