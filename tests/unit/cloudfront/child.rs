//! Tests that need an environment of their own run themselves again in a child process: a process's own variables cannot be set safely.

use std::{env, process::Stdio};
use tokio::process::Command;

const MARK: &str = "CLOUDFRONT_TEST_CHILD";

/// Whether this process is such a child.
pub(crate) fn is_child() -> bool {
    env::var_os(MARK).is_some()
}

/// Runs the test of that name in a child that has these variables and no others, and fails if it fails. Returns what it printed.
pub(crate) async fn run(test: &str, variables: &[(&str, &str)]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("cloudfront::{test}"), "--nocapture"])
        .env_clear()
        .env(MARK, "1")
        // Nothing of whoever runs the tests may take part.
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}");
    assert!(
        printed.contains("1 passed"),
        "no test is called {test}: {printed}"
    );
    printed
}
