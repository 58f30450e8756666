//! Defects of the resources in CloudFront, and of the objects to which they belong.

use super::{
    CREATE, CREATED, OTHER, SeededDefect, change_objects, position, push, with_later_resources,
};
use crate::history::{Event, History, Resource, What};
use serde_json::json;

const TAGGED: &str = "Distribution: tags";

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
            change_resources(history.events.iter_mut(), change_configuration);
            Some(())
        },
    },
    SeededDefect {
        name: "an object that is ready without its tags",
        violates: &["I8"],
        scenario: TAGGED,
        insert: |history| {
            change_resources(history.events.iter_mut(), |it| {
                it.tags.insert("other".into(), "tag".into());
            });
            Some(())
        },
    },
    SeededDefect {
        name: "a configuration that another client changes during an edit of the tags",
        violates: &[],
        scenario: TAGGED,
        insert: edit_beside_tags,
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

fn change_configuration(resource: &mut Resource) {
    resource.config.push_str("<Other/>");
}

/// Changes the resources in these events.
fn change_resources<'a>(
    events: impl Iterator<Item = &'a mut Event>,
    change: impl Fn(&mut Resource),
) {
    for event in events {
        if let What::Resources(resources) = &mut event.what {
            let mut changed = resources.to_vec();
            changed.iter_mut().for_each(&change);
            *resources = changed.into();
        }
    }
}

/// Changes the configuration from the last edit of the spec on, and changes it back at the end.
fn edit_beside_tags(history: &mut History) -> Option<()> {
    let restored = What::Resources(history.last_resources().to_vec().into());
    let last = history.versions().map(|(_, it)| it.generation()).max()?;
    let mut versions = history.versions();
    let (edited, _) = versions.find(|(_, it)| it.generation() == last)?;
    drop(versions);
    change_resources(history.events.iter_mut().skip(edited), change_configuration);
    push(history, restored)
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
