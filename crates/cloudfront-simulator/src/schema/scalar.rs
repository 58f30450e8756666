//! Validation of texts and list lengths against the constraints of their shape.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use regex::Regex;

use crate::{
    model::{Shape, ShapeKind},
    xml::Element,
};

/// The compiled patterns.
static PATTERNS: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);

/// Whether the complete text matches a pattern of the model.
pub(crate) fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut patterns = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    let compile =
        || Regex::new(&format!("^(?:{pattern})$")).expect("a test compiles the model's patterns");
    patterns
        .entry(pattern.to_owned())
        .or_insert_with(compile)
        .is_match(text)
}

/// Rejects text that is not a value of the type.
pub(super) fn check_type(kind: ShapeKind, element: &Element) -> Result<(), String> {
    let text = element.text.trim();
    let is_valid = match kind {
        ShapeKind::Integer => text.parse::<i32>().is_ok(),
        ShapeKind::Long => text.parse::<i64>().is_ok(),
        ShapeKind::Double => text.parse::<f64>().is_ok_and(f64::is_finite),
        ShapeKind::Boolean => matches!(text, "true" | "false"),
        ShapeKind::Blob => decode_blob(text).is_some(),
        _ => true,
    };
    let expected = match kind {
        ShapeKind::Boolean => "a boolean",
        ShapeKind::Blob => "in Base64",
        _ => "a number",
    };
    if is_valid {
        Ok(())
    } else {
        Err(format!("'{text}' in '{}' is not {expected}", element.name))
    }
}

/// Decodes bytes in Base64.
pub(crate) fn decode_blob(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim()).ok()
}

/// Encodes bytes in Base64.
pub(crate) fn encode_blob(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Whether the text is in the enum of the shape, if it has one.
pub(super) fn is_allowed_value(shape: &Shape, text: &str) -> bool {
    shape.allowed_values.is_empty() || shape.allowed_values.iter().any(|allowed| allowed == text)
}

/// Returns a message for each constraint that the text violates.
pub(super) fn constraint_violations(shape: &Shape, text: &str, path: &str) -> Vec<String> {
    let mut messages = Vec::new();
    let mut add = |requirement: String| {
        messages.push(format!(
            "Value '{text}' at '{path}' failed to satisfy constraint: Member must {requirement}"
        ));
    };
    if !is_allowed_value(shape, text) {
        add(format!(
            "satisfy enum value set: [{}]",
            shape.allowed_values.join(", ")
        ));
    }
    let violated = match shape.kind {
        ShapeKind::Double => violated_range(shape, text),
        ShapeKind::Blob => violated_length(shape, decode_blob(text).map_or(0, |bytes| bytes.len())),
        _ => violated_length(shape, text.chars().count()),
    };
    if let Some(requirement) = violated {
        add(requirement);
    }
    if let Some(pattern) = shape
        .pattern
        .as_ref()
        .filter(|pattern| !matches_pattern(pattern, text))
    {
        add(format!("satisfy regular expression pattern: {pattern}"));
    }
    messages
}

/// Returns a message if the list is too short or too long.
pub(super) fn length_violation(shape: &Shape, length: usize, path: &str) -> Option<String> {
    let requirement = violated_length(shape, length)?;
    Some(format!(
        "Value of length {length} at '{path}' failed to satisfy constraint: Member must {requirement}"
    ))
}

/// Returns the violated length constraint.
fn violated_length(shape: &Shape, length: usize) -> Option<String> {
    if let Some(min) = shape.min.filter(|min| length < *min) {
        return Some(format!("have length greater than or equal to {min}"));
    }
    let max = shape.max.filter(|max| length > *max)?;
    Some(format!("have length less than or equal to {max}"))
}

/// Returns the violated limit of a number.
fn violated_range(shape: &Shape, text: &str) -> Option<String> {
    let number: f64 = text.trim().parse().ok()?;
    let limit = |limit: Option<usize>| limit.and_then(|limit| u32::try_from(limit).ok());
    if let Some(min) = limit(shape.min).filter(|min| number < f64::from(*min)) {
        return Some(format!("have value greater than or equal to {min}"));
    }
    let max = limit(shape.max).filter(|max| number > f64::from(*max))?;
    Some(format!("have value less than or equal to {max}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MODEL;

    #[test]
    fn all_patterns_of_the_model_compile_and_are_anchored() {
        for pattern in MODEL.patterns() {
            matches_pattern(pattern, "");
        }
        assert!(matches_pattern("[a-z]{2}-[a-z]+-\\d", "us-east-1"));
        assert!(!matches_pattern("[a-z]{2}-[a-z]+-\\d", "us-east-1a"));
    }
}
