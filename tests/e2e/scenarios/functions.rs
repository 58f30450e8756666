//! Functions: their code is tested and published, and distributions wait for it.

use crate::support::{TestEnv, id_of, message};
use cloudfront_simulator::{Edit, FunctionTest};
use serde_json::json;
use std::time::Duration;

const CODE: &str = "function handler(event) { return event.request; }";

fn function(code: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Function
metadata: {{name: rewrite}}
spec:
  name: shop-rewrite
  functionCode: \"{code}\"
  tags: {{team: web}}
  tests:
  - name: a folder gets its index
    event: {{version: \"1.0\", context: {{eventType: viewer-request}}, request: {{method: GET, uri: /about}}}}
    expect: {{request: {{uri: /about/index.html}}}}
"
    )
}

fn distribution(comment: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {{name: shop}}
spec:
  comment: {comment}
  origins:
  - id: site
    domainName: origin.example.org
    customOriginConfig: {{originProtocolPolicy: https-only}}
  defaultCacheBehavior:
    targetOriginId: site
    viewerProtocolPolicy: redirect-to-https
    managedCachePolicy: CachingOptimized
    functionAssociations:
    - {{eventType: viewer-request, functionRef: {{name: rewrite}}}}
"
    )
}

/// Makes the test of the function succeed.
fn fix_the_output(env: &TestEnv) {
    env.control().set_function_test(FunctionTest {
        function: "shop-rewrite".into(),
        output: Some(json!({ "request": { "method": "GET", "uri": "/about/index.html" } })),
        ..FunctionTest::default()
    });
}

/// Returns the operations on functions, apart from reads, since an entry of the journal.
fn calls(env: &TestEnv, since: u64) -> Vec<String> {
    let calls = env.control().journal().into_iter();
    let calls = calls.filter(|it| it.sequence > since && it.method != "GET");
    let operations = calls.map(|it| it.operation);
    operations.filter(|it| it.contains("Function")).collect()
}

#[test]
fn a_function_is_published_after_its_tests_and_a_distribution_waits_for_it() {
    let env = TestEnv::with_deploy_delay("functions", Duration::ZERO);
    env.apply(&distribution("first"));
    env.apply(&function(CODE));
    let failed = env.wait_for_condition("cffn/rewrite", "Stalled", "True", "TestsFailed");
    assert_eq!(
        message(&failed, "Ready"),
        "Test \"a folder gets its index\" failed: request.uri of the output differs from the expected value. This version of the code is \
         not published. Correct the code or the test."
    );
    let waiting = env.wait_for_condition("cfd/shop", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for Function rewrite, which is not published yet."
    );
    assert_eq!(calls(&env, 0), ["CreateFunction", "TestFunction"]);

    fix_the_output(&env);
    let begin = env.journal_end();
    env.apply(&function("function handler(event) { return 1; }"));
    let published = env.wait_until_ready("cffn/rewrite");
    assert_eq!(published["status"]["published"], true);
    assert_eq!(
        calls(&env, begin),
        ["UpdateFunction", "TestFunction", "PublishFunction"]
    );
    let created = env.wait_until_ready("cfd/shop");
    assert!(env.state_contains(":function/shop-rewrite</FunctionARN>"));

    // The publication gives the distribution another ETag, and its next update succeeds nevertheless.
    let begin = env.journal_end();
    env.apply(&function(CODE));
    env.eventually("the code is published", || {
        let found = calls(&env, begin);
        found.contains(&"PublishFunction".to_owned()).then_some(())
    });
    env.apply(&distribution("second"));
    assert_eq!(id_of(&env.wait_until_ready("cfd/shop")), id_of(&created));
    assert!(env.state_contains("<Comment>second</Comment>"));

    let begin = env.journal_end();
    let code = Edit::Code {
        code: "theirs".into(),
    };
    env.change_out_of_band("shop-rewrite", code);
    env.eventually("the code is corrected and published", || {
        let expected = ["UpdateFunction", "TestFunction", "PublishFunction"];
        (calls(&env, begin) == expected).then_some(())
    });
    env.wait_until_ready("cffn/rewrite");

    env.kubectl(&["delete", "cffn/rewrite", "--wait=false"]);
    let used = env.wait_for_condition("cffn/rewrite", "Ready", "False", "InUse");
    let used = message(&used, "Ready");
    assert!(used.starts_with("In use by Distribution shop."), "{used}");
    env.kubectl(&["delete", "cfd/shop"]);
    env.wait_until_gone("cffn/rewrite");
    assert!(!env.state_contains("shop-rewrite"));
}

#[test]
fn code_of_a_config_map_is_published_when_the_value_changes() {
    let env = TestEnv::with_deploy_delay("function-config-map", Duration::ZERO);
    let config_map = |code: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: edge}}\ndata: {{rewrite.js: \"{code}\"}}\n"
        )
    };
    env.apply(&config_map(CODE));
    env.apply(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Function
metadata: {name: rewrite}
spec:
  functionCodeFrom: {configMapKeyRef: {name: edge, key: rewrite.js}}
",
    );
    env.wait_until_ready("cffn/rewrite");
    let begin = env.journal_end();
    env.apply(&config_map("function handler(event) { return 1; }"));
    env.eventually("the new code is published", || {
        (calls(&env, begin) == ["UpdateFunction", "PublishFunction"]).then_some(())
    });
    env.wait_until_ready("cffn/rewrite");
}
