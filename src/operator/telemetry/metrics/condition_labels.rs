//! The labels of conditions. A client that may write a status can write any text into it, which must not become a series.

use crate::{cloudfront::error_codes, engine::Reason};
use std::{collections::HashSet, sync::LazyLock};
use strum::VariantNames;

/// The label of a type or a reason that the operator does not write.
const OTHER: &str = "Other";

/// The types of conditions that the operator writes.
const TYPES: [&str; 6] = [
    "Ready",
    "Synced",
    "Reconciling",
    "Stalled",
    "Complete",
    "Failed",
];

/// The statuses of a condition. Each is a series, as in kube-state-metrics.
pub(super) const STATUSES: [&str; 3] = ["True", "False", "Unknown"];

/// The reasons that the operator writes: its own and the error codes of CloudFront.
static REASONS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let codes = error_codes().map(|(code, _)| code);
    Reason::VARIANTS.iter().copied().chain(codes).collect()
});

/// Returns the label of a type.
pub(super) fn type_label(type_: &str) -> &'static str {
    find(&TYPES, type_).unwrap_or(OTHER)
}

/// Returns the label of a status.
pub(super) fn status_label(status: &str) -> &'static str {
    find(&STATUSES, status).unwrap_or("Unknown")
}

/// Returns the label of a reason.
pub(super) fn reason_label(reason: &str) -> &'static str {
    REASONS.get(reason).copied().unwrap_or(OTHER)
}

fn find(known: &[&'static str], text: &str) -> Option<&'static str> {
    known.iter().copied().find(|known| *known == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_operator_writes_becomes_a_label() {
        assert_eq!(
            (type_label("Stalled"), type_label("Mine")),
            ("Stalled", OTHER)
        );
        assert_eq!(
            (status_label("True"), status_label("Maybe")),
            ("True", "Unknown")
        );
        for known in ["InSync", "NotConverging", "CNAMEAlreadyExists"] {
            assert_eq!(reason_label(known), known);
        }
        assert_eq!(reason_label("in-sync"), OTHER);
    }
}
