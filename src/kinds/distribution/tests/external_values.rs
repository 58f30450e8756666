//! Values from Secrets and ConfigMaps.

use super::{bucket, text};
use crate::{
    engine::{ConfigMapKey, Kind, ResolvedReferences, SecretKey},
    kinds::distribution::external_values::{acm_arn, host_name, lambda_arn, log_bucket, web_acl},
};
use serde_json::{Value, json};

fn from(key: &str) -> Value {
    json!({ "configMapKeyRef": { "name": "infra", "key": key } })
}

/// The values of a ConfigMap `infra`.
fn infra(values: &[(&str, &str)]) -> ResolvedReferences {
    let mut references = ResolvedReferences::default();
    for (key, value) in values {
        let (name, key) = ("infra".to_owned(), (*key).to_owned());
        let key = ConfigMapKey { name, key };
        references.config_maps.insert(key, (*value).to_owned());
    }
    references
}

fn error(spec: &Value, references: &ResolvedReferences) -> String {
    bucket(spec).config(references).unwrap_err().to_string()
}

#[test]
fn each_value_takes_its_place_and_the_defaults_follow_from_it() {
    let acm = "arn:aws:acm:us-east-1:111122223333:certificate/1";
    let lambda = "arn:aws:lambda:us-east-1:111122223333:function:auth:7";
    let acl = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/1";
    let values = infra(&[
        ("host", "origin.example.com"),
        ("certificate", acm),
        ("lambda", lambda),
        ("acl", acl),
        ("logs", "shop-logs"),
    ]);
    let functions =
        json!([{ "eventType": "viewer-request", "lambdaFunctionARNFrom": from("lambda") }]);
    let distribution = bucket(&json!({
        "origins": [{
            "id": "bucket",
            "domainNameFrom": from("host"),
            "customOriginConfig": {
                "originProtocolPolicy": "https-only",
                "originMtlsConfig": { "clientCertificateArnFrom": from("certificate") },
            },
        }],
        "defaultCacheBehavior": { "lambdaFunctionAssociations": functions },
        "viewerCertificate": { "acmCertificateArnFrom": from("certificate"), "sslSupportMethod": "sni-only" },
        "webACLIdFrom": from("acl"),
        "logging": { "enabled": true, "bucketFrom": from("logs") },
    }));
    let config = distribution.config(&values).unwrap();
    let origin = "Origins/Items/Origin";
    for (path, value) in [
        (&*format!("{origin}/DomainName"), "origin.example.com"),
        (
            &format!("{origin}/CustomOriginConfig/OriginMtlsConfig/ClientCertificateArn"),
            acm,
        ),
        (
            "DefaultCacheBehavior/LambdaFunctionAssociations/Items/LambdaFunctionAssociation/LambdaFunctionARN",
            lambda,
        ),
        ("ViewerCertificate/ACMCertificateArn", acm),
        ("ViewerCertificate/MinimumProtocolVersion", "TLSv1"),
        ("WebACLId", acl),
        ("Logging/Bucket", "shop-logs.s3.amazonaws.com"),
    ] {
        assert_eq!(text(&config, path), Some(value), "{path}");
    }
    assert_eq!(
        text(&config, "ViewerCertificate/CloudFrontDefaultCertificate"),
        None
    );
    assert!(!config.to_string().contains("From"), "{config}");
}

