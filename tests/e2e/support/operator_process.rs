//! The shipped binary as a process.

use cloudfront_simulator::{Credential, Simulator};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};
use tempfile::TempDir;

/// Short poll intervals, no rate limit, and no requests but those of the objects.
const FAST_SETTINGS: [(&str, &str); 5] = [
    ("CLOUDFRONT_OPERATOR_DEPLOYMENT_POLL_INTERVAL", "250ms"),
    ("CLOUDFRONT_OPERATOR_RESYNC_PERIOD", "2s"),
    ("CLOUDFRONT_OPERATOR_CLOUDFRONT_READ_QPS", "0"),
    ("CLOUDFRONT_OPERATOR_CLOUDFRONT_WRITE_QPS", "0"),
    ("CLOUDFRONT_OPERATOR_STARTUP_CHECKS", "false"),
];

/// The flags that set the poll intervals back to their defaults.
pub(crate) const AS_SHIPPED: [&str; 4] = [
    "--resync-period",
    "10m",
    "--deployment-poll-interval",
    "10s",
];

/// A running operator. Dropping it kills the process.
pub(crate) struct OperatorProcess {
    child: Child,
    logs: TempDir,
}

impl OperatorProcess {
    /// Starts an operator that watches one namespace, with short poll intervals and without a rate limit.
    pub(crate) fn start(
        namespace: &str,
        kubeconfig: &Path,
        simulator: &Simulator,
        flags: &[&str],
    ) -> Self {
        let credential = &simulator.credentials()[0];
        Self::start_as(namespace, kubeconfig, simulator, credential, flags)
    }

    /// Starts an operator with this credential.
    pub(crate) fn start_as(
        namespace: &str,
        kubeconfig: &Path,
        simulator: &Simulator,
        credential: &Credential,
        flags: &[&str],
    ) -> Self {
        let variables = [
            ("AWS_ACCESS_KEY_ID", credential.access_key.as_str()),
            ("AWS_SECRET_ACCESS_KEY", credential.secret_key.as_str()),
        ];
        Self::start_with_env(namespace, kubeconfig, simulator, &variables, flags)
    }

    /// Starts an operator with these environment variables in place of a credential.
    pub(crate) fn start_with_env(
        namespace: &str,
        kubeconfig: &Path,
        simulator: &Simulator,
        variables: &[(&str, &str)],
        flags: &[&str],
    ) -> Self {
        let logs = TempDir::new().expect("a temporary directory is created");
        let log = File::create(logs.path().join("log")).expect("the log file is created");
        let child = Command::new(env!("CARGO_BIN_EXE_cloudfront-operator"))
            .arg("run")
            .args([
                "--watch-namespaces",
                namespace,
                "--endpoint-url",
                &simulator.endpoint(),
            ])
            .args([
                "--metrics-bind-address",
                "127.0.0.1:0",
                "--health-probe-bind-address",
                "127.0.0.1:0",
            ])
            // A flag in `flags` takes precedence over these variables.
            .envs(FAST_SETTINGS)
            .env("CLOUDFRONT_OPERATOR_LOG_FORMAT", "text")
            .args(flags)
            .env(
                "CLOUDFRONT_OPERATOR_LOG_LEVEL",
                "info,cloudfront_operator=debug",
            )
            .env("KUBECONFIG", kubeconfig)
            .env("AWS_ENDPOINT_URL_STS", simulator.endpoint())
            .env_remove("AWS_SESSION_TOKEN")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the operator starts");
        Self { child, logs }
    }

    /// Sends SIGTERM, and waits until the process exits with code 0.
    pub(crate) fn stop(&mut self) {
        self.send_sigterm();
        self.wait_for_success();
    }

    /// Sends SIGTERM.
    pub(crate) fn send_sigterm(&self) {
        self.send_signal("TERM");
    }

    /// Sends a signal by its name.
    pub(crate) fn send_signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill runs").success());
    }

    /// Returns the highest resident memory so far, in MiB.
    pub(crate) fn peak_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the operator runs");
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
        let kibibytes: u64 = kibibytes
            .and_then(|number| number.parse().ok())
            .expect("the kernel prints the peak in KiB");
        kibibytes / 1024
    }

    /// Returns whether the process exited with code 0, or `None` while it runs.
    pub(crate) fn exited_successfully(&mut self) -> Option<bool> {
        let status = self
            .child
            .try_wait()
            .expect("the process is a child of this one");
        status.map(|status| status.success())
    }

    /// Waits until the process exits with code 0.
    pub(crate) fn wait_for_success(&mut self) {
        let status = self
            .child
            .wait()
            .expect("the process is a child of this one");
        assert!(
            status.success(),
            "the operator exited with {status}\n{}",
            self.log()
        );
    }

    /// Returns the log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.logs.path().join("log")).unwrap_or_default()
    }

    /// Sends a GET request to the server of `probes` or of `metrics`, and returns the status and the body.
    pub(crate) fn get(&self, server: &str, path: &str) -> (u16, String) {
        self.request("GET", server, path, "")
    }

    /// Opens a connection to the server of `probes` or of `metrics`.
    pub(crate) fn connect(&self, server: &str) -> TcpStream {
        let log = self.log();
        let line = log
            .lines()
            .find(|line| line.contains(&format!("serving {server} bound=")));
        let address = line
            .and_then(|line| line.split("bound=").nth(1))
            .expect("the log has the bound address");
        TcpStream::connect(address.trim()).expect("the server accepts connections")
    }

    /// Sends a request to the server of `probes` or of `metrics`, and returns the status and the body.
    pub(crate) fn request(
        &self,
        method: &str,
        server: &str,
        path: &str,
        body: &str,
    ) -> (u16, String) {
        let mut stream = self.connect(server);
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: probe\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the server reads the request");
        let mut response = String::new();
        stream
            .read_to_string(&mut response)
            .expect("the server responds");
        let status = response
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .expect("the response has an HTTP status");
        let body = response
            .split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned())
            .unwrap_or_default();
        (status, body)
    }
}

impl Drop for OperatorProcess {
    fn drop(&mut self) {
        // Both calls fail if the process has already exited.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !thread::panicking() {
            let log = self.log();
            let panic = log.lines().find(|line| line.contains("panicked"));
            assert_eq!(panic, None, "the operator does not panic");
        }
    }
}
