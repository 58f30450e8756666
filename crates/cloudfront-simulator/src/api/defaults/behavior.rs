//! Default values of a cache behavior.

use crate::xml::Element;

const DAY: i64 = 86_400;
const YEAR: i64 = 31_536_000;

pub(super) fn apply(behavior: &mut Element, account: &str, is_standard: bool) {
    if is_standard {
        apply_trusted_signers(behavior, account);
        behavior.set_default(Element::leaf("SmoothStreaming", false));
    }
    behavior.set_default(disabled_list("TrustedKeyGroups"));
    behavior.set_default(default_methods("AllowedMethods"));
    if let Some(allowed) = behavior.child_mut("AllowedMethods") {
        allowed.set_default(default_methods("CachedMethods"));
    }
    for (name, value) in [("Compress", "false"), ("FieldLevelEncryptionId", "")] {
        behavior.set_default(Element::leaf(name, value));
    }
    for list in ["LambdaFunctionAssociations", "FunctionAssociations"] {
        behavior.set_default(Element::list(list, Vec::new()));
    }
    for lambda in behavior.items_of_mut("LambdaFunctionAssociations") {
        lambda.set_default(Element::leaf("IncludeBody", false));
    }
    behavior.set_default(Element::new("GrpcConfig").with(Element::leaf("Enabled", false)));
    if let Some(forwarded) = behavior.child_mut("ForwardedValues") {
        forwarded.set_default(Element::list("Headers", Vec::new()));
        forwarded.set_default(Element::list("QueryStringCacheKeys", Vec::new()));
        apply_ttls(behavior);
    }
}

/// Adds the default of `TrustedSigners`, and replaces the caller's account number with `self` (terraform#1112).
pub(in crate::api) fn apply_trusted_signers(parent: &mut Element, account: &str) {
    parent.set_default(disabled_list("TrustedSigners"));
    for signer in parent
        .items_of_mut("TrustedSigners")
        .iter_mut()
        .filter(|signer| signer.text == account)
    {
        "self".clone_into(&mut signer.text);
    }
}

fn disabled_list(name: &str) -> Element {
    let mut list = Element::list(name, Vec::new());
    list.children.insert(0, Element::leaf("Enabled", false));
    list
}

fn default_methods(name: &str) -> Element {
    Element::list(
        name,
        ["HEAD", "GET"]
            .map(|method| Element::leaf("Method", method))
            .into(),
    )
}

/// Adds the documented default TTLs, adjusted to the given minimum and maximum.
fn apply_ttls(behavior: &mut Element) {
    let min = behavior.number("MinTTL").unwrap_or(0);
    let max = behavior.number("MaxTTL").unwrap_or(
        YEAR.max(behavior.number("DefaultTTL").unwrap_or(0))
            .max(min),
    );
    let default = DAY.max(min).min(max);
    for (name, seconds) in [("MinTTL", min), ("DefaultTTL", default), ("MaxTTL", max)] {
        behavior.set_default(Element::leaf(name, seconds));
    }
}
