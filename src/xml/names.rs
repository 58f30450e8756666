//! The names of elements, and how those of the spec and the wire correspond.

use std::borrow::Cow;

/// The element with the number of items in a list.
pub(super) const QUANTITY: &str = "Quantity";
/// The element that contains the items of a list with a `Quantity`.
pub(super) const ITEMS: &str = "Items";
/// The element that enables or disables a structure.
pub(super) const ENABLED: &str = "Enabled";

/// Names with a leading initialism, for which changing the case of the first letter is not enough.
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

/// Returns the element name of a field in the spec.
pub(super) fn wire_name(field: &str) -> Cow<'_, str> {
    match INITIALISMS.iter().find(|(spec, _)| *spec == field) {
        Some((_, wire)) => Cow::Borrowed(wire),
        None => plain_name(field),
    }
}

/// Returns the element name of a field without the initialisms: CloudFront writes `ARN` in older resources and `Arn` in newer ones.
pub(super) fn plain_name(field: &str) -> Cow<'_, str> {
    with_first(field, char::to_ascii_uppercase)
}

/// Returns the field name in the spec of an element.
pub(crate) fn spec_name(element: &str) -> Cow<'_, str> {
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

/// Returns whether this is a valid element name. XML permits more names, which CloudFront does not use.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Returns whether XML 1.0 can represent the character, literally or escaped.
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
