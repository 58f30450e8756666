//! The spec of an InvalidationPolicy, and its CustomResourceDefinition.

use super::{
    status::InvalidationPolicyStatus,
    target::{Target, TriggerKind},
};
use crate::{
    engine::{self, ReferenceName},
    kinds::{invalidation::Paths, validation::Rule},
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, ValidationRule,
};
use kube::{CustomResource, CustomResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An InvalidationPolicy creates an Invalidation for each of its distributions when one of its triggers has changed. A trigger has changed
/// when the rollout of a Deployment finishes, the data of a ConfigMap changes, or a Function or a Distribution is deployed. There is one
/// Invalidation for each change and distribution, and none for a failed rollout. The first state of a trigger that the operator observes is
/// the start, and creates none. See
/// <https://github.com/cloudfront-operator/cloudfront-operator/blob/main/docs/invalidation-policies.md>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "InvalidationPolicy",
    plural = "invalidationpolicies",
    shortname = "cfinvpol",
    category = "cloudfront",
    namespaced,
    status = "InvalidationPolicyStatus",
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].status"
    ),
    printcolumn(
        name = "Status",
        type_ = "string",
        json_path = ".status.conditions[?(@.type=='Ready')].reason",
        description = "Reason of condition Ready: Watching, BudgetExceeded, Suspended, ReferenceNotReady and so on."
    ),
    printcolumn(
        name = "Last Change",
        type_ = "string",
        json_path = ".status.lastChange",
        description = "The objects whose change created the last Invalidations."
    ),
    printcolumn(
        name = "Last Invalidation",
        type_ = "date",
        json_path = ".status.lastInvalidationTime"
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    ),
    printcolumn(
        name = "Paths",
        type_ = "integer",
        json_path = ".status.pathsInMonth",
        description = "Paths of the Invalidations that the policy created in the month of status.month.",
        priority = 1
    )
)]
#[serde(rename_all = "camelCase")]
pub struct InvalidationPolicySpec {
    /// Objects of the same namespace whose changes create Invalidations, at most 8. Changes of several of them at the same time are one
    /// change.
    #[schemars(length(min = 1, max = 8), extend("x-kubernetes-list-type" = "atomic"))]
    pub triggers: Vec<Trigger>,

    /// Distribution objects in the same namespace to invalidate, at most 16. Each change creates one Invalidation for each of them.
    #[schemars(
        length(min = 1, max = 16),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
    )]
    pub distribution_refs: Vec<ReferenceName>,

    /// Items to remove from the caches, as in `paths` of an Invalidation: paths, wildcards and cache tags, at most 3,000. AWS charges 0.005
    /// USD for each item and distribution beyond 1,000 a month. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html#invalidation-specifying-objects>.
    pub paths: Paths,

    /// Paths that the policies of the namespace may invalidate in a calendar month (UTC), all together. A change beyond it creates no
    /// Invalidation, and the status has the price. It takes effect when the value is raised or a month begins. An administrator can set a
    /// lower limit with the operator's option `--max-invalidation-paths-per-month`. Default: no limit of this policy.
    #[schemars(range(min = 0, max = 1_000_000_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths_per_month: Option<i64>,

    /// Complete Invalidation objects of this policy to keep, and as many failed ones, at most 100. The operator deletes older ones, but not the
    /// last failed one. Default: 3.
    #[schemars(range(min = 0, max = 100))]
    #[serde(default = "default_history_limit")]
    pub history_limit: i64,

    /// Creates no Invalidations while it is true. After it has become false, all changes since then are one change. Default: false.
    #[serde(default)]
    pub suspend: bool,
}

/// An object whose changes create Invalidations. Exactly one reference is required.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = TRIGGER))]
pub struct Trigger {
    /// Deployment in the same namespace. It has changed when the rollout of a new revision is complete, as `kubectl rollout status` reports
    /// it. A rollback is a new revision. Scaling is no change. Requires the chart's value `rbac.watchDeployments`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_ref: Option<ReferenceName>,

    /// ConfigMap in the same namespace. It has changed when its `data` or `binaryData` differ. Requires the chart's value
    /// `rbac.watchConfigMaps`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_ref: Option<ReferenceName>,

    /// Function in the same namespace. It has changed when another version of its code is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_ref: Option<ReferenceName>,

    /// Distribution in the same namespace. It has changed when another version of its configuration is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution_ref: Option<ReferenceName>,
}

const TRIGGER: [Rule; 1] = [Rule::text(
    "(has(self.deploymentRef) ? 1 : 0) + (has(self.configMapRef) ? 1 : 0) + (has(self.functionRef) ? 1 : 0) + (has(self.distributionRef) ? 1 : 0) == 1",
    "a trigger is exactly one of deploymentRef, configMapRef, functionRef and distributionRef: use another item of the list for another object",
)
.at(".deploymentRef")];

const fn default_history_limit() -> i64 {
    3
}

impl InvalidationPolicySpec {
    /// Returns the objects of the triggers, each once.
    pub(super) fn targets(&self) -> BTreeSet<Target> {
        self.triggers.iter().flat_map(Trigger::targets).collect()
    }

    /// Returns the number of paths that a change invalidates in all distributions.
    pub(super) fn paths_per_change(&self) -> i64 {
        let paths = self.paths.0.len() * self.distribution_refs.len();
        i64::try_from(paths).unwrap_or(i64::MAX)
    }
}

impl Trigger {
    fn targets(&self) -> impl Iterator<Item = Target> {
        let references = [
            (TriggerKind::Deployment, &self.deployment_ref),
            (TriggerKind::ConfigMap, &self.config_map_ref),
            (TriggerKind::Function, &self.function_ref),
            (TriggerKind::Distribution, &self.distribution_ref),
        ];
        references.into_iter().filter_map(|(kind, reference)| {
            let name = reference.as_ref()?.name.clone();
            Some(Target { kind, name })
        })
    }
}

/// Returns the CustomResourceDefinition.
pub fn crd() -> CustomResourceDefinition {
    engine::cluster_crd(
        InvalidationPolicy::crd(),
        "The changes to watch, and what they invalidate.",
        "Observed versions of the triggers, and the state of the policy. The operator writes it.",
        &[short_name_rule()],
    )
}

/// Returns the rule that the name of a policy fits into a label of its Invalidations.
fn short_name_rule() -> ValidationRule {
    ValidationRule {
        rule: "self.metadata.name.size() <= 63".into(),
        message_expression: Some(
            "'the name has %d characters, and a label of each Invalidation has it: use at most 63'.format([self.metadata.name.size()])".into(),
        ),
        reason: Some("FieldValueInvalid".into()),
        ..ValidationRule::default()
    }
}
