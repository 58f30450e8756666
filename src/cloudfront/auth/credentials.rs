//! Credentials, cached until they expire.

use crate::cloudfront::{
    CloudFrontError,
    error::{error_chain, sanitize},
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use std::{
    fmt,
    time::{Duration, SystemTime},
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

/// Credentials are refreshed this long before they expire, or at half of their lifetime if that is shorter than twice this.
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_mins(5);
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

/// Caches the credentials of a source. Concurrent callers share one request to the source, and valid credentials need none.
///
/// The chain of `aws-config` caches nothing itself: without this cache, every request to CloudFront would cost one to STS.
#[derive(Debug)]
pub(in crate::cloudfront) struct CredentialsCache {
    source: SharedCredentialsProvider,
    state: Mutex<CacheState>,
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
    pub(in crate::cloudfront) fn new(source: SharedCredentialsProvider) -> Self {
        Self {
            source,
            state: Mutex::default(),
        }
    }

    /// Returns credentials that are valid for some minutes, or until they expire while the source fails.
    pub(in crate::cloudfront) async fn get(&self) -> Result<Credentials, CloudFrontError> {
        let mut state = self.state.lock().await;
        if let Some(fresh) = state.cached_until(|expiry| expiry.refresh_at) {
            return Ok(fresh);
        }
        if let Some(error) = state.recent_failure() {
            return state.cached_until(|expiry| expiry.expires_at).ok_or(error);
        }
        match self.load().await {
            Ok(credentials) => {
                *state = CacheState::of(credentials.clone());
                Ok(credentials)
            }
            Err(error) => {
                state.last_failure = Some((Instant::now(), error.clone()));
                state.cached_until(|expiry| expiry.expires_at).ok_or(error)
            }
        }
    }

    /// Removes credentials that AWS refused, unless the cache already has newer ones.
    pub(super) async fn invalidate(&self, refused: &Credentials) {
        let mut state = self.state.lock().await;
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
    fn of(credentials: Credentials) -> Self {
        let expiry = credentials.expiry().map(|expiry| {
            let lifetime = expiry.duration_since(SystemTime::now()).unwrap_or_default();
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
