//! Imports between the layers of `src` go down only.

use super::{
    import_graph::ImportGraph,
    sources::{code, files, relative, root},
};
use std::{fs, path::Path};

/// The layers from the bottom up. Each may import those below it, and nothing else of this crate.
const LAYERS: [&str; 6] = [
    "xml",
    "cloudfront",
    "engine",
    "kinds",
    "invalidation_policy",
    "operator",
];

/// The crates that only these files may name.
const FOREIGN_CRATES: [(&str, &[&str]); 4] = [
    ("quick_xml", &["xml"]),
    ("reqwest", &["cloudfront", "operator/telemetry/traces.rs"]),
    ("aws_", &["cloudfront"]),
    ("opentelemetry", &["operator/telemetry/traces.rs"]),
];

/// Returns the layer to which a file belongs.
fn layer(path: &Path) -> Option<&'static str> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    LAYERS.into_iter().find(|layer| *layer == first)
}

/// Returns the layers that a line imports by path.
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

/// Puts an import such as `use crate::{a, b}` on one line for each member. In the source, the layers stand on the lines that
/// follow.
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

/// Returns the members of a brace group. Nested groups stay in one member.
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
    let read = |path: &Path| fs::read_to_string(path).ok();
    // The graph leaves out the files that only tests use.
    let graph = ImportGraph::read(&root().join("src/lib.rs"), &read);
    for path in graph.imports.into_keys() {
        let Some(own) = layer(&path) else { continue };
        let rank = |layer| LAYERS.iter().position(|l| *l == layer);
        for (at, line) in joined(code(&path)) {
            for other in imported(&line) {
                assert!(
                    rank(other) <= rank(own),
                    "{}:{at}: layer {own} imports {other}, which is above it",
                    relative(&path)
                );
            }
        }
    }
}

#[test]
fn imports_in_brace_groups_are_read() {
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
fn kinds_do_not_name_each_other() {
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
                relative(&path)
            );
        }
    }
}

#[test]
fn each_foreign_protocol_is_named_in_one_place() {
    let sources = root().join("src");
    for path in files(&sources, &["rs"]) {
        let inside = path.strip_prefix(&sources).expect("it is inside");
        for (at, line) in code(&path) {
            let line = line.split("//").next().unwrap_or_default();
            for (name, homes) in FOREIGN_CRATES {
                let is_named = line.contains(&format!("use {name}"))
                    || line.contains(&format!("{name}::")) && name != "aws_";
                assert!(
                    !is_named || homes.iter().any(|home| inside.starts_with(home)),
                    "{}:{at}: only {homes:?} may name {name}",
                    relative(&path)
                );
            }
        }
    }
}
