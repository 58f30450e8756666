//! The status contract, independent of the operator's code: the rules of kstatus, the state table and the allowed changes.

mod kstatus;
mod state_table;
mod transition;

pub(crate) use kstatus::{Kstatus, kstatus};
pub(crate) use state_table::row_of;
pub(crate) use transition::check_transition;

use serde_json::Value;

/// Returns the conditions of an object.
pub(crate) fn conditions_of(object: &Value) -> &[Value] {
    object["status"]["conditions"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

/// Returns a text field of a condition.
pub(crate) fn text<'a>(condition: &'a Value, key: &str) -> &'a str {
    condition[key].as_str().unwrap_or_default()
}

/// Returns the condition of a type.
pub(crate) fn find<'a>(object: &'a Value, type_: &str) -> Option<&'a Value> {
    conditions_of(object)
        .iter()
        .find(|condition| condition["type"] == type_)
}
