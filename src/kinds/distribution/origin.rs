//! Origins, from which CloudFront fetches content.

use super::{
    origin_type::{CustomOriginConfig, S3OriginConfig, VpcOriginConfig},
    rules,
};
use crate::{
    engine::{Secrets, ValueSource},
    kinds::shared::types::shrink_to_fit,
    xml,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, ser::Error as _};
use std::fmt;

/// Origins. CloudFront's quota is 100 a distribution unless raised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Origin")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["id"],
    "minItems" = 1,
    "maxItems" = 250
))]
pub struct Origins(#[serde(deserialize_with = "shrink_to_fit")] pub Vec<Origin>);

/// One server or bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::ORIGIN))]
pub struct Origin {
    /// Name of the origin within this distribution, by which behaviors and origin groups refer to it.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,

    /// Host name of the server, or of the bucket as in `site.s3.eu-west-1.amazonaws.com`; without scheme, port and path.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[^/:\s]+$"))]
    pub domain_name: String,

    /// Path that is put before the path of every request to this origin: begins with a slash and does not end with one.
    /// Default: empty.
    #[serde(default)]
    #[schemars(length(max = 255), regex(pattern = r"^(/.*[^/])?$"), extend("x-kubernetes-validations" = rules::PATH))]
    pub origin_path: String,

    /// Headers that are added to every request to this origin; the viewer's of the same name are replaced. Default: none.
    #[serde(default)]
    pub custom_headers: CustomHeaders,

    /// Makes the origin an S3 bucket that is read by S3's own protocol. Without `customOriginConfig` and `vpcOriginConfig` the
    /// origin is of this type, and then the default is a bucket read without an identity.
    pub s3_origin_config: Option<S3OriginConfig>,

    /// Makes the origin a web server, an S3 website endpoint or a load balancer, reached over HTTP.
    pub custom_origin_config: Option<CustomOriginConfig>,

    /// Makes the origin a server in a private subnet, reached through a VPC origin.
    pub vpc_origin_config: Option<VpcOriginConfig>,

    /// How often CloudFront tries to connect before it gives up: 1 to 3 times. Default: 3.
    #[serde(default = "default_connection_attempts")]
    #[schemars(range(min = 1, max = 3))]
    pub connection_attempts: i32,

    /// Seconds that one attempt to connect may take: 1 to 10. Default: 10.
    #[serde(default = "default_connection_timeout")]
    #[schemars(range(min = 1, max = 10))]
    pub connection_timeout: i32,

    /// Seconds from the request until the origin's last byte, after which CloudFront drops the answer; not below
    /// `originReadTimeout`. Default: no limit.
    #[schemars(range(min = 1))]
    pub response_completion_timeout: Option<i32>,

    /// Another layer of cache in front of the origin, which spares it requests and is charged for. Default: off.
    pub origin_shield: Option<OriginShield>,

    /// Origin access control that signs requests to this origin. Not together with an origin access identity. Default: none.
    #[schemars(length(min = 1, max = 64))]
    pub origin_access_control_id: Option<String>,
}

/// Headers for the origin, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/OriginCustomHeader")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map",
    "x-kubernetes-list-map-keys" = ["headerName"],
    "maxItems" = 50
))]
pub struct CustomHeaders(pub Vec<OriginCustomHeader>);

/// One header for the origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::HEADER))]
pub struct OriginCustomHeader {
    /// Name of the header, which cannot be one that CloudFront itself sets or removes, such as `Host`, `Cookie` or `X-Amz-…`.
    #[schemars(length(min = 1, max = 256), regex(pattern = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"), extend("x-kubernetes-validations" = rules::HEADER_NAME))]
    pub header_name: String,

    /// Value of the header, in one line. Everyone who may read this object can read it: for a secret shared with the origin use
    /// `headerValueFrom`. Exactly one of the two is set.
    pub header_value: Option<HeaderValue>,

    /// Where the value comes from, instead of standing in this object. It is read at each pass and at least every five minutes, and is
    /// shown nowhere: not in the status, nor in an event or a log.
    pub header_value_from: Option<ValueSource>,
}

impl Origin {
    /// Adds the defaults of whole structures.
    pub(super) fn apply_defaults(&mut self) {
        self.origin_shield.get_or_insert_default();
        if self.custom_origin_config.is_none() && self.vpc_origin_config.is_none() {
            let s3 = self.s3_origin_config.get_or_insert_default();
            // CloudFront requires this element even if an origin access control reads the bucket.
            s3.origin_access_identity.get_or_insert_default();
        }
    }
}

impl OriginCustomHeader {
    /// Replaces the reference to a Secret by the value of its key.
    pub(super) fn resolve(&mut self, secrets: &Secrets) -> Result<(), xml::XmlError> {
        let Some(source) = self.header_value_from.take() else {
            return Ok(());
        };
        let key = source.secret_key_ref;
        let value = secrets.value(&key).ok_or_else(|| {
            xml::XmlError::custom(format!(
                "key {} of Secret {} was not read",
                key.key, key.name
            ))
        })?;
        self.header_value = Some(HeaderValue(value.to_owned()));
        Ok(())
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

/// A second cache between the edges and the origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::ORIGIN_SHIELD))]
pub struct OriginShield {
    /// Whether requests to the origin pass through the shield.
    pub enabled: bool,

    /// Region of the shield, best the one closest to the origin. Needed when the shield is enabled.
    #[schemars(length(min = 1, max = 32), regex(pattern = r"^[a-z]{2}-[a-z]+-\d$"))]
    pub origin_shield_region: Option<String>,
}

fn default_connection_attempts() -> i32 {
    3
}

fn default_connection_timeout() -> i32 {
    10
}
