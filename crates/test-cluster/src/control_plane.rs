//! The servers of a cluster of our own, and who may use them.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::child_guard::Leashed;
use crate::kubectl::Kubectl;
use crate::pki::Authority;
use crate::servers::{self, ApiServer, AuditFiles};
use crate::{AuditLevel, Binaries, Error, Options, kubeconfig, ports};

/// Servers that run. Fields are dropped in order, which is the order to end them in.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    _controller_manager: Option<Leashed>,
    /// `None` after it has been killed.
    running: Mutex<Option<Leashed>>,
    etcd: Leashed,
    api_server: ApiServer,
    port: u16,
    authority: Authority,
}

impl ControlPlane {
    /// Starts the servers and waits until they are ready. `name` is unique on this machine; `janitor` is what has to
    /// end after all of them. The administrator's kubeconfig is written where `kubectl` looks for it.
    pub(crate) fn start(
        binaries: &Binaries,
        options: Options,
        directory: &Path,
        name: &str,
        kubectl: &Kubectl,
        janitor: &Leashed,
    ) -> Result<Self, Error> {
        let (etcd, etcd_port) = ports::on_free_ports(|ports| {
            let server = servers::etcd(binaries, directory, name, ports, janitor)?;
            Ok((server, ports[0]))
        })?;
        let authority = Authority::new(directory)?;
        let api_server = prepare(binaries, options, directory, etcd_port, &authority)?;
        let admin = authority.client("admin", "admin", &["system:masters"])?;
        let (running, port) = ports::on_free_ports(|[port]| {
            let config = kubeconfig::with_certificate(port, &authority.certificate(), &admin);
            kubeconfig::write(kubectl.kubeconfig(), &config)?;
            Ok((api_server.start(port, kubectl, &etcd)?, port))
        })?;
        let program = binaries
            .kube_controller_manager
            .as_ref()
            .filter(|_| options.controller_manager);
        let controller_manager = program
            .map(|program| {
                servers::controller_manager(program, &api_server, kubectl.kubeconfig(), &running)
            })
            .transpose()?;
        Ok(Self {
            _controller_manager: controller_manager,
            running: Mutex::new(Some(running)),
            etcd,
            api_server,
            port,
            authority,
        })
    }

    pub(crate) fn audit_log(&self) -> Option<&Path> {
        self.api_server
            .audit
            .as_ref()
            .map(|files| files.log.as_path())
    }

    /// Makes a client certificate with the file name `file`, and the content of a kubeconfig for it.
    pub(crate) fn user(&self, file: &str, name: &str, groups: &[&str]) -> Result<Value, Error> {
        let certificate = self.authority.client(file, name, groups)?;
        Ok(kubeconfig::with_certificate(
            self.port,
            &self.api_server.authority,
            &certificate,
        ))
    }

    pub(crate) fn kill_api_server(&self) -> Result<(), Error> {
        self.running().take().map_or(Ok(()), Leashed::kill)
    }

    pub(crate) fn start_api_server(&self, kubectl: &Kubectl) -> Result<(), Error> {
        let mut running = self.running();
        if running.is_none() {
            *running = Some(self.api_server.start(self.port, kubectl, &self.etcd)?);
        }
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, Option<Leashed>> {
        // A panic elsewhere leaves the option whole.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn prepare(
    binaries: &Binaries,
    options: Options,
    directory: &Path,
    etcd_port: u16,
    authority: &Authority,
) -> Result<ApiServer, Error> {
    Ok(ApiServer {
        program: binaries.kube_apiserver.clone(),
        directory: directory.to_owned(),
        etcd_port,
        authority: authority.certificate(),
        serving: authority.server()?,
        service_accounts: authority.service_accounts()?,
        audit: options
            .audit
            .map(|level| audit(directory, level))
            .transpose()?,
        controller_manager: options.controller_manager,
    })
}

fn audit(directory: &Path, level: AuditLevel) -> Result<AuditFiles, Error> {
    let files = AuditFiles {
        policy: directory.join("audit-policy.json"),
        log: directory.join("audit.log"),
    };
    let level = match level {
        AuditLevel::Metadata => "Metadata",
        AuditLevel::Request => "Request",
    };
    kubeconfig::write_audit_policy(&files.policy, level)?;
    // Whoever follows the log need not wait for the first request.
    fs::write(&files.log, "").map_err(|source| Error::io("make", &files.log, source))?;
    Ok(files)
}
