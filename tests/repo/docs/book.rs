//! The book contains every page, builds without warnings, and has no broken links.

use super::page::{read, root};
use cluster::{Environment, install_cargo_program};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const MDBOOK: &str = "0.5.4";

/// The address of the pages that `llms.txt` lists.
const RAW: &str = "https://raw.githubusercontent.com/cloudfront-operator/cloudfront-operator/main/";

/// Returns the files below a folder with this extension, relative to the folder.
fn files(folder: &Path, extension: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                let inside = path.strip_prefix(folder).unwrap();
                found.insert(inside.to_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// Returns the pages of the book in order.
fn chapters() -> Vec<String> {
    let summary = read("docs/SUMMARY.md");
    let links = summary.lines().filter_map(|line| line.split_once("]("));
    links
        .map(|(_, target)| target.trim_end_matches(')').to_owned())
        .collect()
}

/// Builds the book into a temporary folder.
fn build_book() -> TempDir {
    let folder = TempDir::new().unwrap();
    let mdbook = install_cargo_program(&Environment::from_process(), "mdbook", MDBOOK).unwrap();
    let built = Command::new(mdbook)
        .args(["build", "--dest-dir"])
        .arg(folder.path())
        .arg(root())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&built.stderr);
    let has_warning = ["WARN", "ERROR"].iter().any(|level| output.contains(level));
    assert!(built.status.success() && !has_warning, "{output}");
    folder
}

/// Returns the values of all attributes of this name.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let ends = html.split(&start[..]).skip(1);
    ends.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_page_is_in_the_book_once() {
    let chapters = chapters();
    let mut pages = files(&root().join("docs"), "md");
    assert!(pages.remove("SUMMARY.md"));
    assert_eq!(chapters.iter().cloned().collect::<BTreeSet<_>>(), pages);
    assert_eq!(chapters.len(), pages.len(), "a page is listed twice");
}

#[test]
fn llms_txt_lists_every_page_and_only_existing_files() {
    let list = read("docs/llms.txt");
    let listed: Vec<&str> = list
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    for chapter in chapters() {
        let address = format!("{RAW}docs/{chapter}");
        assert!(listed.contains(&&address[..]), "{address} is missing");
    }
    for address in listed {
        let inside = address
            .strip_prefix(RAW)
            .or(address.split("/tree/main/").nth(1));
        let path = inside.unwrap_or_else(|| panic!("{address} is not in this repository"));
        assert!(root().join(path).exists(), "{address} does not exist");
    }
}

#[test]
fn every_link_of_the_built_book_has_a_target() {
    let folder = build_book();
    let built = files(folder.path(), "html");
    for chapter in chapters() {
        let html = chapter.replace("README.md", "index.md");
        assert!(built.contains(&html.replace(".md", ".html")), "{chapter}");
    }
    for page in built.iter().filter(|page| *page != "404.html") {
        let path = folder.path().join(page);
        let html = fs::read_to_string(&path).unwrap();
        for link in attributes(&html, "href") {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target: PathBuf = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{page}: {link} has no target");
            if !anchor.is_empty() {
                let target_html = fs::read_to_string(&target).unwrap();
                let has_heading = attributes(&target_html, "id").contains(&anchor);
                assert!(has_heading, "{page}: {link} has no such heading");
            }
        }
    }
}
