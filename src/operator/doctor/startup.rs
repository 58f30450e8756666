//! The checks at the start of `run`: the reads that no response has answered yet. Each failure is one log line with its fix.

use super::{
    aws::{check_clock, check_credentials, check_read},
    check_result::{CheckResult, CheckStatus},
};
use crate::{
    cloudfront::{Client, Method, Priority, Request, RequestMetrics},
    engine::ObjectRegistry,
    operator::registry::kinds,
};
use parking_lot::Mutex;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// The most reads of CloudFront. With the request to STS, the checks send five requests.
const MAX_READS: usize = 4;

/// How long the checks wait for the first lists.
const FIRST_LISTS_TIMEOUT: Duration = Duration::from_mins(1);

/// The codes of requests without a response.
const UNANSWERED: [&str; 3] = ["Unreachable", "NoCredentials", "NotLeader"];

/// The operations to which CloudFront has responded.
#[derive(Clone, Debug, Default)]
pub(in crate::operator) struct AnsweredOperations(Arc<Mutex<BTreeSet<String>>>);

impl AnsweredOperations {
    /// Records one request.
    pub(in crate::operator) fn record(&self, request: &RequestMetrics) {
        let mut answered = self.0.lock();
        if !UNANSWERED.contains(&request.code) && !answered.contains(&*request.operation) {
            answered.insert(request.operation.to_string());
        }
    }

    fn contains(&self, operation: &str) -> bool {
        self.0.lock().contains(operation)
    }
}

/// Runs the checks once the kinds in use are listed, and logs the results.
pub(in crate::operator) async fn run(
    client: Client,
    registry: ObjectRegistry,
    answered: AnsweredOperations,
) {
    let end = Instant::now() + FIRST_LISTS_TIMEOUT;
    while Instant::now() < end {
        sleep(Duration::from_secs(1)).await;
        if is_listed(&registry, &answered) {
            break;
        }
    }
    for CheckResult {
        check,
        status,
        message,
        fix,
    } in results(&client, &registry, &answered).await
    {
        if status == CheckStatus::Failed {
            tracing::warn!(check, fix, "{message}");
        } else {
            tracing::debug!(check, "{message}");
        }
    }
}

/// Whether the objects of all kinds are known, and CloudFront has responded to the lists of those in use.
fn is_listed(registry: &ObjectRegistry, answered: &AnsweredOperations) -> bool {
    let lists = reads(registry).into_iter().filter(is_collection_list);
    registry.unsynced().is_empty()
        && lists
            .into_iter()
            .all(|list| answered.contains(&list.operation))
}

/// Whether a request lists the resources of a kind, which the list poller does as well.
fn is_collection_list(request: &Request) -> bool {
    request.method == Method::Get
        && request.operation.starts_with("List")
        && !request.path.contains(['*', '%'])
        && request.path != "tagging"
}

/// Returns the reads of the kinds in use.
fn reads(registry: &ObjectRegistry) -> Vec<Request> {
    let in_use = registry.kinds_in_use();
    let entries = kinds().into_iter();
    let requests = entries
        .filter(|entry| in_use.contains(entry.kind))
        .flat_map(|entry| entry.api.operations());
    requests.filter(|request| !request.is_write()).collect()
}

async fn results(
    client: &Client,
    registry: &ObjectRegistry,
    answered: &AnsweredOperations,
) -> Vec<CheckResult> {
    let mut results = vec![];
    let account = match client.cached_account().await {
        Some(account) => account,
        None => match client.caller_identity().await {
            Ok(identity) => identity.account,
            error => return vec![check_credentials(&error)],
        },
    };
    for request in unanswered(reads(registry), answered) {
        let request = request.priority(Priority::DriftCheck);
        results.push(check_read(client, request, Some(&account)).await);
    }
    results.push(check_clock(client.clock_skew()));
    results
}

/// Returns the reads to send: one for each operation, those of single resources first.
fn unanswered(requests: Vec<Request>, answered: &AnsweredOperations) -> Vec<Request> {
    let mut open: Vec<Request> = vec![];
    for request in requests {
        let is_same =
            |it: &Request| (&it.service, &it.operation) == (&request.service, &request.operation);
        let is_known = open.iter().any(is_same);
        if !is_known && !answered.contains(&request.operation) {
            open.push(request);
        }
    }
    open.sort_by_key(|request| !request.operation.starts_with("Get"));
    open.truncate(MAX_READS);
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Lifecycle;

    fn all_reads() -> Vec<Request> {
        let requests = kinds().into_iter().flat_map(|entry| entry.api.operations());
        requests.filter(|request| !request.is_write()).collect()
    }

    fn record(answered: &AnsweredOperations, operation: &'static str, code: &'static str) {
        answered.record(&RequestMetrics {
            operation: operation.into(),
            code,
            duration: Duration::ZERO,
            rate_limiter_wait: Duration::ZERO,
        });
    }

    #[test]
    fn at_most_four_reads_are_sent_and_none_that_was_answered() {
        let answered = AnsweredOperations::default();
        let operations = |answered: &AnsweredOperations| -> Vec<String> {
            let open = unanswered(all_reads(), answered).into_iter();
            open.map(|request| request.operation.into_owned()).collect()
        };
        let all = operations(&answered);
        assert_eq!(all.len(), MAX_READS);
        assert!(all.iter().all(|name| name.starts_with("Get")), "{all:?}");
        record(&answered, "GetDistribution", "Unreachable");
        assert_eq!(operations(&answered), all, "no response");
        record(&answered, "GetDistribution", "AccessDenied");
        assert!(!operations(&answered).contains(&"GetDistribution".to_owned()));
    }

    #[test]
    fn the_lists_of_the_poller_are_waited_for() {
        let lists = all_reads().into_iter().filter(is_collection_list);
        let lists: Vec<String> = lists.map(|it| it.operation.into_owned()).collect();
        let mut managed = kinds();
        managed.retain(|it| it.api.lifecycle == Lifecycle::Managed);
        let expected = managed.iter().filter_map(|it| it.api.list_name);
        let expected = expected.map(|name| format!("List{name}"));
        assert_eq!(lists, expected.collect::<Vec<_>>());
    }
}
