//! The environment of one scenario: a namespace, a simulator of CloudFront, and an operator between them.

use super::{
    OperatorProcess, chart_rbac, control_plane, forbidden_requests, grant_chart_rbac,
    object_reader::ObjectReader, operator_requests, recorder::Recorder,
};
use campaign::check_scenario;
use cloudfront_operator::{cloudfront::Service, operator::kinds};
use cloudfront_simulator::{
    Control, Credential, Edit, Fault, FaultMode, JournalEntry, Options, Simulator,
};
use std::{collections::BTreeSet, path::PathBuf, thread, time::Duration};
use tokio::runtime::Runtime;

/// The prefixes of the operations that change something in CloudFront.
const WRITES: [&str; 5] = ["Create", "Update", "Delete", "Tag", "Untag"];

/// The STS operations: the printed IAM policy does not need to allow them.
const STS_OPERATIONS: [&str; 2] = ["GetCallerIdentity", "AssumeRoleWithWebIdentity"];

/// The environment of one scenario. Its processes end when it is dropped.
///
/// On drop it also checks that the printed IAM policy allows every call of the operator, that the chart's RBAC rules allow every request of
/// it to the API server, and that the history of the scenario violates no invariant.
pub(crate) struct TestEnv {
    pub(crate) namespace: String,
    pub(crate) simulator: Simulator,
    pub(super) reader: ObjectReader,
    operator: Option<OperatorProcess>,
    kubeconfig: PathBuf,
    may_lose_permissions: bool,
    recorder: Recorder,
    pub(super) runtime: Runtime,
}

impl TestEnv {
    /// Starts an environment with an operator; CloudFront deployments take `deploy_delay`.
    pub(crate) fn with_deploy_delay(name: &str, deploy_delay: Duration) -> Self {
        let mut env = Self::without_operator(name, deploy_delay);
        env.start_operator();
        env
    }

    /// Starts an environment without an operator.
    pub(crate) fn without_operator(name: &str, deploy_delay: Duration) -> Self {
        let cluster = control_plane();
        let namespace = cluster
            .create_namespace(name)
            .expect("the API server creates a namespace");
        let kubeconfig = grant_chart_rbac(&namespace);
        let runtime = Runtime::new().expect("a Tokio runtime starts");
        let options = Options {
            deploy_delay,
            ..Options::default()
        };
        let simulator = runtime
            .block_on(Simulator::start(options))
            .expect("the simulator starts");
        let reader = runtime.block_on(ObjectReader::new());
        let recorder = Recorder::new(&reader, simulator.control());
        recorder.watch(runtime.handle(), &namespace);
        Self {
            namespace,
            simulator,
            reader,
            operator: None,
            kubeconfig,
            may_lose_permissions: false,
            recorder,
            runtime,
        }
    }

    /// Creates another namespace, the objects of which are part of the scenario.
    pub(crate) fn create_namespace(&self, prefix: &str) -> String {
        let namespace = control_plane().create_namespace(prefix);
        let namespace = namespace.expect("the API server creates a namespace");
        self.recorder.watch(self.runtime.handle(), &namespace);
        namespace
    }

    /// Starts the shipped binary with short poll intervals and without a rate limit, and otherwise with its defaults.
    pub(crate) fn start_operator(&mut self) {
        self.start_operator_with_flags(&[]);
    }

    /// Starts the operator with more flags.
    pub(crate) fn start_operator_with_flags(&mut self, flags: &[&str]) {
        assert!(self.operator.is_none(), "one operator at a time");
        self.operator = Some(self.spawn_operator(flags));
    }

    /// Starts the operator with this credential.
    pub(crate) fn start_operator_as(&mut self, credential: &Credential) {
        self.operator = Some(self.spawn_operator_as(credential, &[]));
    }

    /// Starts the operator with these environment variables in place of a credential.
    pub(crate) fn start_operator_with_env(&mut self, variables: &[(&str, &str)], flags: &[&str]) {
        assert!(self.operator.is_none(), "one operator at a time");
        let operator = OperatorProcess::start_with_env(
            &self.namespace,
            &self.kubeconfig,
            &self.simulator,
            variables,
            flags,
        );
        self.operator = Some(operator);
    }

