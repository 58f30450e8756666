//! What every scenario needs: a namespace, a CloudFront, an operator between them, and kubectl.

use cloudfront_simulator::{Control, JournalEntry, Options, Simulator};
use cluster::Cluster;
use serde_json::Value;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long anything may take before the scenario gives up. Only a broken program ever waits this long.
const PATIENCE: Duration = Duration::from_secs(120);

/// The calls that change something in CloudFront.
const WRITES: [&str; 5] = ["Create", "Update", "Delete", "Tag", "Untag"];

/// One scenario's world. Everything in it ends when it is dropped.
pub(super) struct Stage {
    pub(super) namespace: String,
    pub(super) simulator: Simulator,
    operator: Option<Child>,
    user: PathBuf,
    logs: TempDir,
    runtime: Runtime,
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
        let namespace = cluster.namespace(name).expect("a namespace can be made");
        let user = cluster
            .user(&format!("operator-{namespace}"), &["system:masters"])
            .expect("a user can be made");
        let runtime = Runtime::new().expect("a runtime can be started");
        let options = Options {
            deploy_delay,
            ..Options::default()
        };
        let simulator = runtime
            .block_on(Simulator::start(options))
            .expect("a simulator can be started");
        let logs = TempDir::new().expect("a directory can be made");
        Self {
            namespace,
            simulator,
            operator: None,
            user,
            logs,
            runtime,
        }
    }

    /// Starts the shipped binary, set up for quick tests: everything else is as shipped.
    pub(super) fn start_operator(&mut self) {
        assert!(self.operator.is_none(), "one operator at a time");
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .expect("a log can be opened");
        let credential = &self.simulator.credentials()[0];
        let child = Command::new(env!("CARGO_BIN_EXE_cloudfront-operator"))
            .arg("run")
            .args([
                "--namespaces",
                &self.namespace,
                "--endpoint-url",
                &self.simulator.endpoint(),
            ])
            .args(["--deploy-poll-interval", "250ms", "--resync-interval", "2s"])
            .args(["--reads-per-second", "0", "--writes-per-second", "0"])
            .args([
                "--metrics-listen",
                "127.0.0.1:0",
                "--health-listen",
                "127.0.0.1:0",
            ])
            .args([
                "--log-level",
                "info,cloudfront_operator=debug",
                "--log-format",
                "text",
            ])
            .env("KUBECONFIG", &self.user)
            .env("AWS_ACCESS_KEY_ID", &credential.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the operator can be started");
        self.operator = Some(child);
    }

    /// Asks the operator to end, and waits until it has.
    pub(super) fn stop_operator(&mut self) {
        let mut child = self.operator.take().expect("the operator runs");
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .arg(&pid)
                .status()
                .expect("kill can be run")
                .success()
        );
        let status = child.wait().expect("the operator can be waited for");
        assert!(
            status.success(),
            "SIGTERM ended the operator with {status}\n{}",
            self.log()
        );
    }

    /// Kills the operator, as the kernel would.
    pub(super) fn kill_operator(&mut self) {
        let mut child = self.operator.take().expect("the operator runs");
        child.kill().expect("the operator can be killed");
        child.wait().expect("the operator can be waited for");
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
            if begun.elapsed() > PATIENCE {
                let objects = self.try_kubectl(&["get", "cloudfront", "--output", "yaml"], "");
                let objects = String::from_utf8_lossy(&objects.stdout).into_owned();
                panic!("gave up waiting until {what}\n{objects}\n{}", self.log());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the operator logged.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// The writes to Kubernetes that this scenario's operator has made so far, its Lease apart.
    pub(super) fn kubernetes_writes(&self) -> Vec<String> {
        let log = control_plane()
            .audit_log()
            .expect("the control plane keeps an audit log");
        let user = format!("operator-{}", self.namespace);
        let text = fs::read_to_string(log).expect("the audit log can be read");
        let entries = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        entries
            .filter(|entry| entry["user"]["username"] == user.as_str())
            .filter(|entry| {
                !["get", "list", "watch"].contains(&entry["verb"].as_str().unwrap_or_default())
            })
            .filter(|entry| entry["objectRef"]["resource"] != "leases")
            .map(|entry| {
                format!(
                    "{} {}",
                    entry["verb"].as_str().unwrap_or_default(),
                    entry["requestURI"].as_str().unwrap_or_default()
                )
            })
            .collect()
    }

    fn log_path(&self) -> PathBuf {
        self.logs.path().join("operator.log")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(child) = &mut self.operator {
            // It may have ended by itself; either way it is gone afterwards.
            let _ = child.kill();
            let _ = child.wait();
        }
        // The simulator's connections end with its runtime.
        let _entered = self.runtime.enter();
    }
}

/// Status and reason of a condition; empty where it is absent.
pub(super) fn condition(object: &Value, type_: &str) -> (String, String) {
    let all = object["status"]["conditions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let found = all
        .into_iter()
        .find(|condition| condition["type"] == type_)
        .unwrap_or_default();
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason"))
}

/// The message of a condition; empty where it is absent.
pub(super) fn message(object: &Value, type_: &str) -> String {
    let all = object["status"]["conditions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let found = all
        .into_iter()
        .find(|condition| condition["type"] == type_)
        .unwrap_or_default();
    found["message"].as_str().unwrap_or_default().to_owned()
}

/// The one control plane of this test binary, with the shipped definitions installed.
pub(super) fn control_plane() -> &'static Cluster {
    static READY: OnceLock<()> = OnceLock::new();
    let cluster = cluster::shared().expect("a control plane can be started");
    READY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
        let apply = cluster
            .kubectl()
            .args(["apply", "--filename"])
            .arg(&folder)
            .output()
            .expect("kubectl can be run");
        assert!(
            apply.status.success(),
            "{}",
            String::from_utf8_lossy(&apply.stderr)
        );
        let wait = cluster
            .kubectl()
            .args([
                "wait",
                "--for=condition=Established",
                "--timeout=60s",
                "--filename",
            ])
            .arg(&folder)
            .output()
            .expect("kubectl can be run");
        assert!(
            wait.status.success(),
            "{}",
            String::from_utf8_lossy(&wait.stderr)
        );
    });
    cluster
}
