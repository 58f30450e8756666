//! Defects of what the status and other outputs report.

use super::{CREATED, EDITED, SeededDefect, change_objects, push, with_later_status};
use crate::history::{History, What};
use serde_json::{Value, json};

const SECRET: &str = "Distribution: secret";

pub(super) const DEFECTS: &[SeededDefect] = &[
    SeededDefect {
        name: "a secret in a status",
        violates: &["I12"],
        scenario: SECRET,
        insert: |history| {
            let message = "The value canary-7d1f-first is not valid.";
            change_objects(history, |it| {
                it["status"]["conditions"][0]["message"] = json!(message);
            });
            Some(())
        },
    },
    SeededDefect {
        name: "a secret in an event",
        violates: &["I12"],
        scenario: SECRET,
        insert: |history| output(history, "event"),
    },
    SeededDefect {
        name: "a secret in the log",
        violates: &["I12"],
        scenario: SECRET,
        insert: |history| output(history, "log"),
    },
    SeededDefect {
        name: "an observed generation that goes back",
        violates: &["monotone"],
        scenario: CREATED,
        insert: |history| with_later_status(history, |it| it["observedGeneration"] = json!(0)),
    },
    SeededDefect {
        name: "a transition time that goes back",
        violates: &["monotone"],
        scenario: CREATED,
        insert: |history| with_transition_time(history, "2001-01-01T00:00:00Z"),
    },
    SeededDefect {
        name: "a transition time that changes without its status",
        violates: &["monotone"],
        scenario: CREATED,
        insert: |history| with_transition_time(history, "2101-01-01T00:00:00Z"),
    },
    SeededDefect {
        name: "a modification time that goes back",
        violates: &["monotone"],
        scenario: "StreamingDistribution: edit",
        insert: earlier_modification,
    },
    SeededDefect {
        name: "an ETag that comes back",
        violates: &["monotone"],
        scenario: EDITED,
        insert: with_first_etag,
    },
    SeededDefect {
        name: "an ETag that comes back after a stale read of another resource",
        violates: &["monotone"],
        scenario: EDITED,
        insert: |history| {
            read_stale(history, "E2".into())?;
            with_first_etag(history)
        },
    },
    SeededDefect {
        name: "an ETag that comes back after a stale read of its resource",
        violates: &[],
        scenario: EDITED,
        insert: |history| {
            let own = history.last_resources().first()?.id.clone();
            read_stale(history, own)?;
            with_first_etag(history)
        },
    },
    SeededDefect {
        name: "an ETag that comes back because another client writes the status",
        violates: &[],
        scenario: EDITED,
        insert: |history| {
            push(
                history,
                What::StatusForged("OriginAccessIdentity/site".into()),
            )?;
            with_first_etag(history)
        },
    },
];

fn output(history: &mut History, place: &'static str) -> Option<()> {
    let text = "Updated canary-7d1f-second".into();
    push(history, What::Output { place, text })
}

fn with_transition_time(history: &mut History, time: &str) -> Option<()> {
    with_later_status(history, |status| {
        status["conditions"][0]["lastTransitionTime"] = json!(time);
    })
}

fn earlier_modification(history: &mut History) -> Option<()> {
    let (_, last) = history.versions().last()?;
    last.object["status"]["lastModifiedTime"].as_str()?;
    with_later_status(history, |status| {
        status["lastModifiedTime"] = json!("2001-01-01T00:00:00Z");
    })
}

/// Lets the last status report the first ETag again.
fn with_first_etag(history: &mut History) -> Option<()> {
    let versions = history.versions();
    let mut etags = versions.map(|(_, it)| it.object["status"]["etag"].clone());
    let first: Value = etags.find(Value::is_string)?;
    drop(etags);
    with_later_status(history, |status| status["etag"] = first.clone())
}

/// Adds a read of a resource that shows an earlier state.
fn read_stale(history: &mut History, id: String) -> Option<()> {
    let (_, update) = history.journal().last()?;
    let mut read = update.clone();
    read.id = Some(id);
    read.fault = Some("stale-read".into());
    push(history, What::CloudFront(Box::new(read)))
}
