//! Response headers policies, which add headers to the responses of cache behaviors and remove others.

mod cors;
mod security;

use self::{cors::CorsConfig, security::SecurityHeadersConfig};
use super::{
    shared::{
        self,
        managed_policies::RESPONSE_HEADERS_POLICIES,
        policies::{self, ObservedPolicy},
        rules::NO_CONTROL_CHARACTERS,
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{Hooks, Kind, ManagementSpec, ResolvedReferences, ResourceApi, Status, UsersList},
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A response headers policy defines the headers that CloudFront adds to responses and removes from them. Reference it from the cache
/// behaviors of distributions. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/modifying-response-headers.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "ResponseHeadersPolicy",
    plural = "responseheaderspolicies",
    shortname = "cfrhp",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedPolicy>"
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct ResponseHeadersPolicySpec {
    /// Name of the policy, which no other response headers policy of the AWS account has: at most 128 letters, digits, `-` and `_`. If one
    /// with this name exists, it stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets one from
    /// the namespace, the name and the UID of this object. With `adoptId`, the resource then keeps its name.
    #[schemars(length(min = 1, max = 128), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: ResponseHeadersPolicyConfig,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `ResponseHeadersPolicyConfig` without `Name`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResponseHeadersPolicyConfig {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Headers of cross-origin resource sharing (CORS). Default: none.
    pub cors_config: Option<CorsConfig>,

    /// Security headers. Default: none.
    pub security_headers_config: Option<SecurityHeadersConfig>,

    /// The header `Server-Timing`. Default: it is not sent. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>.
    pub server_timing_headers_config: Option<ServerTimingHeadersConfig>,

    /// Other headers to add. CloudFront's quota is 10, unless raised, with 10,240 characters together. Default: none.
    pub custom_headers_config: Option<CustomHeaders>,

    /// Headers of the origin to remove. CloudFront removes headers before it adds others. Default: none.
    pub remove_headers_config: Option<RemovedHeaders>,
}

/// The header `Server-Timing`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = SERVER_TIMING))]
pub struct ServerTimingHeadersConfig {
    /// Sends the header.
    pub enabled: bool,

    /// Percentage of the responses that have the header: 0 to 100, with at most four decimals. Requires `enabled`. Default: none.
    #[schemars(range(min = 0.0, max = 100.0), extend("x-kubernetes-validations" = SAMPLING_RATE))]
    pub sampling_rate: Option<f64>,
}

/// Headers to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/ResponseHeadersPolicyCustomHeader:Header")]
#[schemars(extend(
    "x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["header"], "minItems" = 1, "maxItems" = 100,
    "x-kubernetes-validations" = CUSTOM_HEADERS
))]
pub struct CustomHeaders(pub Vec<CustomHeader>);

/// A header to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomHeader {
    /// Name of the header, whose case does not matter.
    #[schemars(length(min = 1, max = 256), extend("x-kubernetes-validations" = CUSTOM_HEADER))]
    pub header: String,

    /// Value of the header, which can be empty: at most 1,783 characters.
    #[schemars(length(max = 1783))]
    pub value: String,

    /// Replaces the header of the origin.
    #[serde(rename = "override")]
    pub replaces_origin: bool,
}

/// Headers to remove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/ResponseHeadersPolicyRemoveHeader:Header")]
#[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["header"], "minItems" = 1, "maxItems" = 100))]
pub struct RemovedHeaders(pub Vec<RemovedHeader>);

/// A header to remove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedHeader {
    /// Name of the header, whose case does not matter.
    #[schemars(length(min = 1, max = 256), extend("x-kubernetes-validations" = REMOVED_HEADER))]
    pub header: String,
}

const SPEC: [Rule; 1] = [
    Rule::text(
        "has(self.corsConfig) || has(self.securityHeadersConfig) || has(self.serverTimingHeadersConfig) || has(self.customHeadersConfig) \
         || has(self.removeHeadersConfig)",
        "the policy has no headers: set corsConfig, securityHeadersConfig, serverTimingHeadersConfig, customHeadersConfig or \
         removeHeadersConfig",
    )
    .at(".corsConfig")
    .required(),
];

/// Source: the documentation of `ResponseHeadersPolicyServerTimingHeadersConfig`.
const SERVER_TIMING: [Rule; 1] = [Rule::text(
    "!has(self.samplingRate) || self.enabled",
    "samplingRate requires enabled: set enabled to true, or remove samplingRate",
)
.at(".samplingRate")
.forbidden()];

