//! Two replicas under load, of which one or the other is killed, suspended or cut off, and whose Lease is deleted or taken away.

use super::{Environment, Error, load::Load, replica::Replica, verdict::Verdict};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams},
};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the campaign runs, and what decides its events.
#[derive(Clone, Copy, Debug)]
pub struct Replicas {
    /// The time in which events occur. The end comes on top.
    pub duration: Duration,
    /// The seed of all random choices.
    pub seed: u64,
}

/// What can happen.
#[derive(Clone, Copy, Debug)]
enum Event {
    Kill,
    Suspend,
    Partition,
    DeleteLease,
    TakeLease,
}

const EVENTS: [Event; 5] = [
    Event::Kill,
    Event::Suspend,
    Event::Partition,
    Event::DeleteLease,
    Event::TakeLease,
];

/// Leader election as in the chart.
const FLAGS: [&str; 1] = ["--leader-elect"];

const LEASE: &str = "cloudfront-operator";

struct Run<'a> {
    environment: &'a Environment,
    replicas: [Replica; 2],
    random: fastrand::Rng,
    counts: [usize; EVENTS.len()],
}

/// Runs the campaign.
pub async fn run(environment: &Environment, settings: Replicas) -> Result<Verdict, Error> {
    let mut run = Run {
        replicas: [
            Replica::new(environment, 0, &FLAGS).await?,
            Replica::new(environment, 1, &FLAGS).await?,
        ],
        environment,
        random: fastrand::Rng::with_seed(settings.seed),
        counts: [0; EVENTS.len()],
    };
    for replica in &mut run.replicas {
        replica.start()?;
    }
    let mut load = Load::new(environment, settings.seed);
    let end = Instant::now() + settings.duration;
    let events = async {
        while Instant::now() < end {
            run.next_event().await?;
        }
        Ok::<(), Error>(())
    };
    let (events, ()) = tokio::join!(events, load.run_until(end));
    events?;
    let mut verdict = Verdict::default();
    verdict
        .finish(environment, &mut load, &run.replicas)
        .await?;
    run.add_figures(&mut verdict);
    Ok(verdict)
}

impl Run<'_> {
    /// Waits for a moment, and then causes an event and its end.
    async fn next_event(&mut self) -> Result<(), Error> {
        let pause = self.random.u64(500..4_000);
        sleep(Duration::from_millis(pause)).await;
        let at = self.random.usize(..EVENTS.len());
        self.counts[at] += 1;
        let length = Duration::from_millis(self.random.u64(500..12_000));
        let replica = self.random.usize(..self.replicas.len());
        match EVENTS[at] {
            Event::Kill => {
                self.replicas[replica].kill();
                sleep(length / 4).await;
                self.replicas[replica].start()?;
            }
            Event::Suspend => {
                self.replicas[replica].signal("STOP")?;
                sleep(length).await;
                self.replicas[replica].signal("CONT")?;
            }
            Event::Partition => {
                self.replicas[replica].partition();
                sleep(length).await;
                self.replicas[replica].heal();
            }
            Event::DeleteLease => {
                self.leases()
                    .delete(LEASE, &DeleteParams::default())
                    .await
                    .ok();
            }
            Event::TakeLease => {
                let patch = json!({"spec": {"holderIdentity": "another-client"}});
                let patch = Patch::Merge(&patch);
                self.leases()
                    .patch(LEASE, &PatchParams::default(), &patch)
                    .await
                    .ok();
            }
        }
        Ok(())
    }

    fn leases(&self) -> Api<Lease> {
        Api::namespaced(self.environment.client.clone(), &self.environment.namespace)
    }

    fn add_figures(&self, verdict: &mut Verdict) {
        for (event, count) in EVENTS.iter().zip(self.counts) {
            verdict.add(&format!("{event:?}"), &count);
        }
        let writes = self.environment.committed_writes();
        for replica in &self.replicas {
            let key = Some(&replica.credential.access_key);
            let own = writes.iter().filter(|call| call.access_key.as_ref() == key);
            verdict.add("writes of one replica", &own.count());
        }
        let mut writers: Vec<_> = writes.iter().map(|call| &call.access_key).collect();
        writers.dedup();
        verdict.add("changes of the writer", &writers.len().saturating_sub(1));
    }
}
