//! A cache behavior's defaults.

use super::{disabled_list, signers};
use crate::xml::Element;

const DAY: i64 = 86_400;
const YEAR: i64 = 31_536_000;

pub(super) fn fill(behavior: &mut Element, account: &str) {
    signers(behavior, account);
    behavior.set_default(disabled_list("TrustedKeyGroups"));
    behavior.set_default(methods("AllowedMethods"));
    if let Some(allowed) = behavior.child_mut("AllowedMethods") {
        allowed.set_default(methods("CachedMethods"));
    }
    for (name, value) in [
        ("SmoothStreaming", "false"),
        ("Compress", "false"),
        ("FieldLevelEncryptionId", ""),
    ] {
        behavior.set_default(Element::leaf(name, value));
    }
    for list in ["LambdaFunctionAssociations", "FunctionAssociations"] {
        behavior.set_default(Element::list(list, Vec::new()));
    }
    behavior.set_default(Element::new("GrpcConfig").with(Element::leaf("Enabled", false)));
    if let Some(forwarded) = behavior.child_mut("ForwardedValues") {
        forwarded.set_default(Element::list("Headers", Vec::new()));
        forwarded.set_default(Element::list("QueryStringCacheKeys", Vec::new()));
        times_to_live(behavior);
    }
}

fn methods(name: &str) -> Element {
    Element::list(
        name,
        ["HEAD", "GET"]
            .map(|method| Element::leaf("Method", method))
            .into(),
    )
}

/// The documented defaults, moved only as far as a given minimum or maximum demands.
fn times_to_live(behavior: &mut Element) {
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
