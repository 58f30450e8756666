//! Code outside tests has no panics, no placeholders, and no debugging aids.

use super::sources::{code, files, relative, root};
use std::path::Path;

/// The code that only tests may contain. The clippy lints say the same, and can be silenced.
const FORBIDDEN_CODE: [&str; 6] = [
    ".unwrap()",
    "panic!(",
    "todo!(",
    "unimplemented!(",
    "dbg!(",
    "unsafe ",
];

/// Whether a file holds tests: it lies outside any `src`, or in a module called `tests` inside one.
fn is_test(path: &Path) -> bool {
    let inside = path.strip_prefix(root()).unwrap_or(path);
    let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
    match names.iter().rposition(|name| name == "src") {
        Some(src) => names[src..]
            .iter()
            .any(|name| name == "tests" || name == "tests.rs"),
        None => true,
    }
}

#[test]
fn nothing_outside_tests_panics_or_is_unfinished() {
    for path in files(&root(), &["rs"]).iter().filter(|path| !is_test(path)) {
        for (at, line) in code(path) {
            let line = line.split("//").next().unwrap_or_default();
            let found = FORBIDDEN_CODE.iter().find(|code| line.contains(*code));
            let code = found.unwrap_or(&"");
            assert!(
                found.is_none(),
                "{}:{at}: {code} is not allowed here",
                relative(path)
            );
        }
    }
}
