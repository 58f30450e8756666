//! The playground works, from its first line to its last.

use std::process::Command;

#[test]
fn the_playground_tells_its_whole_story_and_leaves_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_playground"))
        .args(["--once", "--deploy-delay", "1s"])
        .output()
        .expect("it can be started");
    let told = String::from_utf8_lossy(&output.stdout);
    let trouble = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{trouble}");
    for step in [
        "every object is Ready",
        "CloudFront has the change, and deployed it",
        "behind the operator's back: repaired",
        "deleted a namespace with a site in it",
        "no object and no CloudFront resource is left",
    ] {
        assert!(told.contains(step), "it does not tell: {step}\n{told}");
    }
}
