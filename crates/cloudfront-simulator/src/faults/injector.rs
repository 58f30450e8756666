//! Pending faults and held responses.

use tokio::sync::oneshot;

use super::{fault::Fault, mode::FaultMode};
use crate::ids::IdGenerator;

/// Selects the fault of each request, and holds responses back.
#[derive(Default)]
pub(crate) struct FaultInjector {
    pending: Vec<PendingFault>,
    last_number: u64,
    held_responses: Vec<oneshot::Sender<()>>,
}

struct PendingFault {
    number: u64,
    fault: Fault,
    /// The number of matching requests so far.
    matched: u64,
    /// The number of requests that triggered the fault so far.
    triggered: u64,
}

impl FaultInjector {
    /// Adds a fault and returns its number, which identifies it for removal.
    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        self.last_number += 1;
        self.pending.push(PendingFault {
            number: self.last_number,
            fault,
            matched: 0,
            triggered: 0,
        });
        self.last_number
    }

    /// Removes a fault. Returns false if it is not pending.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let before = self.pending.len();
        self.pending.retain(|pending| pending.number != number);
        self.pending.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }

    /// Returns the pending faults by number.
    pub(crate) fn pending(&self) -> Vec<(u64, Fault)> {
        self.pending
            .iter()
            .map(|pending| (pending.number, pending.fault.clone()))
            .collect()
    }

    /// Counts a request against all matching faults and returns the mode of the oldest one that is due.
    pub(crate) fn next_fault(
        &mut self,
        operation: &str,
        account: Option<&str>,
        ids: &mut IdGenerator,
    ) -> Option<FaultMode> {
        let mut mode = None;
        for pending in self
            .pending
            .iter_mut()
            .filter(|pending| pending.matches(operation, account))
        {
            pending.matched += 1;
            if mode.is_none() && pending.is_due(ids) {
                pending.triggered += 1;
                mode = Some(pending.fault.mode.clone());
            }
        }
        self.pending.retain(|pending| !pending.is_exhausted());
        mode
    }

    /// Holds a response back. The receiver resolves when the response is released.
    pub(crate) fn hold_response(&mut self) -> oneshot::Receiver<()> {
        let (release, released) = oneshot::channel();
        self.held_responses.push(release);
        released
    }

    /// Returns the number of held responses with a client that is still connected.
    pub(crate) fn held_response_count(&mut self) -> usize {
        self.held_responses.retain(|release| !release.is_closed());
        self.held_responses.len()
    }

    /// Releases all held responses and returns their number.
    pub(crate) fn release_held_responses(&mut self) -> usize {
        let count = self.held_response_count();
        // Dropping a sender resolves its receiver.
        self.held_responses.clear();
        count
    }
}

impl PendingFault {
    fn matches(&self, operation: &str, account: Option<&str>) -> bool {
        let fault = &self.fault;
        let matches_operation = match fault.operation.strip_suffix('*') {
            Some(prefix) => operation.starts_with(prefix),
            None => fault.operation == operation,
        };
        matches_operation
            && fault
                .account
                .as_deref()
                .is_none_or(|expected| Some(expected) == account)
    }

    fn is_due(&self, ids: &mut IdGenerator) -> bool {
        self.matched >= self.fault.nth
            && self
                .fault
                .rate
                .is_none_or(|rate| ids.next_fraction() < rate)
    }

    fn is_exhausted(&self) -> bool {
        let limit = self.fault.count.unwrap_or(if self.fault.rate.is_some() {
            u64::MAX
        } else {
            1
        });
        self.triggered >= limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_fault(injector: &mut FaultInjector, operation: &str) -> Option<FaultMode> {
        injector.next_fault(operation, Some("111122223333"), &mut IdGenerator::new(0))
    }

    #[test]
    fn a_fault_is_triggered_from_the_nth_request_on_and_count_times() {
        let mut injector = FaultInjector::default();
        injector.add(
            Fault::on("GetDistribution", FaultMode::Hold)
                .nth(2)
                .times(2),
        );
        assert_eq!(next_fault(&mut injector, "GetDistribution"), None);
        assert_eq!(next_fault(&mut injector, "ListDistributions"), None);
        assert_eq!(
            next_fault(&mut injector, "GetDistribution"),
            Some(FaultMode::Hold)
        );
        assert_eq!(
            next_fault(&mut injector, "GetDistribution"),
            Some(FaultMode::Hold)
        );
        assert_eq!(next_fault(&mut injector, "GetDistribution"), None);
    }

    #[test]
    fn a_fault_of_one_account_does_not_affect_other_accounts() {
        let mut injector = FaultInjector::default();
        injector.add(Fault::on("*", FaultMode::Hold).account("444455556666"));
        assert_eq!(next_fault(&mut injector, "GetDistribution"), None);
        assert_eq!(
            injector.next_fault("x", Some("444455556666"), &mut IdGenerator::new(0)),
            Some(FaultMode::Hold)
        );
    }

    #[test]
    fn a_fault_can_apply_to_all_operations_with_a_prefix() {
        let mut injector = FaultInjector::default();
        injector.add(Fault::on("cloudfront-keyvaluestore:*", FaultMode::Hold));
        let operation = "cloudfront-keyvaluestore:DescribeKeyValueStore";
        assert_eq!(next_fault(&mut injector, "DescribeKeyValueStore"), None);
        assert_eq!(next_fault(&mut injector, operation), Some(FaultMode::Hold));
    }

    #[test]
    fn a_rate_triggers_a_share_of_the_requests_without_limit() {
        let (mut injector, mut ids) = (FaultInjector::default(), IdGenerator::new(5));
        injector.add(Fault::on("*", FaultMode::Hold).rate(0.3));
        let triggered = (0..1000)
            .filter(|_| injector.next_fault("x", None, &mut ids).is_some())
            .count();
        assert!((200..400).contains(&triggered), "{triggered}");
    }

    #[test]
    fn a_fault_is_parsed_from_json_with_its_mode_in_the_same_object() {
        let text = r#"{"operation":"CreateDistribution","nth":3,"mode":"error","status":503,"code":"ServiceUnavailable","committed":true}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!((fault.nth, fault.mode.executes_operation()), (3, true));
        assert!(serde_json::from_str::<Fault>(r#"{"mode":"nonsense"}"#).is_err());
    }
}
