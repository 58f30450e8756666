//! What users run, tagged objects and the default settings: edits, an outage of CloudFront, and a deployment.

use crate::{
    Outcome,
    environment::{Environment, NO_RATE_LIMIT},
    figure::{Case, Figure, per},
    harness::{Harness, Role},
    objects::tagged_distributions,
};
use cloudfront_simulator::{Fault, FaultMode};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const OBJECTS: usize = 1_000;
const EDITS: usize = 20;

/// The reads that fail during the outage.
const OPERATIONS: [&str; 3] = [
    "ListDistributions",
    "GetDistribution",
    "ListTagsForResource",
];

const OUTAGE: Duration = Duration::from_secs(60);
const DEPLOYMENT: Duration = Duration::from_mins(5);
const TIMEOUT: Duration = Duration::from_mins(20);

/// Edits tagged objects, lets the reads fail for a minute, and deploys an object for five minutes.
pub(crate) async fn measure(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let latency = Duration::from_millis(20);
    let mut environment = Environment::new(harness, "shipped", latency).await?;
    let specs = tagged_distributions(OBJECTS);
    let names: Vec<String> = specs.iter().map(|(name, _)| name.clone()).collect();
    let creator = environment.start(role, &NO_RATE_LIMIT)?;
    environment.objects.create(specs).await?;
    environment.objects.until_ready(OBJECTS, 1, TIMEOUT).await?;
    creator.stop()?;
    let _process = environment.start(role, &[])?;
    wait_for_list(&environment, false).await?;
    sleep(Duration::from_secs(10)).await;
    let mut figures = edit(&mut environment, &names[..EDITS]).await?;
    figures.extend(outage(&mut environment).await?);
    figures.extend(deploy(harness, role).await?);
    Ok(figures)
}

/// Edits the same objects twice: after a start, the operator has read none of them.
async fn edit(environment: &mut Environment<'_>, names: &[String]) -> Outcome<Vec<Figure>> {
    let mut figures = vec![];
    for (generation, which) in [(2, "first after a start"), (3, "later")] {
        environment.counts().await?;
        environment.objects.edit(names, which).await?;
        environment
            .objects
            .until_ready(EDITS, generation, TIMEOUT)
            .await?;
        let counts = environment.counts().await?;
        let mut case = Case::new(format!(
            "{EDITS} edits of objects with tags, {which}, defaults"
        ));
        let calls = per(counts.object_calls, EDITS);
        case.add("calls for each edit", "count", calls);
        let writes = per(counts.writes.objects, EDITS);
        case.add("Kubernetes writes for each edit", "count", writes);
        figures.extend(case.into_figures());
    }
    Ok(figures)
}

/// Counts from the first failure of a list until a minute after the next success.
async fn outage(environment: &mut Environment<'_>) -> Outcome<Vec<Figure>> {
    environment.counts().await?;
    let control = environment.simulator.control();
    for operation in OPERATIONS {
        let fault = Fault::on(operation, FaultMode::service_unavailable());
        control.inject(fault.times(u64::MAX));
    }
    wait_for_list(environment, true).await?;
    sleep(OUTAGE).await;
    control.clear_faults();
    wait_for_list(environment, false).await?;
    sleep(OUTAGE).await;
    let counts = environment.counts().await?;
    let mut case = Case::new(format!(
        "lists fail for 60 s, {OBJECTS} objects at rest, defaults"
    ));
    case.count("Kubernetes writes", counts.writes.objects);
    case.count("events", counts.writes.events);
    case.count("calls for single objects", counts.object_calls);
    Ok(case.into_figures())
}

/// Counts the lists while the only object is deployed.
async fn deploy(harness: &Harness, role: Role) -> Outcome<Vec<Figure>> {
    let latency = Duration::from_millis(20);
    let mut environment = Environment::new(harness, "deployment", latency).await?;
    let control = environment.simulator.control();
    control.change_settings(|settings| settings.deploy_delay = DEPLOYMENT);
    let _process = environment.start(role, &[])?;
    sleep(Duration::from_secs(3)).await;
    environment.counts().await?;
    environment.objects.create(tagged_distributions(1)).await?;
    environment.objects.until_ready(1, 1, TIMEOUT).await?;
    let counts = environment.counts().await?;
    let mut case = Case::new("one deployment of five minutes, defaults");
    case.count("list calls", counts.list_calls);
    case.count("calls for single objects", counts.object_calls);
    Ok(case.into_figures())
}

/// Waits for the next list that succeeds, or fails.
async fn wait_for_list(environment: &Environment<'_>, fails: bool) -> Outcome<()> {
    let control = environment.simulator.control();
    let last_call = control.journal().last().map_or(0, |call| call.sequence);
    let started = Instant::now();
    while started.elapsed() < TIMEOUT {
        let calls = control.journal_since(last_call);
        let mut lists = calls
            .iter()
            .filter(|call| call.operation == "ListDistributions");
        // A call that a fault replaces has no error code.
        if lists.any(|call| (call.code.is_some() || call.fault.is_some()) == fails) {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Err("the operator sends no list request".into())
}
