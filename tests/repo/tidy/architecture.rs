//! The description of the architecture in `src/lib.rs`.

use super::sources::{root, text};

/// The most lines that the description and its glossary may have.
const MAX_LINES: usize = 150;
const MAX_GLOSSARY: usize = 40;

/// Returns the paths below `src`, `tests` and `crates` that a text quotes. Alternatives in braces are expanded.
fn quoted_paths(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter(|quoted| {
            ["src/", "tests/", "crates/"]
                .iter()
                .any(|root| quoted.starts_with(root))
        })
        .flat_map(alternatives)
        .collect()
}

/// Returns `a/b.rs` and `a/c.rs` for `a/{b,c}.rs`.
fn alternatives(path: &str) -> Vec<String> {
    let braces = path
        .split_once('{')
        .and_then(|(start, rest)| Some((start, rest.split_once('}')?)));
    match braces {
        Some((start, (names, end))) => names
            .split(',')
            .map(|name| format!("{start}{name}{end}"))
            .collect(),
        None => vec![path.to_owned()],
    }
}

#[test]
fn every_path_in_the_description_exists() {
    let paths = quoted_paths(&text(&root().join("src/lib.rs")));
    assert!(
        paths.len() > 20,
        "the description names only {} paths",
        paths.len()
    );
    for path in paths {
        assert!(root().join(&path).exists(), "src/lib.rs names {path}");
    }
}

#[test]
fn quoted_paths_are_found_and_expanded() {
    let found = quoted_paths("see `src/a.rs`, `Ready` and\n`tests/{b,c}/` or `name`");
    assert_eq!(found, ["src/a.rs", "tests/b/", "tests/c/"]);
}

#[test]
fn the_description_and_its_glossary_stay_short() {
    let description = text(&root().join("src/lib.rs"));
    let glossary = description
        .lines()
        .skip_while(|line| !line.ends_with("# Glossary"))
        .take_while(|line| line.starts_with("//!"))
        .count();
    assert!(
        (1..=MAX_GLOSSARY).contains(&glossary),
        "the glossary has {glossary} lines"
    );
    let lines = description.lines().count();
    assert!(
        lines <= MAX_LINES,
        "src/lib.rs has {lines} lines, more than {MAX_LINES}"
    );
}
