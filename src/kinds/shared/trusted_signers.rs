//! AWS accounts that sign URLs and cookies, in `spec` and in `status`.

use super::{rules, types};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// AWS accounts with CloudFront key pairs that can sign URLs and cookies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::TRUSTED_SIGNERS))]
pub struct TrustedSigners {
    /// Requires a signature. It must be true if `items` has entries, and false otherwise.
    pub enabled: bool,

    /// AWS account numbers of twelve digits, or `self` for the account of the distribution. Default: none.
    #[serde(default)]
    pub items: AwsAccountNumbers,
}

/// AWS account numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/AwsAccountNumber")]
#[schemars(
    extend("x-kubernetes-list-type" = "set", "maxItems" = 50),
    transform = types::item_rules(&rules::SIGNER)
)]
pub struct AwsAccountNumbers(#[schemars(inner(length(max = 12)))] pub Vec<String>);

/// AWS accounts that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveTrustedSigners {
    /// True if at least one account can sign.
    pub enabled: bool,
    /// The accounts that can sign.
    #[serde(default)]
    pub items: Signers,
}

/// AWS accounts that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Signer")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct Signers(pub Vec<Signer>);

/// An AWS account that can sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// AWS account number, or `self` for the account of the distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_account_number: Option<String>,
    /// IDs of the active key pairs of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_pair_ids: Option<KeyPairIds>,
}

/// IDs of keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyPairId")]
#[schemars(extend("x-kubernetes-list-type" = "atomic"))]
pub struct KeyPairIds(pub Vec<String>);

impl TrustedSigners {
    /// Replaces the number of the distribution's own account by `self`, as CloudFront does.
    pub(in crate::kinds) fn use_self_keyword(&mut self, account: &str) {
        for signer in &mut self.items.0 {
            if signer == account {
                "self".clone_into(signer);
            }
        }
    }
}
