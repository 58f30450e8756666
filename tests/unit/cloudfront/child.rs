//! Runs a test again in a child process with its own environment, because a process cannot change its own variables safely.

use std::{env, process::Stdio};
use tokio::process::Command;

const CHILD_VARIABLE: &str = "CLOUDFRONT_TEST_CHILD";

/// Returns whether this process is the child.
pub(crate) fn is_child() -> bool {
    env::var_os(CHILD_VARIABLE).is_some()
}

/// Runs the named test in a child process with only these variables, and panics if it fails. Returns its output.
pub(crate) async fn run(test: &str, variables: &[(&str, &str)]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("cloudfront::{test}"), "--nocapture"])
        .env_clear()
        .env(CHILD_VARIABLE, "1")
        // Excludes the AWS configuration of the user who runs the tests.
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let output_text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{output_text}");
    assert!(
        output_text.contains("1 passed"),
        "no test has the name {test}: {output_text}"
    );
    output_text
}
