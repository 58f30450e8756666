//! What `kubectl wait` makes of every example, when all goes well and when nothing does.

use crate::scenarios::{
    examples::given,
    stage::{Stage, condition},
};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::Duration;

const KEPT: &str = "cfd,cfsd,cfoai";
const ALL: &str = "cfd,cfsd,cfoai,cfinv";

fn wait(stage: &Stage, condition: &str, objects: &[&str]) {
    let condition = format!("--for=condition={condition}");
    let mut arguments = vec!["wait", &condition, "--timeout=110s"];
    arguments.extend(objects);
    stage.kubectl(&arguments);
}

fn refuse(stage: &Stage, operation: &str, status: u16, code: &str) {
    let refusal = FaultMode::error(status, code, "injected");
    let always = Fault::on(operation, refusal).times(1_000_000);
    stage.control().inject(always);
}

#[test]
fn kubectl_wait_returns_for_every_example_when_it_is_ready_and_when_it_is_stalled() {
    let stage = Stage::with_deploy_delay("waits", Duration::from_secs(1));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    given(&stage);
    stage.kubectl(&["apply", "--filename", folder]);
    wait(&stage, "Ready", &[ALL, "--all"]);

    refuse(&stage, "*", 403, "AccessDenied");
    wait(&stage, "Stalled", &[KEPT, "--all"]);
    wait(&stage, "Ready=False", &[KEPT, "--all"]);
    let object = stage.get("cfd/site").expect("it is there");
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "Denied".into())
    );
    stage.control().clear_faults();
    wait(&stage, "Ready", &[ALL, "--all"]);
}

#[test]
fn kubectl_wait_returns_after_an_edit_only_when_the_edit_is_deployed() {
    let stage = Stage::with_deploy_delay("waited", Duration::from_secs(1));
    stage.apply(&super::fixture::Thing::new("cfd", "www").manifest());
    wait(&stage, "Ready", &["cfd/www"]);
    let edit = r#"{"spec":{"comment":"second"}}"#;
    stage.kubectl(&["patch", "cfd/www", "--type=merge", "--patch", edit]);
    wait(&stage, "Ready", &["cfd/www"]);
    let remotes = super::revision_history::remotes(&stage.control());
    let (_, remote) = &remotes[0];
    assert_eq!(remote["status"], "Deployed");
    assert!(
        remote["config"]
            .to_string()
            .contains("<Comment>second</Comment>"),
        "{remote}"
    );
}

#[test]
fn kubectl_wait_returns_for_an_invalidation_that_fails() {
    let stage = Stage::with_deploy_delay("fails", Duration::ZERO);
    refuse(&stage, "CreateInvalidation", 400, "InvalidArgument");
    stage.apply(&super::fixture::Thing::new("cfd", "www").manifest());
    stage.apply(&super::fixture::invalidation(1));
    for condition in ["Stalled", "Failed", "Ready=False"] {
        wait(&stage, condition, &["cfinv/inv-1"]);
    }
    let object = stage.get("cfinv/inv-1").expect("it is there");
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "Rejected".into())
    );
}
