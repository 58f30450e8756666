//! Mutual TLS with viewers.

use super::member_rules;
use crate::kinds::shared::types::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Mutual TLS with viewers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = member_rules::VIEWER_MTLS))]
pub struct ViewerMtlsConfig {
    /// Handling of client certificates: a viewer must present one (`required`), may present one (`optional`), or presents one to the
    /// origin (`passthrough`). Default: `required`.
    #[serde(default)]
    pub mode: ViewerMtlsMode,

    /// Trust store with the certificate authorities (CAs) that CloudFront accepts.
    pub trust_store_config: Option<TrustStoreConfig>,
}

string_enum! {
    /// The handling of client certificates.
    ViewerMtlsMode: "required" | "optional" | "passthrough" = "required"
}

/// The trust store with the certificate authorities (CAs) that CloudFront accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustStoreConfig {
    /// ID of the trust store.
    #[schemars(length(min = 1, max = 64))]
    pub trust_store_id: String,

    /// Sends the names of the accepted CAs to viewers. Default: false.
    #[serde(default)]
    pub advertise_trust_store_ca_names: bool,

    /// Accepts expired certificates too. Default: false.
    #[serde(default)]
    pub ignore_certificate_expiry: bool,
}
