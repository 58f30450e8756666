//! The columns of `kubectl get`, for each kind.

use crate::support::TestEnv;
use cloudfront_simulator::ResourceType;
use serde_json::Value;
use std::time::Duration;

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";

const MANIFESTS: &str = "
apiVersion: cloudfront-operator.dev/v1alpha1
kind: OriginAccessIdentity
metadata: {name: site}
spec: {comment: reads the bucket}
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {name: www}
spec:
  origins: [{id: bucket, domainName: site.s3.amazonaws.com}]
  defaultCacheBehavior: {targetOriginId: bucket, viewerProtocolPolicy: https-only, cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {name: named}
spec:
  aliases: [www.example.com, example.com]
  enabled: false
  viewerCertificate: {acmCertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1', sslSupportMethod: sni-only}
  origins: [{id: bucket, domainName: site.s3.amazonaws.com}]
  defaultCacheBehavior: {targetOriginId: bucket, viewerProtocolPolicy: https-only, cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: StreamingDistribution
metadata: {name: media}
spec:
  s3Origin: {domainName: media.s3.amazonaws.com}
---
apiVersion: cloudfront-operator.dev/v1alpha1
kind: Invalidation
metadata: {name: release}
spec:
  distributionRef: {name: www}
  paths: [/index.html, /assets/*, /about.html]
";

/// Returns the cells of a table by line. Each cell begins where the name of its column begins.
fn cells(table: &str) -> Vec<Vec<String>> {
    let header = table.lines().next().unwrap_or_default();
    let follows_gap = |at: &usize| header[..*at].ends_with("  ") && !header[*at..].starts_with(' ');
    let starts: Vec<usize> = (0..header.len())
        .filter(|at| *at == 0 || follows_gap(at))
        .collect();
    let line = |line: &str| {
        let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
        let cells = starts.iter().zip(ends).map(|(start, end)| {
            let end = end.min(line.len());
            line.get(*start..end).unwrap_or_default().trim().to_owned()
        });
        cells.collect()
    };
    table.lines().map(line).collect()
}

/// Checks the table of an object, with placeholders for generated values.
#[track_caller]
fn assert_columns(env: &TestEnv, object: &str, expected: &[[&str; 2]]) {
    let found = env.get(object).expect("the object exists");
    let status = |member: &str| found["status"][member].as_str().unwrap_or("-").to_owned();
    let placeholders = [
        (status("id"), "(id)"),
        (status("etag"), "(etag)"),
        (status("domainName"), "(domain)"),
    ];
    let table = cells(&env.kubectl(&["get", object, "--output=wide"]));
    let shown: Vec<[String; 2]> = table[0]
        .iter()
        .zip(&table[1])
        .map(|(column, cell)| {
            let placeholder = placeholders.iter().find(|(value, _)| value == cell);
            let cell = placeholder.map_or(cell.as_str(), |(_, text)| text);
            let cell = if column == "AGE" { "(age)" } else { cell };
            [column.clone(), cell.to_owned()]
        })
        .collect();
    assert_eq!(shown, expected, "{object}");
}

fn is_completed(value: &Value) -> bool {
    value["status"]["status"] == "Completed"
}

#[test]
fn kubectl_get_prints_the_columns_of_each_kind() {
    let env = TestEnv::with_deploy_delay("table", Duration::ZERO);
    env.control().seed(ResourceType::Certificate, CERTIFICATE);
    env.apply(MANIFESTS);
    for object in ["cfoai/site", "cfd/www", "cfd/named", "cfsd/media"] {
        env.wait_until_ready(object);
    }
    env.wait_until("cfinv/release", "is complete", is_completed);
    assert_columns(
        &env,
        "cfd/www",
        &[
            ["NAME", "www"],
            ["READY", "True"],
            ["STATUS", "InSync"],
            ["DOMAIN", "(domain)"],
            ["ENABLED", "true"],
            ["AGE", "(age)"],
            ["ID", "(id)"],
            ["ALIASES", ""],
            ["ETAG", "(etag)"],
            ["REASON", "InSync"],
        ],
    );
    assert_columns(
        &env,
        "cfsd/media",
        &[
            ["NAME", "media"],
            ["READY", "True"],
            ["STATUS", "InSync"],
            ["DOMAIN", "(domain)"],
            ["ENABLED", "true"],
            ["AGE", "(age)"],
            ["ID", "(id)"],
            ["ALIASES", ""],
            ["ETAG", "(etag)"],
            ["REASON", "InSync"],
        ],
    );
    assert_columns(
        &env,
        "cfoai/site",
        &[
            ["NAME", "site"],
            ["READY", "True"],
            ["STATUS", "InSync"],
            ["ID", "(id)"],
            ["COMMENT", "reads the bucket"],
            ["AGE", "(age)"],
            ["ETAG", "(etag)"],
            ["REASON", "InSync"],
        ],
    );
    assert_columns(
        &env,
        "cfinv/release",
        &[
            ["NAME", "release"],
            ["DISTRIBUTION", "www"],
            ["STATUS", "Completed"],
            ["PATHS", "3"],
            ["AGE", "(age)"],
            ["ID", "(id)"],
            ["DISTRIBUTIONID", ""],
            ["FIRST PATH", "/index.html"],
        ],
    );
    assert_suspended_columns(&env);
}

/// Checks that a suspended object keeps READY and has STATUS Suspended.
fn assert_suspended_columns(env: &TestEnv) {
    let suspend = r#"{"spec":{"suspend":true}}"#;
    env.patch("cfd/named", suspend);
    env.wait_for_condition("cfd/named", "Ready", "True", "Suspended");
    assert_columns(
        env,
        "cfd/named",
        &[
            ["NAME", "named"],
            ["READY", "True"],
            ["STATUS", "Suspended"],
            ["DOMAIN", "(domain)"],
            ["ENABLED", "false"],
            ["AGE", "(age)"],
            ["ID", "(id)"],
            ["ALIASES", r#"["www.example.com","example.com"]"#],
            ["ETAG", "(etag)"],
            ["REASON", "Suspended"],
        ],
    );
}
