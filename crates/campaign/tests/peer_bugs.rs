//! The patches that re-introduce bugs of similar tools: each applies, is small, and names its source and the tests that find it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The number of bugs.
const BUGS: usize = 40;

/// The maximum number of lines that a patch adds and removes.
const MAX_LINES: usize = 10;

/// A patch, and the text before it.
struct PeerBug {
    name: String,
    path: PathBuf,
    text: String,
}

fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().nth(2);
    root.expect("the package is two levels below the root")
}

fn peer_bugs() -> Vec<PeerBug> {
    let directory = root().join("crates/campaign/peer-bugs");
    let entries = fs::read_dir(directory).expect("the directory exists");
    let mut bugs: Vec<PeerBug> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| PeerBug {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into(),
            text: fs::read_to_string(&path).expect("a text file"),
            path,
        })
        .collect();
    bugs.sort_by(|a, b| a.name.cmp(&b.name));
    bugs
}

impl PeerBug {
    fn header(&self) -> &str {
        self.text.split("diff --git").next().unwrap_or_default()
    }

    /// Returns the values of the lines of the header that begin with this name.
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.header().lines();
        lines.filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn changed_lines(&self) -> usize {
        let is_change = |line: &&str| {
            line.starts_with(['+', '-']) && !line.starts_with("+++ ") && !line.starts_with("--- ")
        };
        self.text.lines().filter(is_change).count()
    }

    fn changed_files(&self) -> impl Iterator<Item = &str> {
        let lines = self.text.lines();
        lines.filter_map(|line| line.strip_prefix("+++ b/"))
    }
}

/// Returns the Rust files below a directory, with their text.
fn sources(directory: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).expect("the directory exists") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("a text file");
            found.push((path.to_string_lossy().into(), text));
        }
    }
}

/// Whether a test such as `--lib requeue::tests::every_outcome_has_its_delay` exists.
fn exists(test: &str, sources: &[(String, String)]) -> bool {
    let (target, path) = test.rsplit_once(' ').unwrap_or_default();
    let directory = match target {
        "--lib" => "/src/",
        "--test scenarios" => "/tests/e2e/",
        "--test engine" | "--test fields" | "--test cloudfront" | "--test xml" => "/tests/unit/",
        _ => return false,
    };
    let (modules, function) = path.rsplit_once("::").unwrap_or_default();
    let definition = format!("fn {function}(");
    let names = modules.split("::").filter(|name| *name != "tests");
    let module = names.last().unwrap_or_default();
    sources.iter().any(|(file, text)| {
        file.contains(directory) && file.contains(module) && text.contains(&definition)
    })
}

#[test]
fn the_patches_are_numbered_from_one() {
    let numbers: Vec<String> = peer_bugs()
        .iter()
        .map(|bug| bug.name.split('-').next().unwrap_or_default().to_owned())
        .collect();
    let expected: Vec<String> = (1..=BUGS).map(|number| format!("{number:02}")).collect();
    assert_eq!(numbers, expected);
    let is_patch = |bug: &PeerBug| bug.path.extension().is_some_and(|it| it == "patch");
    assert!(peer_bugs().iter().all(is_patch));
}

#[test]
fn every_patch_applies() {
    let mut broken = vec![];
    for bug in peer_bugs() {
        let mut git = Command::new("git");
        let apply = git.arg("-C").arg(root()).args(["apply", "--check"]);
        let output = apply.arg(&bug.path).output().expect("git runs");
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            broken.push(format!("{}: {error}", bug.name));
        }
    }
    assert!(
        broken.is_empty(),
        "Correct these patches in the commit that breaks them:\n{}",
        broken.join("\n")
    );
}

#[test]
fn every_patch_is_small_and_changes_only_the_operator() {
    for bug in peer_bugs() {
        let lines = bug.changed_lines();
        assert!((1..=MAX_LINES).contains(&lines), "{}: {lines}", bug.name);
        let mut files = bug.changed_files();
        assert!(files.all(|file| file.starts_with("src/")), "{}", bug.name);
    }
}

#[test]
fn every_header_names_the_source_and_two_tests_that_exist() {
    let mut found = vec![];
    sources(&root().join("src"), &mut found);
    sources(&root().join("tests"), &mut found);
    for bug in peer_bugs() {
        assert_eq!(bug.values("Source").count(), 1, "{}", bug.name);
        let tests: BTreeSet<&str> = bug.values("Found by").collect();
        assert!(tests.len() >= 2, "{}: {tests:?}", bug.name);
        for test in tests {
            assert!(exists(test, &found), "{}: {test}", bug.name);
        }
    }
}
