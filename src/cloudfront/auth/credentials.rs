//! Credentials, kept for as long as they are good.

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

/// Credentials are renewed this long before they expire, or halfway if they live less than twice as long.
const MARGIN: Duration = Duration::from_mins(5);
/// A source that hangs longer than this is down.
const PATIENCE: Duration = Duration::from_secs(30);
/// After a failure the source is left alone for this long.
const PAUSE: Duration = Duration::from_secs(1);

/// Where credentials come from.
#[derive(Clone, Debug, Default)]
pub enum CredentialsSource {
    /// AWS's usual chain: environment, profile, web identity (IRSA), container (EKS Pod Identity), instance metadata.
    #[default]
    DefaultChain,
    /// Given ones, for tests and simulators.
    Static(StaticCredentials),
}

/// A pair of keys. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticCredentials {
    /// The key's id, `AKIA…` or `ASIA…`.
    pub access_key_id: String,
    /// The secret that signs.
    pub secret_access_key: String,
    /// Comes with temporary keys.
    pub session_token: Option<String>,
}

/// A source with a memory: one question at a time, however many callers wait, and none while the last answer is good.
///
/// The chain of `aws-config` remembers nothing by itself; without this every call would cost a call of STS.
#[derive(Debug)]
pub(in crate::cloudfront) struct CredentialsCache {
    source: SharedCredentialsProvider,
    memory: Mutex<Memory>,
}

/// `Debug` of [`Credentials`] hides what must be hidden.
#[derive(Debug, Default)]
struct Memory {
    held: Option<Held>,
    failed: Option<(Instant, CloudFrontError)>,
}

#[derive(Debug)]
struct Held {
    credentials: Credentials,
    life: Option<Life>,
}

#[derive(Clone, Copy, Debug)]
struct Life {
    renewal: Instant,
    end: Instant,
}

impl CredentialsCache {
    pub(in crate::cloudfront) fn new(source: SharedCredentialsProvider) -> Self {
        Self {
            source,
            memory: Mutex::default(),
        }
    }

    /// Credentials that are good for some minutes; in need, those that still are.
    pub(in crate::cloudfront) async fn get(&self) -> Result<Credentials, CloudFrontError> {
        let mut memory = self.memory.lock().await;
        if let Some(fresh) = memory.held(|life| life.renewal) {
            return Ok(fresh);
        }
        if let Some(error) = memory.recent_failure() {
            return memory.held(|life| life.end).ok_or(error);
        }
        match self.load().await {
            Ok(credentials) => {
                *memory = Memory::of(credentials.clone());
                Ok(credentials)
            }
            Err(error) => {
                memory.failed = Some((Instant::now(), error.clone()));
                memory.held(|life| life.end).ok_or(error)
            }
        }
    }

    /// Forgets credentials that AWS refused, unless they have been renewed meanwhile.
    pub(in crate::cloudfront) async fn forget(&self, refused: &Credentials) {
        let mut memory = self.memory.lock().await;
        if memory
            .held
            .as_ref()
            .is_some_and(|held| held.credentials == *refused)
        {
            *memory = Memory::default();
        }
    }

    /// Asks the source, out of hearing: what it traces may hold tokens.
    async fn load(&self) -> Result<Credentials, CloudFrontError> {
        let asked = self.source.provide_credentials();
        let asked = asked.with_subscriber(NoSubscriber::default());
        let detail = match timeout(PATIENCE, asked).await {
            Ok(Ok(credentials)) => return Ok(credentials),
            Ok(Err(error)) => sanitize(&error_chain(&error)),
            Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        };
        Err(CloudFrontError::NoCredentials { detail })
    }
}

impl Memory {
    fn of(credentials: Credentials) -> Self {
        let life = credentials.expiry().map(|expiry| {
            let left = expiry.duration_since(SystemTime::now()).unwrap_or_default();
            let early = if left > 2 * MARGIN {
                left.saturating_sub(MARGIN)
            } else {
                left / 2
            };
            let now = Instant::now();
            Life {
                renewal: now + early,
                end: now + left,
            }
        });
        Self {
            held: Some(Held { credentials, life }),
            failed: None,
        }
    }

    /// What is held, unless that moment of its life has passed.
    fn held(&self, moment: impl Fn(Life) -> Instant) -> Option<Credentials> {
        let held = self.held.as_ref()?;
        let good = held.life.is_none_or(|life| Instant::now() < moment(life));
        good.then(|| held.credentials.clone())
    }

    fn recent_failure(&self) -> Option<CloudFrontError> {
        let (when, error) = self.failed.as_ref()?;
        (when.elapsed() < PAUSE).then(|| error.clone())
    }
}

impl From<StaticCredentials> for Credentials {
    fn from(keys: StaticCredentials) -> Self {
        Self::new(
            keys.access_key_id,
            keys.secret_access_key,
            keys.session_token,
            None,
            "keys",
        )
    }
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys([redacted])")
    }
}

#[cfg(test)]
mod tests;
