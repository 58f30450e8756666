//! Validation rules that the API server evaluates, and their messages.

use serde::Serialize;

/// A rule in the Common Expression Language (CEL), serialized as in the schema of a CustomResourceDefinition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Rule {
    rule: &'static str,
    #[serde(flatten)]
    message: RuleMessage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum RuleMessage {
    #[serde(rename = "message")]
    Text(&'static str),
    #[serde(rename = "messageExpression")]
    Expression(&'static str),
}

impl Rule {
    /// A rule with a fixed message.
    pub(super) const fn text(rule: &'static str, text: &'static str) -> Self {
        Self {
            rule,
            message: RuleMessage::Text(text),
        }
    }

    /// A rule with an expression that computes the message, so that it can contain the invalid value. The cost of the expression counts
    /// for the rule. If the API server cannot evaluate it, the user sees the bare rule.
    pub(super) const fn expression(rule: &'static str, expression: &'static str) -> Self {
        Self {
            rule,
            message: RuleMessage::Expression(expression),
        }
    }
}

/// The rules of the operator's own fields, which every kind has.
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

/// Adds the rules of the operator's own fields to the rules of a kind.
pub(super) fn with_management(own: &[Rule]) -> Vec<Rule> {
    [own, &MANAGEMENT].concat()
}
