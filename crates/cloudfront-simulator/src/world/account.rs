//! What belongs to one AWS account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Collection;
use crate::{clock::Millis, quotas::Quotas, xml::Element};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) distributions: Collection,
    pub(crate) streaming: Collection,
    pub(crate) identities: Collection,
    /// By distribution, oldest first.
    pub(crate) invalidations: BTreeMap<String, Vec<Invalidation>>,
    pub(crate) quotas: Quotas,
    #[serde(skip)]
    pub(crate) bucket: Bucket,
}

/// An invalidation; its status follows from the clock.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invalidation {
    pub(crate) id: String,
    pub(crate) created: Millis,
    pub(crate) batch: Element,
}

impl Account {
    pub(crate) fn invalidations_of(&self, distribution: &str) -> &[Invalidation] {
        self.invalidations
            .get(distribution)
            .map_or(&[], Vec::as_slice)
    }
}

/// A token bucket of one second's burst, for the rate limit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket {
    tokens: f64,
    filled: Millis,
}

impl Bucket {
    /// Takes a token; false if there is none left.
    pub(crate) fn take(&mut self, per_second: f64, now: Millis) -> bool {
        let elapsed = f64::from(i32::try_from(now - self.filled).unwrap_or(i32::MAX)) / 1000.0;
        self.tokens = (self.tokens + elapsed * per_second).min(per_second.max(1.0));
        self.filled = now;
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_one_seconds_burst_and_refills() {
        let mut bucket = Bucket::default();
        let taken = (0..5).filter(|_| bucket.take(2.0, 1_000_000)).count();
        assert_eq!(taken, 2);
        assert!(bucket.take(2.0, 1_000_500));
        assert!(!bucket.take(2.0, 1_000_500));
    }
}
