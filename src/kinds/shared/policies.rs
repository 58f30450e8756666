//! What the policies of cache behaviors share.

use crate::kinds::validation::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The fields that CloudFront assigns to a policy, apart from the id and the ETag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedPolicy {
    /// When the policy was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,
}

/// Sources: `cache-policy.ts`, `origin-request-policy.ts` and `response-headers-policy.ts` of aws/aws-cdk.
pub(in crate::kinds) const NAME: [Rule; 1] = [Rule::expression(
    "self.matches('^[A-Za-z0-9_-]+$')",
    "'name \"%s\" contains a character that CloudFront does not accept: use letters, digits, - and _ only'.format([self])",
)];
