//! I10: what another client adds to a configuration, and no spec manages, survives each update. I12: no secret value is in a status, an
//! event or the log. A user may write it into a spec.

use super::Violation;
use crate::history::{History, What};
use cloudfront_operator::operator::kinds;
use cloudfront_simulator::JournalEntry;

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    check_foreign_elements(history, violations);
    check_secrets(history, violations);
}

fn check_foreign_elements(history: &History, violations: &mut Vec<Violation>) {
    for (added, event) in history.events.iter().enumerate() {
        let What::Foreign { id, element } = &event.what else {
            continue;
        };
        if is_hidden(history, added, id) {
            continue;
        }
        let states = history.resources().filter(|(at, _)| *at > added);
        let mut own = states.flat_map(|(_, all)| all.iter().filter(|it| it.id == *id));
        if own.any(|it| !it.config.contains(element)) {
            let detail = format!("{element} of {id} is lost");
            violations.push(Violation::new("I10", detail));
        }
    }
}

/// Whether a response hides what another client has added to a resource, so that no update can keep it.
pub(super) fn hides_foreign_element(history: &History) -> bool {
    let mut events = history.events.iter().enumerate();
    events.any(|(added, event)| match &event.what {
        What::Foreign { id, .. } => is_hidden(history, added, id),
        _ => false,
    })
}

fn is_hidden(history: &History, added: usize, id: &str) -> bool {
    let mut later = history.events[added..].iter();
    later.any(|it| matches!(&it.what, What::CloudFront(entry) if hides_change(entry, id)))
}

/// Whether a response hides a change of this resource, and CloudFront does not refuse the update that follows, since the family has no
/// ETags.
pub(super) fn hides_change(entry: &JournalEntry, id: &str) -> bool {
    let has_no_etags = kinds().into_iter().any(|kind| {
        !kind.api.has_etags() && entry.operation == format!("Get{}", kind.api.document)
    });
    has_no_etags && is_stale(entry, id)
}

/// Whether a request is a read of this resource, and returned an earlier state.
pub(super) fn is_stale(entry: &JournalEntry, id: &str) -> bool {
    entry.fault.as_deref() == Some("stale-read") && entry.id.as_deref() == Some(id)
}

pub(super) fn check_secrets(history: &History, violations: &mut Vec<Violation>) {
    let secrets = history.events.iter().filter_map(|event| match &event.what {
        What::Secret(value) => Some(value.as_str()),
        _ => None,
    });
    let secrets: Vec<&str> = secrets.collect();
    let mut search = |place: &str, text: &str| {
        if secrets.iter().any(|secret| text.contains(secret)) {
            violations.push(Violation::new(
                "I12",
                format!("a secret value is in {place}"),
            ));
        }
    };
    for event in &history.events {
        match &event.what {
            What::Version(version) => {
                search(&version.name(), &version.object["status"].to_string());
            }
            What::Output { place, text } => search(place, text),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Event, Resource};
    use std::time::Duration;

    const ELEMENT: &str = "<FromTheFuture/>";

    /// Returns what a run violates in which an element is added, a read returns an earlier state, and the element is lost.
    fn violations(operation: &str, fault: Option<&str>) -> usize {
        let id = "sampled".to_owned();
        let entry = JournalEntry {
            operation: operation.into(),
            id: Some(id.clone()),
            fault: fault.map(str::to_owned),
            ..JournalEntry::default()
        };
        let lost = Resource {
            collection: String::new(),
            id: id.clone(),
            caller_reference: String::new(),
            is_deployed: true,
            config: String::new(),
            tags: [].into(),
            pairs: [].into(),
        };
        let element = ELEMENT.into();
        let all = [
            What::Foreign { id, element },
            What::CloudFront(Box::new(entry)),
            What::Resources([lost].into()),
        ];
        let events = all.map(|what| Event {
            at: Duration::ZERO,
            what,
        });
        let events = events.into();
        let history = History { events };
        let mut found = vec![];
        check_foreign_elements(&history, &mut found);
        assert_eq!(found.is_empty(), hides_foreign_element(&history));
        found.len()
    }

    #[test]
    fn an_element_may_be_lost_only_if_a_stale_read_hid_it_and_no_etag_refuses_the_update() {
        let stale = Some("stale-read");
        assert_eq!(violations("GetRealtimeLogConfig", stale), 0);
        assert_eq!(violations("GetRealtimeLogConfig", None), 1);
        assert_eq!(violations("GetCachePolicy", stale), 1);
    }
}
