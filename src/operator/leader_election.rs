//! Leadership: at most one replica works, and one that cannot prove it ends.
//!
//! The rules are client-go's. A Lease is taken over only after its holder has not been *seen* renewing it for the lease's duration:
//! the clock of another machine is never compared with ours. A holder renews every eighth of the duration, and counts itself
//! deposed after two thirds without success, by a monotonic clock: before anybody else may take over. Correctness does not rest on
//! this: keys and ETags make a late write harmless.

use super::registry::Shutdown;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{Api, Client, api::PostParams};
use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

/// The name of the Lease, in the operator's own namespace.
pub(super) const NAME: &str = "cloudfront-operator";

/// Whether this process leads. Cheap to clone and to ask.
#[derive(Clone, Debug)]
pub(super) struct Leadership {
    /// `None`: nobody is asked, this process always leads.
    duration: Option<Duration>,
    /// Until when this process surely leads.
    until: Arc<Mutex<Option<Instant>>>,
}

/// A Lease as it was last seen, since when it has looked like that, and how long it is good for.
struct Seen {
    version: Option<String>,
    since: Instant,
    duration: Duration,
}

impl Seen {
    fn expired(&self) -> bool {
        self.since.elapsed() >= self.duration
    }
}

/// How often those who stand by look: so long may it take them to see that the leader has let go.
const LOOK: Duration = Duration::from_millis(500);

impl Leadership {
    /// Not leading yet, if leaders are to be elected at all.
    pub(super) fn new(elect: bool, duration: Duration) -> Self {
        Self {
            duration: elect.then_some(duration),
            until: Arc::default(),
        }
    }

    /// Whether this process leads at this moment.
    pub(super) fn holds(&self) -> bool {
        self.duration.is_none() || self.until().is_some_and(|until| Instant::now() < until)
    }

    /// Waits until this process leads, and keeps renewing from then on. False: the end was asked for first.
    pub(super) async fn acquire(&self, kube: &Client, shutdown: Shutdown) -> bool {
        let Some(duration) = self.duration else {
            return true;
        };
        tracing::info!(identity = identity(), "waiting to lead");
        let acquired = tokio::select! {
            () = self.compete(kube, duration) => true,
            () = shutdown => false,
        };
        if acquired {
            tracing::info!(identity = identity(), "leading");
            tokio::spawn(self.clone().renew(kube.clone(), duration));
        }
        acquired
    }

