//! A namespace, a CloudFront, and one of the two operators between them.

use crate::{
    Outcome,
    audit::{Audit, Writes},
    bench::Bench,
    objects::Objects,
    process::Process,
    report::each,
};
use cloudfront_simulator::{JournalEntry, Options, Simulator};
use std::{collections::BTreeMap, path::PathBuf, process::Command, time::Duration};
use tokio::time::sleep;

/// How long CloudFront takes to deploy, in every workload.
pub(crate) const DEPLOY: Duration = Duration::from_secs(5);

/// Whom the operator is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The program that is shipped.
    Operator,
    /// One create call and one status write, without logic.
    Null,
}

/// Flags without which the operator keeps to its default budget of 10 reads and 2 writes a second.
pub(crate) const NO_BUDGET: [&str; 4] = ["--reads-per-second", "0", "--writes-per-second", "0"];

/// As the chart has it: the Lease is part of what the operator costs.
pub(crate) const ELECT: &str = "--leader-elect";

/// The seconds that so many writes take at least by the default budget: one second's worth may go at once, the rest takes its time.
pub(crate) fn least(writes: usize) -> f64 {
    (each(writes, 1) - RATE) / RATE
}

/// Writes a second unless set otherwise.
const RATE: f64 = 2.0;

/// One workload's world, with a CloudFront account of its own.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) objects: Objects,
    pub(crate) namespace: String,
    kubeconfig: PathBuf,
    operator: PathBuf,
    environment: Vec<(String, String)>,
    null: PathBuf,
    audit: Audit,
    journal: u64,
}

/// What was asked of CloudFront and written to Kubernetes in some time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// All calls, by operation.
    pub(crate) operations: BTreeMap<String, usize>,
    /// Calls to CloudFront for the sake of one object.
    pub(crate) own: usize,
    /// Lists, which all objects share: a call for each page.
    pub(crate) lists: usize,
    /// Lists begun: a page that goes on has a marker.
    pub(crate) sweeps: usize,
    /// Calls that CloudFront refused, throttling included.
    pub(crate) refused: usize,
    /// Calls that CloudFront throttled.
    pub(crate) throttled: usize,
    /// Requests to Kubernetes that change something.
    pub(crate) writes: Writes,
}

impl Stage {
    /// A new namespace and a new CloudFront, each call of which takes this long.
    pub(crate) async fn new(bench: &Bench, name: &str, latency: Duration) -> Outcome<Self> {
        let namespace = bench.cluster.create_namespace(name)?;
        let user = format!("operator-{namespace}");
        let kubeconfig = bench.cluster.create_user(&user, &["system:masters"])?;
        let simulator = Simulator::start(Options {
            deploy_delay: DEPLOY,
            latency,
            ..Options::default()
        })
        .await?;
        let control = simulator.control();
        control.set_quota(None, "TooManyDistributions", 1_000_000)?;
        let log = bench.cluster.audit_log().ok_or("there is no audit log")?;
        Ok(Self {
            objects: Objects::distributions(bench.kube.clone(), &namespace),
            audit: Audit::of(&user, log)?,
            namespace,
            kubeconfig,
            simulator,
            operator: bench.operator.clone(),
            environment: bench.environment.clone(),
            null: bench.null.clone(),
            journal: 0,
        })
    }

    /// Starts an operator; flags are the shipped one's.
    pub(crate) fn start(&self, who: Who, flags: &[&str]) -> Outcome<Process> {
        let endpoint = self.simulator.endpoint();
        let credential = &self.simulator.credentials()[0];
        let mut command = match who {
            Who::Operator => Command::new(&self.operator),
            Who::Null => Command::new(&self.null),
        };
        match who {
            Who::Operator => command
                .args(["run", "--namespaces", &self.namespace])
                .args(["--endpoint-url", &endpoint])
                .args(["--metrics-listen", "127.0.0.1:0"])
                .args(["--health-listen", "127.0.0.1:0"])
                .args(flags)
                .envs(self.environment.clone()),
            Who::Null => command.args([&self.namespace, &endpoint]),
        };
        command
            .env("KUBECONFIG", &self.kubeconfig)
            .env("AWS_ACCESS_KEY_ID", &credential.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
            .env("AWS_ENDPOINT_URL_STS", &endpoint)
            .env_remove("AWS_SESSION_TOKEN");
        Process::start(&mut command)
    }

    /// Lets the next operator lead at once: whoever was killed before has not given its Lease back.
    pub(crate) fn free_lease(bench: &Bench) -> Outcome<()> {
        let lease = ["delete", "lease", "cloudfront-operator"];
        let output = bench
            .cluster
            .kubectl()
            .args(lease)
            .arg("--ignore-not-found")
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(())
    }

    /// The calls since the last count.
    pub(crate) fn calls(&mut self) -> Vec<JournalEntry> {
        let calls = self.simulator.control().journal_since(self.journal);
        self.journal = calls.last().map_or(self.journal, |call| call.sequence);
        // Asked once at the start, of STS.
        calls
            .into_iter()
            .filter(|call| call.operation != "GetCallerIdentity")
            .collect()
    }

    /// What happened since the last count. The audit log is written a moment after an answer, so this waits for that.
    pub(crate) async fn counts(&mut self) -> Outcome<Counts> {
        sleep(Duration::from_secs(1)).await;
        let calls = self.calls();
        let of = |holds: &dyn Fn(&JournalEntry) -> bool| calls.iter().filter(|c| holds(c)).count();
        // Tags are read for one object.
        let shared = |call: &JournalEntry| {
            call.operation.starts_with("List") && call.operation != "ListTagsForResource"
        };
        let lists = of(&shared);
        let mut operations = BTreeMap::new();
        for call in &calls {
            *operations.entry(call.operation.clone()).or_default() += 1;
        }
        Ok(Counts {
            operations,
            own: calls.len() - lists,
            lists,
            sweeps: of(&|call| shared(call) && !call.path.contains("Marker=")),
            refused: of(&|call| call.code.is_some()),
            throttled: of(&|call| call.code.as_deref() == Some("Throttling")),
            writes: self.audit.writes()?,
        })
    }
}
