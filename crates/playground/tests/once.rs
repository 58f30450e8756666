//! Runs the scenario of `playground --once`.

use std::process::Command;

#[test]
fn the_scenario_completes_every_step_and_leaves_no_resources() {
    let output = Command::new(env!("CARGO_BIN_EXE_playground"))
        .args(["--once", "--deploy-delay", "1s"])
        .output()
        .expect("the playground starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}\n{stderr}");
    for step in [
        "every object is Ready",
        "CloudFront has the change, and deployed it",
        "behind the operator's back: repaired",
        "deleted a namespace with a site in it",
        "no object and no CloudFront resource is left",
    ] {
        assert!(stdout.contains(step), "the output lacks: {step}\n{stdout}");
    }
}
