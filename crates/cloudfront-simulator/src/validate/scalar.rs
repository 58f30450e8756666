//! Texts and counts against the constraints of their shape.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use regex::Regex;

use crate::{
    model::{Shape, ShapeKind},
    xml::Element,
};

static PATTERNS: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);

/// Whether the whole text matches a pattern of the model.
pub(crate) fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut patterns = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    let compile =
        || Regex::new(&format!("^(?:{pattern})$")).expect("a test compiles the model's patterns");
    patterns
        .entry(pattern.to_owned())
        .or_insert_with(compile)
        .is_match(text)
}

pub(super) fn well_typed(kind: ShapeKind, element: &Element) -> Result<(), String> {
    let text = element.text.trim();
    let fits = match kind {
        ShapeKind::Integer => text.parse::<i32>().is_ok(),
        ShapeKind::Long => text.parse::<i64>().is_ok(),
        ShapeKind::Boolean => matches!(text, "true" | "false"),
        _ => true,
    };
    let what = if kind == ShapeKind::Boolean {
        "a boolean"
    } else {
        "a number"
    };
    if fits {
        Ok(())
    } else {
        Err(format!("'{text}' in '{}' is not {what}", element.name))
    }
}

pub(super) fn in_enum(shape: &Shape, text: &str) -> bool {
    shape.allowed.is_empty() || shape.allowed.iter().any(|allowed| allowed == text)
}

pub(super) fn violations(shape: &Shape, text: &str, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut violated = |what: String| {
        found.push(format!(
            "Value '{text}' at '{path}' failed to satisfy constraint: Member must {what}"
        ));
    };
    if !in_enum(shape, text) {
        violated(format!(
            "satisfy enum value set: [{}]",
            shape.allowed.join(", ")
        ));
    }
    if let Some(what) = out_of_bounds(shape, text.chars().count()) {
        violated(what);
    }
    if let Some(pattern) = shape
        .pattern
        .as_ref()
        .filter(|pattern| !matches_pattern(pattern, text))
    {
        violated(format!("satisfy regular expression pattern: {pattern}"));
    }
    found
}

pub(super) fn length_violation(shape: &Shape, length: usize, path: &str) -> Option<String> {
    let what = out_of_bounds(shape, length)?;
    Some(format!(
        "Value of length {length} at '{path}' failed to satisfy constraint: Member must {what}"
    ))
}

fn out_of_bounds(shape: &Shape, length: usize) -> Option<String> {
    if let Some(min) = shape.min.filter(|min| length < *min) {
        return Some(format!("have length greater than or equal to {min}"));
    }
    let max = shape.max.filter(|max| length > *max)?;
    Some(format!("have length less than or equal to {max}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MODEL;

    #[test]
    fn every_pattern_of_the_model_compiles_and_is_anchored() {
        for pattern in MODEL.patterns() {
            matches_pattern(pattern, "");
        }
        assert!(matches_pattern("[a-z]{2}-[a-z]+-\\d", "us-east-1"));
        assert!(!matches_pattern("[a-z]{2}-[a-z]+-\\d", "us-east-1a"));
    }
}
