//! Helpers for the definition of types.

use crate::kinds::validation::Rule;
use schemars::Schema;
use serde::{Deserialize, Deserializer};

/// Defines a string type with an enum of values in its schema, and a default if one follows `=`.
///
/// It is not a Rust enum, so that the operator can read a value that CloudFront adds later.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident: $($value:literal)|+) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        #[schemars(extend("enum" = [$($value),+]))]
        pub struct $name(pub String);
    };
    ($(#[$doc:meta])* $name:ident: $($value:literal)|+ = $default:literal) => {
        string_enum! { $(#[$doc])* $name: $($value)|+ }

        impl Default for $name {
            fn default() -> Self {
                Self($default.to_owned())
            }
        }
    };
}

pub(in crate::kinds) use string_enum;

/// Deserializes a list of large items without spare capacity. Most lists have one or two items, and serde reserves room for four.
pub(in crate::kinds) fn shrink_to_fit<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let mut items = Vec::deserialize(deserializer)?;
    items.shrink_to_fit();
    Ok(items)
}

/// Deserializes an optional text. AWS prints an empty text for a member without a value, so an empty text means the same as absence.
pub(in crate::kinds) fn absent_if_empty<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// Adds rules to the schema of the items of a list.
pub(in crate::kinds) fn item_rules(rules: &'static [Rule]) -> impl FnMut(&mut Schema) {
    move |schema| {
        let items = schema
            .get_mut("items")
            .and_then(serde_json::Value::as_object_mut);
        if let Some(items) = items {
            items.insert(
                "x-kubernetes-validations".to_owned(),
                serde_json::json!(rules),
            );
        }
    }
}

/// Removes the default of a field from its schema. kubectl prints an empty list as `[]` and leaves the column of an absent one empty. The
/// Rust type has the default.
pub(in crate::kinds) fn without_default(schema: &mut Schema) {
    schema.remove("default");
}
