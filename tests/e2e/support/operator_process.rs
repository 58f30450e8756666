//! The shipped binary, as a process.

use cloudfront_simulator::{Credential, Simulator};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Looks again soon, and calls without a budget.
const QUICK: [(&str, &str); 4] = [
    ("CLOUDFRONT_OPERATOR_DEPLOY_POLL_INTERVAL", "250ms"),
    ("CLOUDFRONT_OPERATOR_RESYNC_INTERVAL", "2s"),
    ("CLOUDFRONT_OPERATOR_READS_PER_SECOND", "0"),
    ("CLOUDFRONT_OPERATOR_WRITES_PER_SECOND", "0"),
];

/// An operator at work. It is killed when this is dropped.
pub(super) struct Operator {
    child: Child,
    logs: TempDir,
}

impl Operator {
    /// Starts one for a namespace, quick to look again and without a budget; everything else is as shipped.
    pub(super) fn start(
        namespace: &str,
        kubeconfig: &Path,
        simulator: &Simulator,
        flags: &[&str],
    ) -> Self {
        let credential = &simulator.credentials()[0];
        Self::start_as(namespace, kubeconfig, simulator, credential, flags)
    }

    /// The same, with other credentials.
    pub(super) fn start_as(
        namespace: &str,
        kubeconfig: &Path,
        simulator: &Simulator,
        credential: &Credential,
        flags: &[&str],
    ) -> Self {
        let keys = [
            ("AWS_ACCESS_KEY_ID", credential.access_key.as_str()),
            ("AWS_SECRET_ACCESS_KEY", credential.secret_key.as_str()),
        ];
        Self::start_in(namespace, kubeconfig, simulator, &keys, flags)
    }

    /// The same, with these variables for credentials and anything else.
    pub(super) fn start_in(
        namespace: &str,
        kubeconfig: &Path,
        simulator: &Simulator,
        environment: &[(&str, &str)],
        flags: &[&str],
    ) -> Self {
        let logs = TempDir::new().expect("a directory can be made");
        let log = File::create(logs.path().join("log")).expect("a log can be opened");
        let child = Command::new(env!("CARGO_BIN_EXE_cloudfront-operator"))
            .arg("run")
            .args([
                "--namespaces",
                namespace,
                "--endpoint-url",
                &simulator.endpoint(),
            ])
            .args([
                "--metrics-listen",
                "127.0.0.1:0",
                "--health-listen",
                "127.0.0.1:0",
            ])
            // A flag says more than a variable.
            .envs(QUICK)
            .env("CLOUDFRONT_OPERATOR_LOG_FORMAT", "text")
            .args(flags)
            .env(
                "CLOUDFRONT_OPERATOR_LOG_LEVEL",
                "info,cloudfront_operator=debug",
            )
            .env("KUBECONFIG", kubeconfig)
            .env("AWS_ENDPOINT_URL_STS", simulator.endpoint())
            .env_remove("AWS_SESSION_TOKEN")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the operator can be started");
        Self { child, logs }
    }

    /// Asks it to end, and waits until it has ended well.
    pub(super) fn stop(&mut self) {
        self.ask_to_end();
        self.await_end();
    }

    /// Sends SIGTERM.
    pub(super) fn ask_to_end(&self) {
        self.signal("TERM");
    }

    /// Sends a signal.
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill can be run").success());
    }

    /// Whether it has ended, and if so, whether well.
    pub(super) fn has_ended(&mut self) -> Option<bool> {
        let status = self.child.try_wait().expect("it can be asked");
        status.map(|status| status.success())
    }

    /// Waits until it has ended well.
    pub(super) fn await_end(&mut self) {
        let status = self.child.wait().expect("it can be waited for");
        assert!(
            status.success(),
            "the operator ended with {status}\n{}",
            self.log()
        );
    }

    /// What it has logged so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.logs.path().join("log")).unwrap_or_default()
    }

    /// Status and body of what it serves, once it serves it: `probes` or `metrics`.
    pub(super) fn fetch(&self, what: &str, path: &str) -> (u16, String) {
        self.ask("GET", what, path, "")
    }

    /// The same, of any method and with a body.
    pub(super) fn ask(&self, method: &str, what: &str, path: &str, body: &str) -> (u16, String) {
        let log = self.log();
        let line = log
            .lines()
            .find(|line| line.contains(&format!("serving {what} bound=")));
        let address = line
            .and_then(|line| line.split("bound=").nth(1))
            .expect("it has logged where it serves");
        let mut stream = TcpStream::connect(address.trim()).expect("it listens");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: probe\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .expect("an HTTP status");
        let body = answer
            .split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned())
            .unwrap_or_default();
        (status, body)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
