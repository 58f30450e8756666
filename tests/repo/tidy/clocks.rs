//! Time has two sources, so that a test can pause it: tokio's `Instant` for durations, and the `Clock` for times that leave the process.

use super::sources::{code_text, files, relative, root};

/// The file that reads the clock of the system.
const CLOCK: &str = "src/cloudfront/clock.rs";

/// The functions that read the clock of the system.
const SYSTEM_TIME: [&str; 3] = ["SystemTime::now", "Timestamp::now", "Zoned::now"];

/// Whether a text imports or names the `Instant` of the standard library.
fn names_std_instant(text: &str) -> bool {
    let imports = text.split("use std::").skip(1);
    let mut imports = imports.filter_map(|rest| rest.split(';').next());
    text.contains("std::time::Instant") || imports.any(|import| import.contains("Instant"))
}

#[test]
fn durations_are_measured_with_tokios_instant() {
    for path in files(&root().join("src"), &["rs"]) {
        let path_name = relative(&path);
        assert!(
            !names_std_instant(&code_text(&path)),
            "{path_name} names std::time::Instant; use tokio::time::Instant"
        );
    }
}

#[test]
fn only_the_clock_reads_the_time_of_the_system() {
    for path in files(&root().join("src"), &["rs"]) {
        let path_name = relative(&path);
        let is_test = path_name.ends_with("tests.rs") || path_name.contains("/tests/");
        if is_test || path_name == CLOCK {
            continue;
        }
        let text = code_text(&path);
        let found = SYSTEM_TIME.iter().find(|call| text.contains(*call));
        assert!(
            found.is_none(),
            "{path_name}: {found:?}; use the Clock of the context"
        );
    }
}

#[test]
fn the_instant_of_the_standard_library_is_found_in_all_forms() {
    assert!(names_std_instant("use std::time::Instant;"));
    assert!(names_std_instant(
        "use std::{\n    fmt,\n    time::{Duration, Instant},\n};"
    ));
    assert!(!names_std_instant(
        "use std::time::Duration;\nuse tokio::time::Instant;"
    ));
}
