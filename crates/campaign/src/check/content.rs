//! I10: what another client adds to a configuration, and no spec manages, survives each update. I12: no secret value is in a status, an
//! event or the log. A user may write it into a spec.

use super::Violation;
use crate::history::{History, What};

pub(super) fn check(history: &History, violations: &mut Vec<Violation>) {
    check_foreign_elements(history, violations);
    check_secrets(history, violations);
}

fn check_foreign_elements(history: &History, violations: &mut Vec<Violation>) {
    for (added, event) in history.events.iter().enumerate() {
        let What::Foreign { id, element } = &event.what else {
            continue;
        };
        let states = history.resources().filter(|(at, _)| *at > added);
        let mut own = states.flat_map(|(_, all)| all.iter().filter(|it| it.id == *id));
        if own.any(|it| !it.config.contains(element)) {
            let detail = format!("{element} of {id} is lost");
            violations.push(Violation::new("I10", detail));
        }
    }
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
