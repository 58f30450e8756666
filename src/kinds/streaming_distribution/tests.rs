//! Compares desired state with CloudFront's responses, which are written by hand from the service model.

use super::{ObservedStreamingDistribution, StreamingDistribution};
use crate::{
    engine::{Kind, ResolvedReferences, Status, TypedLocalReference},
    xml::{Drift, Element},
};
use serde_json::{Value, json};

const RESPONSE: &str = "<StreamingDistribution><Id>E1</Id><ARN>arn:aws:cloudfront::123456789012:streaming-distribution/E1</ARN>\
    <Status>InProgress</Status><LastModifiedTime>2026-11-20T12:00:00.123Z</LastModifiedTime>\
    <DomainName>s1.cloudfront.net</DomainName>\
    <ActiveTrustedSigners><Enabled>true</Enabled><Quantity>1</Quantity><Items><Signer>\
    <AwsAccountNumber>self</AwsAccountNumber><KeyPairIds><Quantity>1</Quantity><Items><KeyPairId>K1</KeyPairId></Items></KeyPairIds>\
    </Signer></Items></ActiveTrustedSigners>\
    <StreamingDistributionConfig><CallerReference>uid</CallerReference>\
    <S3Origin><DomainName>media.s3.amazonaws.com</DomainName><OriginAccessIdentity></OriginAccessIdentity></S3Origin>\
    <Aliases><Quantity>0</Quantity></Aliases><Comment></Comment>\
    <Logging><Enabled>false</Enabled><Bucket></Bucket><Prefix></Prefix></Logging>\
    <TrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners>\
    <PriceClass>PriceClass_All</PriceClass><Enabled>true</Enabled></StreamingDistributionConfig></StreamingDistribution>";

/// The configuration that CloudFront has for a bucket without further fields.
fn observed() -> Element {
    let response = Element::parse(RESPONSE.as_bytes()).unwrap();
    response
        .child(StreamingDistribution::API.config)
        .unwrap()
        .clone()
}

/// A streaming distribution of a bucket with further fields.
fn bucket(fields: &Value) -> StreamingDistribution {
    let mut spec = json!({"s3Origin": {"domainName": "media.s3.amazonaws.com"}});
    for (name, value) in fields.as_object().unwrap() {
        spec[name] = value.clone();
    }
    StreamingDistribution::new("media", serde_json::from_value(spec).unwrap())
}

fn with_reference() -> StreamingDistribution {
    bucket(&json!({"s3Origin": {
        "domainName": "media.s3.amazonaws.com",
        "originAccessIdentityRef": {"name": "site"},
    }}))
}

fn desired(object: &StreamingDistribution) -> Element {
    let identity = TypedLocalReference {
        kind: "OriginAccessIdentity",
        name: "site".to_owned(),
    };
    let ids: ResolvedReferences = [(identity, "E1IDENTITY".to_owned())].into_iter().collect();
    object.config(&ids).unwrap()
}

fn drift(object: &StreamingDistribution, observed: &Element) -> Vec<Drift> {
    observed.clone().overlay(&desired(object))
}

fn text<'a>(config: &'a Element, path: &str) -> Option<&'a str> {
    let found = path.split('/').try_fold(config, Element::child);
    found.map(Element::text)
}

#[test]
fn fields_that_cloudfront_adds_are_not_drift() {
    assert_eq!(drift(&bucket(&json!({})), &observed()), []);
}

#[test]
fn fields_that_cloudfront_leaves_out_are_not_drift() {
    let mut observed = observed();
    for member in ["Aliases", "Comment", "Logging", "TrustedSigners"] {
        observed.remove(member);
    }
    assert_eq!(drift(&bucket(&json!({})), &observed), []);
}

#[test]
fn an_update_has_every_field_and_keeps_unknown_ones() {
    let mut config = observed();
    config.push(Element::leaf("FromTheFuture", "on"));
    config.overlay(&desired(&bucket(&json!({"comment": "second"}))));
    let request = StreamingDistribution::API.update_request("E1", "ETAG", config);
    assert_eq!(request.operation, "UpdateStreamingDistribution");
    let sent = request.body.unwrap();
    let members: Vec<&str> = sent.children().iter().map(Element::name).collect();
    assert_eq!(
        members,
        [
            "CallerReference",
            "S3Origin",
            "Aliases",
            "Comment",
            "Logging",
            "TrustedSigners",
            "PriceClass",
            "Enabled",
            "FromTheFuture"
        ]
    );
}

