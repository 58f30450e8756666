//! Runs the operator like a kubelet: with the arguments and the environment of a Deployment's container only.

use serde_json::Value;
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The timeout of all waits in these tests. Only a failed test waits this long.
pub(crate) const TIMEOUT: Duration = Duration::from_mins(2);

/// A running operator, which is killed when this value is dropped.
pub(crate) struct OperatorProcess {
    child: Child,
    log_directory: TempDir,
    container: Value,
}

impl OperatorProcess {
    /// Starts the container of a Deployment. `kubeconfig` replaces the ServiceAccount volume of the kubelet. `read_secret`
    /// returns the value of a Secret's key.
    pub(crate) fn start(
        deployment: &Value,
        kubeconfig: &Path,
        read_secret: impl Fn(&str, &str) -> String,
    ) -> Self {
        let container = deployment["spec"]["template"]["spec"]["containers"][0].clone();
        let log_directory = TempDir::new().unwrap();
        let log = File::create(log_directory.path().join("log")).unwrap();
        let child = container_command(&container, kubeconfig, read_secret)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self {
            child,
            log_directory,
            container,
        }
    }

    /// Asserts that the container is alive, and waits until it is ready. The kubelet repeats the probe of readiness too: the operator is ready
    /// after the initial lists of all kinds, and objects of the first kinds can be reconciled before that.
    pub(crate) fn wait_until_probes_pass(&self) {
        assert!(self.passes_probe("livenessProbe"), "{}", self.log());
        let start = Instant::now();
        while !self.passes_probe("readinessProbe") {
            assert!(start.elapsed() < TIMEOUT, "not ready\n{}", self.log());
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn passes_probe(&self, probe: &str) -> bool {
        let get = &self.container[probe]["httpGet"];
        let port = self.port(get["port"].as_str().unwrap());
        let path = get["path"].as_str().unwrap();
        http_get(port, path).starts_with("HTTP/1.1 200 ")
    }

    /// Returns the response of the metrics endpoint.
    pub(crate) fn metrics(&self) -> String {
        http_get(self.port("metrics"), "/metrics")
    }

    /// Returns the number of the container port with the name `name`.
    fn port(&self, name: &str) -> u16 {
        let ports = self.container["ports"].as_array().unwrap();
        let port = ports.iter().find(|port| port["name"] == name).unwrap();
        u16::try_from(port["containerPort"].as_u64().unwrap()).unwrap()
    }

    /// Sends SIGTERM and waits until the operator has ended. Panics unless it exits with status 0.
    pub(crate) fn stop(mut self) {
        let kill = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(kill.unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}\n{}", self.log());
    }

    /// Kills the operator with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Returns the operator's log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for OperatorProcess {
    fn drop(&mut self) {
        // Errors are expected if the operator has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a command that runs the operator with the arguments and the environment of a container.
pub(crate) fn container_command(
    container: &Value,
    kubeconfig: &Path,
    read_secret: impl Fn(&str, &str) -> String,
) -> Command {
    assert!(
        container["command"].is_null(),
        "the container does not override the entry point of the image"
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let arguments = container["args"].as_array().unwrap().iter().map(text);
    let variables = container["env"].as_array().unwrap().iter().map(|variable| {
        let source = &variable["valueFrom"];
        let secret = &source["secretKeyRef"];
        let value = if let Some(value) = variable["value"].as_str() {
            value.to_owned()
        } else if source["fieldRef"]["fieldPath"] == "metadata.uid" {
            next_pod_uid()
        } else {
            read_secret(&text(&secret["name"]), &text(&secret["key"]))
        };
        (text(&variable["name"]), value)
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_chart-operator"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables)
        .env("KUBECONFIG", kubeconfig);
    command
}

/// Returns the UID of a new pod: each process stands for one.
fn next_pod_uid() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("pod-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn http_get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

/// Returns a port on which no process listens at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
