//! Deletions that distributions prevent which no object of the cluster explains.

use super::unique_names::example;
use crate::support::{TestEnv, distribution, id_of, message};
use cloudfront_operator::operator::kinds;
use cloudfront_simulator::Edit;
use serde_json::{Value, json};
use std::time::Duration;

/// Returns a distribution that uses an object of a kind, and that stays in CloudFront when its object is deleted.
fn user_of(kind: &str, name: &str) -> Value {
    let mut user: Value =
        serde_saphyr::from_str(&distribution("user", "stays")).expect("it is YAML");
    user["spec"]["deletionPolicy"] = "Retain".into();
    let reference = json!({ "name": name });
    let groups = json!({ "enabled": true, "itemRefs": [&reference] });
    let fields = [
        ("CachePolicy", "cachePolicyRef", reference.clone()),
        ("KeyGroup", "trustedKeyGroups", groups),
        (
            "OriginRequestPolicy",
            "originRequestPolicyRef",
            reference.clone(),
        ),
        (
            "RealtimeLogConfig",
            "realtimeLogConfigRef",
            reference.clone(),
        ),
        (
            "ResponseHeadersPolicy",
            "responseHeadersPolicyRef",
            reference,
        ),
    ];
    let field = fields.into_iter().find(|(user, ..)| *user == kind);
    let (_, field, value) = field.expect("a distribution can use the kind");
    let behavior = &mut user["spec"]["defaultCacheBehavior"];
    if field == "cachePolicyRef" {
        behavior["cachePolicyId"] = Value::Null;
    }
    behavior[field] = value;
    user
}

#[test]
fn a_deletion_names_the_distributions_that_no_object_explains_and_lists_them_once() {
    for kind in kinds() {
        let Some(users) = kind.api.users else {
            continue;
        };
        let env = TestEnv::with_deploy_delay("external-users", Duration::ZERO);
        let (before, manifest) = example(kind);
        for needed in before.iter().chain([&manifest]) {
            env.apply(&needed.to_string());
        }
        let name = manifest["metadata"]["name"].as_str().expect("a name");
        let object = format!("{}/{name}", kind.crd().spec.names.plural);
        env.apply(&user_of(kind.kind, name).to_string());
        let user = id_of(&env.wait_until_ready("cfd/user"));
        env.kubectl(&["delete", "cfd/user"]);

        env.kubectl(&["delete", &object, "--wait=false"]);
        let blocked = env.wait_for_condition(&object, "Ready", "False", "InUse");
        let begin = format!("In use by distribution {user} in CloudFront. ");
        let reported = message(&blocked, "Ready");
        assert!(reported.starts_with(&begin), "{reported}");
        env.wait_for_calls(&format!("Delete{}", kind.api.name), 2, 0);
        let calls = env.control().journal();
        let lists = calls.iter().filter(|it| it.operation == users.operation);
        assert_eq!(lists.count(), 1, "{}", users.operation);

        env.change_out_of_band(&user, Edit::Delete);
        env.wait_until_gone(&object);
    }
}
