//! The bucket policies that let a distribution with an origin access control read its S3 buckets.

use crate::xml::Element;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The number of policies in the status.
const MAX_POLICIES: usize = 10;

/// Host names of S3 that stand for something else than a bucket.
const OTHER_HOSTS: [&str; 4] = [
    ".s3-accesspoint",
    ".s3-object-lambda",
    ".s3-outposts",
    ".s3-website",
];

/// Endings of the aliases of access points, which have the form of bucket names.
const ALIAS_ENDINGS: [&str; 2] = ["-s3alias", "--ol-s3"];

/// Policies of buckets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/BucketPolicy")]
#[schemars(extend("x-kubernetes-list-type" = "atomic", "maxItems" = MAX_POLICIES))]
pub struct BucketPolicies(pub Vec<BucketPolicy>);

/// The policy of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketPolicy {
    /// ID of the origin.
    pub origin: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Bucket policy in JSON that allows this distribution to read the objects of the bucket.
    pub policy: String,
}

/// Returns the policies for a response, and their number if there are more.
///
/// The form of a policy is that of
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.
pub(super) fn bucket_policies(document: &Element) -> (BucketPolicies, Option<i64>) {
    let Some(arn) = document.text_of("ARN") else {
        return Default::default();
    };
    let config = document.child("DistributionConfig");
    let origins = config.and_then(|it| it.child("Origins")?.child("Items"));
    let origins = origins.map_or(&[][..], Element::children);
    let mut policies: Vec<_> = origins.iter().filter_map(|it| policy(it, arn)).collect();
    let count = policies.len();
    policies.truncate(MAX_POLICIES);
    let count = (count > MAX_POLICIES).then(|| i64::try_from(count).unwrap_or(i64::MAX));
    (BucketPolicies(policies), count)
}

fn policy(origin: &Element, distribution: &str) -> Option<BucketPolicy> {
    let control = origin.text_of("OriginAccessControlId").unwrap_or_default();
    let bucket = bucket(origin.text_of("DomainName")?).filter(|_| !control.is_empty())?;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "cloudfront.amazonaws.com" },
            "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{bucket}/*"),
            "Condition": { "StringEquals": { "AWS:SourceArn": distribution } },
        }],
    });
    Some(BucketPolicy {
        origin: origin.text_of("Id")?.to_owned(),
        bucket: bucket.to_owned(),
        policy: policy.to_string(),
    })
}

/// Returns the name of the bucket with a host name such as `site.s3.eu-west-1.amazonaws.com`.
pub(super) fn bucket(host: &str) -> Option<&str> {
    let lower = host.to_ascii_lowercase();
    let end = [".s3.", ".s3-"]
        .iter()
        .filter_map(|it| lower.rfind(it))
        .max()?;
    let (name, service) = (&lower[..end], &lower[end..]);
    let is_bucket = service.ends_with(".amazonaws.com")
        && !OTHER_HOSTS.iter().any(|it| service.starts_with(it))
        && !ALIAS_ENDINGS.iter().any(|it| name.ends_with(it));
    is_bucket.then_some(&host[..end])
}
