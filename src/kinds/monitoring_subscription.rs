//! Monitoring subscriptions, which add metrics to distributions.

use super::{
    shared::parent::{DISTRIBUTION_ID, DISTRIBUTION_KIND, distribution},
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        DocumentForm, FlatDocuments, Identity, InputField, Kind, ListRevision, LocalReference,
        ManagementSpec, ParentResource, ResolvedReferences, ResourceApi, Status, UpdatePath,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A monitoring subscription turns on additional metrics of a distribution in Amazon CloudWatch: cache hit rate, origin latency, and error
/// rates by status code. A distribution has at most one, which has the ID of the distribution. AWS charges a fixed price a month for each
/// distribution with these metrics. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "MonitoringSubscription",
    plural = "monitoringsubscriptions",
    shortname = "cfms",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedMonitoringSubscription>",
    printcolumn(
        name = "Distribution",
        type_ = "string",
        json_path = ".spec.distributionRef.name"
    ),
    printcolumn(
        name = "Metrics",
        type_ = "string",
        json_path = ".spec.realtimeMetricsSubscriptionConfig.realtimeMetricsSubscriptionStatus",
        description = "Whether the additional metrics are to be on: Enabled or Disabled."
    )
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct MonitoringSubscriptionSpec {
    /// Distribution object in the same namespace. Exactly one of `distributionRef` and `distributionId` is required. It cannot change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution_ref: Option<LocalReference>,

    /// ID of a distribution in CloudFront. It cannot change. If an object of another namespace manages the distribution, nothing is created,
    /// and this object reports `OwnershipConflict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-validations" = DISTRIBUTION_ID))]
    pub distribution_id: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: MonitoringSubscriptionMembers,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `MonitoringSubscription`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MonitoringSubscriptionMembers {
    /// The additional metrics.
    pub realtime_metrics_subscription_config: RealtimeMetricsSubscriptionConfig,
}

/// The additional metrics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RealtimeMetricsSubscriptionConfig {
    /// `Enabled`, for which AWS charges, or `Disabled`.
    pub realtime_metrics_subscription_status: MetricsStatus,
}

/// Whether the additional metrics are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub enum MetricsStatus {
    Enabled,
    Disabled,
}

/// The fields that CloudFront assigns to a monitoring subscription. It has none but the id of its distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObservedMonitoringSubscription {}

const SPEC: [Rule; 2] = [
    Rule::text(
        "has(self.distributionRef) || has(self.distributionId)",
        "a MonitoringSubscription requires a distribution: set distributionRef (the name of a Distribution object) or distributionId (the ID in CloudFront)",
    )
    .at(".distributionRef")
    .required(),
    Rule::text(
        "has(self.distributionRef) == has(oldSelf.distributionRef) && has(self.distributionId) == has(oldSelf.distributionId) \
         && (!has(self.distributionRef) || self.distributionRef == oldSelf.distributionRef) && (!has(self.distributionId) || self.distributionId == oldSelf.distributionId)",
        "a MonitoringSubscription belongs to one distribution: create another one for the other distribution, and delete this one",
    )
    .at(".distributionRef")
    .forbidden(),
];

impl Kind for MonitoringSubscription {
    const KIND: &'static str = "MonitoringSubscription";
    const API: &'static ResourceApi = &ResourceApi {
        form: DocumentForm::Flat(FlatDocuments {
            element: None,
            config: &["RealtimeMetricsSubscriptionConfig"],
            assigned: &[],
        }),
        list_name: None,
        identity: Identity::Parent {
            member: "DistributionId",
        },
        revision: ListRevision::Configuration,
        update: UpdatePath::Create,
        ..ResourceApi::managed(
            "MonitoringSubscription",
            "",
            "distributions/*/monitoring-subscription",
            "MonitoringSubscription",
        )
    };
    const MINIMAL_SPEC: &'static str =
        r#"{"realtimeMetricsSubscriptionConfig":{"realtimeMetricsSubscriptionStatus":"Disabled"}}"#;
    const INPUTS: &'static [InputField] =
        &[InputField::reference("distributionId", DISTRIBUTION_KIND)];

    type ObservedFields = ObservedMonitoringSubscription;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn config(&self, _: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        xml::to_element(Self::API.config, &self.spec.config)
    }

    fn parent(&self, references: &ResolvedReferences) -> Option<ParentResource> {
        let spec = &self.spec;
        let id = spec.distribution_id.as_deref();
        distribution(spec.distribution_ref.as_ref(), id, references)
    }
}
