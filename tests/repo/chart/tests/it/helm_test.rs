//! `helm test` of a working and of a failing release.

use super::{container::TIMEOUT, rbac::RunningRelease};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Runs the command of `helm test`. Returns whether it succeeds, and its standard output.
fn run_helm_test(release: &RunningRelease) -> (bool, String) {
    let output = release.helm_test_command().output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), text)
}

/// Runs `helm test` until its success is `expected` and its check of the leader contains `text`.
fn wait_for_leader_check(release: &RunningRelease, expected: bool, text: &str) {
    let start = Instant::now();
    loop {
        let (success, output) = run_helm_test(release);
        let line = output
            .lines()
            .find(|line| line.contains("leader"))
            .unwrap_or_default();
        if success == expected && line.contains(text) {
            return;
        }
        assert!(start.elapsed() < TIMEOUT, "{success}:\n{output}");
        thread::sleep(Duration::from_millis(250));
    }
}

fn patch_lease(release: &RunningRelease, spec: &str) {
    let patch = format!("--patch={{\"spec\": {spec}}}");
    release.test_env.kubectl(&[
        "patch",
        "lease",
        "cloudfront-operator",
        "--type=merge",
        &patch,
    ]);
}

#[test]
fn helm_test_succeeds_with_a_leader_and_reports_a_missing_one() {
    let mut release = RunningRelease::new("helm-test", &[]);
    wait_for_leader_check(&release, true, "ok");
    let (_, text) = run_helm_test(&release);
    for check in ["list distributions", "credentials", "clock"] {
        assert!(text.contains(check), "{check}:\n{text}");
    }
    release.operator.kill();
    patch_lease(&release, r#"{"renewTime": "2020-01-01T00:00:00.000000Z"}"#);
    wait_for_leader_check(
        &release,
        false,
        "has not renewed its Lease since 2020-01-01",
    );
    patch_lease(&release, r#"{"holderIdentity": null}"#);
    wait_for_leader_check(&release, false, "no replica leads");
    release.test_env.helm(&["uninstall", "edge"]).unwrap();
}
