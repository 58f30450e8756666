//! An operator that manages some of the kinds only.

use super::{
    doctor::{check, report},
    reference::DISTRIBUTION,
};
use crate::support::{TestEnv, distribution, identity, message};
use std::time::Duration;

const FLAGS: [&str; 2] = ["--kinds", "Distribution,Invalidation"];

#[test]
fn a_reference_to_a_kind_that_is_not_selected_says_so_and_other_objects_become_ready() {
    let mut env = TestEnv::without_operator("kinds", Duration::ZERO);
    env.start_operator_with_flags(&FLAGS);
    env.apply(&[identity("reads"), DISTRIBUTION.into()].join("---\n"));
    let waiting = env.wait_for_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for OriginAccessIdentity site, but this operator does not manage the kind: add OriginAccessIdentity to its option --kinds \
         (value kinds of the chart), or use the id of the resource."
    );
    env.apply(&distribution("blog", "first"));
    env.wait_until_ready("cfd/blog");
    let identity = env.get("cfoai/site").expect("it exists");
    assert_eq!(identity["status"]["conditions"][0]["reason"], "Pending");
    let writes = env.writes_since(0);
    assert_eq!(TestEnv::operations(&writes), ["CreateDistribution"]);

    env.stop_operator();
    env.start_operator();
    env.wait_until_ready("cfd/www");
}

#[test]
fn the_doctor_checks_the_selected_kinds_only() {
    let env = TestEnv::without_operator("doctor-kinds", Duration::ZERO);
    let (report, code) = report(&env, &FLAGS, &[]);
    assert_eq!(code, Some(0), "{report:#}");
    let names = report["checks"].to_string();
    let crd = |plural: &str| names.contains(&format!("crd {plural}"));
    assert!(
        crd("distributions") && !crd("originaccessidentities"),
        "{names}"
    );
    let writes = check(&report, "writes")["message"].to_string();
    assert!(writes.contains("cloudfront:CreateInvalidation"), "{writes}");
    assert!(!writes.contains("OriginAccessControl"), "{writes}");
}
