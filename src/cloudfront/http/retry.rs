//! Retries of one request. Nothing above this layer repeats a request: the caller decides from what it then observes.

use super::Request;
use crate::cloudfront::{CloudFrontError, ErrorClass};
use backon::{ExponentialBuilder, Retryable};
use std::{sync::OnceLock, time::Duration};
use tokio::time::Instant;

/// No attempt starts later than this after the first one was sent.
const RETRY_PERIOD: Duration = Duration::from_secs(20);
const MIN_DELAY: Duration = Duration::from_millis(200);
const MAX_DELAY: Duration = Duration::from_secs(5);
const READ_RETRIES: usize = 3;
const WRITE_RETRIES: usize = 2;

/// Runs `attempt` until it succeeds, fails for good, or the retry period ends.
///
/// `first_sent` is set when the first attempt leaves, so that the wait for the rate limiter does not count. `may_retry` is asked before
/// each retry.
pub(in crate::cloudfront) async fn with_retries<T, A>(
    request: &Request,
    first_sent: &OnceLock<Instant>,
    may_retry: impl Fn() -> bool,
    attempt: impl FnMut() -> A,
) -> Result<T, CloudFrontError>
where
    A: Future<Output = Result<T, CloudFrontError>>,
{
    let in_period = || {
        first_sent
            .get()
            .is_none_or(|sent| sent.elapsed() < RETRY_PERIOD)
    };
    attempt
        .retry(delays(request))
        .when(|error| is_retryable(error) && in_period() && may_retry())
        .await
}

/// Returns the delays between attempts. Each doubles, plus up to the same again at random, so that many callers do not retry at once.
fn delays(request: &Request) -> ExponentialBuilder {
    let retries = if request.is_write() {
        WRITE_RETRIES
    } else {
        READ_RETRIES
    };
    ExponentialBuilder::new()
        .with_jitter()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_max_times(retries)
}

/// Returns whether a retry may succeed and cannot repeat a committed write.
fn is_retryable(error: &CloudFrontError) -> bool {
    matches!(
        error.class(),
        ErrorClass::Throttled | ErrorClass::Unreachable
    ) && !error.outcome_unknown()
}
