//! The cache of credentials, with a clock that advances only while every task waits.

use super::{CloudFrontError, CredentialsCache};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use futures::{FutureExt, future::join_all};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};
use tokio::time::{Duration, advance, sleep};

/// One response of a [`ScriptedSource`].
#[derive(Clone, Copy, Debug)]
enum SourceResponse {
    /// Provides credentials with this lifetime.
    Provide(Option<Duration>),
    /// Provides credentials that have expired by this machine's clock.
    ProvideExpired,
    Fail,
    Hang,
}

/// Gives the responses of a script in order, repeats the last one, and takes a second for each.
#[derive(Clone, Debug)]
struct ScriptedSource {
    responses: Arc<[SourceResponse]>,
    request_count: Arc<AtomicUsize>,
}

impl ProvideCredentials for ScriptedSource {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let n = self.request_count.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_secs(1)).await;
            let with_expiry = |expiry| {
                let name = format!("KEY{}", n + 1);
                Ok(Credentials::new(name, "s", None, expiry, "script"))
            };
            match self.responses[n.min(self.responses.len() - 1)] {
                SourceResponse::Provide(lifetime) => {
                    with_expiry(lifetime.map(|lifetime| SystemTime::now() + lifetime))
                }
                SourceResponse::ProvideExpired => {
                    with_expiry(SystemTime::now().checked_sub(Duration::from_hours(1)))
                }
                SourceResponse::Fail => Err(CredentialsError::provider_error("STS is down")),
                SourceResponse::Hang => std::future::pending().await,
            }
        })
    }
}

fn cache(responses: &[SourceResponse]) -> (CredentialsCache, Arc<AtomicUsize>) {
    let request_count = Arc::default();
    let source = ScriptedSource {
        responses: responses.into(),
        request_count: Arc::clone(&request_count),
    };
    (
        CredentialsCache::new(SharedCredentialsProvider::new(source), Arc::default()),
        request_count,
    )
}

async fn key(cache: &CredentialsCache) -> Result<String, CloudFrontError> {
    let credentials = cache.get().await?;
    Ok(credentials.access_key_id().to_owned())
}

/// Returns the key after the time that a renewal in the background takes.
async fn renewed_key(cache: &CredentialsCache) -> String {
    sleep(Duration::from_secs(2)).await;
    key(cache).await.unwrap()
}

fn minutes(count: u64) -> SourceResponse {
    SourceResponse::Provide(Some(Duration::from_mins(count)))
}

#[tokio::test(start_paused = true)]
async fn many_callers_share_one_request_to_the_source() {
    let (cache, request_count) = cache(&[minutes(60)]);
    for result in join_all((0..50).map(|_| key(&cache))).await {
        assert_eq!(result.unwrap(), "KEY1");
    }
    assert_eq!(request_count.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_are_refreshed_before_they_expire() {
    let (cache, _) = cache(&[minutes(60)]);
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    advance(Duration::from_mins(54)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    advance(Duration::from_mins(2)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    assert_eq!(renewed_key(&cache).await, "KEY2");
}

#[tokio::test(start_paused = true)]
async fn short_lived_credentials_are_cached() {
    let (cache, request_count) = cache(&[minutes(4)]);
    for _ in 0..100 {
        key(&cache).await.unwrap();
    }
    assert_eq!(request_count.load(Ordering::Relaxed), 1);
    advance(Duration::from_mins(2)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    assert_eq!(renewed_key(&cache).await, "KEY2");
}

#[tokio::test(start_paused = true)]
async fn valid_credentials_do_not_wait_for_a_source_that_hangs() {
    let (cache, request_count) = cache(&[minutes(60), SourceResponse::Hang]);
    key(&cache).await.unwrap();
    advance(Duration::from_mins(56)).await;
    for _ in 0..100 {
        let credentials = cache.get().now_or_never();
        let credentials = credentials.expect("no wait for the source").unwrap();
        assert_eq!(credentials.access_key_id(), "KEY1");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(request_count.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_seem_to_have_expired_are_used_for_a_minute() {
    let (cache, request_count) = cache(&[SourceResponse::ProvideExpired]);
    for _ in 0..100 {
        assert_eq!(key(&cache).await.unwrap(), "KEY1");
    }
    assert_eq!(request_count.load(Ordering::Relaxed), 1);
    advance(Duration::from_mins(1)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
}

#[tokio::test(start_paused = true)]
async fn the_lifetime_is_measured_by_the_clock_of_the_server() {
    let (cache, request_count) = cache(&[SourceResponse::ProvideExpired]);
    // This machine's clock is two hours ahead, so the credentials are valid for another hour.
    let server = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(2);
    let date = server.to_zoned(jiff::tz::TimeZone::UTC);
    let date = jiff::fmt::rfc2822::to_string(&date).unwrap();
    cache.clock.record_skew(&date);
    key(&cache).await.unwrap();
    advance(Duration::from_mins(50)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    assert_eq!(request_count.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_without_expiry_are_kept() {
    let (cache, _) = cache(&[SourceResponse::Provide(None)]);
    key(&cache).await.unwrap();
    advance(Duration::from_hours(1_000)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
}

#[tokio::test(start_paused = true)]
async fn cached_credentials_are_used_until_expiry_while_the_source_fails() {
    let (cache, _) = cache(&[minutes(60), SourceResponse::Fail]);
    key(&cache).await.unwrap();
    advance(Duration::from_mins(58)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY1");
    advance(Duration::from_mins(3)).await;
    let error = key(&cache).await.unwrap_err();
    assert!(error.to_string().contains("STS is down"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn all_waiting_callers_share_one_failure() {
    let (cache, request_count) = cache(&[SourceResponse::Fail, minutes(60)]);
    for result in join_all((0..50).map(|_| key(&cache))).await {
        result.unwrap_err();
    }
    assert_eq!(request_count.load(Ordering::Relaxed), 1);
    advance(Duration::from_secs(2)).await;
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_times_out() {
    let (cache, _) = cache(&[SourceResponse::Hang]);
    let error = key(&cache).await.unwrap_err();
    assert!(
        error.to_string().contains("no response within 30 s"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_removed_but_not_newer_ones() {
    let (cache, request_count) = cache(&[minutes(60)]);
    let refused = cache.get().await.unwrap();
    cache.invalidate(&refused);
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
    cache.invalidate(&refused);
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
    assert_eq!(request_count.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_caller_does_not_block_the_next() {
    let (cache, _) = cache(&[minutes(60)]);
    let cancelled = tokio::time::timeout(Duration::from_millis(500), cache.get());
    cancelled.await.unwrap_err();
    assert_eq!(key(&cache).await.unwrap(), "KEY2");
}
