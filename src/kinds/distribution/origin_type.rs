//! Types of origins, and the connections of CloudFront to them.

use super::rules;
use crate::{
    engine::LocalReference,
    kinds::shared::{self, types::string_enum},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An S3 bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = shared::rules::IDENTITY))]
pub struct S3OriginConfig {
    /// Origin access identity that reads the bucket, as `origin-access-identity/cloudfront/` and its id; at most one of this and
    /// `originAccessIdentityRef`. Default: none, for a public bucket or one read through `originAccessControlId`.
    #[schemars(
        length(max = 128),
        regex(pattern = r"^(origin-access-identity/cloudfront/[A-Za-z0-9_-]+)?$")
    )]
    pub origin_access_identity: Option<String>,

    /// OriginAccessIdentity object of the same namespace that reads the bucket; the distribution waits until it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_access_identity_ref: Option<LocalReference>,

    /// Seconds that CloudFront waits for the bucket's answer, and for each further part of it: 1 to 120. Default: 30.
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

/// A web server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomOriginConfig {
    /// Port for HTTP: 80, 443 or 1024 to 65535. Default: 80.
    #[serde(default = "default_http_port")]
    #[schemars(range(min = 1, max = 65535), extend("x-kubernetes-validations" = rules::PORT))]
    pub http_port: i32,

    /// Port for HTTPS: 80, 443 or 1024 to 65535. Default: 443.
    #[serde(default = "default_https_port")]
    #[schemars(range(min = 1, max = 65535), extend("x-kubernetes-validations" = rules::PORT))]
    pub https_port: i32,

    /// Protocol towards the origin: always HTTP, always HTTPS, or the one the viewer used.
    pub origin_protocol_policy: OriginProtocolPolicy,

    /// Versions of TLS that CloudFront may use towards the origin. Default: `SSLv3` and `TLSv1`, which is CloudFront's own and
    /// too old for most servers: for an origin reached over HTTPS set `[TLSv1.2]`.
    #[serde(default)]
    pub origin_ssl_protocols: OriginSslProtocols,

    /// Seconds that CloudFront waits for the origin's answer, and for each further part of it: 1 to 120 unless the quota is raised.
    /// Default: 30.
    #[serde(default = "default_read_timeout")]
    #[schemars(range(min = 1))]
    pub origin_read_timeout: i32,

    /// Seconds that an idle connection to the origin is kept: 1 to 120 unless the quota is raised. Default: 5.
    #[serde(default = "default_keepalive_timeout")]
    #[schemars(range(min = 1))]
    pub origin_keepalive_timeout: i32,

    /// Whether the origin is reached over IPv4, IPv6 or either. Default: IPv4.
    pub ip_address_type: Option<IpAddressType>,

    /// Certificate that CloudFront shows to the origin (mutual TLS). Default: none.
    pub origin_mtls_config: Option<OriginMtlsConfig>,
}

string_enum! {
    /// How CloudFront talks to an origin.
    OriginProtocolPolicy: "http-only" | "match-viewer" | "https-only"
}

string_enum! {
    /// Address family towards an origin.
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

/// The certificate that CloudFront shows to an origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginMtlsConfig {
    /// ARN of the client certificate in ACM.
    #[schemars(length(min = 1, max = 2048))]
    pub client_certificate_arn: String,
}

/// A server in a private subnet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VpcOriginConfig {
    /// Id of the VPC origin.
    #[schemars(length(min = 1, max = 64))]
    pub vpc_origin_id: String,

    /// AWS account that owns the VPC origin, if it is shared with this one. Unmanaged when absent, and this account for a new
    /// origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{12}$"), length(max = 12))]
    pub owner_account_id: Option<String>,

    /// Seconds that CloudFront waits for the origin's answer, and for each further part of it: 1 to 120 unless the quota is raised.
    /// Default: 30.
    #[serde(default = "default_read_timeout")]
    #[schemars(range(min = 1))]
    pub origin_read_timeout: i32,

    /// Seconds that an idle connection to the origin is kept: 1 to 120 unless the quota is raised. Default: 5.
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
