//! Large objects, many edits of one tenant beside a deletion of another one, and many clients of `/metrics`.

use super::{
    Environment, Error,
    environment::DEPLOY_DELAY,
    replica::Replica,
    scrapers::{Scrapers, Scrapes},
    verdict::Verdict,
};
use crate::objects::objects_of;
use benchmarks::objects::{LARGE, LARGE_BYTES, Objects, SMALL, distributions, large_distributions};
use cloudfront_simulator::JournalEntry;
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::sleep;

/// The sizes of the campaign.
#[derive(Clone, Copy, Debug)]
pub struct Overload {
    /// The objects of almost the maximum size.
    pub large: usize,
    /// The bytes of each of them.
    pub large_bytes: usize,
    /// The objects of the usual size. Each is edited.
    pub small: usize,
    /// The clients of `/metrics` that send or read almost nothing.
    pub slow_clients: usize,
}

impl Overload {
    /// The size that the operator must bear.
    pub const FULL: Self = Self {
        large: LARGE,
        large_bytes: LARGE_BYTES,
        small: SMALL,
        slow_clients: 100,
    };
}

/// The most resident memory of the operator, in MiB.
const MAX_MEMORY: f64 = 128.0;

/// The most turns of the tenant with many edits for which a write of another tenant waits.
const MAX_TURNS: u32 = 2;

/// The time between two writes, with the limit with which the operator is shipped.
const BETWEEN_WRITES: Duration = Duration::from_millis(500);

/// How long anything may take that is waited for: the API server needs long for that many objects.
const TIMEOUT: Duration = Duration::from_mins(60);

/// The share of the CPU below which a process has read all that has changed.
const RELAXED: f64 = 0.5;

/// The intervals with which the operator is shipped.
const SHIPPED: [&str; 4] = [
    "--resync-period",
    "10m",
    "--deployment-poll-interval",
    "10s",
];

/// The rate limits with which the operator is shipped.
const LIMITS: [&str; 4] = ["--cloudfront-read-qps", "10", "--cloudfront-write-qps", "2"];

struct Run<'a> {
    environment: &'a Environment,
    sizes: Overload,
    /// The objects of the tenant with many, in the namespace of the environment.
    many: Objects,
    /// The objects of another tenant: one is deleted alone, and one beside the edits.
    few: Objects,
    other_namespace: String,
    verdict: Verdict,
}

/// Runs the campaign.
pub async fn run(environment: &Environment, sizes: Overload) -> Result<Verdict, Error> {
    let other = environment.cluster.create_namespace("overload-other")?;
    let control = environment.control();
    // CloudFront raises these quotas on request.
    control.set_quota(None, "TooManyDistributions", 1_000_000)?;
    control.set_quota(None, "TooManyOrigins", 250)?;
    let flags = [&["--watch-namespaces", &other][..], &SHIPPED].concat();
    let mut unlimited = Replica::new(environment, 0, &flags).await?;
    let flags = [&flags[..], &LIMITS].concat();
    let mut limited = Replica::new(environment, 1, &flags).await?;
    let client = || environment.client.clone();
    let mut run = Run {
        many: Objects::distributions(client(), &environment.namespace),
        few: Objects::distributions(client(), &other),
        other_namespace: other,
        environment,
        sizes,
        verdict: Verdict::default(),
    };
    run.create(&mut unlimited).await?;
    run.edit_beside_deletion(&mut limited).await?;
    run.delete(&mut unlimited).await?;
    let mut verdict = run.verdict;
    verdict.check_end(environment, &[unlimited, limited]);
    Ok(verdict)
}

