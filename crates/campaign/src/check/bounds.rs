//! I11: the requests in a minute and in flight are bounded, and nothing panics.

use super::Violation;
use crate::{
    history::{History, What},
    label::Side,
};
use cloudfront_operator::operator::kinds;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

/// The most requests to one server for one object in a minute. A reconciliation that fails is repeated after one second, then after twice as
/// long, each time shortened by up to half: eight times in a minute, with up to five requests. A run with one fault has at most 13, a run
/// with repeated faults at most 23.
const MAX_REQUESTS: usize = 40;

/// The most requests in flight for each object and each kind. A reconciliation sends one request after the other, and publishes an event
/// beside them. A kind has a list poller and a watch. Only a late response keeps a request in flight: a run with one has at most five.
const MAX_IN_FLIGHT: usize = 2;

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    check_panics(history, violations);
    let mut violate = |detail| violations.push(Violation::new("I11", detail));
    let objects: BTreeSet<&str> = history.versions().map(|(_, it)| it.uid()).collect();
    let max_in_flight = MAX_IN_FLIGHT * (objects.len() + kinds().len());
    for event in &history.events {
        match &event.what {
            What::Peak { side, in_flight } if *in_flight > max_in_flight => {
                violate(format!("{in_flight} requests to {side:?} at the same time"));
            }
            _ => {}
        }
    }
    for ((side, object), count) in busiest_minutes(history) {
        if count > MAX_REQUESTS {
            violate(format!(
                "{count} requests to {side:?} for {object} in a minute"
            ));
        }
    }
}

pub(super) fn check_panics(history: &History, violations: &mut Vec<Violation>) {
    let panics = history.events.iter().filter_map(|event| match &event.what {
        What::Panicked(what) => Some(Violation::new("I11", format!("{what} panicked"))),
        _ => None,
    });
    violations.extend(panics);
}

/// Returns the most requests in a minute for each object. An object that is created again is another one.
fn busiest_minutes(history: &History) -> BTreeMap<(Side, &str), usize> {
    let mut minutes: BTreeMap<(Side, &str), VecDeque<Duration>> = BTreeMap::new();
    let mut most = BTreeMap::new();
    for event in &history.events {
        let label = match &event.what {
            What::Request(label) => label,
            What::Version(version) if version.is_removed => {
                let removed = version.name();
                minutes.retain(|(_, object), _| *object != removed);
                continue;
            }
            _ => continue,
        };
        let key = (label.side, label.object.as_str());
        // Replicas that stand by read the Lease twice in a second.
        if label.object.is_empty() || label.operation.ends_with(" leases") {
            continue;
        }
        let minute = minutes.entry(key).or_default();
        minute.push_back(event.at);
        let begin = event.at.saturating_sub(Duration::from_mins(1));
        while minute.front().is_some_and(|first| *first < begin) {
            minute.pop_front();
        }
        let count = most.entry(key).or_default();
        *count = minute.len().max(*count);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Event, Version},
        label::Label,
    };
    use serde_json::json;

    /// Returns the violations of two series of requests within a minute, with an event between them.
    fn violations(between: What) -> Vec<Violation> {
        let request = What::Request(Label {
            side: Side::Kubernetes,
            operation: "patch publickeys/status".into(),
            object: "PublicKey/key".into(),
            ordinal: 1,
        });
        let series = vec![request; MAX_REQUESTS - 10];
        let whats = [series.clone(), vec![between], series].concat();
        let event = |what| Event {
            at: Duration::ZERO,
            what,
        };
        let events = whats.into_iter().map(event).collect();
        let mut violations = vec![];
        check(&History { events }, &mut violations);
        violations
    }

    #[test]
    fn an_object_that_is_created_again_has_a_minute_of_its_own() {
        let version = |is_removed| {
            What::Version(Version {
                plural: "publickeys".into(),
                is_removed,
                object: json!({ "kind": "PublicKey", "metadata": { "name": "key", "uid": "1" } })
                    .into(),
            })
        };
        assert_eq!(violations(version(true)).len(), 0);
        assert_eq!(violations(version(false)).len(), 1);
    }
}
