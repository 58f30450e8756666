//! Fields in `driftIgnore`: the create request sends them, and later their values in CloudFront are kept.

use crate::support::{TestEnv, condition, distribution, message, with_field};
use cloudfront_simulator::Edit;
use serde_json::json;
use std::time::Duration;

const IGNORED: &str = r#"driftIgnore: [comment, "origins[api].customHeaders", "tags[team]"]"#;

fn manifest(comment: &str, price_class: &str) -> String {
    let fields =
        format!("priceClass: {price_class}\n  tags: {{team: web, env: test}}\n  {IGNORED}");
    with_field(&distribution("www", comment), &fields)
}

fn tags(env: &TestEnv) -> String {
    let state = env.control().state();
    let accounts = state["accounts"].as_object().cloned().unwrap_or_default();
    let all = accounts
        .values()
        .map(|it| it["distributions"][0]["tags"].to_string());
    all.collect()
}

#[test]
fn an_ignored_field_is_sent_by_the_create_and_keeps_external_changes() {
    let env = TestEnv::with_deploy_delay("ignore", Duration::ZERO);
    env.apply(&manifest("first", "PriceClass_200"));
    let id = env.ready_id("cfd/www");
    assert!(env.state_contains("<Comment>first</Comment>"));
    assert_eq!(tags(&env), r#"{"env":"test","team":"web"}"#);

    let header = "<OriginCustomHeader><HeaderName>x-key</HeaderName><HeaderValue>theirs</HeaderValue></OriginCustomHeader>";
    let headers = Edit::Append {
        path: "Origins/Items/0/CustomHeaders".into(),
        xml: header.into(),
    };
    let before = env.journal_end();
    env.edit_out_of_band(&id, "Comment", "by hand");
    env.change_out_of_band(&id, headers);
    env.change_out_of_band(
        &id,
        Edit::Tags {
            tags: [
                ("team".into(), "other".into()),
                ("env".into(), "other".into()),
            ]
            .into(),
        },
    );
    env.edit_out_of_band(&id, "PriceClass", "PriceClass_100");
    let is_kept = |env: &TestEnv| {
        env.state_contains("<Comment>by hand</Comment>") && env.state_contains(header)
    };
    env.eventually("everything else is reverted", || {
        let is_reverted = env.state_contains("<PriceClass>PriceClass_200</PriceClass>")
            && tags(&env) == r#"{"env":"test","team":"other"}"#;
        is_reverted.then_some(())
    });
    assert!(is_kept(&env), "{}", env.control().state());
    let writes = env.writes_since(before);
    let mut operations = TestEnv::operations(&writes);
    operations.sort_unstable();
    operations.dedup();
    assert_eq!(operations, ["TagResource", "UpdateDistribution"]);

    env.apply(&manifest("second", "PriceClass_All"));
    let object = env.wait_until_ready("cfd/www");
    assert!(object["status"]["drift"].is_null(), "{object}");
    assert!(env.state_contains("<PriceClass>PriceClass_All</PriceClass>"));
    assert!(is_kept(&env), "an edit of the spec keeps them as well");
}

#[test]
fn an_ignored_field_is_not_in_the_reported_drift() {
    let env = TestEnv::with_deploy_delay("ignore-report", Duration::ZERO);
    let fields = "driftPolicy: Report\n  driftIgnore: [comment]";
    env.apply(&with_field(&distribution("www", "first"), fields));
    let id = env.ready_id("cfd/www");
    env.edit_out_of_band(&id, "Comment", "by hand");
    env.edit_out_of_band(&id, "PriceClass", "PriceClass_100");
    let object = env.wait_for_condition("cfd/www", "Stalled", "True", "Drifted");
    let expected =
        json!([{"path": "priceClass", "desired": "PriceClass_All", "observed": "PriceClass_100"}]);
    assert_eq!(object["status"]["drift"], expected);
}

#[test]
fn a_path_that_names_no_field_is_refused_before_any_call() {
    let env = TestEnv::with_deploy_delay("ignore-nothing", Duration::ZERO);
    let with_path = |path: &str| {
        with_field(
            &distribution("www", "first"),
            &format!("driftIgnore: [{path}]"),
        )
    };
    env.apply(&with_path("webAclId"));
    let refused = env.wait_for_condition("cfd/www", "Stalled", "True", "Invalid");
    assert_eq!(
        condition(&refused, "Synced"),
        ("False".into(), "Invalid".into())
    );
    let text = message(&refused, "Ready");
    let expected = "spec.driftIgnore has \"webAclId\", which names no field: use one of aliases, ";
    assert!(
        text.starts_with(expected) && text.contains("webACLId"),
        "{text}"
    );
    assert_eq!(env.writes_since(0), []);
    env.apply(&with_path("webACLId"));
    env.wait_until_ready("cfd/www");
}