#[test]
fn a_removed_field_returns_to_its_default() {
    for (field, value, path, default) in [
        ("aliases", json!(["a.example.com"]), "Aliases/Quantity", "0"),
        ("comment", json!("first"), "Comment", ""),
        ("enabled", json!(false), "Enabled", "true"),
        (
            "priceClass",
            json!("PriceClass_100"),
            "PriceClass",
            "PriceClass_All",
        ),
        (
            "logging",
            json!({"enabled": true, "bucket": "logs"}),
            "Logging/Bucket",
            "",
        ),
        (
            "trustedSigners",
            json!({"enabled": true, "items": ["self"]}),
            "TrustedSigners/Enabled",
            "false",
        ),
    ] {
        let mut config = observed();
        config.overlay(&desired(&bucket(&json!({ field: value }))));
        assert_ne!(text(&config, path), Some(default), "{field}");
        config.overlay(&desired(&bucket(&json!({}))));
        assert_eq!(text(&config, path), Some(default), "{field}");
    }
}

#[test]
fn the_name_of_a_log_bucket_is_completed_to_its_host_name() {
    let logging = bucket(&json!({"logging": {"enabled": true, "bucket": "logs"}}));
    let config = desired(&logging);
    assert_eq!(
        text(&config, "Logging/Bucket"),
        Some("logs.s3.amazonaws.com")
    );
}

#[test]
fn a_reference_to_an_identity_is_replaced_by_the_path_of_the_identity() {
    let objects = with_reference().sources().objects;
    assert_eq!(objects.len(), 1);
    assert_eq!(
        (objects[0].target.kind, &*objects[0].target.name),
        ("OriginAccessIdentity", "site")
    );
    let config = desired(&with_reference());
    assert_eq!(
        text(&config, "S3Origin/OriginAccessIdentity"),
        Some("origin-access-identity/cloudfront/E1IDENTITY")
    );
    assert!(!config.to_string().contains("Ref"));
}

#[test]
fn an_unresolved_reference_is_an_error() {
    let error = with_reference()
        .config(&ResolvedReferences::default())
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("OriginAccessIdentity site has no ID yet: wait until it is ready"),
        "{error}"
    );
}

#[test]
fn the_own_account_among_the_trusted_signers_becomes_self() {
    let mut signed = bucket(&json!({
        "trustedSigners": {"enabled": true, "items": ["123456789012", "210987654321"]},
    }));
    let names = |config: &Element| -> Vec<String> {
        let items = config.child("TrustedSigners").unwrap().child("Items");
        let items = items.unwrap().children().iter();
        items.map(|it| it.text().to_owned()).collect()
    };
    assert_eq!(names(&desired(&signed)), ["123456789012", "210987654321"]);
    let mut status = Status::<ObservedStreamingDistribution>::default();
    status.observed_fields.arn =
        Some("arn:aws:cloudfront::123456789012:streaming-distribution/E1".into());
    signed.status = Some(status);
    assert_eq!(names(&desired(&signed)), ["self", "210987654321"]);
}

#[test]
fn disabling_changes_an_enabled_distribution_only() {
    let mut live = observed();
    assert!((StreamingDistribution::HOOKS.disable)(&mut live));
    assert_eq!(live.text_of("Enabled"), Some("false"));
    assert!(!(StreamingDistribution::HOOKS.disable)(&mut live));
}

#[test]
fn the_status_is_read_from_a_response() {
    let response = Element::parse(RESPONSE.as_bytes()).unwrap();
    let fields = StreamingDistribution::observed_fields(&response).unwrap();
    let expected = json!({
        "arn": "arn:aws:cloudfront::123456789012:streaming-distribution/E1",
        "status": "InProgress",
        "lastModifiedTime": "2026-11-20T12:00:00.123Z",
        "domainName": "s1.cloudfront.net",
        "activeTrustedSigners": {"enabled": true, "items": [{"awsAccountNumber": "self", "keyPairIds": ["K1"]}]},
    });
    assert_eq!(serde_json::to_value(&fields).unwrap(), expected);
    assert_eq!(
        serde_json::from_value::<ObservedStreamingDistribution>(expected).unwrap(),
        fields
    );
    assert!(!StreamingDistribution::API.is_deployed(&response));
}
