//! The resources, quotas and rate limit of one AWS account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::collection::Collection;
use crate::{api_port::ApiService, clock::Millis, quotas::Quotas, xml::Element};

/// The names of the collections that belong to no family.
const DISTRIBUTIONS: &str = "distributions";
const STREAMING_DISTRIBUTIONS: &str = "streaming_distributions";

/// The collection of the monitoring subscriptions, which have the IDs of their distributions.
pub(crate) const MONITORING_SUBSCRIPTIONS: &str = "monitoring_subscriptions";

/// An AWS account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) distributions: Collection,
    pub(crate) streaming: Collection,
    /// The resources of the families that tables describe, by the name of their collection.
    families: BTreeMap<String, Collection>,
    /// The invalidations of each distribution ID, oldest first.
    pub(crate) invalidations: BTreeMap<String, Vec<Invalidation>>,
    pub(crate) quotas: Quotas,
    #[serde(skip)]
    token_buckets: BTreeMap<ApiService, TokenBucket>,
}

/// An invalidation. Its status is computed from the clock.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invalidation {
    pub(crate) id: String,
    pub(crate) created: Millis,
    pub(crate) batch: Element,
}

impl Account {
    /// Returns the resources of a family.
    pub(crate) fn family(&self, collection: &str) -> Option<&Collection> {
        self.families.get(collection)
    }

    pub(crate) fn family_mut(&mut self, collection: &str) -> &mut Collection {
        self.families.entry(collection.to_owned()).or_default()
    }

    /// Returns the resources of all types that have versions, with the name of their collection.
    pub(crate) fn collections(&self) -> impl Iterator<Item = (&str, &Collection)> {
        let fixed = [
            (DISTRIBUTIONS, &self.distributions),
            (STREAMING_DISTRIBUTIONS, &self.streaming),
        ];
        let families = self.families.iter();
        fixed
            .into_iter()
            .chain(families.map(|(name, all)| (name.as_str(), all)))
    }

    /// Returns the collection with a name. Creates an unknown one.
    pub(crate) fn collection_mut(&mut self, name: &str) -> &mut Collection {
        match name {
            DISTRIBUTIONS => &mut self.distributions,
            STREAMING_DISTRIBUTIONS => &mut self.streaming,
            _ => self.family_mut(name),
        }
    }

    /// Returns the token bucket for requests to a service.
    pub(crate) fn token_bucket(&mut self, service: ApiService) -> &mut TokenBucket {
        self.token_buckets.entry(service).or_default()
    }

    pub(crate) fn invalidations_of(&self, distribution: &str) -> &[Invalidation] {
        self.invalidations
            .get(distribution)
            .map_or(&[], Vec::as_slice)
    }
}

/// A token bucket for the rate limit. Its capacity is the rate of one second.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenBucket {
    tokens: f64,
    last_refill: Millis,
}

impl TokenBucket {
    /// Takes a token. Returns false if none is available.
    pub(crate) fn try_take(&mut self, per_second: f64, now: Millis) -> bool {
        let elapsed = f64::from(i32::try_from(now - self.last_refill).unwrap_or(i32::MAX)) / 1000.0;
        self.tokens = (self.tokens + elapsed * per_second).min(per_second.max(1.0));
        self.last_refill = now;
        let is_available = self.tokens >= 1.0;
        if is_available {
            self.tokens -= 1.0;
        }
        is_available
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_allows_one_second_of_burst_and_refills() {
        let mut bucket = TokenBucket::default();
        let taken = (0..5).filter(|_| bucket.try_take(2.0, 1_000_000)).count();
        assert_eq!(taken, 2);
        assert!(bucket.try_take(2.0, 1_000_500));
        assert!(!bucket.try_take(2.0, 1_000_500));
    }
}
