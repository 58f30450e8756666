//! Lists that take no more memory than their items: most have one or two, and a reader makes room for four.

use serde::{Deserialize, Deserializer};

/// Reads a list of large items.
pub(in crate::kinds) fn exact<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let mut items = Vec::deserialize(deserializer)?;
    items.shrink_to_fit();
    Ok(items)
}
