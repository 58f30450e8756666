//! boto3, a client of AWS that is independent of this project.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The version that the tests of the simulator use too, which share the environment.
const REQUIREMENT: &str = "boto3==1.44.5";

/// Returns a Python interpreter with boto3. Creates its environment below `target` once, under a lock.
pub(crate) fn python_with_boto3() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock =
            File::create(target.join("boto3.lock")).expect("the target directory is writable");
        lock.lock().expect("the file system has locks");
        let venv = target.join(REQUIREMENT);
        let complete = venv.join("complete");
        if !complete.exists() {
            // An interrupted run can leave an incomplete environment.
            let _ = fs::remove_dir_all(&venv);
            run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
            let pip = venv.join("bin/pip");
            run(Command::new(pip).args(["install", "--quiet", REQUIREMENT]));
            fs::write(complete, "").expect("the target directory is writable");
        }
        venv.join("bin/python")
    })
}

fn run(command: &mut Command) {
    let output = command.output().expect("Python 3 with venv is installed");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}
