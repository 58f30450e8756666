//! The configuration of the engine, which is the same for all kinds.

use std::time::Duration;

/// Resync intervals between two reconciliations of an object whose resource the list poller tracks. Such a reconciliation sends no
/// request, except for tags, which are in no list.
pub(crate) const RESYNCS_PER_RECONCILE: u32 = 6;

/// The configuration of the engine.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The maximum age of an observation of a deployed resource. Resources that are in no list are read at this interval, with a
    /// jitter of a fifth.
    pub resync_interval: Duration,
    /// The interval at which a resource is polled while CloudFront deploys it.
    pub deploy_poll_interval: Duration,
    /// The maximum number of concurrent reconciliations of one kind.
    pub concurrency: u16,
    /// Whether all writes to CloudFront are disabled.
    pub is_read_only: bool,
    /// The label selector of the objects to watch.
    pub label_selector: Option<String>,
}
