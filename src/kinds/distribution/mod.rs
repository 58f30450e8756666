//! Distributions, which serve content from CloudFront's edge locations.
//!
//! The types have the members of CloudFront's `DistributionConfig`. Each type defines both the custom resource and the XML (see
//! [`crate::xml`]).

mod absent_defaults;
pub mod association;
pub mod behavior;
pub mod bucket_policies;
pub mod certificate;
mod certificate_rules;
pub mod delivery;
mod elements;
pub mod error_response;
mod external_values;
mod form_rules;
pub mod forwarded_values;
pub mod key_groups;
mod kind;
mod member_rules;
pub mod methods;
mod mode_rules;
mod multi_tenant;
pub mod observed;
pub mod origin;
pub mod origin_group;
pub mod origin_type;
mod policy_rules;
mod required;
mod rules;
pub mod tenant;
#[cfg(test)]
mod tests;
pub mod viewer_mtls;

use crate::{
    engine::{LocalReference, ManagementSpec, Status, ValueSource},
    kinds::shared::{
        self,
        fields::{self, Aliases, PriceClass},
        parent::DISTRIBUTION_ID,
        types,
    },
};
use behavior::{CacheBehaviors, DefaultCacheBehavior};
use certificate::ViewerCertificate;
use delivery::{HttpVersion, Logging, Restrictions};
use error_response::CustomErrorResponses;
use kube::CustomResource;
use observed::ObservedDistribution;
use origin::Origins;
use origin_group::OriginGroups;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tenant::{CacheTagConfig, ConnectionFunctionAssociation, ConnectionMode, TenantConfig};
use viewer_mtls::ViewerMtlsConfig;

/// A Distribution serves content from its origins through the edge locations of CloudFront. Cache behaviors select the origin and the
/// caching by path. The fields are the members of CloudFront's `DistributionConfig`. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html#DownloadDistValuesCacheBehavior>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "Distribution",
    shortname = "cfd",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedDistribution>",
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].status"
    ),
    printcolumn(
        name = "Status",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].reason",
        description = "Reason of condition Ready, the state of the resource: InSync, Deploying, Suspended, Drifted, Disabling and so on."
    ),
    printcolumn(name = "Domain", type_ = "string", json_path = ".status.domainName"),
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    ),
    printcolumn(name = "ID", type_ = "string", json_path = ".status.id", priority = 1),
    printcolumn(
        name = "Aliases",
        type_ = "string",
        json_path = ".spec.aliases",
        priority = 1
    ),
    printcolumn(
        name = "ETag",
        type_ = "string",
        json_path = ".status.etag",
        priority = 1
    ),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Synced')].reason",
        description = "Reason of condition Synced, the result of the last reconciliation. An error code of CloudFront if it rejected a request.",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::spec_rules()))]
pub struct DistributionSpec {
    /// The configuration in CloudFront.
    #[serde(flatten)]
    pub config: DistributionConfig,

