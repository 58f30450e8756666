//! What every scenario needs: a namespace, a CloudFront, an operator between them, and kubectl.

pub(super) use super::read::{condition, control_plane, id_of, message};
use super::{operator::Operator, rights};
use cloudfront_operator::operator::kinds;
use cloudfront_simulator::{
    Control, Credential, Edit, Fault, FaultMode, JournalEntry, Options, Simulator,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::Write,
    path::PathBuf,
    process::{Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// How long anything may take before the scenario gives up. Only a broken program ever waits this long.
const PATIENCE: Duration = Duration::from_mins(2);

/// The calls that change something in CloudFront.
const WRITES: [&str; 5] = ["Create", "Update", "Delete", "Tag", "Untag"];

/// The calls that need no permission of the role: whose credentials these are, and how they are got.
const FREE: [&str; 2] = ["GetCallerIdentity", "AssumeRoleWithWebIdentity"];

/// One scenario's world. Everything in it ends when it is dropped.
pub(super) struct Stage {
    pub(super) namespace: String,
    pub(super) simulator: Simulator,
    operator: Option<Operator>,
    user: PathBuf,
    _runtime: Runtime,
}

impl Stage {
    /// A world with an operator at work in it; deployments take as long as this.
    pub(super) fn with_deploy_delay(name: &str, delay: Duration) -> Self {
        let mut stage = Self::without_operator(name, delay);
        stage.start_operator();
        stage
    }

    /// A world whose operator is still to be started.
    pub(super) fn without_operator(name: &str, deploy_delay: Duration) -> Self {
        let cluster = control_plane();
        let namespace = cluster
            .create_namespace(name)
            .expect("a namespace can be made");
        let user = rights::grant(&namespace);
        let runtime = Runtime::new().expect("a runtime can be started");
        let options = Options {
            deploy_delay,
            ..Options::default()
        };
        let simulator = runtime
            .block_on(Simulator::start(options))
            .expect("a simulator can be started");
        Self {
            namespace,
            simulator,
            operator: None,
            user,
            _runtime: runtime,
        }
    }

    /// Starts the shipped binary, set up for quick tests: everything else is as shipped.
    pub(super) fn start_operator(&mut self) {
        self.start_operator_with(&[]);
    }

    /// The same, with more flags.
    pub(super) fn start_operator_with(&mut self, flags: &[&str]) {
        assert!(self.operator.is_none(), "one operator at a time");
        self.operator = Some(self.another_operator(flags));
    }

    /// An operator beside the stage's own.
    pub(super) fn another_operator(&self, flags: &[&str]) -> Operator {
        Operator::start(&self.namespace, &self.user, &self.simulator, flags)
    }

    /// The same, with other keys.
    pub(super) fn another_operator_as(&self, keys: &Credential, flags: &[&str]) -> Operator {
        Operator::start_as(&self.namespace, &self.user, &self.simulator, keys, flags)
    }

    /// The stage's own operator, with credentials of another account.
    pub(super) fn start_operator_as(&mut self, credential: &Credential) {
        self.operator = Some(self.another_operator_as(credential, &[]));
    }

    /// The stage's own operator, with these variables for credentials.
    pub(super) fn start_operator_in(&mut self, environment: &[(&str, &str)], flags: &[&str]) {
        assert!(self.operator.is_none(), "one operator at a time");
        let operator = Operator::start_in(
            &self.namespace,
            &self.user,
            &self.simulator,
            environment,
            flags,
        );
        self.operator = Some(operator);
    }

    /// The operator at work.
    pub(super) fn operator(&mut self) -> &mut Operator {
        self.operator.as_mut().expect("the operator runs")
    }

    /// Asks the operator to end, and waits until it has.
    pub(super) fn stop_operator(&mut self) {
        self.operator().stop();
        self.operator = None;
    }

    /// Kills the operator, as the kernel would.
    pub(super) fn kill_operator(&mut self) {
        self.operator = None;
    }

    pub(super) fn control(&self) -> Control {
        self.simulator.control()
    }

    /// The calls that reached CloudFront after a point in its journal, writes only.
    pub(super) fn writes_since(&self, sequence: u64) -> Vec<JournalEntry> {
        let all = self.control().journal_since(sequence);
        all.into_iter()
            .filter(|call| WRITES.iter().any(|verb| call.operation.starts_with(verb)))
            .collect()
    }

    /// Applies what this operation creates: CloudFront carries it out, and its answer does not come.
    pub(super) fn apply_unanswered(&self, operation: &str, manifest: &str) {
        self.control().inject(Fault::on(operation, FaultMode::Hold));
        self.apply(manifest);
        self.eventually("the create is committed and its answer held", || {
            (self.control().held_response_count() == 1).then_some(())
        });
    }

    /// How often CloudFront has carried out an operation.
    pub(super) fn committed(&self, operation: &str) -> usize {
        let journal = self.control().journal().into_iter();
        journal
            .filter(|call| call.operation == operation && call.committed)
            .count()
    }

    /// How many distributions CloudFront has.
    pub(super) fn remotes(&self) -> usize {
        let accounts = self.control().state()["accounts"].to_string();
        accounts.matches("<Comment>").count()
    }

    /// Where CloudFront's journal ends at present.
    pub(super) fn now(&self) -> u64 {
        self.control()
            .journal()
            .last()
            .map_or(0, |call| call.sequence)
    }

    /// The names of operations, for comparing.
    pub(super) fn operations(calls: &[JournalEntry]) -> Vec<&str> {
        calls.iter().map(|call| call.operation.as_str()).collect()
    }

    /// The calls that the printed policy does not allow.
    fn beyond_policy(&self) -> Vec<String> {
        let called = kinds().into_iter().flat_map(|entry| (entry.requests)());
        let known: BTreeSet<String> = called.map(|call| call.operation.into_owned()).collect();
        let journal = self.control().journal().into_iter();
        journal
            .map(|call| call.operation)
            .filter(|operation| !known.contains(operation) && !FREE.contains(&operation.as_str()))
            .collect()
    }

    /// kubectl in this namespace; must succeed.
    pub(super) fn kubectl(&self, arguments: &[&str]) -> String {
        let output = self.try_kubectl(arguments, "");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "kubectl {}: {error}",
            arguments.join(" ")
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// kubectl in this namespace, with this standard input.
    pub(super) fn try_kubectl(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = control_plane()
            .kubectl()
            .args(["--namespace", &self.namespace])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kubectl can be run");
        child
            .stdin
            .take()
            .expect("it was asked for")
            .write_all(input.as_bytes())
            .expect("kubectl reads");
        child.wait_with_output().expect("kubectl ends")
    }

    /// `kubectl apply` of a manifest.
    pub(super) fn apply(&self, manifest: &str) {
        let output = self.try_kubectl(&["apply", "--filename", "-"], manifest);
        assert!(
            output.status.success(),
            "{}\n{manifest}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The object as it is, or nothing if there is none.
    pub(super) fn get(&self, object: &str) -> Option<Value> {
        let output = self.try_kubectl(
            &["get", object, "--output", "json", "--ignore-not-found"],
            "",
        );
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        (!output.stdout.is_empty())
            .then(|| serde_json::from_slice(&output.stdout).expect("kubectl prints JSON"))
    }

    /// Waits until the object says so.
    pub(super) fn until(&self, object: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        self.eventually(&format!("{object} {what}"), || {
            self.get(object).filter(&holds)
        })
    }

    /// Waits until the object is ready for its present generation.
    pub(super) fn until_ready(&self, object: &str) -> Value {
        self.until(object, "is ready", |value| {
            value["status"]["observedGeneration"] == value["metadata"]["generation"]
                && condition(value, "Ready") == ("True".into(), "InSync".into())
        })
    }

    /// CloudFront's id of the object's resource, once that is ready.
    pub(super) fn id_of(&self, object: &str) -> String {
        id_of(&self.until_ready(object))
    }

    /// Changes a resource behind the operator's back.
    pub(super) fn edit_by_hand(&self, id: &str, path: &str, value: &str) {
        let (path, value) = (path.into(), value.into());
        let edited = self.control().edit(id, Edit::Set { path, value });
        edited.expect("it can be edited");
    }

    /// Waits until the object's condition has this status and reason.
    pub(super) fn until_condition(
        &self,
        object: &str,
        type_: &str,
        status: &str,
        reason: &str,
    ) -> Value {
        self.until(
            object,
            &format!("has {type_}={status} ({reason})"),
            |value| condition(value, type_) == (status.into(), reason.into()),
        )
    }

    /// Waits until the object is gone.
    pub(super) fn until_gone(&self, object: &str) {
        self.eventually(&format!("{object} is gone"), || {
            self.get(object).is_none().then_some(())
        });
    }

    /// Tries until there is an answer.
    pub(super) fn eventually<T>(&self, what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = attempt() {
                return found;
            }
            let patient = begun.elapsed() <= PATIENCE;
            assert!(
                patient,
                "gave up waiting until {what}\n{}",
                self.everything()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// All that may explain a failure.
    fn everything(&self) -> String {
        let objects = self.try_kubectl(&["get", "cloudfront", "--output", "yaml"], "");
        let objects = String::from_utf8_lossy(&objects.stdout).into_owned();
        format!("{objects}\n{}", self.log())
    }

    /// What the operator at work has logged.
    pub(super) fn log(&self) -> String {
        self.operator
            .as_ref()
            .map(Operator::log)
            .unwrap_or_default()
    }

    /// The writes to Kubernetes that this scenario's operator has made so far, its Lease apart.
    pub(super) fn kubernetes_writes(&self) -> Vec<String> {
        let reads = ["get", "list", "watch"];
        let requests = rights::requests(&self.namespace);
        requests
            .iter()
            .filter(|entry| !reads.contains(&entry["verb"].as_str().unwrap_or_default()))
            .filter(|entry| entry["objectRef"]["resource"] != "leases")
            .map(rights::asked)
            .collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !thread::panicking() {
            assert_eq!(self.beyond_policy(), [""; 0], "no policy allows these");
            let denied = rights::denied(&self.namespace);
            assert_eq!(denied, [""; 0], "the chart grants no right to these");
        }
    }
}