    /// Starts the operator with the variables of a container in a pod.
    pub(crate) fn start_operator_in_pod(&mut self, flags: &[&str]) {
        let credential = self.simulator.credentials()[0].clone();
        let variables = [
            ("AWS_ACCESS_KEY_ID", credential.access_key.as_str()),
            ("AWS_SECRET_ACCESS_KEY", credential.secret_key.as_str()),
            ("HOSTNAME", "operator-0"),
            ("POD_UID", "8f3c0b5e"),
        ];
        self.start_operator_with_env(&variables, flags);
    }

    /// Spawns an operator that the caller owns.
    pub(crate) fn spawn_operator(&self, flags: &[&str]) -> OperatorProcess {
        OperatorProcess::start(&self.namespace, &self.kubeconfig, &self.simulator, flags)
    }

    /// Spawns an operator with this credential that the caller owns.
    pub(crate) fn spawn_operator_as(
        &self,
        credential: &Credential,
        flags: &[&str],
    ) -> OperatorProcess {
        OperatorProcess::start_as(
            &self.namespace,
            &self.kubeconfig,
            &self.simulator,
            credential,
            flags,
        )
    }

    /// Accepts that the API server refuses requests of the operator: the scenario takes permissions away.
    pub(crate) fn accept_loss_of_permissions(&mut self) {
        self.may_lose_permissions = true;
    }

    /// Returns the running operator.
    pub(crate) fn operator(&mut self) -> &mut OperatorProcess {
        self.operator.as_mut().expect("the operator runs")
    }

    /// Stops the operator with SIGTERM, and waits for its exit.
    pub(crate) fn stop_operator(&mut self) {
        self.operator().stop();
        self.operator = None;
    }

    /// Kills the operator with SIGKILL.
    pub(crate) fn kill_operator(&mut self) {
        self.operator = None;
    }

    /// Returns the log of the running operator.
    pub(crate) fn log(&self) -> String {
        self.operator
            .as_ref()
            .map(OperatorProcess::log)
            .unwrap_or_default()
    }

    /// Returns the handle that controls the simulator.
    pub(crate) fn control(&self) -> Control {
        self.simulator.control()
    }

    /// Injects a fault into the next call of an operation.
    pub(crate) fn inject(&self, operation: &str, mode: FaultMode) {
        self.control().inject(Fault::on(operation, mode));
    }

    /// Injects a fault into the next `times` calls of an operation.
    pub(crate) fn inject_times(&self, operation: &str, mode: FaultMode, times: u64) {
        let fault = Fault::on(operation, mode).times(times);
        self.control().inject(fault);
    }

    /// Waits until every injected fault has been used.
    pub(crate) fn wait_until_faults_are_used(&self) {
        self.eventually("every injected fault has been used", || {
            self.control().faults().is_empty().then_some(())
        });
    }

    /// Applies a manifest whose create call CloudFront commits without sending its response.
    pub(crate) fn apply_with_held_response(&self, operation: &str, manifest: &str) {
        self.inject(operation, FaultMode::Hold);
        self.apply(manifest);
        self.wait_for_held_response();
    }

    /// Waits until the simulator has committed a call and holds its response.
    pub(crate) fn wait_for_held_response(&self) {
        self.eventually("a call is committed and its response held", || {
            (self.control().held_response_count() == 1).then_some(())
        });
    }

    /// Changes a field of a CloudFront resource without the operator.
    pub(crate) fn edit_out_of_band(&self, id: &str, path: &str, value: &str) {
        let (path, value) = (path.into(), value.into());
        self.change_out_of_band(id, Edit::Set { path, value });
    }

    /// Changes or deletes a CloudFront resource without the operator.
    pub(crate) fn change_out_of_band(&self, id: &str, edit: Edit) {
        let edited = self.control().edit(id, edit);
        edited.expect("the resource exists and accepts the edit");
    }

