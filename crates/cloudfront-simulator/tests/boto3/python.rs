//! The Python environment with boto3, which the tests of the operator use too.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// With the library that computes Signature Version 4A.
const BOTO3_REQUIREMENT: &str = "boto3[crt]==1.44.5";

/// Returns a Python interpreter with boto3. Creates its environment below `target` once, under a lock.
pub(crate) fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock =
            File::create(target.join("boto3.lock")).expect("the target directory is writable");
        lock.lock().expect("the file system has locks");
        let venv = target.join(BOTO3_REQUIREMENT);
        let complete = venv.join("complete");
        if !complete.exists() {
            // An interrupted run can leave an incomplete environment.
            let _ = fs::remove_dir_all(&venv);
            run(
                Command::new("python3").args(["-m", "venv"]).arg(&venv),
                "python3 with its venv module",
            );
            run(
                Command::new(venv.join("bin/pip")).args(["install", "--quiet", BOTO3_REQUIREMENT]),
                "a package index with boto3",
            );
            fs::write(complete, "").expect("the target directory is writable");
        }
        venv.join("bin/python")
    })
}

fn run(command: &mut Command, requirement: &str) {
    let output = command
        .output()
        .unwrap_or_else(|error| fail_without(requirement, &error.to_string()));
    if !output.status.success() {
        fail_without(requirement, &String::from_utf8_lossy(&output.stderr));
    }
}

#[expect(clippy::panic, reason = "a test without its tool fails")]
fn fail_without(requirement: &str, error: &str) -> ! {
    panic!("this test needs {requirement}: {error}")
}
