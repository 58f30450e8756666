//! Leader election: at most one replica reconciles, and a replica that cannot renew its Lease in time exits.
//!
//! The algorithm is client-go's. A Lease is only taken over after this process *observed* no renewal for the duration of the Lease,
//! because clocks of different machines are not compared. The leader renews every eighth of the duration. It stops leading after two
//! thirds without success on a monotonic clock, before another replica can take over.
//!
//! Correctness does not depend on leader election: caller references and ETags make a late write harmless.

use super::shutdown::Shutdown;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{Api, Client, api::PostParams};
use parking_lot::Mutex;
use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

/// The name of the Lease in the namespace of the operator.
pub(super) const LEASE_NAME: &str = "cloudfront-operator";

/// How often a standby replica reads the Lease: the longest that it takes to notice a released Lease.
const RETRY_PERIOD: Duration = Duration::from_millis(500);

/// Acquires and renews the Lease. Clones share their state.
#[derive(Clone, Debug)]
pub(super) struct LeaderElector {
    /// The duration of the Lease. `None` turns leader election off, and this process always leads.
    duration: Option<Duration>,
    /// The time until which this process is certain to lead.
    leads_until: Arc<Mutex<Option<Instant>>>,
}

/// The Lease as last observed.
struct ObservedLease {
    version: Option<String>,
    /// When this version was first observed.
    since: Instant,
    duration: Duration,
}

impl LeaderElector {
    /// Creates an elector that does not lead yet, unless leader election is off.
    pub(super) fn new(elect: bool, duration: Duration) -> Self {
        Self {
            duration: elect.then_some(duration),
            leads_until: Arc::default(),
        }
    }

    /// Whether this process leads now.
    pub(super) fn is_leader(&self) -> bool {
        self.duration.is_none()
            || self
                .leads_until()
                .is_some_and(|until| Instant::now() < until)
    }

    /// Waits until this process leads, and renews the Lease from then on. Returns false if the program has to end before.
    pub(super) async fn acquire(&self, kube: &Client, shutdown: Shutdown) -> bool {
        let Some(duration) = self.duration else {
            return true;
        };
        tracing::info!(identity = identity(), "waiting to lead");
        let is_acquired = tokio::select! {
            () = self.acquire_loop(kube, duration) => true,
            () = shutdown => false,
        };
        if is_acquired {
            tracing::info!(identity = identity(), "leading");
            tokio::spawn(self.clone().renew_loop(kube.clone(), duration));
        }
        is_acquired
    }

