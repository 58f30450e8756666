//! Reads pages in Markdown.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Returns the folder of the repository.
pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a file of the repository.
pub(super) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the sections of level two, each with heading and text.
pub(super) fn sections(page: &str) -> Vec<(String, String)> {
    let split = page.split("\n## ").skip(1);
    split
        .map(|section| section.split_once('\n').unwrap_or((section, "")))
        .map(|(heading, text)| (heading.trim().to_owned(), text.to_owned()))
        .collect()
}

/// Returns the trimmed cells of the rows of all tables, without the header rows.
pub(super) fn rows(text: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = text.lines().collect();
    let is_row = |line: &str| line.starts_with('|');
    let is_rule = |line: &str| line.starts_with("| ---");
    let body = lines.iter().enumerate().filter(|(at, line)| {
        let head = lines.get(at + 1).is_some_and(|next| is_rule(next));
        is_row(line) && !is_rule(line) && !head
    });
    body.map(|(_, line)| {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// Returns the texts in backticks.
pub(super) fn quoted(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}
