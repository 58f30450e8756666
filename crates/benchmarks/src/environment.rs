//! The surroundings of one run: a namespace, a CloudFront account, and an operator between them.

use crate::{
    Outcome,
    audit_log::{AuditLog, Writes},
    figure::{Case, number},
    harness::{Harness, Role},
    objects::Objects,
    process::Process,
};
use cloudfront_simulator::{JournalEntry, Options, Simulator};
use std::{collections::BTreeMap, path::PathBuf, process::Command, time::Duration};
use tokio::time::sleep;

/// How long CloudFront takes to deploy, in every workload.
pub(crate) const DEPLOYMENT_DELAY: Duration = Duration::from_secs(5);

/// Flags that lift the operator's default rate limit of 10 reads and 2 writes per second.
pub(crate) const NO_RATE_LIMIT: [&str; 4] =
    ["--cloudfront-read-qps", "0", "--cloudfront-write-qps", "0"];

/// Enables leader election as the chart does, so that renewing the Lease is part of what the operator costs.
pub(crate) const LEADER_ELECTION: &str = "--leader-elect";

/// A Lease without a holder.
const RELEASED_LEASE: &str = "\
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: cloudfront-operator}
spec: {}
";

/// Writes per second by default.
const WRITE_RATE: f64 = 2.0;

/// The fewest seconds that some writes take within the default rate limit: the first second's writes go out as one burst.
pub(crate) fn minimum_seconds(writes: usize) -> f64 {
    (number(writes) - WRITE_RATE) / WRITE_RATE
}

/// A namespace and a simulated CloudFront account.
pub(crate) struct Environment<'a> {
    pub(crate) simulator: Simulator,
    pub(crate) objects: Objects,
    pub(crate) namespace: String,
    harness: &'a Harness,
    kubeconfig: PathBuf,
    audit_log: AuditLog,
    /// Sequence number of the last call that was counted.
    last_call: u64,
}

/// Calls to CloudFront and writes to Kubernetes during some time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// All calls, by operation.
    pub(crate) operations: BTreeMap<String, usize>,
    /// Calls to CloudFront for a single object.
    pub(crate) object_calls: usize,
    /// List calls, which serve all objects: one for each page.
    pub(crate) list_calls: usize,
    /// Lists of a whole collection: only the calls for further pages have a marker.
    pub(crate) lists: usize,
    /// Calls that CloudFront refused, throttled ones included.
    pub(crate) refused: usize,
    /// Calls that CloudFront throttled.
    pub(crate) throttled: usize,
    /// Requests to Kubernetes that change something.
    pub(crate) writes: Writes,
}

impl<'a> Environment<'a> {
    /// Creates a namespace, and a CloudFront account that answers each call after `latency`.
    pub(crate) async fn new(harness: &'a Harness, name: &str, latency: Duration) -> Outcome<Self> {
        let namespace = harness.cluster.create_namespace(name)?;
        let user = format!("operator-{namespace}");
        let kubeconfig = harness.cluster.create_user(&user, &["system:masters"])?;
        let simulator = Simulator::start(Options {
            deploy_delay: DEPLOYMENT_DELAY,
            latency,
            ..Options::default()
        })
        .await?;
        let control = simulator.control();
        control.set_quota(None, "TooManyDistributions", 1_000_000)?;
        let log = harness.cluster.audit_log().ok_or("there is no audit log")?;
        Ok(Self {
            objects: Objects::distributions(harness.kube.clone(), &namespace),
            audit_log: AuditLog::open(&user, log)?,
            namespace,
            harness,
            kubeconfig,
            simulator,
            last_call: 0,
        })
    }

    /// Starts a program. The null operator takes no flags.
    pub(crate) fn start(&self, role: Role, flags: &[&str]) -> Outcome<Process> {
        self.start_with(role, flags, &[])
    }

    /// Starts a program with further environment variables.
    pub(crate) fn start_with(
        &self,
        role: Role,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> Outcome<Process> {
        let endpoint = self.simulator.endpoint();
        let credential = &self.simulator.credentials()[0];
        let mut command = Command::new(self.harness.program(role));
        match role {
            Role::Operator | Role::OtherBuild => command
                .args(["run", "--watch-namespaces", &self.namespace])
                .args(["--endpoint-url", &endpoint])
                .args(["--metrics-bind-address", "127.0.0.1:0"])
                .args(["--health-probe-bind-address", "127.0.0.1:0"])
                .args(flags)
                .envs(self.harness.environment.clone()),
            Role::NullOperator => command.args([&self.namespace, &endpoint]),
        };
        command
            .env("KUBECONFIG", &self.kubeconfig)
            .env("AWS_ACCESS_KEY_ID", &credential.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
            .env("AWS_ENDPOINT_URL_STS", &endpoint)
            .env_remove("AWS_SESSION_TOKEN")
            .envs(variables.iter().copied());
        Process::start(&mut command)
    }

    /// Releases the Lease, so that the next operator leads at once: a killed leader does not release it.
    pub(crate) fn release_lease(harness: &Harness) -> Outcome<()> {
        let lease = ["delete", "lease", "cloudfront-operator"];
        let output = harness
            .cluster
            .kubectl()
            .args(lease)
            .arg("--ignore-not-found")
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        harness.cluster.apply(RELEASED_LEASE)?;
        Ok(())
    }

    /// The calls since the last count. The operator calls STS once at its start, which does not count.
    pub(crate) fn calls(&mut self) -> Vec<JournalEntry> {
        let calls = self.simulator.control().journal_since(self.last_call);
        self.last_call = calls.last().map_or(self.last_call, |call| call.sequence);
        calls
            .into_iter()
            .filter(|call| call.operation != "GetCallerIdentity")
            .collect()
    }

    /// Calls and writes since the last count. Waits first, as the audit log is written a moment after each response.
    pub(crate) async fn counts(&mut self) -> Outcome<Counts> {
        sleep(Duration::from_secs(1)).await;
        let calls = self.calls();
        let writes = self.audit_log.writes()?;
        Ok(Counts::new(&calls, writes))
    }
}

impl Counts {
    fn new(calls: &[JournalEntry], writes: Writes) -> Self {
        let count = |predicate: &dyn Fn(&JournalEntry) -> bool| {
            calls.iter().filter(|call| predicate(call)).count()
        };
        // Tags are listed for one object.
        let is_list = |call: &JournalEntry| {
            call.operation.starts_with("List") && call.operation != "ListTagsForResource"
        };
        let list_calls = count(&is_list);
        let mut operations = BTreeMap::new();
        for call in calls {
            *operations.entry(call.operation.clone()).or_default() += 1;
        }
        Self {
            operations,
            object_calls: calls.len() - list_calls,
            list_calls,
            lists: count(&|call| is_list(call) && !call.path.contains("Marker=")),
            refused: count(&|call| call.code.is_some()),
            throttled: count(&|call| call.code.as_deref() == Some("Throttling")),
            writes,
        }
    }

    /// Adds the counts to a case as figures.
    pub(crate) fn add_to(&self, case: &mut Case) {
        case.count("calls for single objects", self.object_calls);
        case.count("list calls", self.list_calls);
        case.count("calls refused", self.refused);
        case.count("Kubernetes writes", self.writes.objects);
    }
}
