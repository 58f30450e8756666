//! Validation rules that the API server evaluates, and their messages.

use serde::Serialize;

/// A rule in the Common Expression Language (CEL), serialized as in the schema of a CustomResourceDefinition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    #[serde(rename = "rule")]
    condition: &'static str,
    #[serde(flatten)]
    message: RuleMessage,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_path: Option<&'static str>,
    reason: RuleReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum RuleMessage {
    #[serde(rename = "message")]
    Text(&'static str),
    #[serde(rename = "messageExpression")]
    Expression(&'static str),
}

/// The reason of a refusal. The API server also knows `FieldValueDuplicate`, but omits the message of a rule with that reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum RuleReason {
    #[serde(rename = "FieldValueForbidden")]
    Forbidden,
    #[serde(rename = "FieldValueInvalid")]
    Invalid,
    #[serde(rename = "FieldValueRequired")]
    Required,
}

impl Rule {
    /// A rule with a fixed message, for a value that is invalid.
    pub(crate) const fn text(rule: &'static str, text: &'static str) -> Self {
        Self::new(rule, RuleMessage::Text(text))
    }

    /// A rule with an expression that computes the message, so that it can contain the invalid value. The cost of the expression counts
    /// for the rule. If the API server cannot evaluate it, the user sees the bare rule.
    pub(crate) const fn expression(rule: &'static str, expression: &'static str) -> Self {
        Self::new(rule, RuleMessage::Expression(expression))
    }

    /// Reports the error at a field of the structure that has the rule. The path begins with a dot, and cannot contain an index of a list.
    pub(crate) const fn at(mut self, field_path: &'static str) -> Self {
        self.field_path = Some(field_path);
        self
    }

    /// Reports that a field is missing.
    pub(crate) const fn required(mut self) -> Self {
        self.reason = RuleReason::Required;
        self
    }

    /// Reports that a field must not be set or changed.
    pub(crate) const fn forbidden(mut self) -> Self {
        self.reason = RuleReason::Forbidden;
        self
    }

    const fn new(condition: &'static str, message: RuleMessage) -> Self {
        Self {
            condition,
            message,
            field_path: None,
            reason: RuleReason::Invalid,
        }
    }
}

/// The rules of the operator's own fields, which every kind has.
pub(super) const MANAGEMENT: [Rule; 3] = [
    Rule::text(
        "self.managementPolicy != 'Observe' || has(self.adoptId)",
        "managementPolicy Observe requires adoptId: set it to the ID of the CloudFront resource to observe",
    )
    .at(".adoptId")
    .required(),
    Rule::text(
        "self.managementPolicy != 'Observe' || !has(self.deletionPolicy) || self.deletionPolicy != 'Delete'",
        "deletionPolicy Delete is not possible with managementPolicy Observe, which never writes to CloudFront: remove it or set it to Retain",
    )
    .at(".deletionPolicy"),
    Rule::expression(
        "!has(oldSelf.adoptId) || (has(self.adoptId) && self.adoptId == oldSelf.adoptId)",
        "'adoptId is \"%s\" and cannot be changed or removed: create another object to adopt another resource'.format([oldSelf.adoptId])",
    )
    .at(".adoptId")
    .forbidden(),
];

/// Adds the rules of the operator's own fields to the rules of a kind.
pub(super) fn with_management(own: &[Rule]) -> Vec<Rule> {
    [own, &MANAGEMENT].concat()
}
