//! What may change from one status of an object to its next.

use super::{conditions_of, find, text};
use serde_json::Value;

/// Checks two statuses of one object that were written one after the other. Fails, saying why.
pub(crate) fn check_transition(before: &Value, after: &Value) -> Result<(), String> {
    for condition in conditions_of(after) {
        let type_ = text(condition, "type");
        if let Some(old) = find(before, type_) {
            check_time(old, condition).map_err(|what| format!("{type_} {what}"))?;
        }
    }
    let observed = |object: &Value| object["status"]["observedGeneration"].as_i64();
    if observed(after) < observed(before) {
        return Err("observedGeneration goes back".into());
    }
    if before["status"] != after["status"] && meaning(before) == meaning(after) {
        return Err("the status was written anew and says the same".into());
    }
    Ok(())
}

/// Times are whole seconds of one format, so that their text compares as they do.
fn check_time(before: &Value, after: &Value) -> Result<(), String> {
    let time = |condition| text(condition, "lastTransitionTime").to_owned();
    let (old, new) = (time(before), time(after));
    if before["status"] == after["status"] && old != new {
        return Err(format!("keeps its status, and its time moves: {old} {new}"));
    }
    if old > new {
        return Err(format!("goes back in time: {old} {new}"));
    }
    Ok(())
}

/// A status without what tells no news: AWS's ids of requests, and times.
fn meaning(object: &Value) -> Value {
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
