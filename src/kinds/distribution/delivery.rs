//! HTTP versions, access logs and geographic restrictions.

use super::{form_rules, rules};
use crate::{
    engine::ValueSource,
    kinds::shared::{
        self, fields,
        types::{self, string_enum},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// The newest HTTP version for viewers.
    HttpVersion: "http1.1" | "http2" | "http3" | "http2and3" = "http2"
}

/// Standard access logs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::LOGGING))]
pub struct Logging {
    /// Writes access logs to `bucket`. Default: false.
    #[serde(default)]
    pub enabled: bool,

    /// Includes cookies in the access logs. Default: false.
    #[serde(default)]
    pub include_cookies: bool,

    /// S3 bucket for the log files, such as `logs.s3.amazonaws.com`. The operator completes a bare bucket name to that form. If `enabled` is
    /// true, exactly one of `bucket` and `bucketFrom` is required. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 253), extend("x-kubernetes-validations" = shared::rules::LOG_BUCKET))]
    pub bucket: String,

    /// Source of the bucket outside this object, such as a ConfigMap that an infrastructure tool writes. The operator reads it in each
    /// reconciliation and at least every minute.
    pub bucket_from: Option<ValueSource>,

    /// Prefix of the names of log files, such as `www/`. Default: empty.
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

/// Restrictions of the viewers that can get content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Restrictions {
    /// Restriction by the country of the viewer.
    pub geo_restriction: GeoRestriction,
}

/// Restriction by the country of the viewer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::GEO_RESTRICTION))]
pub struct GeoRestriction {
    /// Meaning of `items`: the only countries that get content (`whitelist`), or the only ones that do not (`blacklist`). `none`
    /// restricts nothing. Other viewers get status code 403.
    pub restriction_type: GeoRestrictionType,

    /// Countries, as ISO 3166-1 codes of two capital letters. Default: none.
    #[serde(default)]
    pub items: Locations,
}

string_enum! {
    /// The meaning of a list of countries.
    GeoRestrictionType: "blacklist" | "whitelist" | "none" = "none"
}

/// Countries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/Location")]
#[schemars(
    extend("x-kubernetes-list-type" = "set", "maxItems" = 300),
    transform = types::item_rules(&form_rules::COUNTRY)
)]
pub struct Locations(#[schemars(inner(length(max = 2)))] pub Vec<String>);
