//! The corpus of the fuzz targets. An input that made a target fail is added to it and stays.

#[path = "../../fuzz/src/lib.rs"]
#[expect(
    unreachable_pub,
    reason = "the file is also the library of the fuzz targets"
)]
mod checks;

use std::{fs, path::Path};

/// Runs a check on every input of its corpus.
fn check_corpus(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let inputs = fs::read_dir(folder.join(target)).expect("the corpus exists");
    let mut count = 0;
    for input in inputs {
        let path = input.expect("an input").path();
        println!("{}", path.display());
        check(&fs::read(path).expect("an input is a file"));
        count += 1;
    }
    assert!(count > 2, "{target} has {count} inputs");
}

#[test]
fn documents_are_the_same_after_a_round_trip() {
    check_corpus("parse", checks::parse);
}

#[test]
fn an_overlay_is_idempotent() {
    check_corpus("overlay", checks::overlay);
}

#[test]
fn responses_are_read_or_refused() {
    check_corpus("responses", checks::responses);
}

#[test]
fn objects_are_read_or_refused() {
    check_corpus("objects", checks::objects);
}

#[test]
fn endpoints_and_selectors_are_valid_or_refused() {
    check_corpus("endpoint", checks::endpoint);
}
