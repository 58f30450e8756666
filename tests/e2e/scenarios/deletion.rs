//! Deletions: what proves that a resource is gone, and what must not.

use crate::support::{TestEnv, distribution, identity};
use cloudfront_simulator::{Credential, FaultMode, JournalEntry};
use serde_json::json;
use std::time::Duration;

fn delete(env: &TestEnv, object: &str) {
    env.kubectl(&["delete", object, "--wait=false"]);
}

/// Returns the reads of a resource that followed the first deletion request.
fn reads_after_delete(env: &TestEnv, operation: &str, id: &str) -> Vec<JournalEntry> {
    let calls = env.control().journal();
    let first_delete = calls
        .iter()
        .position(|call| call.operation.starts_with("Delete"));
    let calls = calls.into_iter().skip(first_delete.unwrap_or_default());
    calls
        .filter(|call| call.operation == operation && call.path.ends_with(id))
        .collect()
}

#[test]
fn the_first_not_found_after_a_lost_response_ends_the_deletion() {
    for (object, kind, get) in [
        ("cfd/www", "DeleteDistribution", "GetDistribution"),
        (
            "cfoai/site",
            "DeleteCloudFrontOriginAccessIdentity",
            "GetCloudFrontOriginAccessIdentity",
        ),
    ] {
        let env = TestEnv::with_deploy_delay("lost-delete", Duration::ZERO);
        env.apply(&distribution("www", "first"));
        env.apply(&identity("first"));
        let id = env.ready_id(object);
        // A "not found" proves nothing if it may lag behind the create.
        env.request_reconcile(object, "before");
        env.wait_until_handled(object, "before");
        env.inject(kind, FaultMode::ResetAfterCommit);
        delete(&env, object);
        env.wait_until_gone(object);
        let reads = reads_after_delete(&env, get, &id);
        assert_eq!(reads.len(), 1, "{reads:?}");
    }
}

#[test]
fn a_forged_id_after_an_unanswered_delete_removes_no_finalizer() {
    let env = TestEnv::with_deploy_delay("forged-delete", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.inject("DeleteDistribution", FaultMode::ResetBeforeCommit);
    delete(&env, "cfd/www");
    env.wait_for_calls("DeleteDistribution", 1, 0);
    let forged = json!({ "status": { "id": "E0123456789ABC" } });
    env.patch_status("cfd/www", &forged.to_string());
    env.wait_until_gone("cfd/www");
    assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
}

#[test]
fn credentials_of_another_account_after_an_unanswered_delete_remove_no_finalizer() {
    let env = TestEnv::with_deploy_delay("moved-delete", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.apply(&identity("first"));
    let objects = ["cfd/www", "cfoai/site"];
    for object in objects {
        env.wait_until_ready(object);
    }
    let own = env.simulator.credentials()[0].clone();
    let moved = Credential {
        account: "444455556666".into(),
        ..own.clone()
    };
    let deletes = ["DeleteDistribution", "DeleteCloudFrontOriginAccessIdentity"];
    for operation in deletes {
        env.inject_times(operation, FaultMode::ResetBeforeCommit, 1_000_000);
    }
    for object in objects {
        delete(&env, object);
    }
    for operation in deletes {
        env.wait_for_calls(operation, 1, 0);
    }
    env.control().add_credential(&moved);
    // Until now each repetition of the delete failed too.
    env.control().clear_faults();
    for object in objects {
        env.wait_for_condition(object, "Stalled", "True", "AccessDenied");
    }
    env.control().add_credential(&own);
    for object in objects {
        env.wait_until_gone(object);
    }
    assert_eq!(env.distribution_count(), 0, "{}", env.control().state());
}
