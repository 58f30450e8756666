//! The requests for the Lease.

use super::identity::Identity;
use crate::cloudfront::Clock;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use kube::{Api, Error, api::PostParams};
use std::time::Duration;
use tokio::time::Instant;

/// The name of the Lease in the namespace of the operator.
pub(in crate::operator) const LEASE_NAME: &str = "cloudfront-operator";

/// Reads and writes the Lease for one process.
#[derive(Clone, Debug)]
pub(super) struct LeaseClient {
    pub(super) api: Api<Lease>,
    pub(super) identity: Identity,
    /// The duration that this process writes into the Lease.
    pub(super) duration: Duration,
    pub(super) clock: Clock,
}

/// The Lease as last observed.
pub(super) struct ObservedLease {
    version: Option<String>,
    /// When this version was first observed.
    since: Instant,
    duration: Duration,
}

impl ObservedLease {
    /// Returns when the Lease expires, if it is not renewed before.
    pub(super) fn expires_at(&self) -> Instant {
        self.since + self.duration
    }

    fn is_expired(&self) -> bool {
        Instant::now() >= self.expires_at()
    }

    /// Updates the observation. The time since when the Lease was not renewed stays while its version stays.
    fn observe(observed: &mut Option<Self>, lease: &Lease) {
        let version = lease.metadata.resource_version.clone();
        if observed
            .as_ref()
            .is_some_and(|before| before.version == version)
        {
            return;
        }
        let seconds = lease
            .spec
            .as_ref()
            .and_then(|spec| spec.lease_duration_seconds);
        *observed = Some(Self {
            version,
            since: Instant::now(),
            duration: Duration::from_secs(u64::try_from(seconds.unwrap_or(0)).unwrap_or(0)),
        });
    }
}

impl LeaseClient {
    /// Acquires the Lease if it has no holder, if its holder has certainly ended, or if its holder was not observed to renew it for
    /// its duration. `None`: another replica holds it, or was faster.
    pub(super) async fn try_acquire(
        &self,
        observed: &mut Option<ObservedLease>,
    ) -> Result<Option<Lease>, Error> {
        let Some(mut lease) = self.api.get_opt(LEASE_NAME).await? else {
            // The holder of a Lease that was just deleted may still lead, and creates it again.
            if observed.as_ref().is_some_and(|lease| !lease.is_expired()) {
                return Ok(None);
            }
            return self.create().await;
        };
        ObservedLease::observe(observed, &lease);
        let is_expired = observed.as_ref().is_some_and(ObservedLease::is_expired);
        let holder = holder(&lease);
        if !holder.is_empty() && !self.identity.replaces(holder) && !is_expired {
            return Ok(None);
        }
        lease.spec = Some(self.acquired(lease.spec.take().unwrap_or_default()));
        none_on_conflict(self.replace(&lease).await)
    }

    /// Renews the Lease that this process holds. `None`: another replica holds it, or may have held it.
    ///
    /// The write needs no read before it: the API server refuses it if another client has written the Lease.
    pub(super) async fn renew(
        &self,
        held: &Lease,
        is_leader: bool,
    ) -> Result<Option<Lease>, Error> {
        match self.replace(&self.renewed(held.clone())).await {
            Err(Error::Api(status)) if matches!(status.code, 404 | 409) => {}
            replaced => return replaced.map(Some),
        }
        // Another client wrote or deleted the Lease, or the response to the last renewal was lost.
        match self.api.get_opt(LEASE_NAME).await? {
            None if is_leader => self.create().await,
            Some(current) if self.is_held(&current) => {
                // A conflict does not prove another holder: a Lease that was deleted after the read causes one too.
                self.replace(&self.renewed(current)).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Clears the holder of the Lease, if it is this process.
    pub(super) async fn release(&self) -> Result<(), Error> {
        let Some(mut lease) = self.api.get_opt(LEASE_NAME).await? else {
            return Ok(());
        };
        if self.is_held(&lease) {
            let spec = lease.spec.get_or_insert_default();
            spec.holder_identity = None;
            spec.renew_time = Some(MicroTime(self.clock.timestamp()));
            self.replace(&lease).await?;
        }
        Ok(())
    }

    /// Creates the Lease. `None`: another replica created it first.
    async fn create(&self) -> Result<Option<Lease>, Error> {
        let mut lease = Lease::default();
        lease.metadata.name = Some(LEASE_NAME.into());
        lease.spec = Some(self.acquired(LeaseSpec::default()));
        none_on_conflict(self.api.create(&PostParams::default(), &lease).await)
    }

    async fn replace(&self, lease: &Lease) -> Result<Lease, Error> {
        let params = PostParams::default();
        self.api.replace(LEASE_NAME, &params, lease).await
    }

    fn is_held(&self, lease: &Lease) -> bool {
        holder(lease) == self.identity.holder()
    }

    /// Returns the spec of a Lease that this process acquires.
    fn acquired(&self, mut spec: LeaseSpec) -> LeaseSpec {
        let now = Some(MicroTime(self.clock.timestamp()));
        spec.holder_identity = Some(self.identity.holder().to_owned());
        spec.lease_duration_seconds = Some(whole_seconds(self.duration));
        spec.lease_transitions = Some(spec.lease_transitions.unwrap_or(0).saturating_add(1));
        spec.acquire_time.clone_from(&now);
        spec.renew_time = now;
        spec
    }

    /// Returns the Lease with the present time.
    fn renewed(&self, mut lease: Lease) -> Lease {
        let spec = lease.spec.get_or_insert_default();
        spec.renew_time = Some(MicroTime(self.clock.timestamp()));
        spec.lease_duration_seconds = Some(whole_seconds(self.duration));
        lease
    }
}

/// Returns the holder of a Lease, or an empty text.
fn holder(lease: &Lease) -> &str {
    let holder = lease
        .spec
        .as_ref()
        .and_then(|spec| spec.holder_identity.as_deref());
    holder.unwrap_or_default()
}

/// A Lease contains whole seconds.
pub(super) fn whole_seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs().max(1)).unwrap_or(i32::MAX)
}

/// Returns `None` for a conflict: another replica was faster.
fn none_on_conflict(response: Result<Lease, Error>) -> Result<Option<Lease>, Error> {
    match response {
        Err(Error::Api(status)) if status.code == 409 => Ok(None),
        response => response.map(Some),
    }
}
