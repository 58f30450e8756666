//! What a kubelet would start: the program with the command line and the environment of a Deployment, and nothing else.

use serde_json::Value;
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// How long anything may take before a test gives up. Only a broken program ever waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// An operator at work. It is killed when this is dropped.
pub(crate) struct Operator {
    child: Child,
    logs: TempDir,
    container: Value,
}

impl Operator {
    /// Starts the container of a Deployment, with the kubeconfig in place of what a kubelet mounts. `secret` reads a key of a
    /// Secret, as a kubelet would.
    pub(crate) fn of(
        deployment: &Value,
        kubeconfig: &Path,
        secret: impl Fn(&str, &str) -> String,
    ) -> Self {
        let container = deployment["spec"]["template"]["spec"]["containers"][0].clone();
        let logs = TempDir::new().unwrap();
        let log = File::create(logs.path().join("log")).unwrap();
        let child = command(&container, kubeconfig, secret)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self {
            child,
            logs,
            container,
        }
    }

    /// Whether the container's probes succeed, as a kubelet makes them.
    pub(crate) fn is_well(&self) -> bool {
        ["livenessProbe", "readinessProbe"].iter().all(|probe| {
            let get = &self.container[probe]["httpGet"];
            let port = self.port(get["port"].as_str().unwrap());
            let path = get["path"].as_str().unwrap();
            fetch(port, path).starts_with("HTTP/1.1 200 ")
        })
    }

    /// What it serves to Prometheus.
    pub(crate) fn metrics(&self) -> String {
        fetch(self.port("metrics"), "/metrics")
    }

    /// The number of the container's port of this name.
    fn port(&self, name: &str) -> u16 {
        let ports = self.container["ports"].as_array().unwrap();
        let port = ports.iter().find(|port| port["name"] == name).unwrap();
        u16::try_from(port["containerPort"].as_u64().unwrap()).unwrap()
    }

    /// Asks it to end as a kubelet does, and waits until it has ended well.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}\n{}", self.log());
    }

    /// Kills it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.logs.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program with the command line and the environment of a container.
pub(crate) fn command(
    container: &Value,
    kubeconfig: &Path,
    secret: impl Fn(&str, &str) -> String,
) -> Command {
    assert!(
        container["command"].is_null(),
        "the image's own entry point"
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let arguments = container["args"].as_array().unwrap().iter().map(text);
    let variables = container["env"].as_array().unwrap().iter().map(|variable| {
        let from = &variable["valueFrom"]["secretKeyRef"];
        let value = match variable["value"].as_str() {
            Some(value) => value.to_owned(),
            None => secret(&text(&from["name"]), &text(&from["key"])),
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

fn fetch(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A port that nobody listens on at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
