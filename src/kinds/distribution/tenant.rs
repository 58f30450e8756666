//! Distributions that tenants share, and what else belongs to connections rather than to content.

use crate::{kinds::shared::word::word, xml::Element};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

word! {
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

const MODE: &str = "ConnectionMode";

/// Takes out of the configuration of a distribution that only tenants use what such a one cannot say: its connection group says it.
/// Whoever asks for it all the same is told by CloudFront.
pub(super) fn spare(config: &mut Element) {
    if config.text_of(MODE) == Some("tenant-only") {
        take_out(config);
    }
}

/// The same where the mode is not managed: then the one that CloudFront has counts.
pub(super) fn heed(desired: &mut Element, live: &Element) {
    if desired.child(MODE).is_none() && live.text_of(MODE) == Some("tenant-only") {
        take_out(desired);
    }
}

fn take_out(config: &mut Element) {
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
