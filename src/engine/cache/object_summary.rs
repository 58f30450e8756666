//! The fields of an object that are needed outside of its reconciliation: by references to it, by metrics and by the queue of its kind.

use crate::engine::{
    cache::condition_summary::ConditionSummary,
    definition::{OneShot, QueueEntry},
    object::Object,
    resource_api::{DocumentForm, ResourceApi},
};
use kube::Resource;
use serde_json::Value;
use std::sync::Arc;

/// The fields of an object that can be read without decoding it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObjectSummary {
    /// The resource id in the status.
    pub(crate) id: Option<Box<str>>,
    /// The ARN in the status, of a kind whose resources are referenced by it.
    pub(crate) arn: Option<Box<str>>,
    /// The domain name in the status, of a distribution.
    pub(crate) domain_name: Option<Box<str>>,
    /// Whether the status has a published version of the resource's code, or without code CloudFront's status of a deployed resource.
    pub(crate) is_usable: bool,
    /// The resource id in the spec.
    pub(crate) adopt_id: Option<Box<str>>,
    /// The generation of the status.
    pub(crate) observed_generation: Option<i64>,
    /// The hash of the status. `None`: the object has none, or cannot be decoded.
    pub(crate) status_hash: Option<u64>,
    /// Whether the object has condition `Reconciling`.
    pub(crate) is_reconciling: bool,
    /// The number of fields that differ and are not corrected.
    pub(crate) drift: i64,
    /// Whether CloudFront has accepted all of the present spec.
    pub(crate) is_applied: bool,
    /// The values of the spec that CloudFront accepts in one resource only.
    pub(crate) unique_values: Box<[Arc<str>]>,
    /// The objects that the spec references, and the resources whose ids it has.
    pub(crate) uses: Box<[Arc<str>]>,
    /// The conditions.
    pub(crate) conditions: Box<[ConditionSummary]>,
    /// The entry in the queue of the kind.
    pub(crate) queue_entry: Option<QueueEntry>,
}

impl ObjectSummary {
    /// Returns the summary of an object.
    pub(crate) fn of(object: &Object) -> Self {
        let sources = object.typed.sources();
        let namespace = object.meta().namespace.as_deref().unwrap_or_default();
        let text = |text: &Option<String>| text.as_deref().map(Into::into);
        let without_status = Self {
            adopt_id: text(&object.typed.management().adopt_id),
            unique_values: object
                .typed
                .unique_values()
                .into_iter()
                .map(Arc::from)
                .collect(),
            uses: sources.uses(namespace).into_iter().map(Arc::from).collect(),
            queue_entry: object.typed.one_shot().map(OneShot::queue_entry),
            ..Self::default()
        };
        let Some(status) = object.status() else {
            return without_status;
        };
        let listed = i64::try_from(status.drift.len()).unwrap_or(i64::MAX);
        let observed = |name| status.observed_fields.get(name).and_then(Value::as_str);
        let has_arn = is_referenced_by_arn(object.api());
        Self {
            id: text(&status.id),
            arn: observed("arn").filter(|_| has_arn).map(Into::into),
            domain_name: observed("domainName").map(Into::into),
            is_usable: match object.api().code {
                Some(_) => observed("liveETag").is_some(),
                None => observed("status") == Some(object.api().deployed_status),
            },
            observed_generation: status.observed_generation,
            status_hash: Some(status.hash()),
            is_applied: status.applied_generation.is_some()
                && status.applied_generation == object.meta().generation,
            is_reconciling: status.condition("Reconciling").is_some(),
            drift: status.drift_count.unwrap_or(listed),
            conditions: status.conditions.iter().map(ConditionSummary::of).collect(),
            ..without_status
        }
    }
}

/// Whether other resources reference a resource by its ARN: its id is a name.
fn is_referenced_by_arn(api: &ResourceApi) -> bool {
    api.form != DocumentForm::Nested
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::api::input::{Attribute, InputSource},
        operator::{kind, kinds},
    };

    #[test]
    fn the_arn_of_each_resource_that_is_referenced_by_it_is_kept() {
        let inputs = kinds().into_iter().flat_map(|it| it.inputs);
        let referenced = inputs.filter_map(|input| match input.source {
            InputSource::Object {
                kind,
                attribute: Attribute::Arn,
                ..
            } => Some(kind),
            _ => None,
        });
        let referenced: Vec<&str> = referenced.collect();
        assert!(referenced.contains(&"RealtimeLogConfig"), "{referenced:?}");
        for name in referenced {
            assert!(is_referenced_by_arn(kind(name).unwrap().api), "{name}");
        }
    }
}
