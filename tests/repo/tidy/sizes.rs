//! Files stay small, and modules are not split without need.

use super::{
    lexer::tokens,
    sources::{files, relative, root, text},
};
use std::path::{Path, PathBuf};

/// The most lines that a source file may have.
const MAX_LINES: usize = 400;

/// The most lines that the median file of a folder may have.
const MAX_MEDIAN: usize = 120;

/// The fewest lines of a module of `src` that is neither a trait nor an enum.
const MIN_LINES: usize = 40;

/// The folders with a checked median: the repository, the operator, and the companion packages.
const FOLDERS: [&str; 3] = ["", "src", "crates"];

/// The layers without modules that are too small.
const MERGED: [&str; 1] = ["src"];

fn lines(path: &Path) -> usize {
    text(path).lines().count()
}

/// Whether a module may be small: it declares modules, is the root of a crate, or contains a trait or an enum.
fn may_be_small(path: &Path, source: &str) -> bool {
    const DECLARATIONS: [&str; 3] = ["mod.rs", "lib.rs", "main.rs"];
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let declares = DECLARATIONS.contains(&&*name);
    declares
        || tokens(source)
            .iter()
            .any(|token| token.is("trait") || token.is("enum"))
}

/// Returns the modules that are too small to stand alone.
fn too_small(paths: &[PathBuf]) -> Vec<String> {
    let small = paths.iter().filter(|path| lines(path) < MIN_LINES);
    let small = small.filter(|path| !may_be_small(path, &text(path)));
    small.map(|path| relative(path)).collect()
}

#[test]
fn files_stay_small() {
    for folder in FOLDERS {
        let mut sizes = vec![];
        for path in files(&root().join(folder), &["rs", "go", "py"]) {
            let size = lines(&path);
            assert!(
                size <= MAX_LINES,
                "{} has {size} lines, more than {MAX_LINES}",
                relative(&path)
            );
            sizes.push(size);
        }
        sizes.sort_unstable();
        let median = sizes[sizes.len() / 2];
        assert!(
            median <= MAX_MEDIAN,
            "the median file of {folder:?} has {median} lines, more than {MAX_MEDIAN}"
        );
    }
}

#[test]
fn no_module_is_too_small_to_stand_alone() {
    let modules: Vec<PathBuf> = MERGED
        .iter()
        .flat_map(|folder| files(&root().join(folder), &["rs"]))
        .collect();
    let found = too_small(&modules);
    assert!(
        found.is_empty(),
        "{found:?} have fewer than {MIN_LINES} lines"
    );
}

#[test]
fn a_trait_an_enum_and_a_list_of_modules_may_be_small() {
    let small = |name: &str, source: &str| may_be_small(Path::new(name), source);
    assert!(small("src/a/mod.rs", "mod b;"));
    assert!(small("src/a.rs", "enum A {}") && small("src/a.rs", "trait A {}"));
    assert!(!small("src/a.rs", "struct A; // not an enum"));
}
