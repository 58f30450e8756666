//! Starting etcd, kube-apiserver and kube-controller-manager.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::child_guard::Leashed;
use crate::kubectl::Kubectl;
use crate::pki::KeyFiles;
use crate::{Binaries, Error};

/// How long a server may take until it is ready. It takes a few seconds; a machine under load may need ten times that.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// How long to wait between two looks at a server that is starting.
const POLL: Duration = Duration::from_millis(100);

/// How long to wait for an answer on loopback.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Starts etcd. `name` has to be unique on this machine: it tells this etcd from another that got the port first.
pub(crate) fn etcd(
    binaries: &Binaries,
    directory: &Path,
    name: &str,
    [client, peer]: [u16; 2],
    next: &Leashed,
) -> Result<Leashed, Error> {
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
        // Tens of thousands of objects and their history need more than the 2 GiB that are allowed unless set otherwise.
        format!("--quota-backend-bytes={}", 8_u64 << 30),
    ];
    let log = directory.join(format!("etcd-{client}.log"));
    let mut server = Leashed::server("etcd", &binaries.etcd, &arguments, &log, next)?;
    wait_until(&mut server, || is_etcd(client, name))?;
    Ok(server)
}

/// What kube-apiserver needs to know.
#[derive(Debug)]
pub(crate) struct ApiServer {
    pub(crate) program: PathBuf,
    pub(crate) directory: PathBuf,
    pub(crate) etcd_port: u16,
    pub(crate) authority: PathBuf,
    pub(crate) serving: KeyFiles,
    pub(crate) service_accounts: KeyFiles,
    pub(crate) audit: Option<AuditFiles>,
    pub(crate) controller_manager: bool,
}

/// What to log, and where.
#[derive(Debug)]
pub(crate) struct AuditFiles {
    pub(crate) policy: PathBuf,
    pub(crate) log: PathBuf,
}

impl ApiServer {
    /// Starts it on `port` and waits until `kubectl` is answered.
    pub(crate) fn start(
        &self,
        port: u16,
        kubectl: &Kubectl,
        next: &Leashed,
    ) -> Result<Leashed, Error> {
        let log = self.directory.join(format!("kube-apiserver-{port}.log"));
        let mut server = Leashed::server(
            "kube-apiserver",
            &self.program,
            &self.arguments(port),
            &log,
            next,
        )?;
        wait_until(&mut server, || listens(port) && is_ready(kubectl))?;
        Ok(server)
    }

    fn arguments(&self, port: u16) -> Vec<String> {
        let mut arguments = vec![
            format!("--etcd-servers=http://127.0.0.1:{}", self.etcd_port),
            "--bind-address=127.0.0.1".to_owned(),
            // Without it the server looks for the default route, which a machine may not have.
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
        if !self.controller_manager {
            // It refuses pods until the namespace has a default service account, which nobody would make.
            arguments.push("--disable-admission-plugins=ServiceAccount".to_owned());
        }
        if let Some(AuditFiles { policy, log }) = &self.audit {
            arguments.push(format!("--audit-policy-file={}", policy.display()));
            arguments.push(format!("--audit-log-path={}", log.display()));
            // A log that is rotated away cannot be counted. Megabytes; the default is 100.
            arguments.push("--audit-log-maxsize=100000".to_owned());
        }
        arguments
    }
}

/// Starts kube-controller-manager. It has no readiness to wait for that would say more than that it runs.
pub(crate) fn controller_manager(
    program: &Path,
    api_server: &ApiServer,
    kubeconfig: &Path,
    next: &Leashed,
) -> Result<Leashed, Error> {
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
    Leashed::server("kube-controller-manager", program, &arguments, &log, next)
}

fn wait_until(server: &mut Leashed, ready: impl Fn() -> bool) -> Result<(), Error> {
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        if let Some(status) = server.ended() {
            return Err(failure(server, format!("ended ({status}) while starting")));
        }
        if ready() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(failure(
                server,
                format!("was not ready within {} s", READY_WITHIN.as_secs()),
            ));
        }
        thread::sleep(POLL);
    }
}

fn failure(server: &Leashed, what: String) -> Error {
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

fn listens(port: u16) -> bool {
    TcpStream::connect_timeout(&loopback(port), ANSWER_WITHIN).is_ok()
}

/// `/readyz` does not wait for the namespace `default`, which is made a moment later.
fn is_ready(kubectl: &Kubectl) -> bool {
    ["/readyz", "/api/v1/namespaces/default"]
        .iter()
        .all(|path| {
            kubectl
                .run(&["get", "--request-timeout=5s", "--raw", path], "")
                .is_ok()
        })
}

/// Whether the etcd called `name` has a leader and answers on `port`.
fn is_etcd(port: u16, name: &str) -> bool {
    let request = "POST /v3/cluster/member/list HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&loopback(port), ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains(&format!("\"name\":\"{name}\"")))
}
