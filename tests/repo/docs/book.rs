//! The book: every page is in it, it is built, and what it shows leads somewhere.

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

/// Where programs find the pages that `llms.txt` lists.
const RAW: &str = "https://raw.githubusercontent.com/cloudfront-operator/cloudfront-operator/main/";

/// The files below a folder with this ending, as paths inside of it.
fn files(folder: &Path, ending: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|one| one == ending) {
                let inside = path.strip_prefix(folder).unwrap();
                found.insert(inside.to_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// The pages of the book, in its order.
fn chapters() -> Vec<String> {
    let summary = read("docs/SUMMARY.md");
    let links = summary.lines().filter_map(|line| line.split_once("]("));
    links
        .map(|(_, target)| target.trim_end_matches(')').to_owned())
        .collect()
}

/// The book, built anew.
fn book() -> TempDir {
    let folder = TempDir::new().unwrap();
    let mdbook = install_cargo_program(&Environment::from_process(), "mdbook", MDBOOK).unwrap();
    let built = Command::new(mdbook)
        .args(["build", "--dest-dir"])
        .arg(folder.path())
        .arg(root())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    let complaint = ["WARN", "ERROR"].iter().any(|word| said.contains(word));
    assert!(built.status.success() && !complaint, "{said}");
    folder
}

/// What stands in an attribute, wherever it occurs.
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
    assert_eq!(chapters.len(), pages.len(), "a page is there twice");
}

#[test]
fn programs_are_told_of_every_page_and_of_nothing_that_is_not_there() {
    let list = read("docs/llms.txt");
    let named: Vec<&str> = list
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    for chapter in chapters() {
        let address = format!("{RAW}docs/{chapter}");
        assert!(named.contains(&&address[..]), "{address} is missing");
    }
    for address in named {
        let inside = address
            .strip_prefix(RAW)
            .or(address.split("/tree/main/").nth(1));
        let path = inside.unwrap_or_else(|| panic!("{address} is not of this project"));
        assert!(root().join(path).exists(), "{address} is not there");
    }
}

#[test]
fn every_link_of_the_built_book_leads_somewhere() {
    let folder = book();
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
            assert!(target.exists(), "{page}: {link} leads nowhere");
            if !anchor.is_empty() {
                let there = fs::read_to_string(&target).unwrap();
                let has = attributes(&there, "id").contains(&anchor);
                assert!(has, "{page}: {link} has no such heading");
            }
        }
    }
}
