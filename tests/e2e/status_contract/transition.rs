//! The allowed changes from one status of an object to the next.

use super::{conditions_of, find, text};
use serde_json::Value;

/// Checks two consecutive versions of one object.
pub(crate) fn check_transition(before: &Value, after: &Value) -> Result<(), String> {
    for condition in conditions_of(after) {
        let type_ = text(condition, "type");
        if let Some(old) = find(before, type_) {
            check_time(old, condition).map_err(|error| format!("{type_} {error}"))?;
        }
    }
    let observed = |object: &Value| object["status"]["observedGeneration"].as_i64();
    if observed(after) < observed(before) {
        return Err("observedGeneration decreases".into());
    }
    if before["status"] != after["status"]
        && without_volatile_parts(before) == without_volatile_parts(after)
    {
        return Err("only request ids or times of the status changed".into());
    }
    Ok(())
}

/// Checks that `lastTransitionTime` changes only with the status, and never decreases. All times have one format, so they compare as text.
fn check_time(before: &Value, after: &Value) -> Result<(), String> {
    let time = |condition| text(condition, "lastTransitionTime").to_owned();
    let (old, new) = (time(before), time(after));
    if before["status"] == after["status"] && old != new {
        return Err(format!(
            "keeps its status, but its lastTransitionTime changes: {old} {new}"
        ));
    }
    if old > new {
        return Err(format!("has a decreasing lastTransitionTime: {old} {new}"));
    }
    Ok(())
}

/// Returns a status without AWS request ids and times.
fn without_volatile_parts(object: &Value) -> Value {
    let mut status = object["status"].clone();
    let conditions = status["conditions"].as_array_mut();
    for condition in conditions.into_iter().flatten() {
        let message = text(condition, "message");
        let message = message.split(" (request ").next().unwrap_or_default();
        let message = message.split(" since ").next().unwrap_or_default();
        condition["message"] = message.into();
        condition["lastTransitionTime"] = Value::Null;
    }
    status
}
