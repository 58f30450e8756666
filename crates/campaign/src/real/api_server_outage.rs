//! The operator under load while its API server refuses requests, cuts connections or is down.

use super::{Environment, Error, load::Load, replica::Replica, verdict::Verdict};
use crate::proxy::{Disturbance, Rule};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What is wrong with the API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It is killed and starts again after this time.
    Killed(Duration),
    /// It refuses each request with this status for this time. With 429 the response has `Retry-After: 1`.
    Refuses(u16, Duration),
    /// It executes each write of the operator, and the connection ends before the response.
    LosesResponses(Duration),
    /// Its watches stay open and report nothing more.
    SilentWatches(Duration),
}

/// How long objects change before and after the outage.
const MARGIN: Duration = Duration::from_secs(3);

/// Runs one outage in the middle of many changes.
pub async fn run(environment: &Environment, outage: Outage, seed: u64) -> Result<Verdict, Error> {
    let mut replica = Replica::new(environment, 0, &[]).await?;
    replica.start()?;
    let mut load = Load::new(environment, seed);
    let end = Instant::now() + MARGIN + outage.duration() + MARGIN;
    let events = async {
        sleep(MARGIN).await;
        outage.cause(environment, &replica).await
    };
    let (events, ()) = tokio::join!(events, load.run_until(end));
    events?;
    let mut verdict = Verdict::default();
    verdict.add("outage", &format!("{outage:?}"));
    verdict.finish(environment, &mut load, &[replica]).await?;
    Ok(verdict)
}

impl Outage {
    const fn duration(self) -> Duration {
        match self {
            Self::Killed(duration)
            | Self::Refuses(_, duration)
            | Self::LosesResponses(duration)
            | Self::SilentWatches(duration) => duration,
        }
    }

    async fn cause(self, environment: &Environment, replica: &Replica) -> Result<(), Error> {
        let every = |disturbance, writes_only: bool| {
            let rule = Rule::new(disturbance, move |label| label.is_write() || !writes_only);
            replica.proxy.add(rule.times(usize::MAX));
        };
        match self {
            Self::Killed(duration) => {
                environment.cluster.kill_api_server()?;
                sleep(duration).await;
                return Ok(environment.cluster.start_api_server()?);
            }
            Self::Refuses(code, _) => {
                let retry_after = (code == 429).then_some(1);
                every(Disturbance::Respond { code, retry_after }, false);
            }
            Self::LosesResponses(_) => every(Disturbance::CutAfter, true),
            Self::SilentWatches(_) => replica.proxy.silence_watches(None),
        }
        sleep(self.duration()).await;
        replica.proxy.clear();
        Ok(())
    }
}
