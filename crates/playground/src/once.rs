//! The scenario of `--once`, which needs no user. It prints each step with its duration.

use crate::playground::{Error, Playground};
use cloudfront_operator::cloudfront::is_read;
use cloudfront_simulator::Edit;
use serde_json::Value;
use std::{
    thread,
    time::{Duration, Instant},
};

/// The timeout of one step.
const STEP_TIMEOUT: Duration = Duration::from_secs(120);

/// The comment of the distribution after the edit through Kubernetes.
const EDITED: &str = "edited by the playground";

/// Applies, edits and deletes the examples, and checks the result of each step.
pub(crate) fn run(playground: &Playground) -> Result<(), Error> {
    eprintln!(
        "playground: showing one scenario, usually in a minute; each line begins with the duration of its step"
    );
    let mut timer = StepTimer(Instant::now());
    playground.apply_examples()?;
    let count = playground.objects()?.len();
    timer.print_step(&format!("applied examples/: {count} objects"));

    wait_until(playground, "every example is ready", || {
        Ok(playground.objects()?.iter().all(is_ready))
    })?;
    timer.print_step("every object is Ready");
    print!(
        "{}",
        indented(&playground.kubectl(&["get", "cloudfront", "--all-namespaces"])?)
    );

    edit_and_cause_drift(playground, &mut timer)?;
    if playground.has_controller_manager {
        playground.create_and_delete_namespace()?;
        timer.print_step("deleted a namespace with a distribution: both are gone");
    } else {
        println!("          not shown: deleting a namespace needs kube-controller-manager");
    }
    playground.delete_examples()?;
    timer.print_step(
        "deleted examples/: the operator disabled each distribution, waited, and deleted it",
    );
    let objects = playground.objects()?.len();
    let remotes = count_remotes(playground);
    if objects > 0 || remotes > 0 {
        return Err(Error::Unexpected(format!(
            "{objects} objects and {remotes} CloudFront resources remain after the deletion"
        )));
    }
    timer.print_step("no object and no CloudFront resource is left");
    print_call_count(playground);
    Ok(())
}

/// Edits a distribution through Kubernetes, then directly in CloudFront, and waits for the result of each edit.
fn edit_and_cause_drift(playground: &Playground, timer: &mut StepTimer) -> Result<(), Error> {
    let (name, id) = first_distribution(playground)?;
    playground.kubectl(&[
        "patch",
        "cfd",
        &name,
        "--type=merge",
        "--patch",
        &format!("{{\"spec\":{{\"comment\":\"{EDITED}\"}}}}"),
    ])?;
    wait_until(playground, "the edit has reached CloudFront", || {
        Ok(remote_comment(playground, &id) == EDITED && all_ready(playground)?)
    })?;
    timer.print_step(&format!(
        "edited distribution {name}: CloudFront has deployed the change"
    ));

    let edit = Edit::Set {
        path: "Comment".into(),
        value: "changed outside of the operator".into(),
    };
    playground
        .simulator
        .control()
        .edit(&id, edit)
        .map_err(|error| Error::Unexpected(error.to_string()))?;
    wait_until(playground, "the drift is corrected", || {
        Ok(remote_comment(playground, &id) == EDITED && all_ready(playground)?)
    })?;
    timer.print_step(&format!(
        "changed distribution {name} outside of the operator: drift corrected"
    ));
    Ok(())
}

/// The end of the previous step.
struct StepTimer(Instant);

impl StepTimer {
    fn print_step(&mut self, step: &str) {
        println!("{:6.1} s  {step}", self.0.elapsed().as_secs_f64());
        self.0 = Instant::now();
    }
}

fn wait_until(
    playground: &Playground,
    what: &str,
    mut condition: impl FnMut() -> Result<bool, Error>,
) -> Result<(), Error> {
    let start = Instant::now();
    while !condition()? {
        if start.elapsed() > STEP_TIMEOUT {
            let objects = playground.kubectl(&[
                "get",
                "cloudfront",
                "--all-namespaces",
                "--output",
                "yaml",
            ])?;
            return Err(Error::Unexpected(format!(
                "timeout after {} s: waiting until {what}\n{objects}\n{}",
                STEP_TIMEOUT.as_secs(),
                playground.log_tail()
            )));
        }
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn is_ready(object: &Value) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    object["status"]["observedGeneration"] == object["metadata"]["generation"]
        && conditions.is_some_and(|conditions| {
            conditions
                .iter()
                .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
        })
}

fn all_ready(playground: &Playground) -> Result<bool, Error> {
    Ok(playground.objects()?.iter().all(is_ready))
}

/// Returns the name and the CloudFront id of the first distribution among the examples.
fn first_distribution(playground: &Playground) -> Result<(String, String), Error> {
    let objects = playground.objects()?;
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
        _ => Err(Error::Unexpected(
            "examples/ has no distribution with an ID".into(),
        )),
    }
}

/// Returns the comment of a distribution in CloudFront.
fn remote_comment(playground: &Playground, id: &str) -> String {
    let distributions = resources(playground, "distributions");
    let found = distributions.iter().find(|resource| resource["id"] == id);
    let config = found
        .and_then(|resource| resource["config"].as_str())
        .unwrap_or_default();
    let rest = config.split("<Comment>").nth(1).unwrap_or_default();
    rest.split("</Comment>")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn resources(playground: &Playground, collection: &str) -> Vec<Value> {
    let state = playground.simulator.control().state();
    let accounts = state["accounts"].as_object().cloned().unwrap_or_default();
    accounts
        .values()
        .flat_map(|account| account[collection].as_array().cloned().unwrap_or_default())
        .collect()
}

fn count_remotes(playground: &Playground) -> usize {
    const COLLECTIONS: [&str; 3] = [
        "distributions",
        "streaming_distributions",
        "origin_access_identities",
    ];
    COLLECTIONS
        .iter()
        .map(|collection| resources(playground, collection).len())
        .sum()
}

/// Prints the number of requests to CloudFront.
fn print_call_count(playground: &Playground) {
    let journal = playground.simulator.control().journal();
    let reads = journal.iter().filter(|call| is_read(&call.operation));
    let reads = reads.count();
    println!(
        "          {} requests to CloudFront: {} writes, {reads} reads",
        journal.len(),
        journal.len() - reads
    );
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |output, line| {
        output + "          " + line + "\n"
    })
}
