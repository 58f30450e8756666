//! `helm test`: what it says of a release that works, and of one that does not.

use super::{container::TIMEOUT, rbac::RunningRelease};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Runs it: whether it is content, and what it prints.
fn examine(world: &RunningRelease) -> (bool, String) {
    let output = world.helm_test().output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success(), text)
}

/// Runs it until it says this of who leads.
fn until_leader(world: &RunningRelease, content: bool, what: &str) {
    let begun = Instant::now();
    loop {
        let (ok, text) = examine(world);
        let line = text
            .lines()
            .find(|line| line.contains("leader"))
            .unwrap_or_default();
        if ok == content && line.contains(what) {
            return;
        }
        assert!(begun.elapsed() < TIMEOUT, "{ok}:\n{text}");
        thread::sleep(Duration::from_millis(250));
    }
}

fn patch_lease(world: &RunningRelease, spec: &str) {
    let patch = format!("--patch={{\"spec\": {spec}}}");
    world.test_env.kubectl(&[
        "patch",
        "lease",
        "cloudfront-operator",
        "--type=merge",
        &patch,
    ]);
}

#[test]
fn helm_test_passes_while_a_replica_leads_and_tells_who_does_not() {
    let mut world = RunningRelease::new("helm-test", &[]);
    until_leader(&world, true, "ok");
    let (_, text) = examine(&world);
    for check in ["list distributions", "credentials", "clock"] {
        assert!(text.contains(check), "{check}:\n{text}");
    }
    world.operator.kill();
    patch_lease(&world, r#"{"renewTime": "2020-01-01T00:00:00.000000Z"}"#);
    until_leader(&world, false, "has not renewed its Lease since 2020-01-01");
    patch_lease(&world, r#"{"holderIdentity": null}"#);
    until_leader(&world, false, "no replica leads");
    world.test_env.helm(&["uninstall", "edge"]).unwrap();
}
