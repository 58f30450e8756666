//! Metrics, in OpenMetrics text.
//!
//! Each group owns its metrics, registers them, and updates them. No label names an object, so the number of series does not grow
//! with the number of objects. The only exception is `per_object`, which is off by default and has a limit.

mod api_requests;
mod catalog;
mod condition_labels;
mod drift;
mod objects;
mod per_object;
mod process;
mod rate_limiter;
mod reconcile;

use crate::{
    cloudfront::{Client, RequestMetrics},
    engine::{Leadership, ObjectRegistry, ReconcileSummary},
};
use api_requests::ApiRequestMetrics;
use bytes::Bytes;
use catalog::Catalog;
pub use catalog::{MetricDescription, PREFIX, Stability};
use drift::DriftMetrics;
use objects::ObjectMetrics;
use parking_lot::Mutex;
pub use per_object::MAX_OBJECT_SERIES;
use per_object::PerObjectMetrics;
use process::ProcessMetrics;
use prometheus_client::encoding::text::encode;
use rate_limiter::RateLimiterMetrics;
use reconcile::ReconcileMetrics;
use std::{sync::OnceLock, time::Duration};
use tokio::time::Instant;

/// The maximum age of the text that a scrape gets.
const MAX_TEXT_AGE: Duration = Duration::from_secs(1);

/// Returns the descriptions of all metrics.
pub fn descriptions() -> Vec<MetricDescription> {
    let metrics = Metrics::new(ObjectRegistry::default(), true);
    metrics.catalog.into_inner().descriptions
}

/// All metrics of the program.
#[derive(Debug)]
pub(crate) struct Metrics {
    catalog: Mutex<Catalog>,
    api_requests: ApiRequestMetrics,
    rate_limiter: RateLimiterMetrics,
    objects: ObjectMetrics,
    /// `None` unless `--metrics-per-object` is set.
    per_object: Option<PerObjectMetrics>,
    reconcile: ReconcileMetrics,
    drift: DriftMetrics,
    process: ProcessMetrics,
    /// The client that has the rate limiter.
    client: OnceLock<Client>,
    /// The text of the last scrape. Locked during a scrape, so that others wait for its text.
    cached_text: Mutex<Option<(Instant, Bytes)>>,
    leadership: OnceLock<Leadership>,
    object_registry: ObjectRegistry,
}

impl Metrics {
    /// Creates and registers all metrics. Objects are counted in the registry of objects at each scrape.
    pub(crate) fn new(object_registry: ObjectRegistry, is_per_object: bool) -> Self {
        let metrics = Self {
            catalog: Mutex::new(Catalog::new()),
            api_requests: ApiRequestMetrics::new(),
            rate_limiter: RateLimiterMetrics::default(),
            objects: ObjectMetrics::default(),
            per_object: is_per_object.then(PerObjectMetrics::default),
            reconcile: ReconcileMetrics::new(),
            drift: DriftMetrics::default(),
            process: ProcessMetrics::default(),
            client: OnceLock::new(),
            cached_text: Mutex::default(),
            leadership: OnceLock::new(),
            object_registry,
        };
        metrics.register();
        metrics
    }

    fn register(&self) {
        let mut catalog = self.catalog.lock();
        self.api_requests.register(&mut catalog);
        self.rate_limiter.register(&mut catalog);
        self.objects.register(&mut catalog);
        if let Some(per_object) = &self.per_object {
            per_object.register(&mut catalog);
        }
        self.reconcile.register(&mut catalog);
        self.drift.register(&mut catalog);
        self.process.register(&mut catalog);
    }

    /// Records one request to CloudFront.
    pub(crate) fn record_request(&self, request: &RequestMetrics) {
        self.api_requests.record(request);
    }

    /// Records one reconciliation.
    pub(crate) fn record_reconcile(&self, summary: &ReconcileSummary) {
        self.reconcile.record(summary);
        self.drift.record(summary);
        self.process.record(summary);
    }

    /// Records a reconciliation that panicked.
    pub(crate) fn record_panic(&self, kind: &'static str) {
        self.reconcile.record_panic(kind);
    }

    /// Sets the client that has the rate limiter. There is one client in a process, and later ones are ignored.
    pub(crate) fn set_client(&self, client: Client) {
        let _ = self.client.set(client);
    }

    /// Sets the leadership of this replica. There is one in a process, and later ones are ignored.
    pub(crate) fn set_leadership(&self, leadership: Leadership) {
        let _ = self.leadership.set(leadership);
    }

    /// Returns all metrics as OpenMetrics text, at most a second old: a scrape reads all objects, and any client in the cluster may ask
    /// for one.
    pub(crate) fn cached_text(&self) -> Bytes {
        let mut cached = self.cached_text.lock();
        if let Some((at, text)) = &*cached
            && at.elapsed() < MAX_TEXT_AGE
        {
            return text.clone();
        }
        let text = Bytes::from(self.text());
        *cached = Some((Instant::now(), text.clone()));
        text
    }

    /// Returns all metrics as OpenMetrics text.
    fn text(&self) -> String {
        let mut text = String::new();
        // Locked before counting, so that two scrapes at once do not add up their objects.
        let catalog = self.catalog.lock();
        if let Some(client) = self.client.get() {
            self.rate_limiter.update(&client.rate_limiters());
            self.api_requests.update(client.availability());
        }
        let leadership = self.leadership.get();
        self.process
            .set_leader(leadership.is_some_and(Leadership::is_leader));
        self.objects.update(&self.object_registry);
        if let Some(per_object) = &self.per_object {
            per_object.update(&self.object_registry);
        }
        self.drift.update(&self.object_registry);
        // Writing to a string does not fail.
        let _ = encode(&mut text, &catalog.registry);
        text
    }
}

#[cfg(test)]
mod tests;
