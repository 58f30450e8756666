//! What is asked again within one call, and when. The only retry there is: the layer above decides from what it then observes.

use super::Request;
use crate::cloudfront::{CloudFrontError, ErrorClass};
use backon::ExponentialBuilder;
use std::time::Duration;

/// After this long no further attempt is begun.
pub(in crate::cloudfront) const PATIENCE: Duration = Duration::from_secs(20);

const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
const READ_RETRIES: usize = 3;
const WRITE_RETRIES: usize = 2;

/// Delays between attempts: doubled each time, each with up to as much again by chance, so that many callers do not come back together.
pub(in crate::cloudfront) fn delays(request: &Request) -> ExponentialBuilder {
    let retries = if request.is_write() {
        WRITE_RETRIES
    } else {
        READ_RETRIES
    };
    ExponentialBuilder::new()
        .with_jitter()
        .with_min_delay(FIRST_DELAY)
        .with_max_delay(LONGEST_DELAY)
        .with_max_times(retries)
}

/// Whether asking again can help, and surely repeats nothing that was committed: a refusal to hurry, a lost read, a write that never left.
pub(in crate::cloudfront) fn again(error: &CloudFrontError) -> bool {
    matches!(
        error.class(),
        ErrorClass::Throttled | ErrorClass::Unreachable
    ) && !error.outcome_unknown()
}
