//! A replica of the operator: the shipped program behind its proxy.

use super::{Environment, Error};
use crate::proxy::{ApiProxy, Disturbance, Rule};
use benchmarks::process::Usage;
use cloudfront_simulator::Credential;
use kube::config::Kubeconfig;
use parking_lot::Mutex;
use serde_json::Value;
use std::{
    fs::{self, File, OpenOptions},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Fast polls and no rate limit. A flag takes precedence over these variables.
const FAST_SETTINGS: [(&str, &str); 4] = [
    ("CLOUDFRONT_OPERATOR_DEPLOYMENT_POLL_INTERVAL", "250ms"),
    ("CLOUDFRONT_OPERATOR_RESYNC_PERIOD", "2s"),
    ("CLOUDFRONT_OPERATOR_CLOUDFRONT_READ_QPS", "0"),
    ("CLOUDFRONT_OPERATOR_CLOUDFRONT_WRITE_QPS", "0"),
];

/// How long a process may take to serve its metrics.
const START: Duration = Duration::from_secs(60);

/// The group of users that may do everything.
const ADMINISTRATORS: &str = "system:masters";

/// A pod in which processes of the operator run one after the other.
pub(super) struct Replica {
    pub(super) proxy: ApiProxy,
    pub(super) credential: Credential,
    /// The user of the API server, which no other replica is.
    pub(super) user: String,
    command: Command,
    log: PathBuf,
    /// The length of the log when the process started.
    log_before: usize,
    process: Arc<Mutex<Option<Child>>>,
    /// The files of the replica, removed with it.
    _files: TempDir,
}

impl Replica {
    /// Prepares a replica without a process.
    pub(super) async fn new(
        environment: &Environment,
        number: usize,
        flags: &[&str],
    ) -> Result<Self, Error> {
        let files = TempDir::new()?;
        let user = format!("{}-operator-{number}", environment.namespace);
        let own = environment.cluster.create_user(&user, &[ADMINISTRATORS])?;
        let proxy = ApiProxy::start(Kubeconfig::read_from(own)?).await?;
        let kubeconfig = files.path().join("kubeconfig");
        fs::write(&kubeconfig, proxy.kubeconfig(&environment.namespace))?;
        let credential = environment.credential(number);
        let mut command = Command::new(&environment.operator);
        command
            .args(["run", "--watch-namespaces", &environment.namespace])
            .args(["--endpoint-url", &environment.endpoint()])
            .args(["--metrics-bind-address", "127.0.0.1:0"])
            .args(["--health-probe-bind-address", "127.0.0.1:0"])
            .args(flags)
            .envs(FAST_SETTINGS)
            .envs(benchmarks::image_environment()?)
            .env("KUBECONFIG", &kubeconfig)
            .env("CLOUDFRONT_OPERATOR_STARTUP_CHECKS", "false")
            .env("HOSTNAME", format!("operator-{number}"))
            .env("POD_UID", format!("pod-{number}"))
            .env("AWS_ACCESS_KEY_ID", &credential.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
            .env("AWS_ENDPOINT_URL_STS", environment.endpoint())
            .env_remove("AWS_SESSION_TOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        Ok(Self {
            proxy,
            credential,
            user,
            command,
            log: files.path().join("log"),
            log_before: 0,
            process: Arc::default(),
            _files: files,
        })
    }

    /// Starts the process, unless it runs.
    pub(super) fn start(&mut self) -> Result<(), Error> {
        let mut process = self.process.lock();
        if process.is_none() {
            self.log_before = fs::read(&self.log).map_or(0, |text| text.len());
            let log: File = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&self.log)?;
            *process = Some(self.command.stderr(log).spawn()?);
        }
        Ok(())
    }

    /// Kills the process with SIGKILL.
    pub(super) fn kill(&self) {
        kill(&self.process);
    }

    /// Returns a function that kills the process with SIGKILL, from any thread.
    pub(super) fn killer(&self) -> impl Fn() + Send + Sync + 'static {
        let process = self.process.clone();
        move || kill(&process)
    }

    /// Whether the process was started and not killed since.
    pub(super) fn is_running(&self) -> bool {
        self.process.lock().is_some()
    }

    /// Sends a signal to the process: STOP or CONT.
    pub(super) fn signal(&self, name: &str) -> Result<(), Error> {
        if let Some(process) = &*self.process.lock() {
            let id = process.id().to_string();
            Command::new("kill").args(["-s", name, &id]).status()?;
        }
        Ok(())
    }

    /// Cuts all connections to the API server, open watches included, until [`heal`](Self::heal).
    pub(super) fn partition(&self) {
        let all = Rule::new(Disturbance::CutBefore, |_| true);
        self.proxy.add(all.times(usize::MAX));
        self.proxy.silence_watches(None);
    }

    /// Ends a partition.
    pub(super) fn heal(&self) {
        self.proxy.clear();
    }

    /// Returns what the process has used so far.
    pub(super) fn usage(&self) -> Result<Usage, Error> {
        let id = self.process.lock().as_ref().map(Child::id);
        Usage::of(id.ok_or("the operator does not run")?)
    }

    /// Waits until the process serves its metrics, and returns the address.
    pub(super) async fn metrics_address(&self) -> Result<SocketAddr, Error> {
        let started = Instant::now();
        while started.elapsed() < START {
            let log = self.log();
            let log = log.get(self.log_before..).unwrap_or_default();
            let mut lines = log.lines();
            let line = lines.find(|line| line.contains("serving metrics"));
            let line = line.and_then(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(bound) = line.as_ref().and_then(|it| it["bound"].as_str()) {
                return Ok(bound.parse()?);
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(format!("the operator serves no metrics: {}", self.log_tail()).into())
    }

    /// Returns the log of all processes of the replica.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Returns how many lines of the log report a panic.
    pub(super) fn panics(&self) -> usize {
        let log = self.log();
        log.lines()
            .filter(|line| line.contains("the operator panicked"))
            .count()
    }

    /// Returns the end of the log.
    pub(super) fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// Kills a process, and waits until it has ended.
fn kill(process: &Mutex<Option<Child>>) {
    if let Some(mut process) = process.lock().take() {
        // Both calls fail only if the process has ended already.
        let _ = process.kill();
        let _ = process.wait();
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // A stopped process has to continue to receive the signal that ends it at once on all systems.
        let _ = self.signal("CONT");
        self.kill();
    }
}
