//! HTTP versions, access logs and geographic restrictions.

use super::rules;
use crate::kinds::shared::{self, fields, types::string_enum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// The newest version of HTTP that viewers can use.
    HttpVersion: "http1.1" | "http2" | "http3" | "http2and3" = "http2"
}

/// Standard access logs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = shared::rules::LOGGING))]
pub struct Logging {
    /// Whether requests are logged to `bucket`. Default: false.
    #[serde(default)]
    pub enabled: bool,

    /// Whether cookies are logged too. Default: false.
    #[serde(default)]
    pub include_cookies: bool,

    /// S3 bucket for the logs, as in `logs.s3.amazonaws.com`; a bare bucket name is completed to that. Needed when logging is on.
    /// Default: empty.
    #[serde(default)]
    #[schemars(length(max = 253))]
    pub bucket: String,

    /// What the names of log files begin with, such as `www/`. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 256))]
    pub prefix: String,
}

impl Logging {
    /// Completes the bucket to the host name that CloudFront returns for it.
    pub(super) fn apply_defaults(&mut self) {
        fields::normalize_bucket(&mut self.bucket);
    }
}

/// Who may not fetch content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Restrictions {
    /// Restriction by the viewer's country.
    pub geo_restriction: GeoRestriction,
}

/// Restriction by country.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::GEO_RESTRICTION))]
pub struct GeoRestriction {
    /// Whether `items` are the only countries that get content (`whitelist`), the only ones that do not (`blacklist`), or there is
    /// no restriction (`none`).
    pub restriction_type: GeoRestrictionType,

    /// Countries, by their ISO 3166-1 code of two capital letters. Default: none.
    #[serde(default)]
    pub items: Locations,
}

string_enum! {
    /// What a list of countries means.
    GeoRestrictionType: "blacklist" | "whitelist" | "none" = "none"
}

/// Countries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Location")]
#[schemars(extend("x-kubernetes-list-type" = "set", "maxItems" = 300))]
pub struct Locations(
    #[schemars(inner(length(max = 2), regex(pattern = "^[A-Z]{2}$")))] pub Vec<String>,
);
