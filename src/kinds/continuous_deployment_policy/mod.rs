//! Continuous deployment policies, which send part of the traffic of a distribution to a staging distribution.

mod traffic;

use super::{
    shared::{fields, types},
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        Hooks, Identity, InputField, Kind, ListItem, ListRevision, LocalReferences, ManagementSpec,
        ResolvedReferences, ResourceApi, Status, UpdatePath,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use traffic::TrafficConfig;

/// A continuous deployment policy sends part of the traffic of a primary distribution to a staging distribution, so that a change is
/// tested before all viewers get it. Reference it from the primary distribution with `continuousDeploymentPolicyRef`. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "ContinuousDeploymentPolicy",
    plural = "continuousdeploymentpolicies",
    shortname = "cfcdp",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedContinuousDeploymentPolicy>",
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(
        name = "Type",
        type_ = "string",
        json_path = ".spec.trafficConfig.type"
    ),
    printcolumn(
        name = "Weight",
        type_ = "number",
        json_path = ".spec.trafficConfig.singleWeightConfig.weight"
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct ContinuousDeploymentPolicySpec {
    /// CloudFront's members.
    #[serde(flatten)]
    pub config: ContinuousDeploymentPolicyConfig,

    /// `Distribution` object in the same namespace, with `staging: true`, which gets the traffic. Exactly one staging distribution is
    /// required, here or in `stagingDistributionDnsNames`. A staging distribution has at most one policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging_distribution_refs: Option<LocalReferences>,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `ContinuousDeploymentPolicyConfig`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContinuousDeploymentPolicyConfig {
    /// Domain name of the staging distribution, such as `d111111abcdef8.cloudfront.net`. If another policy has it, that one stays
    /// unchanged, and this object reports `OwnershipConflict`. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub staging_distribution_dns_names: StagingDistributionDnsNames,

    /// Whether the policy sends traffic to the staging distribution. An update of the primary distribution with the configuration of the
    /// staging distribution disables the policy: set false in the same edit as `stagingDistributionRef` of the Distribution.
    pub enabled: bool,

    /// Which traffic goes to the staging distribution.
    pub traffic_config: TrafficConfig,
}

/// Domain names of staging distributions. CloudFront accepts one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/DnsName")]
#[schemars(
    extend("x-kubernetes-list-type" = "set", "maxItems" = 10),
    transform = types::item_rules(&DNS_NAME)
)]
pub struct StagingDistributionDnsNames(
    #[schemars(inner(length(min = 1, max = 253)))] pub Vec<String>,
);

/// The fields that CloudFront assigns to a policy, apart from the ID.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedContinuousDeploymentPolicy {
    /// Time of the last change of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,

    /// Domain name of the staging distribution that the policy has in CloudFront.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging_distribution_domain_name: Option<String>,
}

/// Source: `ContinuousDeploymentPolicyConfig` in the Amazon CloudFront API Reference. It documents a list, and the guide one distribution.
const SPEC: [Rule; 1] = [Rule::text(
    "(has(self.stagingDistributionDnsNames) ? size(self.stagingDistributionDnsNames) : 0) \
     + (has(self.stagingDistributionRefs) ? size(self.stagingDistributionRefs) : 0) == 1",
    "a policy has exactly one staging distribution: set stagingDistributionRefs to one Distribution object with staging: true, or \
     stagingDistributionDnsNames to the domain name of one",
)
.at(".stagingDistributionRefs")
.required()];

const DNS_NAME: [Rule; 1] = [Rule::expression(
    "self.matches('^[a-z0-9]+[.]cloudfront[.][a-z.]+$')",
    "'\"%s\" is not the domain name of a distribution, such as d111111abcdef8.cloudfront.net'.format([self])",
)];

/// The members from a configuration to the domain name of the staging distribution.
const DOMAIN_NAME: &[&str] = &["StagingDistributionDnsNames", "Items", "DnsName"];

impl Kind for ContinuousDeploymentPolicy {
    const KIND: &'static str = "ContinuousDeploymentPolicy";
    const API: &'static ResourceApi = &ResourceApi {
        identity: Identity::UniqueText {
            path: DOMAIN_NAME,
            field: "stagingDistributionDomainName",
            noun: "staging distribution",
        },
        revision: ListRevision::LastModified,
        list_item: ListItem::Resource,
        update: UpdatePath::Resource,
        ..ResourceApi::managed(
            "ContinuousDeploymentPolicy",
            "ContinuousDeploymentPolicies",
            "continuous-deployment-policy",
            "ContinuousDeploymentPolicyConfig",
        )
    };
    const MINIMAL_SPEC: &'static str =
        r#"{"enabled":false,"trafficConfig":{"type":"SingleWeight"}}"#;
    const HOOKS: Hooks = Hooks {
        disable: fields::disable,
        ..Hooks::NONE
    };
    const INPUTS: &'static [InputField] = &[InputField::domain_names(
        "stagingDistributionDnsNames",
        "Distribution",
    )];

    type ObservedFields = ObservedContinuousDeploymentPolicy;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        xml::to_element(Self::API.config, &self.resolved(references)?.spec.config)
    }

    fn observed_fields(document: &Element) -> Result<Self::ObservedFields, xml::XmlError> {
        let config = document.child(Self::API.config);
        let name = config.and_then(|it| Self::API.identity.text_in(it));
        Ok(ObservedContinuousDeploymentPolicy {
            staging_distribution_domain_name: name.map(str::to_owned),
            ..xml::from_element(document)?
        })
    }
}
