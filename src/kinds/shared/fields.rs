//! Fields of distributions and streaming distributions.

use super::{
    rules,
    types::{self, string_enum},
};
use crate::{
    engine::{LocalReference, ResolvedReferences, TypedLocalReference},
    xml::{self, Element},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, ser::Error as _};

/// The kind of the objects that an origin refers to.
const IDENTITY_KIND: &str = "OriginAccessIdentity";

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

/// The object that a reference to an origin access identity names.
pub(in crate::kinds) fn identity_reference(reference: &LocalReference) -> TypedLocalReference {
    TypedLocalReference {
        kind: IDENTITY_KIND,
        name: reference.0.name.clone(),
    }
}

/// Replaces a reference to an origin access identity, if there is one, by the path of the identity.
///
/// An unknown id is an error: without an identity CloudFront reads the bucket without credentials, as if it were public.
pub(in crate::kinds) fn resolve_identity(
    identity: &mut Option<String>,
    reference: &mut Option<LocalReference>,
    ids: &ResolvedReferences,
) -> Result<(), xml::XmlError> {
    let Some(reference) = reference.take() else {
        return Ok(());
    };
    let name = reference.0.name;
    let id = ids.id(IDENTITY_KIND, &name).ok_or_else(|| {
        xml::XmlError::custom(format!(
            "{IDENTITY_KIND} {name} has no ID yet: wait until it is ready"
        ))
    })?;
    *identity = Some(format!("origin-access-identity/cloudfront/{id}"));
    Ok(())
}
