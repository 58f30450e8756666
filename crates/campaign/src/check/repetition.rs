//! Repeated writes that no client can avoid: a read returns an earlier state, and CloudFront cannot refuse the write that follows. It is an
//! update in a family without ETags, or a publication of the version that is already published.

use super::content::{hides_change, is_stale};
use crate::history::{History, What};
use cloudfront_operator::operator::kinds;
use cloudfront_simulator::JournalEntry;

/// Returns the operation of each write that repeats the write before it after a stale read, and changes nothing.
pub(super) fn repetitions_after_stale_reads(history: &History) -> Vec<&str> {
    let journal: Vec<(usize, &JournalEntry)> = history.journal().collect();
    let writes = journal.iter().filter(|(_, entry)| entry.committed);
    let repetitions = writes.filter(|(at, entry)| {
        let earlier = journal.iter().take_while(|(before, _)| before < at);
        let own = earlier.filter(|(_, it)| it.id.is_some() && it.id == entry.id);
        let own: Vec<&JournalEntry> = own.map(|(_, it)| *it).collect();
        repeats(entry, &own, || changes(history, *at))
    });
    let operations = repetitions.map(|(_, entry)| entry.operation.as_str());
    operations.collect()
}

/// Whether a write follows from a stale read, has the operation of the write before it, and changes nothing. `earlier`: the requests for the
/// same resource. A publication after another one changes nothing.
fn repeats(
    entry: &JournalEntry,
    earlier: &[&JournalEntry],
    changes: impl FnOnce() -> bool,
) -> bool {
    let (Some(id), Some(read)) = (&entry.id, earlier.last()) else {
        return false;
    };
    let mut writes = earlier.iter().filter(|it| it.committed);
    let write = writes.next_back();
    write.is_some_and(|it| it.operation == entry.operation)
        && (hides_publication(read, id, &entry.operation) || hides_change(read, id) && !changes())
}

/// Whether a response hides that this version of the resource is published, and the write publishes it.
fn hides_publication(read: &JournalEntry, id: &str, write: &str) -> bool {
    let is_of_published = kinds().into_iter().any(|kind| {
        let name = kind.api.name;
        kind.api.code.is_some()
            && read.operation == format!("Describe{name}")
            && write == format!("Publish{name}")
    });
    is_of_published && is_stale(read, id)
}

/// Whether CloudFront has other resources after the request at this position.
fn changes(history: &History, at: usize) -> bool {
    let mut later = history.events[at + 1..].iter();
    let next = later.find(|it| matches!(it.what, What::CloudFront(_) | What::Resources(_)));
    next.is_some_and(|it| matches!(it.what, What::Resources(_)))
}

#[cfg(test)]
mod tests {
    use super::super::EndState;
    use super::*;
    use crate::history::Event;
    use std::time::Duration;

    const STALE: Option<&str> = Some("stale-read");

    fn request(operation: &str, fault: Option<&str>) -> What {
        What::CloudFront(Box::new(JournalEntry {
            operation: operation.into(),
            id: Some("sampled".into()),
            committed: !operation.starts_with("Get") && !operation.starts_with("Describe"),
            fault: fault.map(str::to_owned),
            ..JournalEntry::default()
        }))
    }

    fn changed() -> What {
        What::Resources([].into())
    }

    fn history(events: Vec<What>) -> History {
        let events = events.into_iter().map(|what| Event {
            at: Duration::ZERO,
            what,
        });
        let events = events.collect();
        History { events }
    }

    /// Returns how many of an update and these later requests differ from the update alone.
    fn differences(family: &str, later: Vec<What>) -> usize {
        let update = || [request(&format!("Update{family}"), None), changed()];
        let expected = EndState::of(&history(update().into()));
        let found = history(update().into_iter().chain(later).collect());
        EndState::with_faults(&found).differences(&expected).len()
    }

    #[test]
    fn an_update_may_be_repeated_only_after_a_stale_read_in_a_family_without_etags() {
        let family = "RealtimeLogConfig";
        let read = |fault| request("GetRealtimeLogConfig", fault);
        let update = || request("UpdateRealtimeLogConfig", None);
        assert_eq!(differences(family, vec![read(STALE), update()]), 0);
        let again = vec![read(STALE), update(), read(STALE), update()];
        assert_eq!(differences(family, again), 0);
        for (wrong, later) in [
            ("the read is not stale", vec![read(None), update()]),
            ("nothing is read", vec![update()]),
            (
                "a later read shows the update",
                vec![read(STALE), read(None), update()],
            ),
            (
                "one stale read leads to two updates",
                vec![read(STALE), update(), update()],
            ),
            (
                "the update has another content",
                vec![read(STALE), update(), changed()],
            ),
            (
                "the write is another one",
                vec![read(STALE), request("DeleteRealtimeLogConfig", None)],
            ),
        ] {
            assert_eq!(differences(family, later), 1, "{wrong}");
        }
        let refused = vec![
            request("GetCachePolicy", STALE),
            request("UpdateCachePolicy", None),
        ];
        assert_eq!(differences("CachePolicy", refused), 1, "it has ETags");
    }

    #[test]
    fn a_publication_may_be_repeated_only_after_a_stale_read_of_the_published_version() {
        let publish = || request("PublishFunction", None);
        let differences = |later: Vec<What>| {
            let expected = EndState::of(&history(vec![publish(), changed()]));
            let all = [publish(), changed()].into_iter().chain(later).collect();
            let found = EndState::with_faults(&history(all));
            found.differences(&expected).len()
        };
        assert_eq!(
            differences(vec![request("DescribeFunction", STALE), publish()]),
            0
        );
        for (wrong, read) in [
            ("the read is not stale", request("DescribeFunction", None)),
            ("the read is of the code", request("GetFunction", STALE)),
        ] {
            assert_eq!(differences(vec![read, publish()]), 1, "{wrong}");
        }
        let update = vec![
            request("DescribeFunction", STALE),
            request("UpdateFunction", None),
        ];
        assert_eq!(differences(update), 1, "the write is another one");
    }
}
