//! Origins, from which CloudFront fetches content.

use super::{
    form_rules, member_rules,
    origin_type::{CustomOriginConfig, S3OriginConfig, VpcOriginConfig},
    rules,
};
use crate::{
    engine::{LocalReference, ValueSource},
    kinds::shared::{
        self,
        types::{absent_if_empty, shrink_to_fit},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Origins. CloudFront's quota is 100 a distribution, unless raised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Origin:Id")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["id"],
    "minItems" = 1,
    "maxItems" = 250
))]
pub struct Origins(#[serde(deserialize_with = "shrink_to_fit")] pub Vec<Origin>);

/// An origin: a server or an S3 bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [&rules::ORIGIN[..], &member_rules::ORIGIN].concat()))]
pub struct Origin {
    /// ID of the origin, unique in this distribution. Cache behaviors and origin groups refer to it.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,

    /// Domain name of the server, or of the bucket, such as `site.s3.eu-west-1.amazonaws.com`, without scheme, port and path. Exactly one of
    /// `domainName` and `domainNameFrom` is required.
    #[schemars(length(min = 1, max = 253), extend("x-kubernetes-validations" = shared::rules::ORIGIN_HOST_NAME))]
    pub domain_name: Option<String>,

    /// Source of the domain name outside this object, such as a ConfigMap that an infrastructure tool writes. The operator reads it in each
    /// reconciliation and at least every minute.
    pub domain_name_from: Option<ValueSource>,

    /// Path that CloudFront prepends to the path of each request to this origin. It begins with a slash and does not end with one.
    /// Default: empty.
    #[serde(default)]
    #[schemars(length(max = 255), extend("x-kubernetes-validations" = form_rules::ORIGIN_PATH))]
    pub origin_path: String,

    /// Headers that CloudFront adds to each request to this origin. They replace headers of the viewer with the same name. Default: none.
    /// See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html>.
    #[serde(default)]
    pub custom_headers: CustomHeaders,

    /// Settings for an S3 bucket, which CloudFront reads by the S3 protocol. An origin without `customOriginConfig` and `vpcOriginConfig`
    /// has this type. Default: a bucket that CloudFront reads without an identity. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.
    pub s3_origin_config: Option<S3OriginConfig>,

    /// Settings for a web server, an S3 website endpoint or a load balancer, which CloudFront reaches over HTTP or HTTPS. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#DownloadDistValuesOriginSSLProtocols>.
    pub custom_origin_config: Option<CustomOriginConfig>,

    /// Settings for a server in a private subnet, which CloudFront reaches through a VPC origin. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html>.
    pub vpc_origin_config: Option<VpcOriginConfig>,

    /// Number of connection attempts before CloudFront fails over to another origin or returns an error: 1 to 3. Fewer attempts make
    /// failover faster. Default: 3.
    #[serde(default = "default_connection_attempts")]
    #[schemars(range(min = 1, max = 3))]
    pub connection_attempts: i32,

    /// Seconds that CloudFront waits in each connection attempt: 1 to 10. A shorter time makes failover faster. Default: 10.
    #[serde(default = "default_connection_timeout")]
    #[schemars(range(min = 1, max = 10))]
    pub connection_timeout: i32,

    /// Seconds from the request to the last byte of the response, after which CloudFront closes the connection. It must not be less than
    /// `originReadTimeout`. Default: no limit.
    #[schemars(range(min = 1))]
    pub response_completion_timeout: Option<i32>,

    /// Origin Shield, an additional cache layer in front of the origin. It reduces the load on the origin, and CloudFront charges for
    /// each request to it. Default: off. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html>.
    pub origin_shield: Option<OriginShield>,

    /// ID of the origin access control (OAC) that signs requests to this origin. It cannot be combined with an origin access identity. At
    /// most one of `originAccessControlId` and `originAccessControlRef` is allowed. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-origin.html>.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[schemars(length(max = 64))]
    pub origin_access_control_id: Option<String>,

    /// OriginAccessControl object in the same namespace that signs requests to this origin. The distribution waits until that object has
    /// an ID. `status.bucketPolicies` then has the policy that the bucket needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_access_control_ref: Option<LocalReference>,
}

/// Headers for the origin, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/OriginCustomHeader:HeaderName")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["headerName"],
    "maxItems" = 50
))]
pub struct CustomHeaders(pub Vec<OriginCustomHeader>);

/// A header that CloudFront adds to requests to the origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::HEADER))]
pub struct OriginCustomHeader {
    /// Name of the header. Headers that CloudFront sets or removes are rejected, such as `Host`, `Cookie` and `X-Amz-…`.
    #[schemars(length(min = 1, max = 256), extend("x-kubernetes-validations" = form_rules::HEADER_NAME))]
    pub header_name: String,

    /// Value of the header, in one line. All users with read access to this object can read it: use `headerValueFrom` for a secret.
    /// Exactly one of the two is required.
    pub header_value: Option<HeaderValue>,

    /// Source of the value outside this object. The operator reads it in each reconciliation and at least every minute. The value
    /// does not appear in the status, an event or a log.
    pub header_value_from: Option<ValueSource>,
}

impl Origin {
    /// Adds the defaults of whole structures.
    pub(super) fn apply_defaults(&mut self) {
        let shield = self.origin_shield.get_or_insert_default();
        if !shield.enabled {
            // It has no effect, and its removal would be another update and deployment.
            shield.origin_shield_region = None;
        }
        if self.custom_origin_config.is_none() && self.vpc_origin_config.is_none() {
            let s3 = self.s3_origin_config.get_or_insert_default();
            // CloudFront requires this element even if an origin access control reads the bucket.
            s3.origin_access_identity.get_or_insert_default();
        }
    }
}

/// The value of a header, which may be a secret shared with the origin: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct HeaderValue(#[schemars(length(max = 1783))] pub String);

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

/// An additional cache layer between the edge locations and the origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::ORIGIN_SHIELD))]
pub struct OriginShield {
    /// Sends requests to the origin through Origin Shield.
    pub enabled: bool,

    /// AWS Region of Origin Shield. Use the Region with the lowest latency to the origin. Required if `enabled` is true, and not sent
    /// otherwise. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html#choose-origin-shield-region>.
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-validations" = form_rules::REGION))]
    pub origin_shield_region: Option<String>,
}

fn default_connection_attempts() -> i32 {
    3
}

fn default_connection_timeout() -> i32 {
    10
}
