//! What the engine asks of a distribution.

use super::{at, bucket, desired, distribution, read_back, text};
use crate::{
    engine::{Kind, ResolvedReferences, Status},
    kinds::distribution::{Distribution, observed::ObservedDistribution},
    xml::Element,
};
use serde_json::{Value, json};

fn by_reference() -> Value {
    json!({"origins": [{
        "id": "bucket",
        "domainName": "site.s3.amazonaws.com",
        "s3OriginConfig": {"originAccessIdentityRef": {"name": "site"}},
    }]})
}

#[test]
fn a_reference_is_a_dependency_and_becomes_the_path_of_an_identity() {
    let distribution = bucket(&by_reference());
    let references = distribution.references();
    assert_eq!(references.len(), 1);
    assert_eq!(
        (references[0].kind, &*references[0].name),
        ("OriginAccessIdentity", "site")
    );
    let config = desired(&distribution);
    assert_eq!(
        text(
            &config,
            "Origins/Items/Origin/S3OriginConfig/OriginAccessIdentity"
        ),
        Some("origin-access-identity/cloudfront/E1IDENTITY")
    );
    assert!(!config.to_string().contains("Ref"));
}

#[test]
fn a_reference_that_leads_nowhere_never_opens_the_bucket() {
    let error = bucket(&by_reference())
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
fn retiring_disables_once() {
    let mut live = read_back::of_a_bucket();
    assert!(Distribution::disable(&mut live));
    assert_eq!(live.text_of("Enabled"), Some("false"));
    assert!(!Distribution::disable(&mut live));
}

#[test]
fn tags_are_the_specs() {
    let tagged = bucket(&json!({"tags": {"team": "web"}}));
    assert_eq!(
        tagged.tags(),
        [("team".to_owned(), "web".to_owned())].into()
    );
}

#[test]
fn facts_are_read_from_an_answer() {
    let answer = "<Distribution><Id>E1</Id><ARN>arn:aws:cloudfront::123456789012:distribution/E1</ARN><Status>InProgress</Status>\
        <LastModifiedTime>2026-11-20T12:00:00.123Z</LastModifiedTime>\
        <InProgressInvalidationBatches>2</InProgressInvalidationBatches><DomainName>d1.cloudfront.net</DomainName>\
        <ActiveTrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></ActiveTrustedSigners>\
        <ActiveTrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items><KeyGroup><KeyGroupId>k</KeyGroupId>\
        <KeyPairIds><Quantity>1</Quantity><Items><KeyPairId>K1</KeyPairId></Items></KeyPairIds></KeyGroup></Items>\
        </ActiveTrustedKeyGroups><DistributionConfig/>\
        <AliasICPRecordals><AliasICPRecordal><CNAME>www.example.com</CNAME><ICPRecordalStatus>APPROVED</ICPRecordalStatus>\
        </AliasICPRecordal></AliasICPRecordals></Distribution>";
    let facts = Distribution::observed_fields(&Element::parse(answer.as_bytes()).unwrap()).unwrap();
    let expected = json!({
        "arn": "arn:aws:cloudfront::123456789012:distribution/E1",
        "status": "InProgress",
        "lastModifiedTime": "2026-11-20T12:00:00.123Z",
        "inProgressInvalidationBatches": 2,
        "domainName": "d1.cloudfront.net",
        "activeTrustedSigners": {"enabled": false, "items": []},
        "activeTrustedKeyGroups": {"enabled": true, "items": [{"keyGroupId": "k", "keyPairIds": ["K1"]}]},
        "aliasICPRecordals": [{"cname": "www.example.com", "icpRecordalStatus": "APPROVED"}],
    });
    assert_eq!(serde_json::to_value(&facts).unwrap(), expected);
    assert_eq!(
        serde_json::from_value::<ObservedDistribution>(expected).unwrap(),
        facts
    );
}

#[test]
fn a_word_that_cloudfront_invents_can_be_read() {
    let spec = json!({
        "origins": [{"id": "a", "domainName": "a.example.com"}],
        "defaultCacheBehavior": {"targetOriginId": "a", "viewerProtocolPolicy": "teleport"},
        "httpVersion": "http4",
    });
    assert_eq!(distribution(spec).spec.config.http_version.0, "http4");
}

#[test]
fn the_value_of_a_header_is_not_in_debug_output() {
    let secret = bucket(&json!({"origins": [{
        "id": "bucket",
        "domainName": "a.example.com",
        "customHeaders": [{"headerName": "x-key", "headerValue": "hunter2"}],
    }]}));
    assert!(!format!("{secret:?}").contains("hunter2"));
    assert!(desired(&secret).to_string().contains("hunter2"));
}

#[test]
fn the_own_account_among_the_signers_is_called_as_cloudfront_calls_it() {
    let mut signed = bucket(&json!({"defaultCacheBehavior": {
        "trustedSigners": {"enabled": true, "items": ["123456789012", "210987654321"]},
    }}));
    let signers = "DefaultCacheBehavior/TrustedSigners/Items";
    let names = |config: &Element| -> Vec<String> {
        let items = at(config, signers).unwrap().children().iter();
        items.map(|it| it.text().to_owned()).collect()
    };
    assert_eq!(names(&desired(&signed)), ["123456789012", "210987654321"]);
    let mut status = Status::<ObservedDistribution>::default();
    status.observed_fields.arn =
        Some("arn:aws:cloudfront::123456789012:distribution/E1".to_owned());
    signed.status = Some(status);
    assert_eq!(names(&desired(&signed)), ["self", "210987654321"]);
}

#[test]
fn a_distribution_for_tenants_leaves_to_their_connections_what_is_theirs() {
    let shared = desired(&bucket(&json!({"connectionMode": "tenant-only"})));
    for member in ["Aliases", "IsIPV6Enabled", "PriceClass"] {
        assert_eq!(shared.child(member), None);
        assert!(desired(&bucket(&json!({}))).child(member).is_some());
    }
    let insisting = desired(&bucket(
        &json!({"connectionMode": "tenant-only", "isIPV6Enabled": true}),
    ));
    assert_eq!(insisting.text_of("IsIPV6Enabled"), Some("true"));
}

#[test]
fn a_distribution_whose_mode_is_not_managed_heeds_the_one_it_has() {
    let shared = desired(&bucket(&json!({"connectionMode": "tenant-only"})));
    let unsaid = || desired(&bucket(&json!({})));
    let mut heeding = unsaid();
    Distribution::prune_for_update(&mut heeding, &shared);
    for member in ["Aliases", "IsIPV6Enabled", "PriceClass"] {
        assert_eq!(heeding.child(member), None);
    }
    let mut direct = unsaid();
    Distribution::prune_for_update(&mut direct, &unsaid());
    assert_eq!(direct, unsaid());
}