#[test]
fn a_value_of_another_form_is_refused_with_its_source_and_the_fix() {
    let spec = json!({ "viewerCertificate": { "acmCertificateArnFrom": from("certificate"), "sslSupportMethod": "sni-only" } });
    let field =
        "cannot map `viewerCertificate.acmCertificateArnFrom`: key certificate of ConfigMap infra";
    for (value, problem) in [
        (
            "arn:aws:acm:eu-west-1:111122223333:certificate/1",
            "is a certificate in another region, but CloudFront accepts only certificates in us-east-1: request or import it there",
        ),
        ("", "is empty: store a value in it"),
        ("a\n", "is not a single line of text."),
    ] {
        let error = error(&spec, &infra(&[("certificate", value)]));
        let expected = format!("{field} {problem}");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn the_value_of_a_secret_is_not_in_the_message() {
    let source = json!({ "secretKeyRef": { "name": "infra", "key": "host" } });
    let spec = json!({ "origins": [{ "id": "bucket", "domainNameFrom": source }] });
    for host in ["https://hunter2.example.com", "hunter2.example.com"] {
        let (name, key) = ("infra".to_owned(), "host".to_owned());
        let secrets = [(SecretKey { name, key }, host.to_owned())];
        let mut references = ResolvedReferences::default();
        references.secrets = secrets.into_iter().collect();
        let error = error(&spec, &references);
        let start = "cannot map `origins[].domainNameFrom`: key host of Secret infra is not";
        assert!(error.starts_with(start), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn the_domain_name_of_an_s3_origin_is_one_of_a_bucket() {
    let spec = json!({ "origins": [{ "id": "bucket", "domainNameFrom": from("host") }] });
    for host in [
        "site.s3.amazonaws.com",
        "site.S3.eu-west-1.amazonaws.com",
        "a.s3.b.s3-eu-west-1.amazonaws.com",
        "site.s3.cn-north-1.amazonaws.com.cn",
    ] {
        let config = bucket(&spec).config(&infra(&[("host", host)]));
        assert!(config.is_ok(), "{host}");
    }
    for host in [
        "www.example.com",
        "site.s3-website-eu-west-1.amazonaws.com",
        "site.s3.amazonaws.com.example.com",
        "s3.amazonaws.com",
    ] {
        let error = error(&spec, &infra(&[("host", host)]));
        assert_eq!(
            error,
            "cannot map `origins[].domainNameFrom`: key host of ConfigMap infra is not the domain name of an S3 bucket, and origin \
             \"bucket\" is an S3 origin: set customOriginConfig for a web server or a website endpoint, or use a name such as \
             site.s3.eu-west-1.amazonaws.com"
        );
    }
}

#[test]
fn values_have_the_form_of_their_fields() {
    type Check = fn(&str) -> Result<(), &'static str>;
    let long = "a".repeat(254);
    let long_arn = format!("arn:aws:acm:us-east-1:1:certificate/{}", "a".repeat(2048));
    let long_lambda = format!("arn:aws:lambda:us-east-1:111122223333:function:{long}:1");
    let cases: [(Check, &[&str], &[&str]); 5] = [
        (
            host_name,
            &["a.example.com", "10.0.0.1.example.com"],
            &["a.example.com.", "a:80", "a/b", "a b", "10.0.0.1", &long],
        ),
        (
            log_bucket,
            &["logs", "logs.s3.amazonaws.com"],
            &["s3://logs", ".logs", "logs.", "a..b", "a b", &long],
        ),
        (
            acm_arn,
            &[
                "arn:aws:acm:us-east-1:111122223333:certificate/1",
                "arn:aws-cn:acm:cn-north-1:111122223333:certificate/1",
            ],
            &[
                "arn:aws:acm:us-west-2:111122223333:certificate/1",
                "arn:aws:iam::111122223333:server-certificate/1",
                "arn:aws:acm:us-east-1:111122223333:authority/1",
                "www.example.com",
                &long_arn,
            ],
        ),
        (
            lambda_arn,
            &["arn:aws:lambda:us-east-1:111122223333:function:auth:7"],
            &[
                "arn:aws:lambda:us-east-1:111122223333:function:auth",
                "arn:aws:lambda:us-east-1:111122223333:function:auth:$LATEST",
                "arn:aws:lambda:us-east-1:111122223333:function:auth:live",
                "arn:aws:lambda:eu-west-1:111122223333:function:auth:7",
                "arn:aws:lambda:us-east-1:1111:function:auth:7",
                &long_lambda,
            ],
        ),
        (
            web_acl,
            &[
                "arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/1",
                "473e64fd-f30b-4765-81a0-62ad96dd167a",
            ],
            &[
                "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/site/1",
                &long_arn,
            ],
        ),
    ];
    for (check, accepted, refused) in cases {
        for value in accepted {
            assert_eq!(check(value), Ok(()), "{value}");
        }
        for value in refused {
            assert!(check(value).is_err(), "{value}");
        }
    }
}
