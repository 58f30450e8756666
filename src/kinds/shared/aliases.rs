//! Domain names of one's own.

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

/// Takes the default out of a field's schema: a table would show the empty list as `[]`, and an absent one not at all. The type has it.
pub(in crate::kinds) fn without_default(schema: &mut Schema) {
    schema.remove("default");
}

/// Alternate domain names. CloudFront's quota, unless raised, is 100 a distribution and 10 a streaming distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/CNAME")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 1000))]
pub struct Aliases(
    #[schemars(inner(length(min = 1, max = 253), regex(pattern = r"^[^/:\s]+$")))] pub Vec<String>,
);
