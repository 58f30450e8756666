//! Origin request policies, which define what the origin of a cache behavior gets in addition to the cache key.

use super::{
    shared::{
        self,
        managed_policies::ORIGIN_REQUEST_POLICIES,
        policies::{
            self, CookiesConfig, HeaderNames, ObservedPolicy, QueryStringsConfig, named_items,
        },
        types::{self, string_enum},
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{Kind, ManagementSpec, ResolvedReferences, ResourceApi, Status, UsersList},
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An origin request policy defines which headers, cookies and query strings the origin gets in addition to those of the cache key, which
/// stays unchanged. Reference it from the cache behaviors of distributions. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "OriginRequestPolicy",
    plural = "originrequestpolicies",
    shortname = "cforp",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedPolicy>",
    printcolumn(
        name = "Headers",
        type_ = "string",
        json_path = ".spec.headersConfig.headerBehavior"
    ),
    printcolumn(
        name = "Cookies",
        type_ = "string",
        json_path = ".spec.cookiesConfig.cookieBehavior"
    ),
    printcolumn(
        name = "Query",
        type_ = "string",
        json_path = ".spec.queryStringsConfig.queryStringBehavior"
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&[])))]
pub struct OriginRequestPolicySpec {
    /// Name of the policy, which no other origin request policy of the AWS account has: at most 128 letters, digits, `-` and `_`. If one
    /// with this name exists, it stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets one from
    /// the namespace, the name and the UID of this object. With `adoptId`, the resource then keeps its name.
    #[schemars(length(min = 1, max = 128), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: OriginRequestPolicyConfig,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `OriginRequestPolicyConfig` without `Name`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OriginRequestPolicyConfig {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Headers. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub headers_config: HeadersConfig,

    /// Cookies. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub cookies_config: CookiesConfig,

    /// Query strings. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub query_strings_config: QueryStringsConfig,
}

/// Headers that the origin gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [&HEADERS[..], &FOREIGN_HEADERS].concat()))]
pub struct HeadersConfig {
    /// Selection of headers: `none`, those of `headers` (`whitelist`), or all of the viewer (`allViewer`). `allExcept` leaves those of
    /// `headers` out of the viewer's. `allViewerAndWhitelistCloudFront` adds those of `headers`, which CloudFront creates, to the viewer's.
    /// Default: `none`.
    #[serde(default)]
    pub header_behavior: HeaderBehavior,

    /// Names of headers, whose case does not matter. CloudFront's quota is 10, unless raised, with 1,024 bytes together. Required with
    /// `whitelist`, `allViewerAndWhitelistCloudFront` and `allExcept`. Default: none.
    pub headers: Option<HeaderNames>,
}

string_enum! {
    /// Selection of headers.
    HeaderBehavior: "none" | "whitelist" | "allViewer" | "allViewerAndWhitelistCloudFront" | "allExcept" = "none"
}

const HEADERS: [Rule; 2] = named_items!(
    "headers",
    "headerBehavior",
    "'whitelist', 'allViewerAndWhitelistCloudFront', 'allExcept'"
);

/// Source: messages in public issues.
const FOREIGN_HEADERS: [Rule; 1] = [Rule::expression(
    "self.headerBehavior == 'allExcept' || !has(self.headers) \
     || !self.headers.exists(it, it.lowerAscii() in ['accept-encoding', 'x-amz-content-sha256'])",
    "'header %s cannot be in an origin request policy: remove it'\
     .format([self.headers.filter(it, it.lowerAscii() in ['accept-encoding', 'x-amz-content-sha256'])[0]])",
)
.at(".headers")];

impl Kind for OriginRequestPolicy {
    const KIND: &'static str = "OriginRequestPolicy";
    const API: &'static ResourceApi = &ResourceApi {
        users: Some(UsersList {
            operation: "ListDistributionsByOriginRequestPolicyId",
            collection: "distributionsByOriginRequestPolicyId",
        }),
        ..ResourceApi::policy(
            "OriginRequestPolicy",
            "OriginRequestPolicies",
            "origin-request-policy",
            "OriginRequestPolicyConfig",
        )
    };
    const MANAGED_BY_AWS: &'static [&'static [(&'static str, &'static str)]] =
        &[ORIGIN_REQUEST_POLICIES];

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
