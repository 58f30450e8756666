//! Every link inside the repository has a target, and every page is linked.

use super::page::{read, root};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The folders with pages for users.
const FOLDERS: [&str; 8] = [
    "",
    "charts/cloudfront-operator",
    "charts/cloudfront-operator-crds",
    "docs",
    "docs/operations",
    "docs/reference",
    "docs/runbooks",
    "examples",
];

/// The pages that need no link: the changelog, and the table of contents of the book.
const UNLINKED: [&str; 2] = ["CHANGELOG.md", "docs/SUMMARY.md"];

/// Returns the pages for users, relative to the repository.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![];
    for folder in FOLDERS {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                pages.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    pages
}

/// Returns the text of a page without code.
fn prose(page: &str) -> String {
    let blocks = page.split("```").step_by(2);
    let lines = blocks.map(|text| text.split('`').step_by(2).collect::<Vec<_>>().join("code"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the targets of the links of a page that stay in the repository.
fn links(page: &str) -> Vec<String> {
    let ends = page.split("](").skip(1);
    ends.filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .filter(|target| !target.contains("://"))
        .collect()
}

/// Returns the anchor that GitHub generates for a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| anchor(line.trim_start_matches('#')))
        .collect()
}

/// Resolves `..` in a path.
fn normalized(path: &Path) -> PathBuf {
    path.iter().fold(PathBuf::new(), |mut path, part| {
        if part == ".." {
            path.pop();
        } else {
            path.push(part);
        }
        path
    })
}

/// Returns the file or folder that a link names, relative to the repository.
fn target(page: &Path, link: &str) -> PathBuf {
    let file = link.split('#').next().unwrap_or_default();
    if file.is_empty() {
        return page.to_owned();
    }
    normalized(&page.parent().unwrap_or(Path::new("")).join(file))
}

#[test]
fn every_link_has_a_target() {
    for page in pages() {
        for link in links(&prose(&read(&page))) {
            let found = target(&page, &link);
            let exists = root().join(&found).exists();
            assert!(exists, "{}: {link} has no target", page.display());
            if let Some((_, wanted)) = link.split_once('#') {
                assert!(
                    anchors(&read(&found)).contains(wanted),
                    "{}: {link} has no such heading",
                    page.display()
                );
            }
        }
    }
}

#[test]
fn every_page_and_every_example_can_be_reached_from_the_readme() {
    let mut reached = BTreeSet::new();
    let mut open = vec![PathBuf::from("README.md")];
    while let Some(page) = open.pop() {
        let is_page = page.extension().is_some_and(|ending| ending == "md");
        if !reached.insert(page.clone()) || !is_page {
            continue;
        }
        let found = links(&prose(&read(&page)));
        open.extend(found.iter().map(|link| target(&page, link)));
    }
    let examples = [
        "examples",
        "examples/ci",
        "examples/adopt",
        "examples/gitops",
    ]
    .map(|folder| {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let paths = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file());
        paths
            .map(|path| path.strip_prefix(root()).unwrap().to_owned())
            .collect()
    });
    let missing: Vec<PathBuf> = pages()
        .into_iter()
        .chain(examples.into_iter().flat_map(|files: Vec<PathBuf>| files))
        .filter(|file| {
            !reached.contains(file) && !UNLINKED.iter().any(|page| file == Path::new(page))
        })
        .collect();
    assert_eq!(missing, Vec::<PathBuf>::new());
}
