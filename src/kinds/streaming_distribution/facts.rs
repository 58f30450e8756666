//! What CloudFront says of a streaming distribution beside its configuration.

use crate::kinds::shared::signers::ActiveTrustedSigners;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What CloudFront assigns to a streaming distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// ARN of the streaming distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// CloudFront's own word: `InProgress` while a change is on its way to the edges, then `Deployed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// When the configuration was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,

    /// Name under which the streaming distribution answers, such as `s5c39gqb8ow64r.cloudfront.net`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,

    /// Accounts that can sign URLs, and their key pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_trusted_signers: Option<ActiveTrustedSigners>,
}
