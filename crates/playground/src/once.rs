//! The whole story without a person: every step printed with its time.

use crate::playground::{Parts, Trouble};
use cloudfront_simulator::Edit;
use serde_json::Value;
use std::{
    thread,
    time::{Duration, Instant},
};

/// How long one step may take before the playground gives up on it.
const PATIENCE: Duration = Duration::from_secs(120);

const EDITED: &str = "edited by the playground";

/// Applies, awaits, edits, disturbs, deletes, and checks each.
pub(crate) fn run(parts: &Parts) -> Result<(), Trouble> {
    let mut clock = Clock(Instant::now());
    parts.apply_examples()?;
    let count = parts.objects()?.len();
    clock.tell(&format!("applied examples/: {count} objects"));

    until(parts, "every example is ready", || {
        Ok(parts.objects()?.iter().all(is_ready))
    })?;
    clock.tell("every object is Ready");
    print!(
        "{}",
        indented(&parts.kubectl(&["get", "cloudfront", "--all-namespaces"])?)
    );

    edit_and_disturb(parts, &mut clock)?;
    if parts.controllers {
        parts.delete_a_namespace()?;
        clock.tell("deleted a namespace with a site in it: both are gone");
    }
    parts.delete_examples()?;
    clock.tell("deleted examples/: distributions disabled, awaited and deleted");
    let left = parts.objects()?.len();
    let remotes = remotes(parts);
    if left > 0 || remotes > 0 {
        return Err(Trouble::Unexpected(format!(
            "{left} objects and {remotes} CloudFront resources were left behind"
        )));
    }
    clock.tell("no object and no CloudFront resource is left");
    calls(parts);
    Ok(())
}

/// Edits a distribution through Kubernetes, then behind the operator's back.
fn edit_and_disturb(parts: &Parts, clock: &mut Clock) -> Result<(), Trouble> {
    let (name, id) = one_distribution(parts)?;
    parts.kubectl(&[
        "patch",
        "cfd",
        &name,
        "--type=merge",
        "--patch",
        &format!("{{\"spec\":{{\"comment\":\"{EDITED}\"}}}}"),
    ])?;
    until(parts, "the edit has reached CloudFront", || {
        Ok(comment(parts, &id) == EDITED && all_ready(parts)?)
    })?;
    clock.tell(&format!(
        "edited distribution {name}: CloudFront has the change, and deployed it"
    ));

    let edit = Edit::Set {
        path: "Comment".into(),
        value: "changed behind our back".into(),
    };
    parts
        .simulator
        .control()
        .edit(&id, edit)
        .map_err(|error| Trouble::Unexpected(error.to_string()))?;
    until(parts, "the drift is repaired", || {
        Ok(comment(parts, &id) == EDITED && all_ready(parts)?)
    })?;
    clock.tell(&format!(
        "changed {id} behind the operator's back: repaired"
    ));
    Ok(())
}

/// When the step before ended.
struct Clock(Instant);

impl Clock {
    fn tell(&mut self, step: &str) {
        println!("{:6.1} s  {step}", self.0.elapsed().as_secs_f64());
        self.0 = Instant::now();
    }
}

fn until(
    parts: &Parts,
    what: &str,
    mut holds: impl FnMut() -> Result<bool, Trouble>,
) -> Result<(), Trouble> {
    let begun = Instant::now();
    while !holds()? {
        if begun.elapsed() > PATIENCE {
            let objects =
                parts.kubectl(&["get", "cloudfront", "--all-namespaces", "--output", "yaml"])?;
            return Err(Trouble::Unexpected(format!(
                "gave up waiting until {what}\n{objects}\n{}",
                parts.log_tail()
            )));
        }
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn is_ready(object: &Value) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    object["status"]["observedGeneration"] == object["metadata"]["generation"]
        && conditions.is_some_and(|all| {
            all.iter()
                .any(|c| c["type"] == "Ready" && c["status"] == "True")
        })
}

fn all_ready(parts: &Parts) -> Result<bool, Trouble> {
    Ok(parts.objects()?.iter().all(is_ready))
}

/// The name and the id of some distribution among the examples.
fn one_distribution(parts: &Parts) -> Result<(String, String), Trouble> {
    let objects = parts.objects()?;
    let found = objects
        .iter()
        .find(|object| object["kind"] == "Distribution");
    let text = |path: &str| {
        found
            .and_then(|object| object.pointer(path))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    match (text("/metadata/name"), text("/status/id")) {
        (Some(name), Some(id)) => Ok((name, id)),
        _ => Err(Trouble::Unexpected(
            "there is no distribution among the examples".into(),
        )),
    }
}

/// The comment that CloudFront has for a distribution.
fn comment(parts: &Parts, id: &str) -> String {
    let all = resources(parts, "distributions");
    let found = all.iter().find(|resource| resource["id"] == id);
    let config = found
        .and_then(|resource| resource["config"].as_str())
        .unwrap_or_default();
    let rest = config.split("<Comment>").nth(1).unwrap_or_default();
    rest.split("</Comment>")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn resources(parts: &Parts, family: &str) -> Vec<Value> {
    let state = parts.simulator.control().state();
    let accounts = state["accounts"].as_object().cloned().unwrap_or_default();
    accounts
        .values()
        .flat_map(|account| account[family].as_array().cloned().unwrap_or_default())
        .collect()
}

fn remotes(parts: &Parts) -> usize {
    let families = [
        "distributions",
        "streaming_distributions",
        "origin_access_identities",
    ];
    families
        .iter()
        .map(|family| resources(parts, family).len())
        .sum()
}

/// What all of it cost.
fn calls(parts: &Parts) {
    let journal = parts.simulator.control().journal();
    let reads = journal.iter().filter(|call| call.method == "GET").count();
    println!(
        "          CloudFront was called {} times: {} writes, {reads} reads",
        journal.len(),
        journal.len() - reads
    );
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |out, line| {
        out + "          "
            + line
            + "
"
    })
}
