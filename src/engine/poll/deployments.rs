//! The resources of a collection that CloudFront still deploys, and how often they are polled.

use crate::cloudfront::Priority;
use std::{collections::HashSet, time::Duration};
use tokio::time::Instant;

/// The longest delay between two polls, in intervals. A deployment that is not fast takes minutes.
const SLOW_DEPLOYMENT: u32 = 3;

/// The tracked resources that are not deployed yet.
pub(super) struct Deployments {
    ids: HashSet<String>,
    /// When the last deployment began.
    last_change: Instant,
    last_poll: Instant,
}

impl Deployments {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            ids: HashSet::new(),
            last_change: now,
            last_poll: now,
        }
    }

    /// Adds a resource. `is_new`: its revision was not deploying before.
    pub(super) fn add(&mut self, id: &str, is_new: bool, now: Instant) {
        if self.ids.is_empty() {
            self.last_poll = now;
        }
        if is_new {
            self.last_change = now;
        }
        self.ids.insert(id.to_owned());
    }

    pub(super) fn remove(&mut self, id: &str) {
        self.ids.remove(id);
    }

    pub(super) fn ids(&self) -> &HashSet<String> {
        &self.ids
    }

    pub(super) fn record_poll(&mut self, now: Instant) {
        self.last_poll = now;
    }

    /// Returns when to poll next, in a collection with this number of pages.
    pub(super) fn next_poll(&self, interval: Duration, pages: usize) -> Option<Instant> {
        (!self.ids.is_empty()).then(|| self.last_poll + self.delay(interval, pages))
    }

    /// Returns the delay between two polls.
    ///
    /// It is the age of the last change, from a tenth of the interval to three intervals: a fast deployment is reported quickly, and a
    /// slow one costs few requests. It also grows with the number of requests of a poll, which limits them to 20 per interval.
    fn delay(&self, interval: Duration, pages: usize) -> Duration {
        let age = self.last_poll.saturating_duration_since(self.last_change);
        let requests = u32::try_from(pages.min(self.ids.len())).unwrap_or(u32::MAX);
        let minimum = (interval / 10).saturating_mul(requests).min(interval);
        age.clamp(minimum, interval * SLOW_DEPLOYMENT)
            .max((interval / 20).saturating_mul(requests))
    }

    /// Returns the priority of a list: a list that reports deployments comes before one that only detects drift.
    pub(super) fn priority(&self) -> Priority {
        if self.ids.is_empty() {
            Priority::DriftCheck
        } else {
            Priority::DeploymentPoll
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_is_polled_more_rarely_the_longer_it_takes() {
        let (now, interval) = (Instant::now(), Duration::from_secs(100));
        let mut deployments = Deployments::new(now);
        assert_eq!(deployments.next_poll(interval, 1), None);
        deployments.add("E1", true, now);
        for (age, delay) in [(0, 10), (60, 60), (200, 200), (1_000, 300)] {
            let polled = now + Duration::from_secs(age);
            deployments.record_poll(polled);
            let next = polled + Duration::from_secs(delay);
            assert_eq!(
                deployments.next_poll(interval, 1),
                Some(next),
                "after {age} s"
            );
        }
    }

    /// Returns when a single deployment that takes this long is polled, at the default interval.
    fn polls(deployment: Duration) -> Vec<Duration> {
        let start = Instant::now();
        let mut deployments = Deployments::new(start);
        deployments.add("E1", true, start);
        let mut polls = vec![];
        while polls.last().is_none_or(|last| *last < deployment) {
            let next = deployments.next_poll(Duration::from_secs(10), 1);
            let next = next.expect("it is still deploying");
            deployments.record_poll(next);
            polls.push(next - start);
        }
        polls
    }

    #[test]
    fn a_deployment_of_five_minutes_takes_at_most_fifteen_lists() {
        let polls = polls(Duration::from_secs(300));
        assert!(polls.len() <= 15, "{} lists: {polls:?}", polls.len());
        assert!(
            polls[polls.len() - 1] <= Duration::from_secs(330),
            "{polls:?}"
        );
    }

    #[test]
    fn a_deployment_of_five_seconds_is_reported_within_three() {
        let polls = polls(Duration::from_secs(5));
        assert!(
            polls[polls.len() - 1] <= Duration::from_secs(8),
            "{polls:?}"
        );
    }

    #[test]
    fn a_poll_of_many_requests_is_rarer() {
        let (now, interval) = (Instant::now(), Duration::from_secs(100));
        let mut deployments = Deployments::new(now);
        for id in 0..50 {
            deployments.add(&id.to_string(), true, now);
        }
        let next = now + Duration::from_secs(200);
        assert_eq!(deployments.next_poll(interval, 40), Some(next));
    }
}
