//! boto3 drives the program, as the client that was written by nobody here.
//!
//! Every file in `tests/boto3` that begins with `test_` runs as one test, against processes of its own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const BOTO3: &str = "boto3==1.44.5";

/// A Python that has boto3: made once, kept below `target`, and guarded by a lock against a second builder.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock =
            File::create(target.join("boto3.lock")).expect("the target directory is writable");
        lock.lock().expect("the file system has locks");
        let venv = target.join(BOTO3);
        let complete = venv.join("complete");
        if !complete.exists() {
            // What an interrupted builder left is of no use.
            let _ = fs::remove_dir_all(&venv);
            run(
                Command::new("python3").args(["-m", "venv"]).arg(&venv),
                "python3 with its venv module",
            );
            run(
                Command::new(venv.join("bin/pip")).args(["install", "--quiet", BOTO3]),
                "a package index with boto3",
            );
            fs::write(complete, "").expect("the target directory is writable");
        }
        venv.join("bin/python")
    })
}

fn run(command: &mut Command, needed: &str) {
    let output = command
        .output()
        .unwrap_or_else(|error| unavailable(needed, &error.to_string()));
    if !output.status.success() {
        unavailable(needed, &String::from_utf8_lossy(&output.stderr));
    }
}

#[expect(clippy::panic, reason = "a test without its tool fails")]
fn unavailable(needed: &str, why: &str) -> ! {
    panic!("this test needs {needed}: {why}")
}

fn passes(file: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3");
    let output = Command::new(python())
        .args(["-B", "-m", "unittest", file])
        .current_dir(folder)
        .env(
            "CLOUDFRONT_SIMULATOR",
            env!("CARGO_BIN_EXE_cloudfront-simulator"),
        )
        // Nothing of the caller's own AWS configuration may reach a test.
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .expect("the interpreter was just made");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    assert!(
        !report.contains("Ran 0 tests"),
        "{file} holds no test: {report}"
    );
    assert!(!report.contains("skipped"), "{file} skips a test: {report}");
}

macro_rules! files {
    ($($name:ident)*) => {
        $(#[test] fn $name() { passes(concat!("test_", stringify!($name))); })*

        #[test]
        fn every_file_is_run() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3");
            let mut found: Vec<_> = fs::read_dir(folder).unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter_map(|name| Some(name.strip_prefix("test_")?.strip_suffix(".py")?.to_owned()))
                .collect();
            found.sort();
            let mut run = vec![$(stringify!($name)),*];
            run.sort_unstable();
            assert_eq!(found, run);
        }
    };
}

files! {
    configuration_refusals control distributions faults identities invalidations lists scale schema signatures streaming sts tags
    updates
}
