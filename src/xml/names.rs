//! How the names of the spec and those of the wire relate.

use std::borrow::Cow;

/// The element that tells how many items a list has.
pub(super) const QUANTITY: &str = "Quantity";
/// The element that holds the items of a counted list.
pub(super) const ITEMS: &str = "Items";
/// The switch of a structure that can be off.
pub(super) const ENABLED: &str = "Enabled";

/// Names whose leading initialism does not survive a change of case of their first letter alone.
const INITIALISMS: [(&str, &str); 9] = [
    ("acmCertificateArn", "ACMCertificateArn"),
    ("arn", "ARN"),
    ("cname", "CNAME"),
    ("httpPort", "HTTPPort"),
    ("httpsPort", "HTTPSPort"),
    ("iamCertificateId", "IAMCertificateId"),
    ("icpRecordalStatus", "ICPRecordalStatus"),
    ("sslSupportMethod", "SSLSupportMethod"),
    ("xssProtection", "XSSProtection"),
];

/// The element for a field of the spec.
pub(super) fn wire_name(field: &str) -> Cow<'_, str> {
    match INITIALISMS.iter().find(|(spec, _)| *spec == field) {
        Some((_, wire)) => Cow::Borrowed(wire),
        None => plain_name(field),
    }
}

/// The element for a field, initialism or not: CloudFront writes `ARN` in its old resources and `Arn` in its new ones.
pub(super) fn plain_name(field: &str) -> Cow<'_, str> {
    with_first(field, char::to_ascii_uppercase)
}

/// The field of the spec for an element.
pub(super) fn spec_name(element: &str) -> Cow<'_, str> {
    match INITIALISMS.iter().find(|(_, wire)| *wire == element) {
        Some((spec, _)) => Cow::Borrowed(spec),
        None => with_first(element, char::to_ascii_lowercase),
    }
}

fn with_first(name: &str, change: fn(&char) -> char) -> Cow<'_, str> {
    let mut rest = name.chars();
    match rest.next() {
        Some(first) if change(&first) != first => {
            Cow::Owned(format!("{}{}", change(&first), rest.as_str()))
        }
        _ => Cow::Borrowed(name),
    }
}

/// Whether an element may be called so. XML allows more; CloudFront has never used it.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether XML 1.0 can carry the character at all, even escaped.
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::{spec_name, wire_name};

    #[test]
    fn names_translate_both_ways() {
        for (spec, wire) in [
            ("acmCertificateArn", "ACMCertificateArn"),
            ("cachePolicyId", "CachePolicyId"),
            ("defaultTTL", "DefaultTTL"),
            ("eTag", "ETag"),
            ("httpPort", "HTTPPort"),
            ("httpVersion", "HttpVersion"),
            ("isIPV6Enabled", "IsIPV6Enabled"),
            ("s3OriginConfig", "S3OriginConfig"),
            ("sslSupportMethod", "SSLSupportMethod"),
            ("webACLId", "WebACLId"),
        ] {
            assert_eq!(wire_name(spec), wire);
            assert_eq!(spec_name(wire), spec);
        }
    }

    #[test]
    fn a_name_that_has_no_case_stays() {
        assert_eq!(wire_name(""), "");
        assert_eq!(spec_name("Ärmel"), "Ärmel");
    }
}