    /// Tags of the distribution in AWS, at most 50. The create request sets them, and the operator applies later changes. Tags that other
    /// clients set are kept. Default: none. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/tagging.html>.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend(
        "maxProperties" = 50,
        "additionalProperties" = {"type": "string", "maxLength": 256},
        "x-kubernetes-validations" = shared::rules::TAGS
    ))]
    pub tags: BTreeMap<String, String>,

    /// Staging distribution whose configuration this distribution takes over: a `Distribution` object in the same namespace. If the spec
    /// equals it, apart from the comment, the aliases and the policy, an update makes CloudFront copy the configuration, so that exactly
    /// what was tested goes live. CloudFront then disables the policy: set `enabled: false` in the same edit. Any other update is sent as
    /// usual. Updates wait until the staging distribution is deployed. Remove the field before that object. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment.html>.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging_distribution_ref: Option<LocalReference>,

    /// The same with the ID of a staging distribution in CloudFront.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-validations" = DISTRIBUTION_ID))]
    pub staging_distribution_id: Option<String>,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `DistributionConfig` without `CallerReference`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DistributionConfig {
    /// Alternate domain names (CNAMEs) of the distribution, beside its `cloudfront.net` name. A first label `*` is a wildcard. They
    /// require a certificate in `viewerCertificate` that covers them. A name can belong to one distribution only. CloudFront's quota is
    /// 100, unless raised. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-move>.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub aliases: Aliases,

    /// Object that CloudFront returns for a request to the root of the distribution, such as `index.html`, without a leading slash.
    /// Default: empty; the origin gets such requests unchanged. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html>.
    #[serde(default)]
    #[schemars(length(max = 255), extend("x-kubernetes-validations" = form_rules::ROOT_OBJECT))]
    pub default_root_object: String,

    /// Origins: the servers and S3 buckets from which CloudFront fetches content. At least one is required; the order has no effect.
    /// CloudFront's quota is 100, unless raised. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html#DownloadDistValuesOriginResponseTimeout>.
    pub origins: Origins,

    /// Origin groups: pairs of origins for failover. If the first origin fails, CloudFront sends the request to the second one, which
    /// adds the time of the failed attempt to the latency. CloudFront's quota is 10, unless raised. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html#concept_origin_groups.creating>.
    #[serde(default)]
    pub origin_groups: OriginGroups,

    /// Cache behavior for requests that match no path pattern of `cacheBehaviors`. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html#DownloadDistValuesCacheBehavior>.
    pub default_cache_behavior: DefaultCacheBehavior,

    /// Cache behaviors by path. CloudFront applies the first one with a matching path pattern, so list specific patterns before general
    /// ones. CloudFront's quota is 75, unless raised. Default: none. See
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehaviors.html>.
    #[serde(default)]
    pub cache_behaviors: CacheBehaviors,

    /// Custom responses to errors of the origin, one entry per status code. Default: none; viewers get the response of the origin. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages.html>.
    #[serde(default)]
    pub custom_error_responses: CustomErrorResponses,

    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Standard access logs in an S3 bucket. Amazon S3 charges for their storage. Default: off. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html>.
    pub logging: Option<Logging>,

    /// Edge locations that serve the distribution. `PriceClass_100` and `PriceClass_200` use fewer edge locations and cost less than
    /// `PriceClass_All`, but viewers far from these have a higher latency. `None` is for distributions that only tenants use. Default:
    /// `PriceClass_All`. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html>.
    #[serde(default)]
    pub price_class: PriceClass,

    /// Enables the distribution to answer requests. A change takes minutes to reach all edge locations. Default: true.
    #[serde(default = "fields::default_enabled")]
    pub enabled: bool,

    /// TLS certificate for viewers. Default: CloudFront's own certificate, which covers only the `cloudfront.net` name. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-alternate-domain-names.html>.
    pub viewer_certificate: Option<ViewerCertificate>,

    /// Restricts the countries in which viewers can get content. Default: no restriction. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html>.
    pub restrictions: Option<Restrictions>,

    /// ARN of an AWS WAF (WAFv2) web ACL, or ID of an AWS WAF Classic web ACL, that inspects requests. AWS WAF charges for them
    /// separately. Unmanaged when absent: a web ACL that another client attached, such as Firewall Manager, is kept. An empty string
    /// detaches the web ACL. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-awswaf.html>.
    #[serde(rename = "webACLId", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), extend("x-kubernetes-validations" = form_rules::WEB_ACL))]
    pub web_acl_id: Option<String>,

    /// Source of the ARN or ID of the web ACL outside this object, such as a ConfigMap that an infrastructure tool writes. At most one of
    /// `webACLId` and `webACLIdFrom` is allowed. To detach the web ACL, replace this field by `webACLId: ""`: without both, the web ACL
    /// stays attached. The operator reads the source in each reconciliation and at least every minute.
    #[serde(rename = "webACLIdFrom", skip_serializing_if = "Option::is_none")]
    pub web_acl_id_from: Option<ValueSource>,

    /// Newest HTTP version for viewers; a viewer that does not support it uses an older one. HTTP/2 and HTTP/3 reduce the latency of
    /// pages with many objects. HTTP/2 requires TLS 1.2 and SNI, and HTTP/3 requires TLS 1.3 and SNI. Default: `http2`. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html>.
    #[serde(default)]
    pub http_version: HttpVersion,

    /// Serves the distribution over IPv6 too. Do not enable it if signed URLs or cookies restrict the IP addresses of viewers. Default:
    /// false. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html#DownloadDistValuesEnableIPv6>.
    #[serde(default, rename = "isIPV6Enabled")]
    pub is_ipv6_enabled: bool,

    /// ID of a continuous deployment policy, which sends part of the traffic to a staging distribution. CloudFront rejects it in a create
    /// request, so the operator sets it by an update after the creation. Unmanaged when absent; an empty string detaches the policy. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment.html>.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub continuous_deployment_policy_id: Option<String>,

    /// `ContinuousDeploymentPolicy` object in the same namespace, instead of `continuousDeploymentPolicyId`. To detach the policy, replace
    /// this field by `continuousDeploymentPolicyId: ""`: without both, the policy stays attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuous_deployment_policy_ref: Option<LocalReference>,

    /// Makes this a staging distribution, which tests changes before they reach the primary distribution. Immutable after the creation.
    /// Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging: Option<bool>,

    /// ID of an Anycast static IP list. Its IP addresses serve the distribution. AWS charges for each list. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/request-static-ips.html>.
    #[serde(default, deserialize_with = "types::absent_if_empty")]
    #[schemars(length(max = 64))]
    pub anycast_ip_list_id: Option<String>,

    /// Parameters for the tenants of a `tenant-only` distribution. Default: none. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-config-options.html#unsupported-saas>.
    pub tenant_config: Option<TenantConfig>,

    /// Connection mode: viewers use the distribution itself (`direct`), or only its tenants (`tenant-only`). A `tenant-only` distribution
    /// cannot have `aliases`, `priceClass`, `isIPV6Enabled` and other fields that belong to connection groups. Unmanaged when absent; a new
    /// distribution is `direct`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_mode: Option<ConnectionMode>,

    /// Mutual TLS (mTLS): viewers authenticate with client certificates. Default: none; CloudFront requests no certificates. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/mtls-authentication.html>.
    pub viewer_mtls_config: Option<ViewerMtlsConfig>,

    /// Connection function, which runs when a viewer opens a TLS connection and adds its run time to the latency of the connection.
    /// Default: none. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/connection-functions.html>.
    pub connection_function_association: Option<ConnectionFunctionAssociation>,

    /// Cache tags: labels of cached objects, by which an Invalidation can select them. Default: none; objects have no cache tags.
    pub cache_tag_config: Option<CacheTagConfig>,
}
