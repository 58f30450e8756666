//! Validation of bodies in JSON against the service model: members, types, required members and lengths.

use serde_json::Value;

use super::errors::validation_error;
use crate::{
    error::ApiError,
    model::{PAIRS_MODEL, Shape, ShapeKind},
    switches::{Switch, Switches},
};

/// Parses and validates a body.
pub(super) fn parse_body(
    shape: &str,
    bytes: &[u8],
    switches: &Switches,
) -> Result<Value, ApiError> {
    let body = serde_json::from_slice(bytes)
        .map_err(|error| validation_error(format!("The body is not valid JSON: {error}.")))?;
    let mut validator = Validator {
        switches,
        violations: Vec::new(),
    };
    validator.check(&body, shape, "body");
    validator.into_result()?;
    Ok(body)
}

/// Rejects a text in the path or the query that violates the length of its shape.
pub(super) fn check_text(text: &str, shape: &str, path: &str) -> Result<(), ApiError> {
    let mut validator = Validator {
        switches: &Switches::default(),
        violations: Vec::new(),
    };
    validator.check(&Value::from(text), shape, path);
    validator.into_result()
}

/// Collects the violations of constraints, as AWS does.
struct Validator<'a> {
    switches: &'a Switches,
    violations: Vec<String>,
}

impl Validator<'_> {
    fn check(&mut self, value: &Value, shape: &str, path: &str) {
        let shape = PAIRS_MODEL.shape(shape);
        match (shape.kind, value) {
            (ShapeKind::Structure, Value::Object(members)) => {
                for (name, member) in members.iter().filter(|(_, member)| !member.is_null()) {
                    match shape.members.shape_of(name) {
                        Some(shape) => self.check(member, shape, &format!("{path}.{name}")),
                        None if self.switches.is_on(Switch::TolerateUnknownElements) => {}
                        None => self.add(&format!("{path}.{name}"), "not exist"),
                    }
                }
                let is_absent = |name: &&String| members.get(*name).is_none_or(Value::is_null);
                for missing in shape.required.iter().filter(is_absent) {
                    self.add(&format!("{path}.{missing}"), "not be null");
                }
            }
            (ShapeKind::List, Value::Array(items)) => {
                let item = shape.item.as_ref().map_or("", |item| &item.shape);
                for (item_value, number) in items.iter().zip(1..) {
                    self.check(item_value, item, &format!("{path}.{number}.member"));
                }
            }
            (ShapeKind::String, Value::String(text)) => self.check_length(shape, text, path),
            _ => self.add(path, "have the type of the service model"),
        }
    }

    fn check_length(&mut self, shape: &Shape, text: &str, path: &str) {
        let length = text.chars().count();
        if let Some(min) = shape.min.filter(|min| length < *min) {
            self.add(path, &format!("have length greater than or equal to {min}"));
        }
        if let Some(max) = shape.max.filter(|max| length > *max) {
            self.add(path, &format!("have length less than or equal to {max}"));
        }
    }

    /// Adds a violation without the value, which can be confidential.
    fn add(&mut self, path: &str, requirement: &str) {
        let message =
            format!("Value at '{path}' failed to satisfy constraint: Member must {requirement}");
        self.violations.push(message);
    }

    fn into_result(self) -> Result<(), ApiError> {
        let count = self.violations.len();
        let plural = if count == 1 { "" } else { "s" };
        match count {
            0 => Ok(()),
            _ => Err(validation_error(format!(
                "{count} validation error{plural} detected: {}",
                self.violations.join("; ")
            ))),
        }
    }
}
