//! Rules that the API server checks when a manifest is applied, and what it says when one is broken.

use serde::Serialize;

/// One rule of the Common Expression Language, in the form a custom resource's schema carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Rule {
    rule: &'static str,
    #[serde(flatten)]
    says: Says,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Says {
    #[serde(rename = "message")]
    Text(&'static str),
    #[serde(rename = "messageExpression")]
    Expression(&'static str),
}

impl Rule {
    /// A rule whose refusal needs no value from the manifest.
    pub(super) const fn text(rule: &'static str, message: &'static str) -> Self {
        Self {
            rule,
            says: Says::Text(message),
        }
    }

    /// A rule whose refusal is computed, to name the offending value. The expression must be cheap: the API server prices it
    /// with the rule; and where it cannot be evaluated, the user is shown the bare rule.
    pub(super) const fn expression(rule: &'static str, message: &'static str) -> Self {
        Self {
            rule,
            says: Says::Expression(message),
        }
    }
}

/// The rules of the operator's own fields, for the spec of every kind.
pub(super) const MANAGEMENT: [Rule; 3] = [
    Rule::text(
        "self.managementPolicy != 'Observe' || has(self.adoptId)",
        "managementPolicy Observe needs adoptId: set it to the id of the CloudFront resource to observe",
    ),
    Rule::text(
        "self.managementPolicy != 'Observe' || !has(self.deletionPolicy) || self.deletionPolicy != 'Delete'",
        "managementPolicy Observe never writes to CloudFront, so deletionPolicy cannot be Delete: remove it or set it to Retain",
    ),
    Rule::expression(
        "!has(oldSelf.adoptId) || (has(self.adoptId) && self.adoptId == oldSelf.adoptId)",
        "'adoptId is \"%s\" and cannot be changed or removed: create another object to take over another resource'\
         .format([oldSelf.adoptId])",
    ),
];

/// A kind's own rules, and those of every kind.
pub(super) fn with_management(own: &[Rule]) -> Vec<Rule> {
    [own, &MANAGEMENT].concat()
}
