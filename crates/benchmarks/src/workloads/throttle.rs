//! Many edits wait for an account that takes two calls a second.

use crate::{
    Outcome,
    bench::Bench,
    objects::distributions,
    report::{each, row},
    stage::{NO_BUDGET, Stage, Who, least},
};
use std::time::{Duration, Instant};

const OBJECTS: usize = 1_000;
const PATIENCE: Duration = Duration::from_mins(40);

/// Calls a second that CloudFront takes: none, writes and reads as the operator's budget has them, and fewer than that.
const LIMITS: [f64; 2] = [0.0, 2.0];

pub(crate) async fn run(bench: &Bench) -> Outcome<()> {
    for limit in LIMITS {
        let mut stage = Stage::new(bench, "throttle", Duration::from_millis(20)).await?;
        let specs = distributions(0, OBJECTS);
        let names: Vec<String> = specs.iter().map(|(name, _)| name.clone()).collect();
        let process = stage.start(Who::Operator, &NO_BUDGET)?;
        stage.objects.create(specs).await?;
        stage.objects.until_ready(OBJECTS, 1, PATIENCE).await?;
        process.stop()?;
        let _process = stage.start(Who::Operator, &[])?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        stage.counts().await?;
        let control = stage.simulator.control();
        control.change_settings(|settings| settings.rate_limit = limit);
        let begun = Instant::now();
        stage.objects.edit(&names, "second").await?;
        let ready = stage.objects.until_ready(OBJECTS, 2, PATIENCE).await?;
        let seconds = (ready - begun).as_secs_f64();
        let counts = stage.counts().await?;
        let calls = counts.own + counts.lists;
        let used = 100.0 * least(OBJECTS) / seconds;
        let text = format!(
            "Ready in {seconds:.1} s, {used:.1} % of what 2 writes a second allow; {} + {} list calls, {} throttled: {:.1} % of all calls were carried out; {} writes",
            counts.own,
            counts.lists,
            counts.throttled,
            100.0 * each(calls - counts.throttled, calls),
            counts.writes.objects
        );
        let figure = if limit > 0.0 {
            format!("{OBJECTS} edits, CloudFront takes {limit} calls a second, reads included")
        } else {
            format!("{OBJECTS} edits, 2 writes a second by the operator's own budget")
        };
        row("throttle", &figure, &text, None);
    }
    Ok(())
}
