//! Runs tools on this repository.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Returns the path of a file or folder of the repository.
pub(super) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a tool in the root of the repository. Its output is the message of a failure.
pub(super) fn check(program: &Path, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(repository("."))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{} {}\n{}{}",
        program.display(),
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
