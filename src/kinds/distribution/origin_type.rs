//! Types of origins, and the connections of CloudFront to them.

use super::{form_rules, member_rules, rules};
use crate::{
    engine::{LocalReference, ValueSource},
    kinds::shared::{
        self,
        types::{absent_if_empty, string_enum},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings for an S3 bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct S3OriginConfig {
    /// Origin access identity (OAI) that reads the bucket: `origin-access-identity/cloudfront/` followed by its ID. At most one of
    /// `originAccessIdentity` and `originAccessIdentityRef` is allowed. Default: none, for a public bucket or one with
    /// `originAccessControlId`.
    #[schemars(
        length(max = 128),
        extend("x-kubernetes-validations" = shared::rules::IDENTITY_PATH)
    )]
    pub origin_access_identity: Option<String>,

    /// OriginAccessIdentity object in the same namespace that reads the bucket. The distribution waits until that object is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_access_identity_ref: Option<LocalReference>,

    /// Seconds that CloudFront waits for the response of the bucket, and for each further part of it: 1 to 120. Default: 30.
    #[serde(default = "default_read_timeout")]
    #[schemars(range(min = 1, max = 120))]
    pub origin_read_timeout: i32,
}

impl Default for S3OriginConfig {
    fn default() -> Self {
        Self {
            origin_access_identity: None,
            origin_access_identity_ref: None,
            origin_read_timeout: default_read_timeout(),
        }
    }
}

/// Settings for a web server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = member_rules::CUSTOM_ORIGIN))]
pub struct CustomOriginConfig {
    /// HTTP port of the origin: 80, 443 or 1024 to 65535. Default: 80.
    #[serde(default = "default_http_port")]
    #[schemars(range(min = 1, max = 65535), extend("x-kubernetes-validations" = rules::PORT))]
    pub http_port: i32,

    /// HTTPS port of the origin: 80, 443 or 1024 to 65535. Default: 443.
    #[serde(default = "default_https_port")]
    #[schemars(range(min = 1, max = 65535), extend("x-kubernetes-validations" = rules::PORT))]
    pub https_port: i32,

    /// Protocol for requests to the origin: HTTP (`http-only`), HTTPS (`https-only`), or that of the viewer's request (`match-viewer`).
    pub origin_protocol_policy: OriginProtocolPolicy,

    /// SSL and TLS versions that CloudFront may use for HTTPS to the origin. Default: `SSLv3` and `TLSv1`, as in CloudFront. Most servers
    /// reject these versions: set `[TLSv1.2]` for an origin with HTTPS.
    #[serde(default)]
    pub origin_ssl_protocols: OriginSslProtocols,

    /// Seconds that CloudFront waits for the response of the origin, and for each further part of it: 1 to 120, unless the quota is
    /// raised. Default: 30.
    #[serde(default = "default_read_timeout")]
    #[schemars(range(min = 1))]
    pub origin_read_timeout: i32,

    /// Seconds that CloudFront keeps an idle connection to the origin open: 1 to 120, unless the quota is raised. A longer time saves
    /// connection setup and reduces latency. Default: 5.
    #[serde(default = "default_keepalive_timeout")]
    #[schemars(range(min = 1))]
    pub origin_keepalive_timeout: i32,

    /// IP version for connections to the origin: IPv4, IPv6 or either of them. Default: IPv4.
    pub ip_address_type: Option<IpAddressType>,

    /// Mutual TLS (mTLS): the certificate that CloudFront presents to the origin. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-mtls-authentication.html>.
    pub origin_mtls_config: Option<OriginMtlsConfig>,
}

string_enum! {
    /// The protocol for requests to an origin.
    OriginProtocolPolicy: "http-only" | "match-viewer" | "https-only"
}

string_enum! {
    /// The IP version for connections to an origin.
    IpAddressType: "ipv4" | "ipv6" | "dualstack"
}

string_enum! {
    /// A version of SSL or TLS.
    SslProtocol: "SSLv3" | "TLSv1" | "TLSv1.1" | "TLSv1.2"
}

/// Versions of SSL or TLS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/SslProtocol")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 10))]
pub struct OriginSslProtocols(pub Vec<SslProtocol>);

impl Default for OriginSslProtocols {
    fn default() -> Self {
        Self(
            ["SSLv3", "TLSv1"]
                .map(|it| SslProtocol(it.to_owned()))
                .into(),
        )
    }
}

/// The client certificate that CloudFront presents to an origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::CLIENT_CERTIFICATE))]
pub struct OriginMtlsConfig {
    /// ARN of the client certificate in AWS Certificate Manager (ACM). Exactly one of `clientCertificateArn` and
    /// `clientCertificateArnFrom` is required.
    #[schemars(length(min = 1, max = 2048), extend("x-kubernetes-validations" = rules::ACM_ARN))]
    pub client_certificate_arn: Option<String>,

    /// Source of that ARN outside this object. The operator reads it in each reconciliation and at least every minute.
    pub client_certificate_arn_from: Option<ValueSource>,
}

/// Settings for a server in a private subnet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VpcOriginConfig {
    /// ID of the VPC origin.
    #[schemars(length(min = 1, max = 64))]
    pub vpc_origin_id: String,

    /// AWS account that owns the VPC origin, if it is shared with this account. Unmanaged when absent; a new origin belongs to this
    /// account.
    #[serde(
        default,
        deserialize_with = "absent_if_empty",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(length(max = 12), extend("x-kubernetes-validations" = form_rules::ACCOUNT_NUMBER))]
    pub owner_account_id: Option<String>,

    /// Seconds that CloudFront waits for the response of the origin, and for each further part of it: 1 to 120, unless the quota is
    /// raised. Default: 30.
    #[serde(default = "default_read_timeout")]
    #[schemars(range(min = 1))]
    pub origin_read_timeout: i32,

    /// Seconds that CloudFront keeps an idle connection to the origin open: 1 to 120, unless the quota is raised. A longer time saves
    /// connection setup and reduces latency. Default: 5.
    #[serde(default = "default_keepalive_timeout")]
    #[schemars(range(min = 1))]
    pub origin_keepalive_timeout: i32,
}

fn default_read_timeout() -> i32 {
    30
}

fn default_keepalive_timeout() -> i32 {
    5
}

fn default_http_port() -> i32 {
    80
}

fn default_https_port() -> i32 {
    443
}
