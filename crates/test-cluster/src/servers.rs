//! Starts etcd, kube-apiserver and kube-controller-manager.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::binaries::Binaries;
use crate::child_guard::GuardedChild;
use crate::error::Error;
use crate::kubectl::Kubectl;
use crate::pki::KeyFiles;

/// The timeout for a server to become ready. It takes a few seconds, or ten times as long on a machine under load.
const READY_TIMEOUT: Duration = Duration::from_mins(2);

/// The interval between two readiness checks of a server that starts.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The timeout for a connection or a response on loopback.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Starts etcd, which ends before `dependency` does. `name` must be unique on this machine: it distinguishes this etcd
/// from another one that took the port first.
pub(crate) fn start_etcd(
    binaries: &Binaries,
    directory: &Path,
    name: &str,
    [client, peer]: [u16; 2],
    dependency: &GuardedChild,
) -> Result<GuardedChild, Error> {
    let client_url = format!("http://127.0.0.1:{client}");
    let peer_url = format!("http://127.0.0.1:{peer}");
    let arguments = [
        format!("--name={name}"),
        format!(
            "--data-dir={}",
            directory.join(format!("etcd-{client}")).display()
        ),
        format!("--listen-client-urls={client_url}"),
        format!("--advertise-client-urls={client_url}"),
        format!("--listen-peer-urls={peer_url}"),
        format!("--initial-advertise-peer-urls={peer_url}"),
        format!("--initial-cluster={name}={peer_url}"),
        "--log-level=warn".to_owned(),
        "--unsafe-no-fsync".to_owned(),
        // Tens of thousands of objects and their history need more than the default quota of 2 GiB.
        format!("--quota-backend-bytes={}", 8_u64 << 30),
    ];
    let log = directory.join(format!("etcd-{client}.log"));
    let mut program = Command::new(&binaries.etcd);
    let server = GuardedChild::server("etcd", program.args(arguments), &log, dependency)?;
    wait_until(&server, || is_etcd_ready(client, name))?;
    Ok(server)
}

/// The configuration of kube-apiserver.
#[derive(Debug)]
pub(crate) struct ApiServer {
    pub(crate) program: PathBuf,
    pub(crate) directory: PathBuf,
    pub(crate) etcd_port: u16,
    pub(crate) authority: PathBuf,
    pub(crate) serving: KeyFiles,
    pub(crate) service_accounts: KeyFiles,
    pub(crate) audit: Option<AuditFiles>,
    pub(crate) has_controller_manager: bool,
}

/// The files of the audit log.
#[derive(Debug)]
pub(crate) struct AuditFiles {
    pub(crate) policy: PathBuf,
    pub(crate) log: PathBuf,
}

impl ApiServer {
    /// Starts kube-apiserver on `port` and waits until it responds to `kubectl`. It ends before `dependency` does.
    pub(crate) fn start(
        &self,
        port: u16,
        kubectl: &Kubectl,
        dependency: &GuardedChild,
    ) -> Result<GuardedChild, Error> {
        let log = self.directory.join(format!("kube-apiserver-{port}.log"));
        let mut program = Command::new(&self.program);
        program.args(self.arguments(port));
        let server = GuardedChild::server("kube-apiserver", &program, &log, dependency)?;
        wait_until(&server, || {
            is_listening(port) && is_api_server_ready(kubectl)
        })?;
        Ok(server)
    }

