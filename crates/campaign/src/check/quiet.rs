//! I5: without changes, the operator writes nothing, and only lists.

use super::Violation;
use crate::{
    history::History,
    label::{PAIR_SERVICE, Side},
    parents::is_identified_by_parent,
};
use std::{collections::BTreeMap, time::Duration};

/// The verbs with which a request to Kubernetes changes nothing.
const READS: [&str; 3] = ["get", "list", "watch"];

/// The shortest time between two lists of a kind: a minute, shortened by a fifth.
const MIN_LIST_PERIOD: u64 = 48;

/// The shortest time between two reads of a resource that no list has: the period of a resync, shortened by a fifth.
const MIN_READ_PERIOD: u64 = 480;

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    let from = history.quiet_from();
    let seconds = duration(history, from).as_secs();
    let (max_lists, max_reads) = (seconds / MIN_LIST_PERIOD + 2, seconds / MIN_READ_PERIOD + 2);
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    // A leader renews its Lease at all times.
    let requests = history.requests().filter(|(at, _)| *at > from);
    let requests = requests.filter(|(_, label)| !label.operation.ends_with(" leases"));
    for (_, label) in requests {
        let (operation, object) = (label.operation.as_str(), label.object.as_str());
        let is_read = match label.side {
            Side::Kubernetes => READS.iter().any(|verb| operation.starts_with(verb)),
            Side::CloudFront => {
                let verbs = ["List", "Get"];
                let is_version = is_version_of_pairs(operation);
                is_version || verbs.iter().any(|it| operation.starts_with(it))
            }
        };
        if !is_read {
            let detail = format!("{label} in the quiet period");
            violations.push(Violation::new("I5", detail));
        } else if label.side == Side::CloudFront {
            *counts.entry((operation, object)).or_default() += 1;
        }
    }
    for ((operation, object), count) in counts {
        let max = if is_identified_by_parent(operation) || is_version_of_pairs(operation) {
            max_reads
        } else if operation.starts_with("Get") {
            // A process reads each object at most once after its start.
            1
        } else {
            max_lists
        };
        if count > max {
            let detail = format!("{count} times {operation} {object} in the quiet period");
            violations.push(Violation::new("I5", detail));
        }
    }
}

/// Whether an operation reads the version of the pairs of a key-value store, which no list has.
fn is_version_of_pairs(operation: &str) -> bool {
    operation.strip_prefix(PAIR_SERVICE) == Some("DescribeKeyValueStore")
}

/// Returns the duration of the quiet period.
fn duration(history: &History, from: usize) -> Duration {
    let mut ends = history.events.iter().skip(from).map(|event| event.at);
    let begin = ends.next().unwrap_or_default();
    ends.next_back().unwrap_or(begin).saturating_sub(begin)
}