    /// Ends when this process can no longer be sure to lead.
    pub(super) async fn lost(&self) {
        if self.duration.is_none() {
            return std::future::pending().await;
        }
        while let Some(until) = self.until().filter(|until| Instant::now() < *until) {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    /// Lets go, so that another replica need not wait.
    pub(super) async fn release(&self, kube: &Client) {
        if self.duration.is_none() || !self.holds() {
            return;
        }
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let api = Api::<Lease>::default_namespaced(kube.clone());
        let Ok(mut lease) = api.get(NAME).await else {
            return;
        };
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() == Some(identity().as_str()) {
            spec.holder_identity = None;
            spec.renew_time = Some(MicroTime(Timestamp::now()));
            if let Err(error) = api.replace(NAME, &PostParams::default(), &lease).await {
                tracing::warn!(%error, "could not release the Lease; another replica has to wait until it expires");
            }
        }
    }

    async fn compete(&self, kube: &Client, duration: Duration) {
        let api = Api::<Lease>::default_namespaced(kube.clone());
        let mut seen = None;
        loop {
            let begun = Instant::now();
            match take(&api, duration, &mut seen).await {
                Ok(true) => return self.extend(begun, duration),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "cannot take the Lease; trying again"),
            }
            tokio::time::sleep(LOOK.min(duration / 8)).await;
        }
    }

    async fn renew(self, kube: Client, duration: Duration) {
        let api = Api::<Lease>::default_namespaced(kube);
        while self.holds() {
            tokio::time::sleep(duration / 8).await;
            let begun = Instant::now();
            match tokio::time::timeout(duration / 3, renew_once(&api, duration)).await {
                Ok(Ok(true)) if self.holds() => self.extend(begun, duration),
                Ok(Ok(_)) => return self.give_up(),
                Ok(Err(error)) => tracing::warn!(%error, "cannot renew the Lease; trying again"),
                Err(_) => tracing::warn!("the Lease was not renewed in time; trying again"),
            }
        }
    }

    /// The Lease is somebody else's: no write may go out any more.
    fn give_up(&self) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Counted from before the renewal was sent: it cannot have been written earlier.
    fn extend(&self, begun: Instant, duration: Duration) {
        let until = begun + trusted(duration);
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    fn until(&self) -> Option<Instant> {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long after a renewal a holder counts on its Lease: less than the whole seconds that others read there.
fn trusted(duration: Duration) -> Duration {
    duration * 2 / 3
}

/// The name under which this process leads: the pod's, and something that no other process has.
pub(super) fn identity() -> String {
    static IDENTITY: OnceLock<String> = OnceLock::new();
    let make = || {
        use std::hash::{BuildHasher, RandomState};
        let pod = std::env::var("HOSTNAME").unwrap_or_else(|_| "local".into());
        format!(
            "{pod}_{:016x}",
            RandomState::new().hash_one(std::process::id())
        )
    };
    IDENTITY.get_or_init(make).clone()
}

/// Takes the Lease if nobody holds it, or if its holder was not seen renewing it for its duration.
async fn take(
    api: &Api<Lease>,
    duration: Duration,
    seen: &mut Option<Seen>,
) -> Result<bool, kube::Error> {
    let Some(mut lease) = api.get_opt(NAME).await? else {
        // Whoever held it a moment ago may still count on it, and makes it again.
        if seen.as_ref().is_some_and(|seen| !seen.expired()) {
            return Ok(false);
        }
        return make(api, duration).await;
    };
    let version = lease.metadata.resource_version.clone();
    let spec = lease.spec.take().unwrap_or_default();
    let theirs = u64::try_from(spec.lease_duration_seconds.unwrap_or(0)).unwrap_or(0);
    let watched = match seen.take() {
        Some(before) if before.version == version => before,
        _ => Seen {
            version,
            since: Instant::now(),
            duration: Duration::from_secs(theirs),
        },
    };
    let free = spec
        .holder_identity
        .as_deref()
        .unwrap_or_default()
        .is_empty();
    let expired = watched.expired();
    *seen = Some(watched);
    if !free && !expired {
        return Ok(false);
    }
    lease.spec = Some(held(spec, duration));
    won(api.replace(NAME, &PostParams::default(), &lease).await)
}

/// Makes the Lease; false when another replica was quicker.
async fn make(api: &Api<Lease>, duration: Duration) -> Result<bool, kube::Error> {
    let mut lease = Lease::default();
    lease.metadata.name = Some(NAME.into());
    lease.spec = Some(held(LeaseSpec::default(), duration));
    won(api.create(&PostParams::default(), &lease).await)
}

/// Renews the Lease; false when it is somebody else's.
async fn renew_once(api: &Api<Lease>, duration: Duration) -> Result<bool, kube::Error> {
    let Some(mut lease) = api.get_opt(NAME).await? else {
        return make(api, duration).await;
    };
    let mut spec = lease.spec.take().unwrap_or_default();
    if spec.holder_identity.as_deref() != Some(identity().as_str()) {
        return Ok(false);
    }
    spec.renew_time = Some(MicroTime(Timestamp::now()));
    spec.lease_duration_seconds = Some(seconds(duration));
    lease.spec = Some(spec);
    // A conflict does not say with whom: a Lease that was deleted since it was read answers with one too.
    api.replace(NAME, &PostParams::default(), &lease)
        .await
        .map(|_| true)
}

fn held(mut spec: LeaseSpec, duration: Duration) -> LeaseSpec {
    let now = Some(MicroTime(Timestamp::now()));
    spec.holder_identity = Some(identity());
    spec.lease_duration_seconds = Some(seconds(duration));
    spec.lease_transitions = Some(spec.lease_transitions.unwrap_or(0).saturating_add(1));
    spec.acquire_time.clone_from(&now);
    spec.renew_time = now;
    spec
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs().max(1)).unwrap_or(i32::MAX)
}

/// A conflict means that another replica was quicker.
fn won(answer: Result<Lease, kube::Error>) -> Result<bool, kube::Error> {
    match answer {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(refusal)) if refusal.code == 409 => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::cli::value_parsers::lease_duration;
    use kube::client::Body;

    #[test]
    fn a_holder_gives_up_before_others_may_take_over_and_has_tried_twice_by_then() {
        for text in ["3s", "3s999ms", "15s", "1h"] {
            let duration = lease_duration(text).unwrap();
            let told = Duration::from_secs(u64::try_from(seconds(duration)).unwrap());
            assert!(trusted(duration) < told, "{text}");
            let renewal = duration / 8 + duration / 3;
            assert!(renewal + duration / 8 < trusted(duration), "{text}");
        }
    }

    #[tokio::test]
    async fn a_conflict_is_no_proof_that_somebody_else_leads() {
        let service = tower::service_fn(async |request: http::Request<Body>| {
            let (status, body) = if request.method() == http::Method::GET {
                let spec = serde_json::json!({ "holderIdentity": identity() });
                (
                    200,
                    serde_json::json!({ "metadata": { "name": NAME }, "spec": spec }),
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
