//! Origin access controls, which sign CloudFront's requests to an origin.

use super::{
    shared::types::string_enum,
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        Identity, Kind, ListRevision, ManagementSpec, ResolvedReferences, ResourceApi, Status,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An origin access control (OAC) makes CloudFront sign its requests to an origin, so that the origin can reject all other requests.
/// Reference it from the origins of distributions, and allow the distributions in the policy of the bucket, function or channel. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "OriginAccessControl",
    plural = "originaccesscontrols",
    shortname = "cfoac",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedOriginAccessControl>",
    printcolumn(
        name = "Type",
        type_ = "string",
        json_path = ".spec.originAccessControlOriginType"
    ),
    printcolumn(
        name = "Signing",
        type_ = "string",
        json_path = ".spec.signingBehavior"
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&AMZ_AUTH)))]
pub struct OriginAccessControlSpec {
    /// Name of the access control, which no other one of the AWS account has: at most 64 characters. If one with this name exists, it
    /// stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets one from the namespace, the name and
    /// the UID of this object. With `adoptId`, the resource then keeps its name.
    #[schemars(length(min = 1, max = 64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: OriginAccessControlConfig,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `OriginAccessControlConfig` without `Name`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginAccessControlConfig {
    /// Description of the access control for people: at most 256 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub description: String,

    /// Type of the origins that use the access control.
    pub origin_access_control_origin_type: OriginType,

    /// Requests that CloudFront signs. `always` signs all requests to the origin and replaces an `Authorization` header of the viewer.
    /// `never` signs none, which turns the access control off for all its origins. `no-override` signs a request unless the viewer sent an
    /// `Authorization` header, which then reaches the origin. `always-amz-auth`, for functions of Lambda, signs all requests and forwards that
    /// header as well. To forward it, the cache policy of each behavior has to contain it.
    pub signing_behavior: SigningBehavior,

    /// Protocol with which CloudFront signs requests: AWS Signature Version 4, or 4A for requests to several regions.
    pub signing_protocol: SigningProtocol,
}

/// Source: the documentation of `OriginAccessControlConfig`.
const AMZ_AUTH: [Rule; 1] = [Rule::expression(
    "self.signingBehavior != 'always-amz-auth' || self.originAccessControlOriginType == 'lambda'",
    "'signingBehavior always-amz-auth is not possible for origins of type \"%s\": set originAccessControlOriginType to lambda, or signingBehavior to \
     always'.format([self.originAccessControlOriginType])",
)
.at(".signingBehavior")];

string_enum! {
    /// Type of the origins: an S3 bucket, a MediaStore container, a MediaPackage v2 channel or the URL of a Lambda function.
    OriginType: "s3" | "mediastore" | "mediapackagev2" | "lambda"
}

string_enum! {
    /// Requests that CloudFront signs.
    SigningBehavior: "always" | "never" | "no-override" | "always-amz-auth"
}

string_enum! {
    /// Protocol with which CloudFront signs requests.
    SigningProtocol: "sigv4" | "sigv4a"
}

/// CloudFront assigns only the id and the ETag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObservedOriginAccessControl {}

impl Kind for OriginAccessControl {
    const KIND: &'static str = "OriginAccessControl";
    const API: &'static ResourceApi = &ResourceApi {
        identity: Identity::UniqueName {
            member: "Name",
            max_length: 64,
        },
        revision: ListRevision::Members(&[
            "Description",
            "Name",
            "OriginAccessControlOriginType",
            "SigningBehavior",
            "SigningProtocol",
        ]),
        ..ResourceApi::managed(
            "OriginAccessControl",
            "OriginAccessControls",
            "origin-access-control",
            "OriginAccessControlConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"originAccessControlOriginType":"s3","signingBehavior":"always","signingProtocol":"sigv4"}"#;

    type ObservedFields = ObservedOriginAccessControl;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, _: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        xml::to_element(Self::API.config, &self.spec.config)
    }
}
