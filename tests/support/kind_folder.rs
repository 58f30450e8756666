//! The folders with the tables of a kind.

use cloudfront_operator::engine::Kind;

/// Returns the name of the folders of a kind, such as `origin_access_control`.
pub(crate) fn folder<K: Kind>() -> String {
    let mut folder = String::new();
    for character in K::KIND.chars() {
        if character.is_ascii_uppercase() && !folder.is_empty() {
            folder.push('_');
        }
        folder.push(character.to_ascii_lowercase());
    }
    folder
}
