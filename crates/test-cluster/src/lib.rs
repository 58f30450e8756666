//! Starts a real Kubernetes control plane on loopback: etcd, kube-apiserver and, on request, kube-controller-manager.
//!
//! ```no_run
//! let cluster = cluster::shared().unwrap();
//! let namespace = cluster.create_namespace("example").unwrap();
//! let status = cluster.kubectl().args(["get", "pods", "--namespace", &namespace]).status().unwrap();
//! assert!(status.success());
//! ```
//!
//! The programs come from `KUBEBUILDER_ASSETS`, from `PATH` or from the user's cache. If none has them, they are built
//! with Go ([`Binaries::find_or_build`]); only [`Binaries::find_download_or_build`] downloads them first.
//! `CLUSTER_KUBECONFIG` selects an existing cluster instead.
//!
//! [`install_cargo_program`], [`install_debian_program`], [`install_go_program`] and [`install_python_package`] install
//! other programs that tests need into the same cache, at a pinned version where the source supports one.
//!
//! No process, directory or namespace remains after the owner of a cluster ends, even after SIGKILL. A program that runs in
//! [`run_program`] ends after all of its children when it receives SIGINT or SIGTERM.
//!
//! Modules import in one direction: [`Cluster`] and the installers at the top, [`Error`] at the bottom.

mod archive;
mod binaries;
mod cache;
mod child_guard;
mod children;
mod cluster;
mod control_plane;
mod download;
mod environment;
mod error;
mod go_build;
mod kubeconfig;
mod kubectl;
mod options;
mod pki;
mod ports;
mod progress;
mod servers;
mod signals;
mod tools;
mod version;

use std::sync::OnceLock;

pub use binaries::Binaries;
pub use child_guard::GuardedChild;
pub use cluster::Cluster;
pub use download::DownloadOptions;
pub use environment::Environment;
pub use error::Error;
pub use options::{AuditLevel, Options};
pub use signals::run_program;
pub use tools::{
    install_cargo_program, install_debian_program, install_go_program, install_python_package,
};

/// Returns the cluster that all tests of a process share. The first call starts it, with an audit log and without
/// kube-controller-manager. It stops when the process ends.
///
/// A test binary that needs other [`Options`] can store its own [`Cluster`] in a static, with the same effect.
pub fn shared() -> Result<&'static Cluster, &'static Error> {
    static SHARED: OnceLock<Result<Cluster, Error>> = OnceLock::new();
    let options = Options {
        audit: Some(AuditLevel::Metadata),
        ..Options::default()
    };
    SHARED.get_or_init(|| Cluster::start(options)).as_ref()
}
