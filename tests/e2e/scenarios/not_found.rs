//! "Not found" responses that do not mean that a resource is gone.

use crate::support::{TestEnv, distribution, identity, message};
use cloudfront_simulator::{Credential, Edit, Fault, FaultMode};
use std::time::Duration;

/// An account without resources of the operator.
const OTHER_ACCOUNT: &str = "444455556666";

fn credential_of_other_account() -> Credential {
    Credential {
        access_key: "AKIAOTHER00000000001".into(),
        secret_key: "other-secret".into(),
        account: OTHER_ACCOUNT.into(),
    }
}

#[test]
fn credentials_of_another_account_create_nothing_and_remove_no_finalizer() {
    let mut env = TestEnv::with_deploy_delay("account", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.apply(&distribution("going", "first"));
    let id = env.ready_id("cfd/www");
    env.wait_until_ready("cfd/going");
    env.kill_operator();
    let other = credential_of_other_account();
    env.control().add_credential(&other);
    env.kubectl(&["delete", "cfd/going", "--wait=false"]);
    let before = env.journal_end();
    env.start_operator_as(&other);
    let refused = env.wait_for_condition("cfd/www", "Stalled", "True", "AccessDenied");
    let text = message(&refused, "Ready");
    assert!(text.contains(OTHER_ACCOUNT) && text.contains(&id), "{text}");
    env.wait_for_condition("cfd/going", "Stalled", "True", "AccessDenied");
    assert_eq!(env.writes_since(before), []);

    env.kill_operator();
    env.start_operator();
    env.wait_until_ready("cfd/www");
    env.wait_until_gone("cfd/going");
}

#[test]
fn an_identity_is_not_recreated_in_another_account() {
    let mut env = TestEnv::with_deploy_delay("account-identity", Duration::ZERO);
    env.apply(&identity("first"));
    let created = env.wait_until_ready("cfoai/site");
    let own = env.simulator.credentials()[0].clone();
    assert_eq!(created["status"]["accountID"], own.account);
    env.kill_operator();
    let other = credential_of_other_account();
    env.control().add_credential(&other);
    let before = env.journal_end();
    env.start_operator_as(&other);
    env.wait_for_condition("cfoai/site", "Stalled", "True", "AccessDenied");
    assert_eq!(env.writes_since(before), []);

    env.kill_operator();
    env.start_operator();
    env.wait_until_ready("cfoai/site");
}

/// An address at which no STS responds.
const NO_STS: &str = "http://127.0.0.1:1";

/// Starts an operator that cannot determine its account.
fn start_operator_without_sts(env: &mut TestEnv) {
    let own = env.simulator.credentials()[0].clone();
    let variables = [
        ("AWS_ACCESS_KEY_ID", own.access_key.as_str()),
        ("AWS_SECRET_ACCESS_KEY", own.secret_key.as_str()),
        ("AWS_ENDPOINT_URL_STS", NO_STS),
    ];
    env.start_operator_with_env(&variables, &[]);
}

#[test]
fn an_identity_whose_account_is_unknown_is_not_recreated_in_another_account() {
    let mut env = TestEnv::without_operator("account-unknown", Duration::ZERO);
    start_operator_without_sts(&mut env);
    env.apply(&identity("first"));
    env.wait_until_ready("cfoai/site");
    env.kill_operator();
    let other = credential_of_other_account();
    env.control().add_credential(&other);
    let before = env.journal_end();
    env.start_operator_as(&other);
    env.wait_for_condition("cfoai/site", "Stalled", "True", "AccessDenied");
    let deleted = env.journal_end();
    env.kubectl(&["delete", "cfoai/site", "--wait=false"]);
    // Three reads without the resource would prove its absence in a known account.
    env.wait_for_calls("GetCloudFrontOriginAccessIdentity", 4, deleted);
    assert!(env.get("cfoai/site").is_some(), "the finalizer stays");
    assert_eq!(env.writes_since(before), []);

    env.kill_operator();
    env.start_operator();
    env.wait_until_gone("cfoai/site");
}

#[test]
fn the_account_of_an_identity_is_recorded_as_soon_as_sts_responds() {
    let mut env = TestEnv::without_operator("account-late", Duration::ZERO);
    start_operator_without_sts(&mut env);
    env.apply(&identity("first"));
    let created = env.wait_until_ready("cfoai/site");
    assert!(created["status"]["accountID"].is_null(), "{created}");
    let account = env.simulator.credentials()[0].account.clone();
    env.kill_operator();
    env.start_operator();
    env.wait_until("cfoai/site", "has its account", |object| {
        object["status"]["accountID"] == account
    });
}

#[test]
fn credentials_that_change_to_another_account_recreate_nothing() {
    let env = TestEnv::with_deploy_delay("account-moved", Duration::ZERO);
    let objects = ["cfd/www", "cfoai/site"];
    env.apply(&distribution("www", "first"));
    env.apply(&identity("first"));
    for object in objects {
        env.wait_until_ready(object);
    }
    let own = env.simulator.credentials()[0].clone();
    let moved = Credential {
        account: OTHER_ACCOUNT.into(),
        ..own.clone()
    };
    let before = env.journal_end();
    env.control().add_credential(&moved);
    for object in objects {
        let refused = env.wait_for_condition(object, "Stalled", "True", "AccessDenied");
        let text = message(&refused, "Ready");
        assert!(text.contains(&own.account), "{text}");
    }
    assert_eq!(env.writes_since(before), []);

    env.control().add_credential(&own);
    for object in objects {
        env.wait_until_ready(object);
    }
}

#[test]
fn a_stale_read_creates_no_second_resource() {
    let env = TestEnv::with_deploy_delay("stale-read", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let created = env.wait_until_ready("cfd/www");
    let not_found = FaultMode::error(404, "NoSuchDistribution", "injected");
    env.inject_times("GetDistribution", not_found, 6);
    env.request_reconcile("cfd/www", "now");
    env.wait_until_faults_are_used();
    let object = env.wait_until_ready("cfd/www");
    assert_eq!(object["status"]["id"], created["status"]["id"]);
    let writes = env.writes_since(0);
    assert_eq!(TestEnv::operations(&writes), ["CreateDistribution"]);
}

#[test]
fn stale_reads_and_stale_lists_together_create_no_second_resource() {
    let env = TestEnv::with_deploy_delay("stale-both", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let created = env.wait_until_ready("cfd/www");
    let not_found = FaultMode::error(404, "NoSuchDistribution", "injected");
    let stale = FaultMode::StaleRead { lag: 1 };
    env.inject_times("ListDistributions", stale, 1_000);
    env.inject_times("GetDistribution", not_found, 4);
    env.eventually("the operator has received every not found", || {
        (env.control().faults().len() == 1).then_some(())
    });
    env.control().clear_faults();
    let object = env.wait_until_ready("cfd/www");
    assert_eq!(object["status"]["id"], created["status"]["id"]);
    let writes = env.writes_since(0);
    assert_eq!(TestEnv::operations(&writes), ["CreateDistribution"]);
}

#[test]
fn a_deletion_does_not_trust_a_stale_not_found() {
    let env = TestEnv::with_deploy_delay("stale-delete", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let not_found = FaultMode::error(404, "NoSuchDistribution", "injected");
    env.inject_times("GetDistribution", not_found, 2);
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.wait_until_gone("cfd/www");
    assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
}

#[test]
fn a_deletion_finds_a_recreated_resource_whose_create_response_was_lost() {
    let mut env = TestEnv::with_deploy_delay("lost-recreate", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    let id = env.ready_id("cfd/www");
    env.change_out_of_band(&id, Edit::Delete);
    env.inject("CreateDistribution", FaultMode::Hold);
    env.wait_for_held_response();
    env.kill_operator();
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.start_operator();
    env.wait_until_gone("cfd/www");
    assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
}

#[test]
fn a_deletion_finds_a_lost_create_although_its_repetition_was_denied() {
    let env = TestEnv::with_deploy_delay("denied-repeat", Duration::ZERO);
    env.inject("CreateDistribution", FaultMode::ResetAfterCommit);
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    env.control()
        .inject(Fault::on("CreateDistribution", denied).nth(2).times(1_000));
    env.apply(&distribution("www", "first"));
    env.wait_for_condition("cfd/www", "Stalled", "True", "AccessDenied");
    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    env.wait_until_gone("cfd/www");
    assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
}

#[test]
fn four_hundred_objects_on_several_list_pages_become_ready() {
    let mut env = TestEnv::without_operator("pages", Duration::ZERO);
    let manifests: Vec<String> = (0..400)
        .map(|n| format!("apiVersion: cloudfront-operator.dev/v1alpha1\nkind: OriginAccessIdentity\nmetadata: {{name: site-{n}}}\nspec: {{comment: c}}\n"))
        .collect();
    env.control()
        .set_quota(None, "TooManyCloudFrontOriginAccessIdentities", 1_000)
        .expect("the quota exists");
    env.apply(&manifests.join("---\n"));
    env.start_operator();
    env.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "cfoai",
        "--all",
        "--timeout=110s",
    ]);
}