impl Run<'_> {
    /// Creates the small objects with the operator, and the large ones without it. Then starts it again.
    async fn create(&mut self, replica: &mut Replica) -> Result<(), Error> {
        let Overload {
            large,
            large_bytes,
            small,
            ..
        } = self.sizes;
        replica.start()?;
        self.many.create(distributions(0, small)).await?;
        self.few.create(distributions(0, 2)).await?;
        self.finished(self.many.until_ready(small, 1, TIMEOUT).await);
        self.finished(self.few.until_ready(2, 1, TIMEOUT).await);
        self.stop("small objects", replica)?;
        let specs = large_distributions(large, large_bytes);
        self.many.create(specs).await?;
        replica.start()?;
        let clients = self.clients(replica).await?;
        self.finished(self.many.until_ready(small + large, 1, TIMEOUT).await);
        self.scraped(replica, clients.stop()?);
        self.stop("large objects", replica)
    }

    /// Deletes an object of the other tenant. Then edits all small objects, and deletes another one while the edits wait for their turns.
    async fn edit_beside_deletion(&mut self, replica: &mut Replica) -> Result<(), Error> {
        replica.start()?;
        let clients = self.clients(replica).await?;
        until_relaxed(replica).await?;
        let alone = self.delete_one("site-0").await?;
        self.many.edit(&names(self.sizes.small), "second").await?;
        let key = Some(&replica.credential.access_key);
        let is_editing = async || {
            let writes = self.environment.committed_writes();
            let edits = writes
                .iter()
                .filter(|it| it.operation == "UpdateDistribution");
            let own = edits.filter(|call| call.access_key.as_ref() == key);
            let begun = own.count() > 1;
            begun.then_some(()).ok_or("no edit is written".into())
        };
        let begun = self.environment.wait(is_editing).await;
        self.verdict.check(begun);
        until_relaxed(replica).await?;
        let beside = self.delete_one("site-1").await?;
        self.compare(&alone, &beside);
        self.scraped(replica, clients.stop()?);
        self.stop("edits", replica)
    }

    /// Deletes an object of the other tenant. Returns how long its writes have waited.
    async fn delete_one(&mut self, name: &str) -> Result<Vec<Wait>, Error> {
        let client = self.environment.client.clone();
        let api = objects_of(client, &self.other_namespace, "Distribution");
        let object = api.get(name).await?;
        let id = object.data["status"]["id"].as_str();
        let id = id.ok_or("the object has no id")?;
        let control = self.environment.control();
        let before = control.journal().last().map_or(0, |call| call.sequence);
        let deleted = Timestamp::now();
        self.few.delete(&[name.into()]).await?;
        let remaining = usize::from(name == "site-0");
        self.finished(self.few.until_remaining(remaining, TIMEOUT).await);
        waits(&control.journal_since(before), id, deleted)
    }

    /// Lets the edits finish, and deletes all objects.
    async fn delete(&mut self, replica: &mut Replica) -> Result<(), Error> {
        let Overload { large, small, .. } = self.sizes;
        replica.start()?;
        self.finished(self.many.until_ready(small, 2, TIMEOUT).await);
        let large = large_distributions(large, 0).into_iter();
        let names = [names(small), large.map(|(name, _)| name).collect()].concat();
        self.many.delete(&names).await?;
        self.finished(self.many.until_remaining(0, TIMEOUT).await);
        self.stop("deletions", replica)
    }

    /// Records a violation if something has not ended in time.
    fn finished<T>(&mut self, result: benchmarks::Outcome<T>) {
        let result = result.map(drop);
        self.verdict
            .check(result.map_err(|error| error.to_string()));
    }

    /// Ends a process, and checks the memory that it has used.
    fn stop(&mut self, phase: &str, replica: &Replica) -> Result<(), Error> {
        let peak = replica.usage()?.peak;
        replica.kill();
        let figure = format!("{peak:.1} MiB");
        self.verdict.add(&format!("peak memory, {phase}"), &figure);
        if peak > MAX_MEMORY {
            self.verdict
                .check(Err(format!("{phase}: {figure} of memory")));
        }
        Ok(())
    }

    async fn clients(&self, replica: &Replica) -> Result<Scrapers, Error> {
        let address = replica.metrics_address().await?;
        Ok(Scrapers::start(address, self.sizes.slow_clients))
    }

    /// Checks what the scraper has seen.
    fn scraped(&mut self, replica: &Replica, scrapes: Scrapes) {
        let Scrapes {
            succeeded,
            failures,
            text,
        } = scrapes;
        self.verdict.add("scrapes", &succeeded);
        if let Some(failure) = failures.first() {
            let failed = failures.len();
            let sentence = format!("{failed} scrapes failed, the first one: {failure}");
            self.verdict.check(Err(sentence));
        }
        if text.contains(&replica.credential.secret_key) {
            self.verdict.check(Err("a secret is in the metrics".into()));
        }
    }

    /// Checks that each write of a deletion beside edits waits as long as alone, and for a few turns of the other tenant.
    fn compare(&mut self, alone: &[Wait], beside: &[Wait]) {
        if alone.len() != beside.len() {
            self.verdict
                .check(Err(format!("{beside:?} instead of {alone:?}")));
        }
        for (alone, beside) in alone.iter().zip(beside) {
            let Wait {
                operation, turns, ..
            } = beside;
            let figure = format!(
                "{turns} writes of the other tenant, {} ms alone",
                alone.time.as_millis()
            );
            self.verdict
                .add(&format!("{operation} waited for"), &figure);
            if *turns > alone.allowed() {
                self.verdict
                    .check(Err(format!("{operation} waited for {figure}")));
            }
        }
    }
}

