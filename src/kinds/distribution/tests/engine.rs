//! The implementation of `Kind` for distributions.

use super::{at, bucket, desired, distribution, read_back, text};
use crate::{
    engine::{Kind, ResolvedReferences, Status},
    kinds::distribution::{Distribution, observed::ObservedDistribution},
    xml::Element,
};
use serde_json::{Value, json};

fn reference_spec() -> Value {
    json!({"origins": [{
        "id": "bucket",
        "domainName": "site.s3.amazonaws.com",
        "s3OriginConfig": {"originAccessIdentityRef": {"name": "site"}},
    }]})
}

#[test]
fn a_reference_to_an_identity_is_replaced_by_the_path_of_the_identity() {
    let distribution = bucket(&reference_spec());
    let objects = distribution.sources().objects;
    assert_eq!(objects.len(), 1);
    assert_eq!(
        (objects[0].target.kind, &*objects[0].target.name),
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
fn an_unresolved_reference_is_an_error() {
    let error = bucket(&reference_spec())
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
fn disabling_changes_an_enabled_distribution_only() {
    let mut live = read_back::with_bucket();
    assert!((Distribution::HOOKS.disable)(&mut live));
    assert_eq!(live.text_of("Enabled"), Some("false"));
    assert!(!(Distribution::HOOKS.disable)(&mut live));
}

#[test]
fn tags_come_from_the_spec() {
    let tagged = bucket(&json!({"tags": {"team": "web"}}));
    assert_eq!(
        tagged.tags(),
        [("team".to_owned(), "web".to_owned())].into()
    );
}

#[test]
fn the_status_is_read_from_a_response() {
    let response = "<Distribution><Id>E1</Id><ARN>arn:aws:cloudfront::123456789012:distribution/E1</ARN><Status>InProgress</Status>\
        <LastModifiedTime>2026-11-20T12:00:00.123Z</LastModifiedTime>\
        <InProgressInvalidationBatches>2</InProgressInvalidationBatches><DomainName>d1.cloudfront.net</DomainName>\
        <ActiveTrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></ActiveTrustedSigners>\
        <ActiveTrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items><KeyGroup><KeyGroupId>k</KeyGroupId>\
        <KeyPairIds><Quantity>1</Quantity><Items><KeyPairId>K1</KeyPairId></Items></KeyPairIds></KeyGroup></Items>\
        </ActiveTrustedKeyGroups><DistributionConfig/>\
        <AliasICPRecordals><AliasICPRecordal><CNAME>www.example.com</CNAME><ICPRecordalStatus>APPROVED</ICPRecordalStatus>\
        </AliasICPRecordal></AliasICPRecordals></Distribution>";
    let fields =
        Distribution::observed_fields(&Element::parse(response.as_bytes()).unwrap()).unwrap();
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
    assert_eq!(serde_json::to_value(&fields).unwrap(), expected);
    assert_eq!(
        serde_json::from_value::<ObservedDistribution>(expected).unwrap(),
        fields
    );
}

#[test]
fn unknown_enum_values_can_be_read() {
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
fn the_own_account_among_the_trusted_signers_becomes_self() {
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
fn a_tenant_only_distribution_has_no_defaults_of_connection_group_fields() {
    let tenant_only = desired(&bucket(&json!({"connectionMode": "tenant-only"})));
    for member in ["Aliases", "IsIPV6Enabled", "PriceClass"] {
        assert_eq!(tenant_only.child(member), None);
        assert!(desired(&bucket(&json!({}))).child(member).is_some());
    }
    let explicit = desired(&bucket(
        &json!({"connectionMode": "tenant-only", "isIPV6Enabled": true}),
    ));
    assert_eq!(explicit.text_of("IsIPV6Enabled"), Some("true"));
}

#[test]
fn without_a_mode_in_the_spec_the_mode_of_the_existing_distribution_applies() {
    let tenant_only = desired(&bucket(&json!({"connectionMode": "tenant-only"})));
    let without_mode = || desired(&bucket(&json!({})));
    let mut pruned = without_mode();
    (Distribution::HOOKS.prune_for_update)(&mut pruned, &tenant_only);
    for member in ["Aliases", "IsIPV6Enabled", "PriceClass"] {
        assert_eq!(pruned.child(member), None);
    }
    let mut direct = without_mode();
    (Distribution::HOOKS.prune_for_update)(&mut direct, &without_mode());
    assert_eq!(direct, without_mode());
}
