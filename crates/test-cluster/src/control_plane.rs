//! The servers of a cluster that this process starts, and the credentials of its users.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::binaries::Binaries;
use crate::child_guard::GuardedChild;
use crate::error::Error;
use crate::kubectl::Kubectl;
use crate::options::{AuditLevel, Options};
use crate::pki::CertificateAuthority;
use crate::servers::{self, ApiServer, AuditFiles};
use crate::{kubeconfig, ports};

/// The running servers. Fields are dropped in order, and the servers end in that order.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    _controller_manager: Option<GuardedChild>,
    /// `None` after [`Self::kill_api_server`].
    running_api_server: Mutex<Option<GuardedChild>>,
    etcd: GuardedChild,
    api_server: ApiServer,
    port: u16,
    authority: CertificateAuthority,
}

impl ControlPlane {
    /// Starts the servers and waits until they are ready. `name` is unique on this machine. All servers end before
    /// `cleanup` does. The administrator's kubeconfig is written to the path that `kubectl` uses.
    pub(crate) fn start(
        binaries: &Binaries,
        options: Options,
        directory: &Path,
        name: &str,
        kubectl: &Kubectl,
        cleanup: &GuardedChild,
    ) -> Result<Self, Error> {
        let (etcd, etcd_port) = ports::with_free_ports(|ports| {
            let server = servers::start_etcd(binaries, directory, name, ports, cleanup)?;
            Ok((server, ports[0]))
        })?;
        let authority = CertificateAuthority::new(directory)?;
        let api_server = configure_api_server(binaries, options, directory, etcd_port, &authority)?;
        let admin = authority.client_certificate("admin", "admin", &["system:masters"])?;
        let (running, port) = ports::with_free_ports(|[port]| {
            let config = kubeconfig::with_certificate(port, &authority.certificate_path(), &admin);
            kubeconfig::write(kubectl.kubeconfig(), &config)?;
            Ok((api_server.start(port, kubectl, &etcd)?, port))
        })?;
        let program = binaries
            .kube_controller_manager
            .as_ref()
            .filter(|_| options.has_controller_manager);
        let controller_manager = program
            .map(|program| {
                let kubeconfig = kubectl.kubeconfig();
                servers::start_controller_manager(program, &api_server, kubeconfig, &running)
            })
            .transpose()?;
        Ok(Self {
            _controller_manager: controller_manager,
            running_api_server: Mutex::new(Some(running)),
            etcd,
            api_server,
            port,
            authority,
        })
    }

    /// Starts a program that ends before the API server does.
    pub(crate) fn start_program(
        &self,
        name: &'static str,
        program: &Command,
        log: &Path,
    ) -> Result<GuardedChild, Error> {
        let api_server = self.running_api_server();
        let dependency = api_server.as_ref().unwrap_or(&self.etcd);
        GuardedChild::server(name, program, log, dependency)
    }

    pub(crate) fn audit_log(&self) -> Option<&Path> {
        self.api_server
            .audit
            .as_ref()
            .map(|files| files.log.as_path())
    }

    /// Creates a client certificate with the file name `file`, and returns a kubeconfig that refers to it.
    pub(crate) fn user_kubeconfig(
        &self,
        file: &str,
        name: &str,
        groups: &[&str],
    ) -> Result<Value, Error> {
        let certificate = self.authority.client_certificate(file, name, groups)?;
        Ok(kubeconfig::with_certificate(
            self.port,
            &self.api_server.authority,
            &certificate,
        ))
    }

    pub(crate) fn kill_api_server(&self) -> Result<(), Error> {
        self.running_api_server()
            .take()
            .map_or(Ok(()), GuardedChild::kill)
    }

    pub(crate) fn start_api_server(&self, kubectl: &Kubectl) -> Result<(), Error> {
        let mut running = self.running_api_server();
        if running.is_none() {
            *running = Some(self.api_server.start(self.port, kubectl, &self.etcd)?);
        }
        Ok(())
    }

    fn running_api_server(&self) -> MutexGuard<'_, Option<GuardedChild>> {
        // A panic in another thread cannot leave the option in an invalid state.
        self.running_api_server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn configure_api_server(
    binaries: &Binaries,
    options: Options,
    directory: &Path,
    etcd_port: u16,
    authority: &CertificateAuthority,
) -> Result<ApiServer, Error> {
    Ok(ApiServer {
        program: binaries.kube_apiserver.clone(),
        directory: directory.to_owned(),
        etcd_port,
        authority: authority.certificate_path(),
        serving: authority.server_certificate()?,
        service_accounts: authority.service_account_keys()?,
        audit: options
            .audit
            .map(|level| write_audit_files(directory, level))
            .transpose()?,
        has_controller_manager: options.has_controller_manager,
    })
}

/// Writes an audit policy that makes the API server log every request once, after its response, and an empty log.
fn write_audit_files(directory: &Path, level: AuditLevel) -> Result<AuditFiles, Error> {
    let files = AuditFiles {
        policy: directory.join("audit-policy.json"),
        log: directory.join("audit.log"),
    };
    let level = match level {
        AuditLevel::Metadata => "Metadata",
        AuditLevel::Request => "Request",
    };
    let policy = json!({
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [{"level": level}],
    });
    fs::write(&files.policy, policy.to_string())
        .map_err(|source| Error::io("write", &files.policy, source))?;
    // A reader can open the log before the first request.
    fs::write(&files.log, "").map_err(|source| Error::io("make", &files.log, source))?;
    Ok(files)
}
