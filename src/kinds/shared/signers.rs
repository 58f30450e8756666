//! Who can sign at present, as CloudFront says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Accounts that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveTrustedSigners {
    /// Whether any can.
    pub enabled: bool,
    /// The accounts.
    #[serde(default)]
    pub items: Signers,
}

/// Accounts that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Signer")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct Signers(pub Vec<Signer>);

/// One account that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// Account number, or `self`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_account_number: Option<String>,
    /// Its key pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_pair_ids: Option<KeyPairIds>,
}

/// Ids of keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyPairId")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct KeyPairIds(pub Vec<String>);
