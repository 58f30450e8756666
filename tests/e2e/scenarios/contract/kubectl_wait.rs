//! `kubectl wait` on every example, when calls succeed and when CloudFront refuses them.

use super::{
    fixture::{Fixture, invalidation},
    revision_history::resources,
};
use crate::{
    scenarios::examples::seed_references,
    support::{TestEnv, condition},
};
use cloudfront_simulator::FaultMode;
use std::time::Duration;

const MANAGED_KINDS: &str = "cfd,cfsd,cfoai";
const ALL_KINDS: &str = "cfd,cfsd,cfoai,cfinv";

fn kubectl_wait(env: &TestEnv, condition: &str, objects: &[&str]) {
    let condition = format!("--for=condition={condition}");
    let mut arguments = vec!["wait", &condition, "--timeout=110s"];
    arguments.extend(objects);
    env.kubectl(&arguments);
}

fn refuse_all(env: &TestEnv, operation: &str, status: u16, code: &str) {
    let error = FaultMode::error(status, code, "injected");
    env.inject_times(operation, error, 1_000_000);
}

#[test]
fn kubectl_wait_returns_for_every_example_when_it_is_ready_and_when_it_is_stalled() {
    let env = TestEnv::with_deploy_delay("waits", Duration::from_secs(1));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    seed_references(&env);
    env.kubectl(&["apply", "--filename", folder]);
    kubectl_wait(&env, "Ready", &[ALL_KINDS, "--all"]);

    refuse_all(&env, "*", 403, "AccessDenied");
    kubectl_wait(&env, "Stalled", &[MANAGED_KINDS, "--all"]);
    kubectl_wait(&env, "Ready=False", &[MANAGED_KINDS, "--all"]);
    let object = env.get("cfd/site").expect("the object exists");
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "AccessDenied".into())
    );
    env.control().clear_faults();
    kubectl_wait(&env, "Ready", &[ALL_KINDS, "--all"]);
}

#[test]
fn kubectl_wait_returns_after_an_edit_only_when_the_edit_is_deployed() {
    let env = TestEnv::with_deploy_delay("waited", Duration::from_secs(1));
    env.apply(&Fixture::new("cfd", "www").manifest());
    kubectl_wait(&env, "Ready", &["cfd/www"]);
    env.patch("cfd/www", r#"{"spec":{"comment":"second"}}"#);
    kubectl_wait(&env, "Ready", &["cfd/www"]);
    let resource = &resources(&env.control())[0];
    assert_eq!(resource["status"], "Deployed");
    assert!(
        resource["config"]
            .to_string()
            .contains("<Comment>second</Comment>"),
        "{resource}"
    );
}

#[test]
fn kubectl_wait_returns_for_an_invalidation_that_fails() {
    let env = TestEnv::with_deploy_delay("fails", Duration::ZERO);
    refuse_all(&env, "CreateInvalidation", 400, "InvalidArgument");
    env.apply(&Fixture::new("cfd", "www").manifest());
    env.apply(&invalidation(1));
    for condition in ["Stalled", "Failed", "Ready=False"] {
        kubectl_wait(&env, condition, &["cfinv/inv-1"]);
    }
    let object = env.get("cfinv/inv-1").expect("the object exists");
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "Rejected".into())
    );
}
