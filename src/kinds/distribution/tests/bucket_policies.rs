//! Bucket policies.

use crate::{
    kinds::distribution::bucket_policies::{BucketPolicies, bucket, bucket_policies},
    xml::Element,
};

#[test]
fn a_bucket_has_the_first_part_of_its_host_name() {
    for (host, expected) in [
        ("site.s3.amazonaws.com", Some("site")),
        ("site.s3.eu-west-1.amazonaws.com", Some("site")),
        ("site.s3-eu-west-1.amazonaws.com", Some("site")),
        (
            "my.s3.site.s3.dualstack.us-east-1.amazonaws.com",
            Some("my.s3.site"),
        ),
        ("Site.S3.amazonaws.com", Some("Site")),
        ("site.s3-website-us-east-1.amazonaws.com", None),
        ("point-1-s3alias.s3.us-east-1.amazonaws.com", None),
        (
            "point-123456789012.s3-accesspoint.us-east-1.amazonaws.com",
            None,
        ),
        ("site.s3.cn-north-1.amazonaws.com.cn", None),
        ("www.example.com", None),
    ] {
        assert_eq!(bucket(host), expected, "{host}");
    }
}

fn response(origins: &[(&str, &str, &str)]) -> Element {
    let origins = origins.iter().map(|(id, host, control)| {
        Element::new("Origin")
            .with(Element::leaf("Id", *id))
            .with(Element::leaf("DomainName", *host))
            .with(Element::leaf("OriginAccessControlId", *control))
    });
    let items = origins.fold(Element::new("Items"), Element::with);
    let config = Element::new("DistributionConfig").with(Element::new("Origins").with(items));
    let arn = "arn:aws:cloudfront::123456789012:distribution/E1";
    Element::new("Distribution")
        .with(Element::leaf("ARN", arn))
        .with(config)
}

#[test]
fn each_bucket_with_an_access_control_has_a_policy_for_this_distribution() {
    let (BucketPolicies(policies), count) = bucket_policies(&response(&[
        ("a", "site.s3.eu-west-1.amazonaws.com", "E2"),
        ("b", "public.s3.amazonaws.com", ""),
        ("c", "id.lambda-url.eu-west-1.on.aws", "E3"),
    ]));
    assert_eq!(count, None);
    let [only] = &policies[..] else {
        panic!("{policies:?}");
    };
    assert_eq!((&*only.origin, &*only.bucket), ("a", "site"));
    let policy: serde_json::Value = serde_json::from_str(&only.policy).unwrap();
    let statement = &policy["Statement"][0];
    assert_eq!(statement["Resource"], "arn:aws:s3:::site/*");
    assert_eq!(
        statement["Condition"]["StringEquals"]["AWS:SourceArn"],
        "arn:aws:cloudfront::123456789012:distribution/E1"
    );
}

#[test]
fn more_than_ten_policies_are_counted() {
    let origins = [("a", "site.s3.amazonaws.com", "E2"); 12];
    let (BucketPolicies(policies), count) = bucket_policies(&response(&origins));
    assert_eq!((policies.len(), count), (10, Some(12)));
}
