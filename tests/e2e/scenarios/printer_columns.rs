//! What `kubectl get` prints, kind by kind.

use super::stage::Stage;
use cloudfront_simulator::ResourceType;
use serde_json::Value;
use std::time::Duration;

const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";

const ESTATE: &str = "
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

/// The cells of a table, line by line: each begins where the name of its column does.
fn cells(table: &str) -> Vec<Vec<String>> {
    let header = table.lines().next().unwrap_or_default();
    let after_a_gap = |at: &usize| header[..*at].ends_with("  ") && !header[*at..].starts_with(' ');
    let begins: Vec<usize> = (0..header.len())
        .filter(|at| *at == 0 || after_a_gap(at))
        .collect();
    let line = |line: &str| {
        let ends = begins.iter().skip(1).copied().chain([usize::MAX]);
        let cells = begins.iter().zip(ends).map(|(begin, end)| {
            let end = end.min(line.len());
            line.get(*begin..end).unwrap_or_default().trim().to_owned()
        });
        cells.collect()
    };
    table.lines().map(line).collect()
}

/// The table of an object's kind, with a name in place of what is different each time.
#[track_caller]
fn shows(stage: &Stage, object: &str, expected: &[[&str; 2]]) {
    let found = stage.get(object).expect("the object is there");
    let status = |member: &str| found["status"][member].as_str().unwrap_or("-").to_owned();
    let known = [
        (status("id"), "(id)"),
        (status("etag"), "(etag)"),
        (status("domainName"), "(domain)"),
    ];
    let table = cells(&stage.kubectl(&["get", object, "--output=wide"]));
    let shown: Vec<[String; 2]> = table[0]
        .iter()
        .zip(&table[1])
        .map(|(column, cell)| {
            let name = known.iter().find(|(value, _)| value == cell);
            let cell = name.map_or(cell.as_str(), |(_, name)| name);
            let cell = if column == "AGE" { "(age)" } else { cell };
            [column.clone(), cell.to_owned()]
        })
        .collect();
    assert_eq!(shown, expected, "{object}");
}

fn completed(value: &Value) -> bool {
    value["status"]["status"] == "Completed"
}

#[test]
fn tables_show_what_a_person_wants_to_know() {
    let stage = Stage::with_deploy_delay("table", Duration::ZERO);
    stage.control().seed(ResourceType::Certificate, CERTIFICATE);
    stage.apply(ESTATE);
    for object in ["cfoai/site", "cfd/www", "cfd/named", "cfsd/media"] {
        stage.until_ready(object);
    }
    stage.until("cfinv/release", "is complete", completed);
    shows(
        &stage,
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
    shows(
        &stage,
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
    shows(
        &stage,
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
    shows(
        &stage,
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
    suspended(&stage);
}

/// `suspend` shows in the table, while what was ready stays so.
fn suspended(stage: &Stage) {
    let suspend = r#"{"spec":{"suspend":true}}"#;
    stage.kubectl(&["patch", "cfd/named", "--type=merge", "--patch", suspend]);
    stage.until_condition("cfd/named", "Ready", "True", "Suspended");
    shows(
        stage,
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
