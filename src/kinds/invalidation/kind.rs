//! Implements [`Kind`] for invalidations.

use super::{Invalidation, ObservedInvalidation, Paths, queue::Waiting};
use crate::{
    engine::{
        DriftPolicy, InputField, Kind, Lifecycle, ListRevision, ManagementPolicy, ManagementSpec,
        OneShot, ParentResource, QueueEntry, ResolvedReferences, ResourceApi,
    },
    kinds::shared::parent::{DISTRIBUTION_KIND, distribution},
    xml::{self, Element},
};
use serde::Serialize;
use std::{sync::Arc, time::Duration};

/// The default policies. The spec has no policies, because an invalidation can neither be changed nor deleted.
static DEFAULT_POLICIES: ManagementSpec = ManagementSpec {
    deletion_policy: None,
    drift_policy: DriftPolicy::Revert,
    drift_ignore: vec![],
    management_policy: ManagementPolicy::Manage,
    deletion_protection: false,
    adopt_id: None,
    suspend: false,
};

/// CloudFront's `InvalidationBatch` without `CallerReference`.
#[derive(Serialize)]
struct Batch<'a> {
    paths: &'a Paths,
}

impl Kind for Invalidation {
    const KIND: &'static str = "Invalidation";
    const API: &'static ResourceApi = &ResourceApi {
        lifecycle: Lifecycle::OneShot,
        revision: ListRevision::Constant,
        deployed_status: "Completed",
        ..ResourceApi::managed(
            "Invalidation",
            "Invalidations",
            "distribution/*/invalidation",
            "InvalidationBatch",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"paths": []}"#;
    const INPUTS: &'static [InputField] =
        &[InputField::deployed("distributionId", DISTRIBUTION_KIND)];

    type ObservedFields = ObservedInvalidation;

    fn management(&self) -> &ManagementSpec {
        &DEFAULT_POLICIES
    }

    fn config(&self, _: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let paths = &self.spec.paths;
        xml::to_element(Self::API.config, &Batch { paths })
    }

    fn observed_fields(document: &Element) -> Result<ObservedInvalidation, xml::XmlError> {
        let fields: ObservedInvalidation = xml::from_element(document)?;
        let batch = document.child(Self::API.config);
        let paths = batch.and_then(|batch| batch.child("Paths"));
        let count = paths.and_then(|paths| paths.text_of("Quantity"));
        Ok(ObservedInvalidation {
            path_count: count.and_then(|count| count.parse().ok()),
            ..fields
        })
    }

    fn parent(&self, references: &ResolvedReferences) -> Option<ParentResource> {
        let spec = &self.spec;
        distribution(
            spec.distribution_ref.as_ref(),
            spec.distribution_id.as_deref(),
            references,
        )
    }

    fn one_shot(&self) -> Option<&dyn OneShot> {
        Some(self)
    }
}

impl OneShot for Invalidation {
    fn queue_entry(&self) -> QueueEntry {
        Arc::new(Waiting::new(self))
    }

    fn queue_blocker(&self, all: &[&QueueEntry]) -> Option<String> {
        let all: Vec<&Waiting> = all.iter().filter_map(|it| it.downcast_ref()).collect();
        let waiting = Waiting::new(self).invalidations_ahead(&all)?;
        // Rounded up to a power of two, so that the status of waiting objects is not written after each invalidation.
        let behind = waiting.next_power_of_two();
        Some(format!(
            "Waiting for at most {behind} earlier invalidations of this distribution: CloudFront processes 3,000 paths and 15 wildcards at a time."
        ))
    }

    fn billable_paths(&self) -> usize {
        self.spec.paths.0.len()
    }

    fn ttl_after_finished(&self) -> Option<Duration> {
        let seconds = self.spec.ttl_seconds_after_finished?;
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }
}
