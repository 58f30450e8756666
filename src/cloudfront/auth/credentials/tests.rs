//! The memory of credentials, on time that moves only when everybody waits.

use super::{CloudFrontError, CredentialsCache};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use futures::future::join_all;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};
use tokio::time::{Duration, advance, sleep};

/// What a source does when it is asked for the nth time.
#[derive(Clone, Copy, Debug)]
enum Play {
    /// Gives keys that live so long.
    Give(Option<Duration>),
    Fail,
    Hang,
}

/// Follows a script, whose last line it repeats, and takes a second for each answer.
#[derive(Clone, Debug)]
struct Script {
    plays: Arc<[Play]>,
    asked: Arc<AtomicUsize>,
}

impl ProvideCredentials for Script {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let n = self.asked.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_secs(1)).await;
            match self.plays[n.min(self.plays.len() - 1)] {
                Play::Give(life) => {
                    let expiry = life.map(|life| SystemTime::now() + life);
                    let name = format!("KEY{}", n + 1);
                    Ok(Credentials::new(name, "s", None, expiry, "script"))
                }
                Play::Fail => Err(CredentialsError::provider_error("STS is down")),
                Play::Hang => std::future::pending().await,
            }
        })
    }
}

fn cache(plays: &[Play]) -> (CredentialsCache, Arc<AtomicUsize>) {
    let asked = Arc::default();
    let script = Script {
        plays: plays.into(),
        asked: Arc::clone(&asked),
    };
    (
        CredentialsCache::new(SharedCredentialsProvider::new(script)),
        asked,
    )
}

async fn key(cache: &CredentialsCache) -> Result<String, CloudFrontError> {
    let credentials = cache.get().await?;
    Ok(credentials.access_key_id().to_owned())
}

fn minutes(count: u64) -> Play {
    Play::Give(Some(Duration::from_mins(count)))
}

#[tokio::test(start_paused = true)]
async fn many_callers_ask_the_source_once() {
    let (cache, asked) = cache(&[minutes(60)]);
    for result in join_all((0..50).map(|_| key(&cache))).await {
        assert_eq!(result.unwrap(), "KEY1");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_are_renewed_before_they_expire() {
    let (cache, _) = cache(&[minutes(60)]);
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    advance(Duration::from_mins(54)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    advance(Duration::from_mins(2)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
}

#[tokio::test(start_paused = true)]
async fn short_lived_credentials_are_not_asked_for_with_every_call() {
    let (cache, asked) = cache(&[minutes(4)]);
    for _ in 0..100 {
        key(&cache).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    advance(Duration::from_mins(2)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
}

#[tokio::test(start_paused = true)]
async fn credentials_without_an_end_are_kept() {
    let (cache, _) = cache(&[Play::Give(None)]);
    key(&cache).await.unwrap();
    advance(Duration::from_hours(1_000)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
}

#[tokio::test(start_paused = true)]
async fn old_credentials_serve_to_their_very_end_while_the_source_is_down() {
    let (cache, _) = cache(&[minutes(60), Play::Fail]);
    key(&cache).await.unwrap();
    advance(Duration::from_mins(58)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    advance(Duration::from_mins(3)).await;
    let error = key(&cache).await.unwrap_err();
    assert!(error.to_string().contains("STS is down"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn one_failure_is_enough_for_all_who_wait() {
    let (cache, asked) = cache(&[Play::Fail, minutes(60)]);
    for result in join_all((0..50).map(|_| key(&cache))).await {
        result.unwrap_err();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    advance(Duration::from_secs(2)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_given_up() {
    let (cache, _) = cache(&[Play::Hang]);
    let error = key(&cache).await.unwrap_err();
    assert!(
        error.to_string().contains("no answer within 30 s"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_forgotten_but_not_their_successors() {
    let (cache, asked) = cache(&[minutes(60)]);
    let refused = cache.get().await.unwrap();
    cache.invalidate(&refused).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
    cache.invalidate(&refused).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_does_not_block_the_next() {
    let (cache, _) = cache(&[minutes(60)]);
    let hurried = tokio::time::timeout(Duration::from_millis(500), cache.get());
    hurried.await.unwrap_err();
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
}