    /// Returns whether the state of the simulator contains a text.
    pub(crate) fn state_contains(&self, text: &str) -> bool {
        self.control().state().to_string().contains(text)
    }

    /// Returns the number of distributions in CloudFront.
    pub(crate) fn distribution_count(&self) -> usize {
        let accounts = self.control().state()["accounts"].to_string();
        accounts.matches("<Comment>").count()
    }

    /// Returns the sequence number of the last call in the simulator's journal.
    pub(crate) fn journal_end(&self) -> u64 {
        self.control()
            .journal()
            .last()
            .map_or(0, |call| call.sequence)
    }

    /// Returns the write calls after a point in the simulator's journal.
    pub(crate) fn writes_since(&self, sequence: u64) -> Vec<JournalEntry> {
        let all = self.control().journal_since(sequence);
        all.into_iter()
            .filter(|call| WRITES.iter().any(|verb| call.operation.starts_with(verb)))
            .collect()
    }

    /// Waits until `count` calls of an operation follow a point in the journal.
    pub(crate) fn wait_for_calls(&self, operation: &str, count: usize, since: u64) {
        self.eventually(&format!("{count} calls of {operation}"), || {
            let calls = self.control().journal_since(since);
            let calls = calls.iter().filter(|call| call.operation == operation);
            (calls.count() >= count).then_some(())
        });
    }

    /// Returns the number of committed calls of an operation.
    pub(crate) fn committed_count(&self, operation: &str) -> usize {
        let journal = self.control().journal().into_iter();
        journal
            .filter(|call| call.operation == operation && call.committed)
            .count()
    }

    /// Returns the operations of calls.
    pub(crate) fn operations(calls: &[JournalEntry]) -> Vec<&str> {
        calls.iter().map(|call| call.operation.as_str()).collect()
    }

    /// Returns the operator's writes to the API server, without those of its Lease.
    pub(crate) fn kubernetes_writes(&self) -> Vec<String> {
        let reads = ["get", "list", "watch"];
        let requests = operator_requests(&self.namespace);
        requests
            .iter()
            .filter(|entry| !reads.contains(&entry["verb"].as_str().unwrap_or_default()))
            .filter(|entry| entry["objectRef"]["resource"] != "leases")
            .map(chart_rbac::describe)
            .collect()
    }

    /// Returns the calls that the printed IAM policy does not allow.
    fn operations_beyond_policy(&self) -> Vec<String> {
        let required = kinds().into_iter().flat_map(|entry| entry.api.operations());
        let required = required.map(|call| match call.service {
            Service::CloudFront => call.operation.into_owned(),
            Service::KeyValueStore { .. } => {
                format!("cloudfront-keyvaluestore:{}", call.operation)
            }
        });
        let allowed: BTreeSet<String> = required.collect();
        let journal = self.control().journal().into_iter();
        journal
            .map(|call| call.operation)
            .filter(|operation| {
                !allowed.contains(operation) && !STS_OPERATIONS.contains(&operation.as_str())
            })
            .collect()
    }

    /// Checks the history of the scenario, at its end.
    fn check_history(&mut self) {
        self.operator = None;
        let history = self.runtime.block_on(self.recorder.finish());
        let violations = check_scenario(&history);
        let violations = violations
            .iter()
            .map(|it| format!("{}: {}\n", it.invariant, it.detail));
        let violations: String = violations.collect();
        let events = history.events.iter().map(|it| format!("{}\n", it.what));
        assert!(
            violations.is_empty(),
            "{violations}{}",
            events.collect::<String>()
        );
    }
}

impl Drop for TestEnv {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.check_history();
            assert_eq!(
                self.operations_beyond_policy(),
                [""; 0],
                "the printed IAM policy allows every call"
            );
            if !self.may_lose_permissions {
                assert_eq!(
                    forbidden_requests(&self.namespace),
                    [""; 0],
                    "the chart's RBAC rules allow every request"
                );
            }
        }
    }
}