/// How long a write has waited since it could be sent.
#[derive(Debug, PartialEq, Eq)]
struct Wait {
    operation: String,
    /// The writes to other resources meanwhile.
    turns: u32,
    time: Duration,
}

impl Wait {
    /// Returns how many writes of another tenant there may be meanwhile: some turns, and those while the operator does what it does if the
    /// deletion is alone.
    fn allowed(&self) -> u32 {
        let meanwhile = self.time.as_millis().div_ceil(BETWEEN_WRITES.as_millis());
        MAX_TURNS + u32::try_from(meanwhile).unwrap_or(u32::MAX)
    }
}

/// Returns the names of the first small objects.
fn names(count: usize) -> Vec<String> {
    let specs = distributions(0, count).into_iter();
    specs.map(|(name, _)| name).collect()
}

/// Returns how long each write to a resource has waited since it could be sent: since the deletion of the object, or since the first read
/// that shows that the write before it is deployed.
fn waits(calls: &[JournalEntry], id: &str, deleted: Timestamp) -> Result<Vec<Wait>, Error> {
    let is_own = |call: &JournalEntry| call.id.as_deref() == Some(id);
    let mut waits = vec![];
    let mut since = Some(deleted);
    let mut turns = 0;
    let mut deployed = Timestamp::MAX;
    for call in calls {
        let time: Timestamp = call.time.parse()?;
        if call.committed && is_own(call) {
            waits.push(Wait {
                operation: call.operation.clone(),
                turns,
                time: Duration::try_from(time.duration_since(since.unwrap_or(time)))
                    .unwrap_or_default(),
            });
            since = None;
            turns = 0;
            deployed = time + DEPLOY_DELAY;
        } else if call.committed {
            turns += u32::from(since.is_some());
        } else if time >= deployed && (is_own(call) || call.operation == "ListDistributions") {
            since = since.or(Some(time));
        }
    }
    Ok(waits)
}

/// Waits until a process has worked off what has changed, apart from what waits for its turn.
async fn until_relaxed(replica: &Replica) -> Result<(), Error> {
    let mut before = replica.usage()?.cpu;
    loop {
        sleep(Duration::from_secs(1)).await;
        let now = replica.usage()?.cpu;
        if now - before < RELAXED {
            return Ok(());
        }
        before = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str, id: &str, second: u32) -> JournalEntry {
        JournalEntry {
            time: format!("2026-01-01T00:00:{second:02}.000Z"),
            operation: operation.into(),
            id: Some(id.into()),
            committed: !operation.starts_with("Get"),
            ..JournalEntry::default()
        }
    }

    #[test]
    fn a_write_waits_from_the_deletion_and_from_the_end_of_the_deployment() {
        let calls = [
            call("UpdateDistribution", "E1", 0),
            call("UpdateDistribution", "EOWN", 1),
            call("UpdateDistribution", "E2", 2),
            call("GetDistribution", "EOWN", 3),
            call("UpdateDistribution", "E3", 4),
            call("UpdateDistribution", "E4", 5),
            call("DeleteDistribution", "EOWN", 6),
            call("UpdateDistribution", "E5", 7),
        ];
        let deleted = "2026-01-01T00:00:00Z".parse().expect("a time");
        let found = waits(&calls, "EOWN", deleted).expect("the times are valid");
        let wait = |operation: &str, turns, seconds| Wait {
            operation: operation.into(),
            turns,
            time: Duration::from_secs(seconds),
        };
        let expected = [
            wait("UpdateDistribution", 1, 1),
            wait("DeleteDistribution", 2, 3),
        ];
        assert_eq!(found, expected);
        assert_eq!(found[0].allowed(), MAX_TURNS + 2);
    }
}