    /// Completes when this process is no longer certain to lead.
    pub(super) async fn lost(&self) {
        if self.duration.is_none() {
            return std::future::pending().await;
        }
        while let Some(until) = self.leads_until().filter(|until| Instant::now() < *until) {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    /// Releases the Lease, so that another replica can acquire it before it expires.
    pub(super) async fn release(&self, kube: &Client) {
        if self.duration.is_none() || !self.is_leader() {
            return;
        }
        self.stop_leading();
        let api = Api::<Lease>::default_namespaced(kube.clone());
        let Ok(mut lease) = api.get(LEASE_NAME).await else {
            return;
        };
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() == Some(identity().as_str()) {
            spec.holder_identity = None;
            spec.renew_time = Some(MicroTime(Timestamp::now()));
            if let Err(error) = api
                .replace(LEASE_NAME, &PostParams::default(), &lease)
                .await
            {
                tracing::warn!(%error, "could not release the Lease; another replica has to wait until it expires");
            }
        }
    }

    async fn acquire_loop(&self, kube: &Client, duration: Duration) {
        let api = Api::<Lease>::default_namespaced(kube.clone());
        let mut observed = None;
        loop {
            let begun = Instant::now();
            match try_acquire(&api, duration, &mut observed).await {
                Ok(true) => return self.extend_deadline(begun, duration),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "cannot take the Lease; trying again"),
            }
            tokio::time::sleep(RETRY_PERIOD.min(duration / 8)).await;
        }
    }

    async fn renew_loop(self, kube: Client, duration: Duration) {
        let api = Api::<Lease>::default_namespaced(kube);
        while self.is_leader() {
            tokio::time::sleep(duration / 8).await;
            let begun = Instant::now();
            match tokio::time::timeout(duration / 3, renew_once(&api, duration)).await {
                Ok(Ok(true)) if self.is_leader() => self.extend_deadline(begun, duration),
                Ok(Ok(_)) => return self.stop_leading(),
                Ok(Err(error)) => tracing::warn!(%error, "cannot renew the Lease; trying again"),
                Err(_) => tracing::warn!("the Lease was not renewed in time; trying again"),
            }
        }
    }

    /// Rejects every write from now on.
    fn stop_leading(&self) {
        *self.leads_until.lock() = None;
    }

    /// Extends the deadline after a renewal. It counts from before the request was sent, because the API server cannot have stored
    /// the renewal earlier.
    fn extend_deadline(&self, begun: Instant, duration: Duration) {
        *self.leads_until.lock() = Some(begun + renew_deadline(duration));
    }

    fn leads_until(&self) -> Option<Instant> {
        *self.leads_until.lock()
    }
}

impl ObservedLease {
    fn is_expired(&self) -> bool {
        self.since.elapsed() >= self.duration
    }
}

/// Returns the identity under which this process leads: the name of the pod, and a number that is unique to the process.
pub(super) fn identity() -> String {
    static IDENTITY: OnceLock<String> = OnceLock::new();
    let create = || {
        use std::hash::{BuildHasher, RandomState};
        let pod = std::env::var("HOSTNAME").unwrap_or_else(|_| "local".into());
        format!(
            "{pod}_{:016x}",
            RandomState::new().hash_one(std::process::id())
        )
    };
    IDENTITY.get_or_init(create).clone()
}

/// Returns how long after a renewal this process leads. It is shorter than the whole seconds that other replicas read in the Lease.
fn renew_deadline(duration: Duration) -> Duration {
    duration * 2 / 3
}

/// Acquires the Lease if it has no holder, or if its holder was not observed to renew it for its duration.
async fn try_acquire(
    api: &Api<Lease>,
    duration: Duration,
    observed: &mut Option<ObservedLease>,
) -> Result<bool, kube::Error> {
    let Some(mut lease) = api.get_opt(LEASE_NAME).await? else {
        // The holder of a Lease that was just deleted may still lead, and creates it again.
        if observed.as_ref().is_some_and(|lease| !lease.is_expired()) {
            return Ok(false);
        }
        return create_lease(api, duration).await;
    };
    let version = lease.metadata.resource_version.clone();
    let spec = lease.spec.take().unwrap_or_default();
    let seconds = u64::try_from(spec.lease_duration_seconds.unwrap_or(0)).unwrap_or(0);
    let current = match observed.take() {
        Some(before) if before.version == version => before,
        _ => ObservedLease {
            version,
            since: Instant::now(),
            duration: Duration::from_secs(seconds),
        },
    };
    let has_holder = spec
        .holder_identity
        .as_deref()
        .is_some_and(|holder| !holder.is_empty());
    let is_expired = current.is_expired();
    *observed = Some(current);
    if has_holder && !is_expired {
        return Ok(false);
    }
    lease.spec = Some(acquired(spec, duration));
    let replaced = api
        .replace(LEASE_NAME, &PostParams::default(), &lease)
        .await;
    false_on_conflict(replaced)
}

/// Creates the Lease. Returns false if another replica created it first.
async fn create_lease(api: &Api<Lease>, duration: Duration) -> Result<bool, kube::Error> {
    let mut lease = Lease::default();
    lease.metadata.name = Some(LEASE_NAME.into());
    lease.spec = Some(acquired(LeaseSpec::default(), duration));
    false_on_conflict(api.create(&PostParams::default(), &lease).await)
}

/// Renews the Lease. Returns false if another replica holds it.
async fn renew_once(api: &Api<Lease>, duration: Duration) -> Result<bool, kube::Error> {
    let Some(mut lease) = api.get_opt(LEASE_NAME).await? else {
        return create_lease(api, duration).await;
    };
    let mut spec = lease.spec.take().unwrap_or_default();
    if spec.holder_identity.as_deref() != Some(identity().as_str()) {
        return Ok(false);
    }
    spec.renew_time = Some(MicroTime(Timestamp::now()));
    spec.lease_duration_seconds = Some(whole_seconds(duration));
    lease.spec = Some(spec);
    // A conflict does not prove another holder: a Lease that was deleted after the read causes one too.
    api.replace(LEASE_NAME, &PostParams::default(), &lease)
        .await
        .map(|_| true)
}

/// Returns the spec of a Lease that this process acquires.
fn acquired(mut spec: LeaseSpec, duration: Duration) -> LeaseSpec {
    let now = Some(MicroTime(Timestamp::now()));
    spec.holder_identity = Some(identity());
    spec.lease_duration_seconds = Some(whole_seconds(duration));
    spec.lease_transitions = Some(spec.lease_transitions.unwrap_or(0).saturating_add(1));
    spec.acquire_time.clone_from(&now);
    spec.renew_time = now;
    spec
}

fn whole_seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs().max(1)).unwrap_or(i32::MAX)
}

/// Returns false for a conflict: another replica was faster.
fn false_on_conflict(response: Result<Lease, kube::Error>) -> Result<bool, kube::Error> {
    match response {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::cli::value_parsers::lease_duration;
    use kube::client::Body;

    #[test]
    fn the_leader_retries_twice_and_stops_before_another_replica_can_take_over() {
        for text in ["3s", "3s999ms", "15s", "1h"] {
            let duration = lease_duration(text).unwrap();
            let in_lease = Duration::from_secs(u64::try_from(whole_seconds(duration)).unwrap());
            assert!(renew_deadline(duration) < in_lease, "{text}");
            let renewal = duration / 8 + duration / 3;
            assert!(renewal + duration / 8 < renew_deadline(duration), "{text}");
        }
    }

    #[tokio::test]
    async fn a_conflict_does_not_prove_that_another_replica_leads() {
        let service = tower::service_fn(async |request: http::Request<Body>| {
            let (status, body) = if request.method() == http::Method::GET {
                let spec = serde_json::json!({ "holderIdentity": identity() });
                (
                    200,
                    serde_json::json!({ "metadata": { "name": LEASE_NAME }, "spec": spec }),
                )
            } else {
                (
                    409,
                    serde_json::json!({ "status": "Failure", "reason": "Conflict", "code": 409 }),
                )
            };
            http::Response::builder()
                .status(status)
                .body(Body::from(body.to_string().into_bytes()))
        });
        let api = Api::default_namespaced(Client::new(service, "default"));
        let renewed = renew_once(&api, Duration::from_secs(15)).await;
        assert!(renewed.is_err(), "{renewed:?}");
    }
}
