//! Accounts whose signature opens what is not for everybody.

use super::rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// AWS accounts whose CloudFront key pairs sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::TRUSTED_SIGNERS))]
pub struct TrustedSigners {
    /// Whether a signature is needed: true exactly when `items` has entries.
    pub enabled: bool,

    /// Account numbers of twelve digits, or `self` for the account of the distribution. Default: none.
    #[serde(default)]
    pub items: AwsAccountNumbers,
}

/// Account numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/AwsAccountNumber")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 50))]
pub struct AwsAccountNumbers(
    #[schemars(inner(length(max = 12), regex(pattern = r"^([0-9]{12}|self)$")))] pub Vec<String>,
);

impl TrustedSigners {
    /// Calls the own account as CloudFront does, `self`.
    pub(in crate::kinds) fn name_own(&mut self, account: &str) {
        for signer in self.items.0.iter_mut().filter(|it| *it == account) {
            "self".clone_into(signer);
        }
    }
}
