//! Leader election: at most one replica reconciles, and a replica that cannot renew its Lease in time stops to.
//!
//! The algorithm is client-go's. A Lease is only taken over after this process *observed* no renewal for the duration of the Lease,
//! because clocks of different machines are not compared. The exception is the Lease of an earlier container of the same pod: the
//! kubelet starts a container after the one before it has ended.
//!
//! A Lease that does not exist may have been deleted under a leader that this process did not observe. So the process that creates it
//! leads only after such a leader must have stopped.
//!
//! The leader renews every quarter of the duration. It stops leading after two thirds without success, on the monotonic clock or on the wall
//! clock, before another replica can take over. Then it competes for the Lease again, with its caches.
//!
//! An ETag makes a late update or deletion harmless, and a caller reference a repeated create. A create that leaves after the next leader
//! has deleted the resource would leave a resource without an object, so no body is sent after the leadership has ended.

mod identity;
mod lease;
#[cfg(test)]
mod tests;

use crate::{
    cloudfront::Clock,
    engine::{Leadership, Moment},
};
pub(super) use identity::Identity;
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, Error};
pub(super) use lease::LEASE_NAME;
use lease::{LeaseClient, ObservedLease};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How often a standby replica reads the Lease: the longest that it takes to notice a released Lease.
const MAX_RETRY_PERIOD: Duration = Duration::from_millis(500);

/// The longest wait for a response.
const MAX_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Acquires and renews the Lease, and grants the leadership accordingly. Clones share their state.
#[derive(Clone, Debug)]
pub struct LeaderElector {
    lease: LeaseClient,
    leadership: Leadership,
}

impl LeaderElector {
    /// Creates an elector for a Lease of this duration.
    pub fn new(kube: Client, duration: Duration, leadership: Leadership) -> Self {
        let lease = LeaseClient {
            api: Api::default_namespaced(kube),
            identity: Identity::of_this_process().clone(),
            duration,
            clock: Clock::System,
        };
        Self { lease, leadership }
    }

    /// Competes as another process in a pod with this name and UID, with this clock. The number is different for each process.
    #[must_use]
    pub fn in_pod(mut self, name: &str, uid: &str, number: u64, clock: Clock) -> Self {
        self.lease.identity = Identity::new(name, uid, number);
        self.lease.clock = clock;
        self
    }

    /// Acquires the Lease, renews it for as long as no other replica holds it, and begins again. Never returns.
    pub async fn run(self) {
        let identity = self.lease.identity.holder();
        loop {
            tracing::info!(identity, "waiting to lead");
            let lease = self.acquire().await;
            tracing::info!(identity, "leading");
            self.hold(lease).await;
            tracing::warn!(identity, "another replica leads: this one stands by");
        }
    }

    /// Releases the Lease, so that another replica can acquire it before it expires. A process that has not led keeps it: it may have
    /// created the Lease while another replica leads.
    pub async fn release(&self) {
        if self.leadership.last_term() == 0 {
            return;
        }
        self.leadership.end_term();
        let error = match timeout(self.request_timeout(), self.lease.release()).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(elapsed) => elapsed.to_string(),
        };
        tracing::warn!(
            error,
            "could not release the Lease; another replica has to wait until it expires"
        );
    }

    /// Waits until the Lease can be acquired, and begins a term.
    async fn acquire(&self) -> Lease {
        let mut observed = None;
        loop {
            let begun = Moment::now(self.lease.clock);
            let attempt = self.lease.try_acquire(&mut observed);
            match timeout(self.request_timeout(), attempt).await {
                Ok(Ok(Some(lease))) if observed.is_some() => {
                    self.leadership.begin_term(self.deadline(begun));
                    return lease;
                }
                Ok(Ok(Some(lease))) => {
                    if let Some(lease) = self.lead_after_unobserved_leader(&lease).await {
                        return lease;
                    }
                }
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "cannot take the Lease; trying again"),
                Err(_) => tracing::warn!("cannot read the Lease in time; trying again"),
            }
            sleep(self.until_next_attempt(observed.as_ref())).await;
        }
    }

    /// Waits until a leader whose Lease was deleted must have stopped, renews the Lease that this process has created, and begins a
    /// term. `None`: another replica holds the Lease, or the renewal failed.
    async fn lead_after_unobserved_leader(&self, lease: &Lease) -> Option<Lease> {
        let period = self.lead_period();
        tracing::info!(
            ?period,
            "there was no Lease: waiting, because a replica whose Lease was deleted may still lead"
        );
        sleep(period).await;
        let begun = Moment::now(self.lease.clock);
        let renewed = self.renew_in_time(lease).await.ok()??;
        self.leadership.begin_term(self.deadline(begun));
        Some(renewed)
    }

    /// Renews the Lease until another replica holds it.
    async fn hold(&self, mut lease: Lease) {
        let mut delay = self.renew_period();
        let mut is_leader = true;
        loop {
            sleep(delay).await;
            let begun = Moment::now(self.lease.clock);
            delay = match self.renew_in_time(&lease).await {
                Ok(None) => return self.leadership.end_term(),
                Ok(Some(renewed)) => {
                    lease = renewed;
                    self.leadership.extend_term(self.deadline(begun));
                    self.renew_period()
                }
                Err(error) => {
                    tracing::warn!(error, "cannot renew the Lease; trying again");
                    self.retry_period()
                }
            };
            if is_leader != self.leadership.is_leader() {
                is_leader = !is_leader;
                log_interruption(is_leader);
            }
        }
    }

    async fn renew_in_time(&self, lease: &Lease) -> Result<Option<Lease>, String> {
        let renewal = self.lease.renew(lease, self.leadership.is_leader());
        match timeout(self.request_timeout(), renewal).await {
            Ok(renewed) => renewed.map_err(|error: Error| error.to_string()),
            Err(elapsed) => Err(elapsed.to_string()),
        }
    }

    /// Returns the time until which a renewal lets this process lead. It counts from before the request was sent, because the API
    /// server cannot have stored the renewal earlier. It is shorter than the whole seconds that other replicas read in the Lease.
    fn deadline(&self, begun: Moment) -> Moment {
        begun.after(self.lead_period())
    }

    fn lead_period(&self) -> Duration {
        self.lease.duration * 2 / 3
    }

    fn renew_period(&self) -> Duration {
        self.lease.duration / 4
    }

    /// Returns the timeout of an attempt, after which a renewal has time for a second one.
    fn request_timeout(&self) -> Duration {
        MAX_REQUEST_TIMEOUT.min(self.lease.duration / 4)
    }

    /// Returns the pause after a failed attempt.
    fn retry_period(&self) -> Duration {
        MAX_RETRY_PERIOD.min(self.lease.duration / 24)
    }

    /// Returns the time until the next attempt to acquire the Lease, which is not later than the Lease expires.
    fn until_next_attempt(&self, observed: Option<&ObservedLease>) -> Duration {
        let period = MAX_RETRY_PERIOD.min(self.lease.duration / 8);
        let until_expiry =
            observed.map(|lease| lease.expires_at().saturating_duration_since(Instant::now()));
        match until_expiry {
            Some(rest) if !rest.is_zero() => period.min(rest),
            _ => period,
        }
    }
}

fn log_interruption(is_leader: bool) {
    if is_leader {
        tracing::info!("leading again: no other replica has led meanwhile");
    } else {
        tracing::warn!(
            "the Lease was not renewed in time, so another replica may lead: reconciliations wait"
        );
    }
}
