//! Fields of distributions and streaming distributions.

use super::{
    rules,
    types::{self, string_enum},
};
use crate::xml::Element;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The text before the id of an origin access identity in its path.
pub(in crate::kinds) const IDENTITY_PREFIX: &str = "origin-access-identity/cloudfront/";

/// Alternate domain names. CloudFront's quota, unless raised, is 100 a distribution and 10 a streaming distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/CNAME")]
#[schemars(
    extend("x-kubernetes-list-type" = "set", "maxItems" = 1000),
    transform = types::item_rules(&rules::ALIAS)
)]
pub struct Aliases(#[schemars(inner(length(min = 1, max = 253)))] pub Vec<String>);

impl Aliases {
    /// Returns the aliases as unique values.
    pub(in crate::kinds) fn unique_values(&self) -> Vec<String> {
        self.0.iter().map(|alias| unique_value(alias)).collect()
    }

    /// Returns the aliases of a configuration, or of an item of a list, as unique values.
    pub(in crate::kinds) fn unique_values_in(document: &Element) -> Vec<String> {
        let items = document.child("Aliases").and_then(|it| it.child("Items"));
        let aliases = items.map_or(&[][..], |items| items.children());
        aliases.iter().map(|it| unique_value(it.text())).collect()
    }
}

/// An alias belongs to one distribution or streaming distribution of all accounts.
fn unique_value(alias: &str) -> String {
    format!("alias {}", alias.to_ascii_lowercase())
}

string_enum! {
    /// The edge locations that serve a distribution.
    PriceClass: "PriceClass_100" | "PriceClass_200" | "PriceClass_All" | "None" = "PriceClass_All"
}

/// The default of `enabled`.
pub(in crate::kinds) fn default_enabled() -> bool {
    true
}

/// Disables a configuration, which CloudFront requires before a deletion. Returns whether it was enabled.
pub(in crate::kinds) fn disable(config: &mut Element) -> bool {
    let was_enabled = config.text_of("Enabled") != Some("false");
    if was_enabled {
        config.set_text("Enabled", "false");
    }
    was_enabled
}

/// Completes the name of a log bucket to the host name that CloudFront returns for it. A host name stays, also one of a region in China.
pub(in crate::kinds) fn normalize_bucket(bucket: &mut String) {
    if !bucket.is_empty() && !bucket.contains(".amazonaws.com") {
        bucket.push_str(".s3.amazonaws.com");
    }
}
