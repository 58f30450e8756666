//! Defects of the requests: what is sent too often, too late, or for the wrong tenant.

use super::{CREATE, CREATED, SeededDefect, position, push};
use crate::{
    history::{Event, History, What},
    label::{Label, Side},
    scenario::examples::NAMESPACE,
};
use cloudfront_simulator::JournalEntry;
use serde_json::json;
use std::sync::Arc;

pub(super) const DEFECTS: &[SeededDefect] = &[
    SeededDefect {
        name: "an object that does not finish",
        violates: &["I4"],
        scenario: CREATED,
        insert: |history| {
            push(
                history,
                What::StepFailed("all objects have finished".into()),
            )
        },
    },
    SeededDefect {
        name: "a write in the quiet period",
        violates: &["I5"],
        scenario: CREATED,
        insert: |history| {
            let operation = "patch originaccessidentities/status";
            push(history, request(Side::Kubernetes, operation, 9))
        },
    },
    SeededDefect {
        name: "too many requests in a minute",
        violates: &["I11"],
        scenario: CREATED,
        insert: many_requests,
    },
    SeededDefect {
        name: "too many requests at the same time",
        violates: &["I11"],
        scenario: CREATED,
        insert: |history| {
            let (side, in_flight) = (Side::CloudFront, 1_000);
            push(history, What::Peak { side, in_flight })
        },
    },
    SeededDefect {
        name: "a panic",
        violates: &["I11"],
        scenario: CREATED,
        insert: |history| push(history, What::Panicked("OriginAccessIdentity".into())),
    },
    SeededDefect {
        name: "an object that waits for many writes of another one",
        violates: &["fairness"],
        scenario: CREATED,
        insert: |history| wait_for_writes(history, 1, NAMESPACE),
    },
    SeededDefect {
        name: "an object that waits for one write of each of many objects of another namespace",
        violates: &["fairness"],
        scenario: CREATED,
        insert: |history| wait_for_writes(history, WRITES, "busy"),
    },
];

/// The writes for which an object waits: more than the share of another one.
const WRITES: usize = 5;

fn request(side: Side, operation: &str, ordinal: u32) -> What {
    What::Request(Label {
        side,
        operation: operation.into(),
        object: "OriginAccessIdentity/site".into(),
        ordinal,
    })
}

fn many_requests(history: &mut History) -> Option<()> {
    let operation = "GetCloudFrontOriginAccessIdentity";
    for ordinal in 1..=1_000 {
        push(history, request(Side::CloudFront, operation, ordinal))?;
    }
    Some(())
}

/// Lets the create wait for writes of this many other objects, which are in one namespace and changed at the same time.
fn wait_for_writes(history: &mut History, objects: usize, namespace: &str) -> Option<()> {
    let (at, first) = history.versions().next()?;
    let create = position(history, CREATE)?;
    let (_, entry) = history.journal().find(|(at, _)| *at == create)?;
    let uid = |number: usize| format!("00000000-0000-4000-9000-{:012}", number % objects);
    let versions = (0..objects).map(|number| {
        let mut other = first.clone();
        let metadata = &mut Arc::make_mut(&mut other.object)["metadata"];
        metadata["uid"] = json!(uid(number));
        metadata["namespace"] = json!(namespace);
        What::Version(other)
    });
    let writes = (0..WRITES).map(|number| {
        What::CloudFront(Box::new(JournalEntry {
            caller_reference: Some(uid(number)),
            id: Some(format!("EOTHER{}", number % objects)),
            ..entry.clone()
        }))
    });
    let at = history.events[at].at;
    let events = versions.chain(writes).map(|what| Event { at, what });
    let events: Vec<Event> = events.collect();
    history.events.splice(create..create, events);
    Some(())
}
