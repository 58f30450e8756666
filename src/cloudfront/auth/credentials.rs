//! Credentials, cached until they expire.

use super::SigningClock;
use crate::cloudfront::{
    CloudFrontError,
    error::{error_chain, sanitize},
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use parking_lot::Mutex;
use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, timeout};
use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

/// Credentials are refreshed this long before they expire, or at half of their lifetime if that is shorter than twice this.
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_mins(5);
/// The shortest time for which credentials are used. A wrong clock must not cause a request to the source for every call, and AWS
/// itself refuses credentials that have expired.
const MIN_LIFETIME: Duration = Duration::from_mins(1);
/// Maximum wait for a credentials source.
const SOURCE_TIMEOUT: Duration = Duration::from_secs(30);
/// After a failure the source is not asked again for this long.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// Where credentials come from.
#[derive(Clone, Debug, Default)]
pub enum CredentialsSource {
    /// AWS's default chain: environment, profile, web identity (IRSA), container (EKS Pod Identity), instance metadata.
    #[default]
    DefaultChain,
    /// Fixed credentials, for tests and simulators.
    Static(StaticCredentials),
}

/// An access key. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticCredentials {
    /// The id of the key, `AKIA…` or `ASIA…`.
    pub access_key_id: String,
    /// The secret that signs requests.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

/// Caches the credentials of a source. Concurrent callers share one request to the source, and valid credentials need none: they are
/// renewed in the background.
///
/// The chain of `aws-config` caches nothing itself: without this cache, every request to CloudFront would cost one to STS. Clones share
/// their state.
#[derive(Clone, Debug)]
pub(in crate::cloudfront) struct CredentialsCache {
    source: SharedCredentialsProvider,
    /// Determines the lifetime of credentials.
    clock: Arc<SigningClock>,
    state: Arc<Mutex<CacheState>>,
    /// Locked during a request to the source.
    loading: Arc<tokio::sync::Mutex<()>>,
}

/// The `Debug` of [`Credentials`] hides the secrets.
#[derive(Debug, Default)]
struct CacheState {
    cached: Option<Cached>,
    last_failure: Option<(Instant, CloudFrontError)>,
}

#[derive(Debug)]
struct Cached {
    credentials: Credentials,
    expiry: Option<Expiry>,
}

#[derive(Clone, Copy, Debug)]
struct Expiry {
    refresh_at: Instant,
    expires_at: Instant,
}

impl CredentialsCache {
    pub(in crate::cloudfront) fn new(
        source: SharedCredentialsProvider,
        clock: Arc<SigningClock>,
    ) -> Self {
        Self {
            source,
            clock,
            state: Arc::default(),
            loading: Arc::default(),
        }
    }

    /// Returns credentials that have not expired. They wait for the source only if there are none.
    pub(in crate::cloudfront) async fn get(&self) -> Result<Credentials, CloudFrontError> {
        if let Some(valid) = self.valid() {
            return Ok(valid);
        }
        let _loading = self.loading.lock().await;
        // Another caller may have loaded them meanwhile.
        if let Some(valid) = self.valid() {
            return Ok(valid);
        }
        if let Some(error) = self.state.lock().recent_failure() {
            return Err(error);
        }
        self.load_and_store().await
    }

    /// Returns the cached credentials until they expire, and renews them in the background if that is soon.
    fn valid(&self) -> Option<Credentials> {
        let state = self.state.lock();
        let valid = state.cached_until(|expiry| expiry.expires_at)?;
        let is_fresh = state.cached_until(|expiry| expiry.refresh_at).is_some();
        if !is_fresh && state.recent_failure().is_none() {
            self.renew_in_background();
        }
        Some(valid)
    }

    fn renew_in_background(&self) {
        let Ok(loading) = Arc::clone(&self.loading).try_lock_owned() else {
            // A request to the source is in progress.
            return;
        };
        let cache = self.clone();
        tokio::spawn(async move {
            // The failure is stored.
            let _ = cache.load_and_store().await;
            drop(loading);
        });
    }

    /// Asks the source, and stores the credentials or the failure.
    async fn load_and_store(&self) -> Result<Credentials, CloudFrontError> {
        let loaded = self.load().await;
        let mut state = self.state.lock();
        match &loaded {
            Ok(credentials) => {
                *state = CacheState::of(credentials.clone(), self.clock.server_time());
            }
            Err(error) => state.last_failure = Some((Instant::now(), error.clone())),
        }
        loaded
    }

    /// Removes credentials that AWS refused, unless the cache already has newer ones.
    pub(super) fn invalidate(&self, refused: &Credentials) {
        let mut state = self.state.lock();
        if state
            .cached
            .as_ref()
            .is_some_and(|cached| cached.credentials == *refused)
        {
            *state = CacheState::default();
        }
    }

    /// Asks the source without a tracing subscriber: its traces may contain tokens.
    async fn load(&self) -> Result<Credentials, CloudFrontError> {
        let provided = self.source.provide_credentials();
        let provided = provided.with_subscriber(NoSubscriber::default());
        let detail = match timeout(SOURCE_TIMEOUT, provided).await {
            Ok(Ok(credentials)) => return Ok(credentials),
            Ok(Err(error)) => sanitize(&error_chain(&error)),
            Err(_) => format!("no response within {} s", SOURCE_TIMEOUT.as_secs()),
        };
        Err(CloudFrontError::NoCredentials { detail })
    }
}

impl CacheState {
    /// Returns the state with credentials that were loaded at this time of AWS's clock.
    fn of(credentials: Credentials, server_time: SystemTime) -> Self {
        let expiry = credentials.expiry().map(|expiry| {
            let lifetime = expiry.duration_since(server_time).unwrap_or_default();
            let lifetime = lifetime.max(MIN_LIFETIME);
            let refresh_after = if lifetime > 2 * REFRESH_BEFORE_EXPIRY {
                lifetime.saturating_sub(REFRESH_BEFORE_EXPIRY)
            } else {
                lifetime / 2
            };
            let now = Instant::now();
            Expiry {
                refresh_at: now + refresh_after,
                expires_at: now + lifetime,
            }
        });
        Self {
            cached: Some(Cached {
                credentials,
                expiry,
            }),
            last_failure: None,
        }
    }

    /// Returns the cached credentials until the given time of their expiry.
    fn cached_until(&self, deadline: impl Fn(Expiry) -> Instant) -> Option<Credentials> {
        let cached = self.cached.as_ref()?;
        let is_valid = cached
            .expiry
            .is_none_or(|expiry| Instant::now() < deadline(expiry));
        is_valid.then(|| cached.credentials.clone())
    }

    fn recent_failure(&self) -> Option<CloudFrontError> {
        let (at, error) = self.last_failure.as_ref()?;
        (at.elapsed() < FAILURE_PAUSE).then(|| error.clone())
    }
}

impl From<StaticCredentials> for Credentials {
    fn from(credentials: StaticCredentials) -> Self {
        Self::new(
            credentials.access_key_id,
            credentials.secret_access_key,
            credentials.session_token,
            None,
            "keys",
        )
    }
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaticCredentials([redacted])")
    }
}

#[cfg(test)]
mod tests;