    fn arguments(&self, port: u16) -> Vec<String> {
        let mut arguments = vec![
            format!("--etcd-servers=http://127.0.0.1:{}", self.etcd_port),
            "--bind-address=127.0.0.1".to_owned(),
            // Without this flag, the server uses the default route, which a machine may not have.
            "--advertise-address=127.0.0.1".to_owned(),
            format!("--secure-port={port}"),
            format!("--tls-cert-file={}", self.serving.certificate.display()),
            format!("--tls-private-key-file={}", self.serving.key.display()),
            format!("--client-ca-file={}", self.authority.display()),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!(
                "--service-account-key-file={}",
                self.service_accounts.certificate.display()
            ),
            format!(
                "--service-account-signing-key-file={}",
                self.service_accounts.key.display()
            ),
            "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
            "--authorization-mode=RBAC".to_owned(),
            "--allow-privileged=true".to_owned(),
            "--profiling=false".to_owned(),
        ];
        if !self.has_controller_manager {
            // The plugin rejects pods until kube-controller-manager has created the namespace's default ServiceAccount.
            arguments.push("--disable-admission-plugins=ServiceAccount".to_owned());
        }
        if let Some(AuditFiles { policy, log }) = &self.audit {
            arguments.push(format!("--audit-policy-file={}", policy.display()));
            arguments.push(format!("--audit-log-path={}", log.display()));
            // In megabytes; the default is 100. Rotation would hide earlier requests from a test that counts them.
            arguments.push("--audit-log-maxsize=100000".to_owned());
        }
        arguments
    }
}

/// Starts kube-controller-manager, which ends before `dependency` does. Does not wait until it is ready, because its
/// health endpoint reports only that the process runs.
pub(crate) fn start_controller_manager(
    program: &Path,
    api_server: &ApiServer,
    kubeconfig: &Path,
    dependency: &GuardedChild,
) -> Result<GuardedChild, Error> {
    let arguments = [
        format!("--kubeconfig={}", kubeconfig.display()),
        "--bind-address=127.0.0.1".to_owned(),
        "--secure-port=0".to_owned(),
        "--leader-elect=false".to_owned(),
        format!(
            "--service-account-private-key-file={}",
            api_server.service_accounts.key.display()
        ),
        format!("--root-ca-file={}", api_server.authority.display()),
        "--use-service-account-credentials=false".to_owned(),
    ];
    let log = api_server.directory.join("kube-controller-manager.log");
    let mut program = Command::new(program);
    program.args(arguments);
    GuardedChild::server("kube-controller-manager", &program, &log, dependency)
}

fn wait_until(server: &GuardedChild, ready: impl Fn() -> bool) -> Result<(), Error> {
    let deadline = Instant::now() + READY_TIMEOUT;
    loop {
        if let Some(status) = server.exit_status() {
            return Err(start_error(
                server,
                format!("ended ({status}) while starting"),
            ));
        }
        if ready() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(start_error(
                server,
                format!("was not ready within {} s", READY_TIMEOUT.as_secs()),
            ));
        }
        thread::sleep(POLL_INTERVAL);
    }
}

fn start_error(server: &GuardedChild, what: String) -> Error {
    let (server, log) = (server.name(), server.log_tail());
    if log.contains("address already in use") {
        Error::PortTaken { server, log }
    } else {
        Error::Server { server, what, log }
    }
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn is_listening(port: u16) -> bool {
    TcpStream::connect_timeout(&loopback(port), RESPONSE_TIMEOUT).is_ok()
}

/// Whether the API server is ready and the namespace `default` exists. `/readyz` does not cover that namespace, which the
/// API server creates shortly afterwards.
fn is_api_server_ready(kubectl: &Kubectl) -> bool {
    ["/readyz", "/api/v1/namespaces/default"]
        .iter()
        .all(|path| {
            kubectl
                .run(&["get", "--request-timeout=5s", "--raw", path], "")
                .is_ok()
        })
}

/// Whether the etcd with the name `name` listens on `port` and has a leader.
fn is_etcd_ready(port: u16, name: &str) -> bool {
    let request = "POST /v3/cluster/member/list HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let send = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&loopback(port), RESPONSE_TIMEOUT)?;
        stream.set_read_timeout(Some(RESPONSE_TIMEOUT))?;
        stream.write_all(request.as_bytes())?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        Ok(response)
    };
    send().is_ok_and(|response| response.contains(&format!("\"name\":\"{name}\"")))
}
