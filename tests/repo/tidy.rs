//! The shape of the source tree, as an invariant: who may import whom, how large files may grow, what is not written.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The layers from the bottom up. Each may import those below it, and nothing else of this crate.
const LAYERS: [&str; 5] = ["xml", "cloudfront", "engine", "kinds", "operator"];

/// The only layer that may name a crate.
const OWNERS: [(&str, &[&str]); 4] = [
    ("quick_xml", &["xml"]),
    ("reqwest", &["cloudfront", "operator/telemetry/traces.rs"]),
    ("aws_", &["cloudfront"]),
    ("opentelemetry", &["operator/telemetry/traces.rs"]),
];

/// The most lines a source file may have, and the most its median may be.
const LONGEST: usize = 400;
const MEDIAN: usize = 120;

/// What is written nowhere but in tests: the clippy lints say the same, and can be silenced.
const UNWRITTEN: [&str; 6] = [
    ".unwrap()",
    "panic!(",
    "todo!(",
    "unimplemented!(",
    "dbg!(",
    "unsafe ",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder with one of these endings, but what was built or installed.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder can be read") {
            let path = entry.expect("an entry can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let built = name.starts_with('.') || name == "target";
            if path.is_dir() && !built {
                open.push(path);
            } else if endings
                .iter()
                .any(|ending| path.extension().is_some_and(|e| e == *ending))
            {
                found.push(path);
            }
        }
    }
    assert!(
        !found.is_empty(),
        "no files of {endings:?} below {}",
        folder.display()
    );
    found
}

/// The lines of a file before its tests.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("a source file is text");
    let lines = text.lines().map(str::to_owned).enumerate();
    lines
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .map(|(at, line)| (at + 1, line))
        .collect()
}

fn layer(path: &Path) -> Option<&'static str> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    LAYERS.into_iter().find(|layer| *layer == first)
}

/// The layers that a line imports by path.
fn imported(line: &str) -> Vec<&'static str> {
    let line = line.split("//").next().unwrap_or_default();
    LAYERS
        .into_iter()
        .filter(|layer| {
            line.match_indices("crate::").any(|(at, found)| {
                let rest = &line[at + found.len()..];
                rest.starts_with(layer)
                    && !rest[layer.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            })
        })
        .collect()
}

/// `use crate::{a, b}` names its layers on the lines that follow; this puts such an import on one line.
fn joined(lines: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = vec![];
    let mut group: Option<String> = None;
    for (at, line) in lines {
        let inside = group.take().map(|group| group + line.trim());
        let text = inside.unwrap_or(line);
        if text.trim_start().starts_with("use crate::{") && !text.contains("};") {
            group = Some(text);
            continue;
        }
        match text.trim_start().strip_prefix("use crate::{") {
            Some(rest) => out.extend(
                members(rest)
                    .into_iter()
                    .map(|member| (at, format!("use crate::{member};"))),
            ),
            None => out.push((at, text)),
        }
    }
    out
}

/// The members of a brace group, nested groups left whole.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut members = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(String::new()),
            _ => {}
        }
        if c != ',' || depth > 0 {
            members.last_mut().expect("there is always one").push(c);
        }
    }
    members
        .iter()
        .map(|member| member.trim().to_owned())
        .filter(|member| !member.is_empty())
        .collect()
}

#[test]
fn imports_go_down_the_layers_only() {
    for path in files(&root().join("src"), &["rs"]) {
        let Some(own) = layer(&path) else { continue };
        let rank = |layer| LAYERS.iter().position(|l| *l == layer);
        for (at, line) in joined(code(&path)) {
            for other in imported(&line) {
                assert!(
                    rank(other) <= rank(own),
                    "{}:{at}: layer {own} imports {other}, which is above it",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn the_import_reader_sees_through_groups() {
    let text = "use crate::{\n    engine::{Kind, Status},\n    xml,\n};\nuse crate::kinds::x;";
    let lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at, line.to_owned()))
        .collect();
    let found: Vec<_> = joined(lines)
        .iter()
        .flat_map(|(_, line)| imported(line))
        .collect();
    assert_eq!(found, ["engine", "xml", "kinds"]);
}

#[test]
fn kinds_know_nothing_of_each_other() {
    let folder = root().join("src/kinds");
    let kinds: Vec<String> = fs::read_dir(&folder)
        .expect("there is a folder of kinds")
        .map(|entry| {
            entry
                .expect("it can be read")
                .path()
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !["mod", "shared", "validation"].contains(&name.as_str()))
        .collect();
    for path in files(&folder, &["rs"]) {
        let inside = path.strip_prefix(&folder).expect("it is inside");
        let own = inside
            .components()
            .next()
            .map(|c| c.as_os_str().to_string_lossy().replace(".rs", ""))
            .unwrap_or_default();
        for (at, line) in code(&path) {
            let other = kinds
                .iter()
                .find(|kind| **kind != own && line.contains(&format!("{kind}::")));
            assert!(
                own == "mod" || other.is_none(),
                "{}:{at}: kind {own} names kind {other:?}",
                path.display()
            );
        }
    }
}

#[test]
fn each_foreign_protocol_has_one_home() {
    let sources = root().join("src");
    for path in files(&sources, &["rs"]) {
        let inside = path.strip_prefix(&sources).expect("it is inside");
        for (at, line) in code(&path) {
            let line = line.split("//").next().unwrap_or_default();
            for (name, homes) in OWNERS {
                let names = line.contains(&format!("use {name}"))
                    || line.contains(&format!("{name}::")) && name != "aws_";
                assert!(
                    !names || homes.iter().any(|home| inside.starts_with(home)),
                    "{}:{at}: only {homes:?} may name {name}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn files_stay_small() {
    let mut sizes = vec![];
    for path in files(&root(), &["rs", "go", "py"]) {
        let text = fs::read_to_string(&path).expect("a source file is text");
        let size = text.lines().count();
        assert!(
            size <= LONGEST,
            "{} has {size} lines, more than {LONGEST}",
            path.display()
        );
        sizes.push(size);
    }
    sizes.sort_unstable();
    let median = sizes[sizes.len() / 2];
    assert!(
        median <= MEDIAN,
        "the median file has {median} lines, more than {MEDIAN}"
    );
}

#[test]
fn nothing_outside_tests_gives_up_or_is_unfinished() {
    for path in files(&root(), &["rs"]).iter().filter(|path| !is_test(path)) {
        for (at, line) in code(path) {
            let line = line.split("//").next().unwrap_or_default();
            let found = UNWRITTEN.iter().find(|word| line.contains(*word));
            let word = found.unwrap_or(&"");
            assert!(
                found.is_none(),
                "{}:{at}: {word} is not written here",
                path.display()
            );
        }
    }
}

/// Whether a file holds tests: outside of any `src`, or a module called `tests` inside of one.
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
fn every_crate_demands_documented_public_items_and_forbids_unsafe_code() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("there is a workspace");
    assert!(
        workspace.contains("missing_docs = \"warn\"")
            && workspace.contains("unsafe_code = \"forbid\"")
    );
    for manifest in files(&root(), &["toml"])
        .iter()
        .filter(|path| path.ends_with("Cargo.toml"))
    {
        let text = fs::read_to_string(manifest).expect("a manifest is text");
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{} does not take the workspace's lints",
            manifest.display()
        );
    }
}
