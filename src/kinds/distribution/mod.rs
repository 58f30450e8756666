//! Distributions, which serve content from CloudFront's edge locations.
//!
//! The types have the members of CloudFront's `DistributionConfig`. Each type defines both the custom resource and the XML (see
//! [`crate::xml`]).

pub mod association;
pub mod behavior;
pub mod certificate;
pub mod delivery;
pub mod error_response;
pub mod forwarded_values;
pub mod key_groups;
mod kind;
pub mod methods;
pub mod observed;
pub mod origin;
pub mod origin_group;
pub mod origin_type;
mod rules;
pub mod tenant;
#[cfg(test)]
mod tests;
pub mod viewer_mtls;

use crate::{
    engine::{ManagementSpec, Status},
    kinds::shared::{
        self,
        fields::{self, Aliases, PriceClass},
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

/// Serves content from CloudFront's edges: what from which origin, cached how, to whom. The members are those of CloudFront's
/// own DistributionConfig.
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
        description = "How the resource is, in the word of condition Ready: InSync, Deploying, Suspended, Drifted, Retiring and so on."
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
        description = "What came of the last pass, in the word of condition Synced: CloudFront's own code where it refuses.",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::spec_rules()))]
pub struct DistributionSpec {
    /// What CloudFront is configured with.
    #[serde(flatten)]
    pub config: DistributionConfig,

    /// Tags of the distribution in AWS, at most 50. They are set by the create call itself and kept in step afterwards; tags
    /// that others put on the distribution stay.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 50, "additionalProperties" = {"type": "string", "maxLength": 256}))]
    pub tags: BTreeMap<String, String>,

    /// The operator's own fields.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `DistributionConfig` without `CallerReference`, which is the engine's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DistributionConfig {
    /// Domain names of your own under which the distribution answers, besides its `cloudfront.net` name; a first label `*` is
    /// a wildcard. They need a certificate that covers them, and each can belong to one distribution only. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub aliases: Aliases,

    /// Object that answers a request for the root of the distribution, such as `index.html`, without a leading slash. Default:
    /// empty, so that such requests go to the origin as they are.
    #[serde(default)]
    #[schemars(length(max = 255), regex(pattern = r"^([^/].*)?$"), extend("x-kubernetes-validations" = rules::PATH))]
    pub default_root_object: String,

    /// Servers or buckets that the content comes from, at least one; their order has no meaning.
    pub origins: Origins,

    /// Pairs of origins of which the second takes over when the first fails. Default: none.
    #[serde(default)]
    pub origin_groups: OriginGroups,

    /// How requests are handled that match no path pattern of `cacheBehaviors`.
    pub default_cache_behavior: DefaultCacheBehavior,

    /// How requests are handled by path. The first behavior whose pattern matches applies, so the order matters: put specific
    /// patterns before general ones. Default: none.
    #[serde(default)]
    pub cache_behaviors: CacheBehaviors,

    /// What viewers get when an origin answers with an error, one entry per status code. Default: none, the origin's own answer.
    #[serde(default)]
    pub custom_error_responses: CustomErrorResponses,

    /// Text for people, of at most 128 characters, shown in CloudFront's console. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Standard access logs to an S3 bucket. Default: off.
    pub logging: Option<Logging>,

    /// Which of CloudFront's edge locations serve the distribution: fewer cost less and are farther from some viewers. `None`
    /// is for distributions that only tenants use. Default: `PriceClass_All`.
    #[serde(default)]
    pub price_class: PriceClass,

    /// Whether the distribution answers requests. A change takes minutes to reach every edge. Default: true.
    #[serde(default = "fields::default_enabled")]
    pub enabled: bool,

    /// Certificate that viewers see. Default: CloudFront's own, which covers only the `cloudfront.net` name.
    pub viewer_certificate: Option<ViewerCertificate>,

    /// From which countries the content can be fetched. Default: from all.
    pub restrictions: Option<Restrictions>,

    /// ARN of a WAFv2 web ACL, or id of a WAF Classic one, that inspects requests. Unmanaged when absent: an ACL that others
    /// attach, Firewall Manager for example, stays. Set it to the empty string to detach what is there.
    #[serde(rename = "webACLId", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub web_acl_id: Option<String>,

    /// Newest version of HTTP that viewers can use. Default: `http2`.
    #[serde(default)]
    pub http_version: HttpVersion,

    /// Whether the distribution also answers over IPv6. Default: false.
    #[serde(default, rename = "isIPV6Enabled")]
    pub is_ipv6_enabled: bool,

    /// Continuous deployment policy that sends part of the traffic to a staging distribution. CloudFront does not take it when the
    /// distribution is created: an update attaches it afterwards. Unmanaged when absent; the empty string detaches the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub continuous_deployment_policy_id: Option<String>,

    /// Whether this is a staging distribution, on which changes are tried before they reach the primary one. Cannot be changed
    /// after creation. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging: Option<bool>,

    /// List of static anycast addresses from which the distribution is served. Default: none.
    #[schemars(length(min = 1, max = 64))]
    pub anycast_ip_list_id: Option<String>,

    /// Parameters that each tenant of a `tenant-only` distribution gives values to. Default: none.
    pub tenant_config: Option<TenantConfig>,

    /// Whether viewers use the distribution itself (`direct`) or only its tenants (`tenant-only`, without `aliases`, `priceClass`
    /// and `isIPV6Enabled`, which belong to connection groups). Unmanaged when absent, and `direct` for a new distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_mode: Option<ConnectionMode>,

    /// Certificates that viewers have to show (mutual TLS). Default: none are asked for.
    pub viewer_mtls_config: Option<ViewerMtlsConfig>,

    /// Function that runs when a viewer opens a TLS connection. Default: none.
    pub connection_function_association: Option<ConnectionFunctionAssociation>,

    /// Where origins tell the tags by which cached objects can be invalidated. Default: nowhere.
    pub cache_tag_config: Option<CacheTagConfig>,
}
