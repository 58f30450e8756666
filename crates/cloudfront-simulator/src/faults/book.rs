//! The faults that wait, and the answers that are held.

use tokio::sync::oneshot;

use super::{Fault, FaultMode};
use crate::ids::Ids;

#[derive(Default)]
pub(crate) struct FaultBook {
    waiting: Vec<Waiting>,
    last: u64,
    held: Vec<oneshot::Sender<()>>,
}

struct Waiting {
    number: u64,
    fault: Fault,
    seen: u64,
    played: u64,
}

impl FaultBook {
    /// Adds a fault; its number serves to remove it.
    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        self.last += 1;
        self.waiting.push(Waiting {
            number: self.last,
            fault,
            seen: 0,
            played: 0,
        });
        self.last
    }

    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.number != number);
        self.waiting.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// The faults that wait, by number.
    pub(crate) fn waiting(&self) -> Vec<(u64, Fault)> {
        self.waiting
            .iter()
            .map(|waiting| (waiting.number, waiting.fault.clone()))
            .collect()
    }

    /// Counts a call for every fault that matches, and plays the oldest whose turn it is.
    pub(crate) fn take(
        &mut self,
        operation: &str,
        account: Option<&str>,
        ids: &mut Ids,
    ) -> Option<FaultMode> {
        let mut mode = None;
        for waiting in self
            .waiting
            .iter_mut()
            .filter(|waiting| waiting.matches(operation, account))
        {
            waiting.seen += 1;
            if mode.is_none() && waiting.is_due(ids) {
                waiting.played += 1;
                mode = Some(waiting.fault.mode.clone());
            }
        }
        self.waiting.retain(|waiting| !waiting.is_spent());
        mode
    }

    /// Keeps an answer back; the receiver resolves when it is released.
    pub(crate) fn hold(&mut self) -> oneshot::Receiver<()> {
        let (release, released) = oneshot::channel();
        self.held.push(release);
        released
    }

    /// How many answers are held whose clients still wait.
    pub(crate) fn held(&mut self) -> usize {
        self.held.retain(|release| !release.is_closed());
        self.held.len()
    }

    /// Lets all held answers go; how many there were.
    pub(crate) fn release(&mut self) -> usize {
        let held = self.held();
        // A dropped sender resolves its receiver.
        self.held.clear();
        held
    }
}

impl Waiting {
    fn matches(&self, operation: &str, account: Option<&str>) -> bool {
        let fault = &self.fault;
        let any = fault.operation == "*" || fault.operation == operation;
        any && fault
            .account
            .as_deref()
            .is_none_or(|wanted| Some(wanted) == account)
    }

    fn is_due(&self, ids: &mut Ids) -> bool {
        self.seen >= self.fault.nth && self.fault.rate.is_none_or(|rate| ids.fraction() < rate)
    }

    fn is_spent(&self) -> bool {
        let count = self.fault.count.unwrap_or(if self.fault.rate.is_some() {
            u64::MAX
        } else {
            1
        });
        self.played >= count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(book: &mut FaultBook, operation: &str) -> Option<FaultMode> {
        book.take(operation, Some("111122223333"), &mut Ids::new(0))
    }

    #[test]
    fn a_fault_waits_for_its_call_and_plays_its_count() {
        let mut book = FaultBook::default();
        book.add(
            Fault::on("GetDistribution", FaultMode::Hold)
                .nth(2)
                .times(2),
        );
        assert_eq!(play(&mut book, "GetDistribution"), None);
        assert_eq!(play(&mut book, "ListDistributions"), None);
        assert_eq!(play(&mut book, "GetDistribution"), Some(FaultMode::Hold));
        assert_eq!(play(&mut book, "GetDistribution"), Some(FaultMode::Hold));
        assert_eq!(play(&mut book, "GetDistribution"), None);
    }

    #[test]
    fn a_fault_of_one_account_spares_the_others() {
        let mut book = FaultBook::default();
        book.add(Fault::on("*", FaultMode::Hold).account("444455556666"));
        assert_eq!(play(&mut book, "GetDistribution"), None);
        assert_eq!(
            book.take("x", Some("444455556666"), &mut Ids::new(0)),
            Some(FaultMode::Hold)
        );
    }

    #[test]
    fn a_rate_plays_some_of_the_calls_without_end() {
        let (mut book, mut ids) = (FaultBook::default(), Ids::new(5));
        book.add(Fault::on("*", FaultMode::Hold).rate(0.3));
        let played = (0..1000)
            .filter(|_| book.take("x", None, &mut ids).is_some())
            .count();
        assert!((200..400).contains(&played), "{played}");
    }

    #[test]
    fn faults_read_from_json_with_the_mode_beside_the_address() {
        let text = r#"{"operation":"CreateDistribution","nth":3,"mode":"error","status":503,"code":"ServiceUnavailable","committed":true}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!((fault.nth, fault.mode.commits()), (3, true));
        assert!(serde_json::from_str::<Fault>(r#"{"mode":"nonsense"}"#).is_err());
    }
}
