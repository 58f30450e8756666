//! The source files of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Returns the folder of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns all files below a folder with one of these extensions, sorted. Hidden folders and build output are left out.
pub(crate) fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder can be read") {
            let path = entry.expect("an entry can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_skipped = name.starts_with('.') || name == "target";
            if path.is_dir() && !is_skipped {
                open.push(path);
            } else if extensions
                .iter()
                .any(|wanted| path.extension().is_some_and(|found| found == *wanted))
            {
                found.push(path);
            }
        }
    }
    assert!(
        !found.is_empty(),
        "no files of {extensions:?} below {}",
        folder.display()
    );
    found.sort();
    found
}

/// Returns the text of a source file.
pub(crate) fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a source file is text")
}

/// Returns the lines of a file before its tests, with their numbers.
pub(crate) fn code(path: &Path) -> Vec<(usize, String)> {
    text(path)
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .enumerate()
        .map(|(at, line)| (at + 1, line.to_owned()))
        .collect()
}

/// Returns the text of a file before its tests.
pub(crate) fn code_text(path: &Path) -> String {
    let lines = code(path).into_iter().map(|(_, line)| line + "\n");
    lines.collect()
}

/// Returns a path relative to the repository, for messages.
pub(crate) fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap_or(path);
    inside.to_string_lossy().into_owned()
}
