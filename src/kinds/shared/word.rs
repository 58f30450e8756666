//! Values from a closed set.

/// Defines a string that the schema limits to some words, with a default if one follows `=`.
///
/// Not a Rust enum: a word that CloudFront invents tomorrow must be readable today.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident: $($word:literal)|+) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        #[schemars(extend("enum" = [$($word),+]))]
        pub struct $name(pub String);
    };
    ($(#[$doc:meta])* $name:ident: $($word:literal)|+ = $default:literal) => {
        word! { $(#[$doc])* $name: $($word)|+ }

        impl Default for $name {
            fn default() -> Self {
                Self($default.to_owned())
            }
        }
    };
}

pub(in crate::kinds) use word;