/// Source: as above. Multiples of 0.0001 are not exact, so the rule allows for an error.
const SAMPLING_RATE: [Rule; 1] = [Rule::text(
    "double(self) * 10000.0 - double(int(double(self) * 10000.0 + 0.5)) < 0.001 \
     && double(self) * 10000.0 - double(int(double(self) * 10000.0 + 0.5)) > -0.001",
    "samplingRate has more than four decimals: round it",
)];

/// Source: "Quotas" in the Amazon CloudFront Developer Guide.
const CUSTOM_HEADERS: [Rule; 1] = [Rule::expression(
    "self.map(it, size(it.header) + size(it.value)).sum() <= 10240",
    "'the headers have %d characters together, more than 10240: remove some'\
     .format([self.map(it, size(it.header) + size(it.value)).sum()])",
)];

/// Source: CloudFront's message, `The parameter CustomHeaders contains Content-Security-Policy that is a security header and cannot be set
/// as custom header.`
const CUSTOM_HEADER: [Rule; 3] = [
    NO_CONTROL_CHARACTERS,
    Rule::expression(
        "!(self.lowerAscii() in ['content-security-policy', 'referrer-policy', 'strict-transport-security', 'x-content-type-options', \
         'x-frame-options', 'x-xss-protection'])",
        "'\"%s\" is a security header, which cannot be a custom header: set it in securityHeadersConfig'.format([self])",
    ),
    Rule::expression(
        "!self.lowerAscii().startsWith('access-control-')",
        "'\"%s\" is a CORS header, which cannot be a custom header: set it in corsConfig'.format([self])",
    ),
];

/// The message of each rule of a header that CloudFront cannot remove.
const STAYS: &str =
    "'CloudFront cannot remove header \"%s\": remove it from removeHeadersConfig'.format([self])";

/// Source: "Remove headers" in the Amazon CloudFront Developer Guide.
const REMOVED_HEADER: [Rule; 4] = [
    NO_CONTROL_CHARACTERS,
    Rule::expression(
        "!(self.lowerAscii() in ['connection', 'content-encoding', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authenticate', \
         'proxy-authorization', 'proxy-connection', 'trailer', 'transfer-encoding', 'upgrade', 'via', 'warning'])",
        STAYS,
    ),
    Rule::expression(
        "!(self.lowerAscii() in ['x-accel-buffering', 'x-accel-charset', 'x-accel-limit-rate', 'x-accel-redirect', 'x-amzn-auth', \
         'x-amzn-cf-billing', 'x-amzn-cf-id', 'x-amzn-cf-xff', 'x-amzn-errortype', 'x-amzn-fle-profile', 'x-amzn-header-count', \
         'x-amzn-header-order', 'x-amzn-lambda-integration-tag', 'x-amzn-requestid', 'x-cache', 'x-forwarded-proto', 'x-real-ip'])",
        STAYS,
    ),
    Rule::expression(
        "!self.lowerAscii().startsWith('x-amz-cf-') && !self.lowerAscii().startsWith('x-edge-')",
        STAYS,
    ),
];

impl Kind for ResponseHeadersPolicy {
    const KIND: &'static str = "ResponseHeadersPolicy";
    const API: &'static ResourceApi = &ResourceApi {
        users: Some(UsersList {
            operation: "ListDistributionsByResponseHeadersPolicyId",
            collection: "distributionsByResponseHeadersPolicyId",
        }),
        ..ResourceApi::policy(
            "ResponseHeadersPolicy",
            "ResponseHeadersPolicies",
            "response-headers-policy",
            "ResponseHeadersPolicyConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"removeHeadersConfig": [{"header": "server"}]}"#;
    const MANAGED_BY_AWS: &'static [&'static [(&'static str, &'static str)]] =
        &[RESPONSE_HEADERS_POLICIES];
    const HOOKS: Hooks = Hooks {
        absent_defaults: &[
            ("securityHeadersConfig.xssProtection.modeBlock", "false"),
            (
                "securityHeadersConfig.strictTransportSecurity.includeSubdomains",
                "false",
            ),
            (
                "securityHeadersConfig.strictTransportSecurity.preload",
                "false",
            ),
        ],
        ..Hooks::NONE
    };

    type ObservedFields = ObservedPolicy;

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
