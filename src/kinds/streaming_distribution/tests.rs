//! Desired state held against what CloudFront answers, put together by hand from its model.

use super::{ObservedStreamingDistribution, StreamingDistribution};
use crate::{
    engine::{Kind, ResolvedReferences, Status, TypedLocalReference},
    xml::{Drift, Element},
};
use serde_json::{Value, json};

const ANSWER: &str = "<StreamingDistribution><Id>E1</Id><ARN>arn:aws:cloudfront::123456789012:streaming-distribution/E1</ARN>\
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

/// What CloudFront has, of a bucket and nothing else.
fn observed() -> Element {
    let answer = Element::parse(ANSWER.as_bytes()).unwrap();
    answer.child(StreamingDistribution::CONFIG).unwrap().clone()
}

/// A streaming distribution of a bucket, with these fields beside it.
fn bucket(fields: &Value) -> StreamingDistribution {
    let mut spec = json!({"s3Origin": {"domainName": "media.s3.amazonaws.com"}});
    for (name, value) in fields.as_object().unwrap() {
        spec[name] = value.clone();
    }
    StreamingDistribution::new("media", serde_json::from_value(spec).unwrap())
}

fn by_reference() -> StreamingDistribution {
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
fn what_cloudfront_fills_in_is_no_drift() {
    assert_eq!(drift(&bucket(&json!({})), &observed()), []);
}

#[test]
fn what_cloudfront_may_leave_out_is_no_drift() {
    let mut observed = observed();
    for member in ["Aliases", "Comment", "Logging", "TrustedSigners"] {
        observed.remove(member);
    }
    assert_eq!(drift(&bucket(&json!({})), &observed), []);
}

#[test]
fn an_update_says_every_member_and_keeps_those_from_the_future() {
    let mut config = observed();
    config.push(Element::leaf("FromTheFuture", "on"));
    config.overlay(&desired(&bucket(&json!({"comment": "second"}))));
    let request = StreamingDistribution::update("E1", "ETAG", config);
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
fn a_field_that_leaves_the_spec_returns_to_its_default() {
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
fn a_bare_bucket_for_logs_is_called_as_cloudfront_calls_it() {
    let logging = bucket(&json!({"logging": {"enabled": true, "bucket": "logs"}}));
    let config = desired(&logging);
    assert_eq!(
        text(&config, "Logging/Bucket"),
        Some("logs.s3.amazonaws.com")
    );
}

#[test]
fn a_reference_is_a_dependency_and_becomes_the_path_of_an_identity() {
    let references = by_reference().references();
    assert_eq!(references.len(), 1);
    assert_eq!(
        (references[0].kind, &*references[0].name),
        ("OriginAccessIdentity", "site")
    );
    let config = desired(&by_reference());
    assert_eq!(
        text(&config, "S3Origin/OriginAccessIdentity"),
        Some("origin-access-identity/cloudfront/E1IDENTITY")
    );
    assert!(!config.to_string().contains("Ref"));
}

#[test]
fn a_reference_that_leads_nowhere_never_opens_the_bucket() {
    let error = by_reference()
        .config(&ResolvedReferences::default())
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the id of OriginAccessIdentity site is not known yet"),
        "{error}"
    );
}

#[test]
fn the_own_account_among_the_signers_is_called_as_cloudfront_calls_it() {
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
fn retiring_disables_once() {
    let mut live = observed();
    assert!(StreamingDistribution::disable(&mut live));
    assert_eq!(live.text_of("Enabled"), Some("false"));
    assert!(!StreamingDistribution::disable(&mut live));
}

#[test]
fn facts_are_read_from_an_answer() {
    let answer = Element::parse(ANSWER.as_bytes()).unwrap();
    let facts = StreamingDistribution::observed_fields(&answer).unwrap();
    let expected = json!({
        "arn": "arn:aws:cloudfront::123456789012:streaming-distribution/E1",
        "status": "InProgress",
        "lastModifiedTime": "2026-11-20T12:00:00.123Z",
        "domainName": "s1.cloudfront.net",
        "activeTrustedSigners": {"enabled": true, "items": [{"awsAccountNumber": "self", "keyPairIds": ["K1"]}]},
    });
    assert_eq!(serde_json::to_value(&facts).unwrap(), expected);
    assert_eq!(
        serde_json::from_value::<ObservedStreamingDistribution>(expected).unwrap(),
        facts
    );
    assert!(!StreamingDistribution::is_deployed(&answer));
}
