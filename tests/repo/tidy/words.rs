//! Names and comments use the standard terms.

use super::{
    forbidden_words::violations,
    sources::{files, relative, root, text},
};

/// The folders and the types of files that are checked.
const ROOTS: [&str; 3] = ["crates", "src", "tests"];
const EXTENSIONS: [&str; 5] = ["rs", "go", "py", "sh", "toml"];

#[test]
fn names_and_comments_have_no_forbidden_words() {
    let mut found = vec![];
    for path in ROOTS
        .into_iter()
        .flat_map(|folder| files(&root().join(folder), &EXTENSIONS))
    {
        for violation in violations(&path, &text(&path)) {
            found.push(format!(
                "{}:{}: {} in {}",
                relative(&path),
                violation.line,
                violation.word,
                violation.context
            ));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
