//! The status contract, written down apart from the operator: kstatus by rule, and the table of states.

mod kstatus;
mod state_table;
mod transition;

pub(crate) use kstatus::{Kstatus, kstatus};
pub(crate) use state_table::row_of;
pub(crate) use transition::check_transition;

use serde_json::Value;

/// The conditions of an object.
pub(crate) fn conditions_of(object: &Value) -> &[Value] {
    object["status"]["conditions"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

/// A member of a condition that is text.
pub(crate) fn text<'a>(condition: &'a Value, key: &str) -> &'a str {
    condition[key].as_str().unwrap_or_default()
}

/// The condition of a type, if it is there.
pub(crate) fn find<'a>(object: &'a Value, type_: &str) -> Option<&'a Value> {
    conditions_of(object)
        .iter()
        .find(|condition| condition["type"] == type_)
}
