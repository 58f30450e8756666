//! The state of the simulated service, shared by the API port, the control port and the library.

mod account;
mod collection;
mod pair_store;
mod persistence;
mod resource;
mod state;

pub(crate) use account::{Account, Invalidation, MONITORING_SUBSCRIPTIONS};
pub(crate) use collection::Collection;
pub(crate) use pair_store::PairStore;
pub use persistence::StateError;
pub(crate) use persistence::StateSnapshot;
pub(crate) use resource::{Resource, ResourceVersion, ResourceView};
pub use state::RoleTrust;
pub(crate) use state::{AliasOwner, PersistedState};

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    api_port::ApiService,
    clock::{Millis, duration_millis},
    error::ApiError,
    faults::{FaultInjector, FaultMode},
    journal::Journal,
    options::Credential,
    quotas::Quotas,
    settings::Settings,
    sigv4::AccessKey,
};

/// The service behind its lock. Clones share one service.
#[derive(Clone)]
pub(crate) struct SharedService(Arc<Mutex<Service>>);

impl SharedService {
    pub(crate) fn new(service: Service) -> Self {
        Self(Arc::new(Mutex::new(service)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Service> {
        // A panic in one request is a bug in the simulator. Later requests must not fail because of it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The simulated service. One lock guards it, so the journal has the order in which requests commit.
pub(crate) struct Service {
    pub(crate) state: PersistedState,
    pub(crate) settings: Settings,
    pub(crate) faults: FaultInjector,
    pub(crate) journal: Journal,
    /// Whether the state changed since the last snapshot. Every change sets it.
    pub(crate) is_dirty: bool,
}

impl Service {
    pub(crate) fn new(state: PersistedState, settings: Settings) -> Self {
        Self {
            state,
            settings,
            faults: FaultInjector::default(),
            journal: Journal::default(),
            is_dirty: false,
        }
    }

    /// The simulated time.
    pub(crate) fn now(&self) -> Millis {
        self.state.clock.now()
    }

    /// The server's time for signatures and the `Date` header. Advances of the clock do not change it.
    pub(crate) fn server_time(&self) -> Millis {
        self.state.clock.real_time() + self.settings.signing_skew_seconds * 1000
    }

    /// Returns a snapshot of the state if it changed since the last one.
    pub(crate) fn take_snapshot(&mut self) -> Option<Result<StateSnapshot, StateError>> {
        if !std::mem::take(&mut self.is_dirty) {
            return None;
        }
        Some(StateSnapshot::new(&self.state, &self.settings))
    }

    pub(crate) fn add_credential(&mut self, credential: &Credential) {
        self.state.keyring.add(AccessKey::from(credential));
        self.account_mut(&credential.account);
    }

    /// Returns the account. Creates an unknown one, because roles can be assumed in any account.
    pub(crate) fn account_mut(&mut self, number: &str) -> &mut Account {
        self.state.accounts.entry(number.to_owned()).or_default()
    }

    pub(crate) fn account(&self, number: &str) -> Option<&Account> {
        self.state.accounts.get(number)
    }

    pub(crate) fn quotas(&self, number: &str) -> Quotas {
        self.account(number)
            .map(|account| account.quotas.clone())
            .unwrap_or_default()
    }

    /// Counts the request against all matching faults and returns the mode of the first one that is due.
    pub(crate) fn next_fault(
        &mut self,
        operation: &str,
        account: Option<&str>,
    ) -> Option<FaultMode> {
        self.faults
            .next_fault(operation, account, &mut self.state.ids)
    }

    /// Rejects a request of an account that exceeds its rate limit. Each service has its own limit.
    pub(crate) fn check_rate_limit(
        &mut self,
        account: &str,
        service: ApiService,
    ) -> Result<(), ApiError> {
        let (rate, now) = (self.settings.rate_limit, self.state.clock.real_time());
        let bucket = self.account_mut(account).token_bucket(service);
        if rate <= 0.0 || bucket.try_take(rate, now) {
            return Ok(());
        }
        Err(ApiError::new("Throttling", "Rate exceeded"))
    }

    /// Returns `InProgress` until the deployment delay has passed since the write, then `Deployed`.
    pub(crate) fn deployment_status(&self, modified: Millis) -> &'static str {
        if self.has_passed(modified, self.settings.deploy_delay) {
            "Deployed"
        } else {
            "InProgress"
        }
    }

    /// Returns `InProgress` until the invalidation delay has passed since the creation, then `Completed`.
    pub(crate) fn invalidation_status(&self, created: Millis) -> &'static str {
        if self.has_passed(created, self.settings.invalidation_delay) {
            "Completed"
        } else {
            "InProgress"
        }
    }

    /// Returns `PROVISIONING` until the provisioning delay has passed since the creation, then `READY`.
    pub(crate) fn provisioning_status(&self, created: Millis) -> &'static str {
        if self.has_passed(created, self.settings.provisioning_delay) {
            "READY"
        } else {
            "PROVISIONING"
        }
    }

    fn has_passed(&self, since: Millis, delay: Duration) -> bool {
        self.now() >= since.saturating_add(duration_millis(delay))
    }
}
