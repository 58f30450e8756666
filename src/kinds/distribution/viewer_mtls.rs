//! Mutual TLS with viewers.

use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Mutual TLS with viewers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ViewerMtlsConfig {
    /// Whether a viewer has to show a certificate (`required`), may show one (`optional`), or shows it to the origin
    /// (`passthrough`). Default: `required`.
    #[serde(default)]
    pub mode: ViewerMtlsMode,

    /// Which authorities' certificates are accepted.
    pub trust_store_config: Option<TrustStoreConfig>,
}

string_enum! {
    /// What is asked of viewers.
    ViewerMtlsMode: "required" | "optional" | "passthrough" = "required"
}

/// Which authorities' certificates are accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustStoreConfig {
    /// Id of the trust store that holds the authorities.
    #[schemars(length(min = 1, max = 64))]
    pub trust_store_id: String,

    /// Whether viewers are told which authorities are accepted. Default: false.
    #[serde(default)]
    pub advertise_trust_store_ca_names: bool,

    /// Whether expired certificates are accepted too. Default: false.
    #[serde(default)]
    pub ignore_certificate_expiry: bool,
}
