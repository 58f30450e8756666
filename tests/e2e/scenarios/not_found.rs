//! What CloudFront does not find is not always gone.

use super::{
    lifecycle::{distribution, identity},
    stage::{Stage, message},
};
use cloudfront_simulator::{Credential, Edit, Fault, FaultMode};
use std::time::Duration;

/// An account that the operator has nothing in.
const OTHER: &str = "444455556666";

fn of_another_account() -> Credential {
    Credential {
        access_key: "AKIAOTHER00000000001".into(),
        secret_key: "other-secret".into(),
        account: OTHER.into(),
    }
}

#[test]
fn credentials_of_another_account_create_nothing_and_release_nothing() {
    let mut stage = Stage::with_deploy_delay("account", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.apply(&distribution("going", "first"));
    let id = stage.id_of("cfd/www");
    stage.until_ready("cfd/going");
    stage.kill_operator();
    let other = of_another_account();
    stage.control().add_credential(&other);
    stage.kubectl(&["delete", "cfd/going", "--wait=false"]);
    let before = stage.now();
    stage.start_operator_as(&other);
    let refused = stage.until_condition("cfd/www", "Stalled", "True", "Denied");
    let told = message(&refused, "Ready");
    assert!(told.contains(OTHER) && told.contains(&id), "{told}");
    stage.until_condition("cfd/going", "Stalled", "True", "Denied");
    assert_eq!(stage.writes_since(before), []);

    stage.kill_operator();
    stage.start_operator();
    stage.until_ready("cfd/www");
    stage.until_gone("cfd/going");
}

#[test]
fn an_identity_is_not_made_again_in_another_account() {
    let mut stage = Stage::with_deploy_delay("account-identity", Duration::ZERO);
    stage.apply(&identity("first"));
    let made = stage.until_ready("cfoai/site");
    let own = stage.simulator.credentials()[0].clone();
    assert_eq!(made["status"]["account"], own.account);
    stage.kill_operator();
    let other = of_another_account();
    stage.control().add_credential(&other);
    let before = stage.now();
    stage.start_operator_as(&other);
    stage.until_condition("cfoai/site", "Stalled", "True", "Denied");
    assert_eq!(stage.writes_since(before), []);

    stage.kill_operator();
    stage.start_operator();
    stage.until_ready("cfoai/site");
}

#[test]
fn credentials_that_come_to_be_of_another_account_make_nothing_anew() {
    let stage = Stage::with_deploy_delay("account-moved", Duration::ZERO);
    let objects = ["cfd/www", "cfoai/site"];
    stage.apply(&distribution("www", "first"));
    stage.apply(&identity("first"));
    for object in objects {
        stage.until_ready(object);
    }
    let own = stage.simulator.credentials()[0].clone();
    let moved = Credential {
        account: OTHER.into(),
        ..own.clone()
    };
    let before = stage.now();
    stage.control().add_credential(&moved);
    for object in objects {
        let refused = stage.until_condition(object, "Stalled", "True", "Denied");
        let told = message(&refused, "Ready");
        assert!(told.contains(&own.account), "{told}");
    }
    assert_eq!(stage.writes_since(before), []);

    stage.control().add_credential(&own);
    for object in objects {
        stage.until_ready(object);
    }
}

#[test]
fn a_look_that_lags_behind_does_not_make_a_second_remote() {
    let stage = Stage::with_deploy_delay("lag", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let created = stage.until_ready("cfd/www");
    let absent = FaultMode::error(404, "NoSuchDistribution", "injected");
    stage
        .control()
        .inject(Fault::on("GetDistribution", absent).times(6));
    let asked = "cloudfront-operator.dev/reconcile-requested-at=now";
    stage.kubectl(&["annotate", "cfd/www", asked]);
    stage.eventually("it was looked for in vain", || {
        stage.control().faults().is_empty().then_some(())
    });
    let object = stage.until_ready("cfd/www");
    assert_eq!(object["status"]["id"], created["status"]["id"]);
    let writes = stage.writes_since(0);
    assert_eq!(Stage::operations(&writes), ["CreateDistribution"]);
}

#[test]
fn looks_and_lists_that_lag_behind_together_do_not_make_a_second_remote() {
    let stage = Stage::with_deploy_delay("lagboth", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let created = stage.until_ready("cfd/www");
    let absent = FaultMode::error(404, "NoSuchDistribution", "injected");
    let stale = FaultMode::StaleRead { lag: 1 };
    stage
        .control()
        .inject(Fault::on("ListDistributions", stale).times(1_000));
    stage
        .control()
        .inject(Fault::on("GetDistribution", absent).times(4));
    stage.eventually("it was looked for in vain", || {
        (stage.control().faults().len() == 1).then_some(())
    });
    stage.control().clear_faults();
    let object = stage.until_ready("cfd/www");
    assert_eq!(object["status"]["id"], created["status"]["id"]);
    let writes = stage.writes_since(0);
    assert_eq!(Stage::operations(&writes), ["CreateDistribution"]);
}

#[test]
fn a_deletion_does_not_take_a_look_that_lags_behind_for_the_end() {
    let stage = Stage::with_deploy_delay("lagdelete", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    stage.until_ready("cfd/www");
    let absent = FaultMode::error(404, "NoSuchDistribution", "injected");
    stage
        .control()
        .inject(Fault::on("GetDistribution", absent).times(2));
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.until_gone("cfd/www");
    assert_eq!(stage.remotes(), 0, "{}", stage.control().state());
}

#[test]
fn a_deletion_finds_the_next_life_whose_create_was_never_answered() {
    let mut stage = Stage::with_deploy_delay("nextlife", Duration::ZERO);
    stage.apply(&distribution("www", "first"));
    let id = stage.id_of("cfd/www");
    stage
        .control()
        .edit(&id, Edit::Delete)
        .expect("it can be deleted");
    stage
        .control()
        .inject(Fault::on("CreateDistribution", FaultMode::Hold));
    stage.eventually("the second life is committed and its answer held", || {
        (stage.control().held_response_count() == 1).then_some(())
    });
    stage.kill_operator();
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.start_operator();
    stage.until_gone("cfd/www");
    assert_eq!(stage.remotes(), 0, "{}", stage.control().state());
}

#[test]
fn a_refused_repetition_does_not_make_a_deletion_forget_the_first_create() {
    let stage = Stage::with_deploy_delay("forgot", Duration::ZERO);
    stage
        .control()
        .inject(Fault::on("CreateDistribution", FaultMode::ResetAfterCommit));
    let denied = FaultMode::error(403, "AccessDenied", "injected");
    stage
        .control()
        .inject(Fault::on("CreateDistribution", denied).nth(2).times(1_000));
    stage.apply(&distribution("www", "first"));
    stage.until_condition("cfd/www", "Stalled", "True", "Denied");
    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    stage.until_gone("cfd/www");
    assert_eq!(stage.remotes(), 0, "{}", stage.control().state());
}

#[test]
fn four_hundred_objects_of_several_pages_are_all_seen() {
    let mut stage = Stage::without_operator("pages", Duration::ZERO);
    let manifests: Vec<String> = (0..400)
        .map(|n| format!("apiVersion: cloudfront-operator.dev/v1alpha1\nkind: OriginAccessIdentity\nmetadata: {{name: site-{n}}}\nspec: {{comment: c}}\n"))
        .collect();
    stage
        .control()
        .set_quota(None, "TooManyCloudFrontOriginAccessIdentities", 1_000)
        .expect("there is such a quota");
    stage.apply(&manifests.join("---\n"));
    stage.start_operator();
    stage.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "cfoai",
        "--all",
        "--timeout=110s",
    ]);
}
