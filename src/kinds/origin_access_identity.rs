//! Origin access identities, which let CloudFront read a private S3 bucket.

use super::{shared, validation::with_management};
use crate::{
    engine::{Kind, ListRevision, ManagementSpec, ResolvedReferences, ResourceApi, Status},
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An origin access identity (OAI) lets CloudFront read a private S3 bucket. Grant it access in the bucket policy and reference it from
/// the origin. AWS recommends origin access control (OAC) for new distributions. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "OriginAccessIdentity",
    plural = "originaccessidentities",
    shortname = "cfoai",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedOriginAccessIdentity>",
    printcolumn(name = "Comment", type_ = "string", json_path = ".spec.comment")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&[])))]
pub struct OriginAccessIdentitySpec {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// The fields that CloudFront assigns to an origin access identity, and the two forms in which other resources refer to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedOriginAccessIdentity {
    /// Canonical user ID of the identity in Amazon S3, for access control lists (ACLs).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_canonical_user_id: Option<String>,

    /// ARN of the identity, for `Principal` in a bucket policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam_arn: Option<String>,

    /// Bucket policy in JSON that allows the identity to read the objects of a bucket. Replace `BUCKET` with the name of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_policy: Option<String>,

    /// Path of the identity, for `originAccessIdentity` in the origin of a distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// CloudFront's `CloudFrontOriginAccessIdentityConfig` without `CallerReference`.
#[derive(Serialize)]
struct IdentityConfig<'a> {
    comment: &'a str,
}

impl Kind for OriginAccessIdentity {
    const KIND: &'static str = "OriginAccessIdentity";
    const API: &'static ResourceApi = &ResourceApi {
        revision: ListRevision::Members(&["Comment"]),
        ..ResourceApi::managed(
            "CloudFrontOriginAccessIdentity",
            "CloudFrontOriginAccessIdentities",
            "origin-access-identity/cloudfront",
            "CloudFrontOriginAccessIdentityConfig",
        )
    };

    type ObservedFields = ObservedOriginAccessIdentity;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn config(&self, _: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let comment = &self.spec.comment;
        xml::to_element(Self::API.config, &IdentityConfig { comment })
    }

    fn observed_fields(document: &Element) -> Result<ObservedOriginAccessIdentity, xml::XmlError> {
        let id = document.text_of("Id");
        let iam_arn = id.map(|id| {
            format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id}")
        });
        Ok(ObservedOriginAccessIdentity {
            s3_canonical_user_id: document.text_of("S3CanonicalUserId").map(str::to_owned),
            bucket_policy: iam_arn.as_deref().map(bucket_policy),
            iam_arn,
            path: id.map(|id| format!("origin-access-identity/cloudfront/{id}")),
        })
    }
}

/// Returns the bucket policy that lets a principal read the objects of the bucket `BUCKET`, as the developer guide gives it in
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.
fn bucket_policy(principal: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": principal },
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::BUCKET/*",
        }],
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESPONSE: &str = "<CloudFrontOriginAccessIdentity><Id>E74FTE3AEXAMPLE</Id><S3CanonicalUserId>cd13868f</S3CanonicalUserId>\
        <CloudFrontOriginAccessIdentityConfig><CallerReference>r</CallerReference><Comment>a &amp; b</Comment>\
        </CloudFrontOriginAccessIdentityConfig></CloudFrontOriginAccessIdentity>";

    fn identity(comment: &str) -> OriginAccessIdentity {
        let spec = serde_json::from_value(serde_json::json!({ "comment": comment })).unwrap();
        OriginAccessIdentity::new("site", spec)
    }

    #[test]
    fn the_response_to_a_create_request_is_in_sync() {
        let response = Element::parse(RESPONSE.as_bytes()).unwrap();
        let mut remote = response
            .child(OriginAccessIdentity::API.config)
            .unwrap()
            .clone();
        let desired = identity("a & b")
            .config(&ResolvedReferences::default())
            .unwrap();
        assert_eq!(remote.overlay(&desired), []);
    }

    #[test]
    fn a_different_comment_is_drift() {
        let response = Element::parse(RESPONSE.as_bytes()).unwrap();
        let mut remote = response
            .child(OriginAccessIdentity::API.config)
            .unwrap()
            .clone();
        let desired = identity("").config(&ResolvedReferences::default()).unwrap();
        assert_eq!(remote.overlay(&desired).len(), 1);
    }

    #[test]
    fn the_status_has_the_arn_for_a_bucket_policy_and_the_path_for_a_distribution() {
        let fields =
            OriginAccessIdentity::observed_fields(&Element::parse(RESPONSE.as_bytes()).unwrap())
                .unwrap();
        let policy: serde_json::Value =
            serde_json::from_str(fields.bucket_policy.as_deref().unwrap()).unwrap();
        let statement = &policy["Statement"][0];
        assert_eq!(statement["Resource"], "arn:aws:s3:::BUCKET/*");
        assert_eq!(
            statement["Principal"]["AWS"].as_str(),
            fields.iam_arn.as_deref()
        );
        assert_eq!(
            fields,
            ObservedOriginAccessIdentity {
                bucket_policy: fields.bucket_policy.clone(),
                s3_canonical_user_id: Some("cd13868f".to_owned()),
                iam_arn: Some(
                    "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E74FTE3AEXAMPLE".to_owned()
                ),
                path: Some("origin-access-identity/cloudfront/E74FTE3AEXAMPLE".to_owned()),
            }
        );
    }
}
