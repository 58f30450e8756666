//! Defects of the resources in CloudFront, and of the objects to which they belong.

use super::{
    CREATE, CREATED, OTHER, SeededDefect, change_objects, position, push, with_later_resources,
};
use crate::history::{History, What};
use serde_json::json;

pub(super) const DEFECTS: &[SeededDefect] = &[
    SeededDefect {
        name: "a resource without an object",
        violates: &["I1", "I9"],
        scenario: CREATED,
        insert: orphan,
    },
    SeededDefect {
        name: "a create that is executed twice",
        violates: &["I2", "I9"],
        scenario: CREATED,
        insert: duplicate,
    },
    SeededDefect {
        name: "an update of a resource that no object has",
        violates: &["I3"],
        scenario: CREATED,
        insert: wrong_target,
    },
    SeededDefect {
        name: "a create without a finalizer",
        violates: &["I6"],
        scenario: CREATED,
        insert: |history| {
            change_objects(history, |it| it["metadata"]["finalizers"] = json!(null));
            Some(())
        },
    },
    SeededDefect {
        name: "a deletion that does not end",
        violates: &["I7"],
        scenario: CREATED,
        insert: |history| {
            let time = json!("2026-01-01T00:00:00Z");
            change_objects(history, |it| {
                it["metadata"]["deletionTimestamp"] = time.clone();
            });
            Some(())
        },
    },
    SeededDefect {
        name: "an object that is ready without its configuration",
        violates: &["I8"],
        scenario: CREATED,
        insert: |history| {
            change_configurations(history);
            Some(())
        },
    },
    SeededDefect {
        name: "an element of another client that is lost",
        violates: &["I10"],
        scenario: "OriginAccessIdentity: unknown element",
        insert: lost_element,
    },
];

fn orphan(history: &mut History) -> Option<()> {
    with_later_resources(history, |resources| {
        let mut orphan = resources.first()?.clone();
        orphan.caller_reference = OTHER.into();
        orphan.id = "E2".into();
        resources.push(orphan);
        Some(())
    })
}

fn duplicate(history: &mut History) -> Option<()> {
    let at = position(history, CREATE)?;
    let again = history.events[at].clone();
    history.events.insert(at, again);
    Some(())
}

fn wrong_target(history: &mut History) -> Option<()> {
    let (_, create) = history.journal().next()?;
    let mut update = create.clone();
    update.operation = "UpdateCloudFrontOriginAccessIdentity".into();
    update.id = Some("E2".into());
    push(history, What::CloudFront(Box::new(update)))
}

fn change_configurations(history: &mut History) {
    for event in &mut history.events {
        if let What::Resources(resources) = &mut event.what {
            let mut changed = resources.to_vec();
            for resource in &mut changed {
                resource.config.push_str("<Other/>");
            }
            *resources = changed.into();
        }
    }
}

fn lost_element(history: &mut History) -> Option<()> {
    let element = "<FromTheFuture><Deep>stays</Deep></FromTheFuture>";
    with_later_resources(history, |resources| {
        let resource = resources.first_mut()?;
        let (before, after) = resource.config.split_once(element)?;
        resource.config = format!("{before}{after}");
        Some(())
    })
}
