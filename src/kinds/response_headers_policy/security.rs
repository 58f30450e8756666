//! Security headers.

use crate::kinds::{
    shared::types::{absent_if_empty, string_enum},
    validation::Rule,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Security headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecurityHeadersConfig {
    /// `X-XSS-Protection`. Current browsers ignore it. Default: none.
    pub xss_protection: Option<XssProtection>,

    /// `X-Frame-Options`. Default: none.
    pub frame_options: Option<FrameOptions>,

    /// `Referrer-Policy`. Default: none.
    pub referrer_policy: Option<ReferrerPolicy>,

    /// `Content-Security-Policy`. Default: none.
    pub content_security_policy: Option<ContentSecurityPolicy>,

    /// `X-Content-Type-Options: nosniff`. Default: none.
    pub content_type_options: Option<ContentTypeOptions>,

    /// `Strict-Transport-Security`. Default: none.
    pub strict_transport_security: Option<StrictTransportSecurity>,
}

/// `X-XSS-Protection`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = XSS_PROTECTION))]
pub struct XssProtection {
    /// Replaces the header of the origin.
    #[serde(rename = "override")]
    pub replaces_origin: bool,

    /// Sends the value 1 instead of 0.
    pub protection: bool,

    /// Adds `mode=block`. Default: false.
    #[serde(default)]
    pub mode_block: bool,

    /// URL for reports. Requires `protection`, and is not possible with `modeBlock`. Default: none.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[schemars(length(max = 1783))]
    pub report_uri: Option<String>,
}

/// `X-Frame-Options`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrameOptions {
    /// Replaces the header of the origin.
    #[serde(rename = "override")]
    pub replaces_origin: bool,

    /// Value of the header.
    pub frame_option: FrameOption,
}

/// `Referrer-Policy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferrerPolicy {
    /// Replaces the header of the origin.
    #[serde(rename = "override")]
    pub replaces_origin: bool,

    /// Value of the header.
    pub referrer_policy: ReferrerPolicyValue,
}

/// `Content-Security-Policy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentSecurityPolicy {
    /// Replaces the header of the origin.
    #[serde(rename = "override")]
    pub replaces_origin: bool,

    /// Value of the header: at most 1,783 characters.
    #[schemars(length(min = 1, max = 1783))]
    pub content_security_policy: String,
}

/// `X-Content-Type-Options: nosniff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContentTypeOptions {
    /// Replaces the header of the origin.
    #[serde(rename = "override")]
    pub replaces_origin: bool,
}

/// `Strict-Transport-Security`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StrictTransportSecurity {
    /// Replaces the header of the origin.
    #[serde(rename = "override")]
    pub replaces_origin: bool,

    /// Adds `includeSubDomains`. Default: false.
    #[serde(default)]
    pub include_subdomains: bool,

    /// Adds `preload`. Default: false.
    #[serde(default)]
    pub preload: bool,

    /// Time in seconds that browsers use HTTPS only: `max-age`.
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub access_control_max_age_sec: i32,
}

string_enum! {
    /// Value of `X-Frame-Options`.
    FrameOption: "DENY" | "SAMEORIGIN"
}

string_enum! {
    /// Value of `Referrer-Policy`.
    ReferrerPolicyValue: "no-referrer" | "no-referrer-when-downgrade" | "origin" | "origin-when-cross-origin" | "same-origin"
        | "strict-origin" | "strict-origin-when-cross-origin" | "unsafe-url"
}

/// Source: the documentation of `ResponseHeadersPolicyXSSProtection`.
const XSS_PROTECTION: [Rule; 1] = [Rule::expression(
    "!has(self.reportUri) || self.reportUri == '' || (self.protection && !(has(self.modeBlock) && self.modeBlock))",
    "'reportUri \"%s\" requires protection and no modeBlock: set protection to true and modeBlock to false, or remove reportUri'\
     .format([self.reportUri])",
)
.at(".reportUri")
.forbidden()];
