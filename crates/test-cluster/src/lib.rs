//! A real Kubernetes control plane on loopback: etcd, kube-apiserver and, when asked for, kube-controller-manager.
//!
//! ```no_run
//! let cluster = cluster::shared().unwrap();
//! let namespace = cluster.create_namespace("example").unwrap();
//! let status = cluster.kubectl().args(["get", "pods", "--namespace", &namespace]).status().unwrap();
//! assert!(status.success());
//! ```
//!
//! The servers are found in `KUBEBUILDER_ASSETS`, on `PATH` or in the user's cache, and are built with Go otherwise
//! ([`Binaries::find_or_build`]). `CLUSTER_KUBECONFIG` names an existing cluster to use instead.
//!
//! [`install_cargo_program`], [`install_debian_program`], [`install_go_program`] and [`install_python_package`] install further programs that tests need, at a version, into the same cache.
//!
//! Nothing is left behind, however the process that holds a cluster ends, SIGKILL included.

mod binaries;
mod cache;
mod child_guard;
mod cluster;
mod control_plane;
mod download;
mod environment;
mod error;
mod go_build;
mod kubeconfig;
mod kubectl;
mod pki;
mod ports;
mod servers;
mod tools;
mod version;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::OnceLock;

pub use binaries::Binaries;
pub use cluster::{AuditLevel, Cluster, Options};
pub use download::{Archive, BASE_URL};
pub use environment::Environment;
pub use error::Error;
pub use tools::{
    install_cargo_program, install_debian_program, install_go_program, install_python_package,
};

/// The cluster that all tests of a process share. The first call starts it, with an audit log and without
/// kube-controller-manager; it goes when the process ends.
///
/// A test binary that needs other [`Options`] keeps its own [`Cluster`] in a static, with the same effect.
pub fn shared() -> Result<&'static Cluster, &'static Error> {
    static SHARED: OnceLock<Result<Cluster, Error>> = OnceLock::new();
    let options = Options {
        audit: Some(AuditLevel::Metadata),
        ..Options::default()
    };
    SHARED.get_or_init(|| Cluster::start(options)).as_ref()
}

/// Tells a person what takes so long. Written past the capture of the test harness, which would show it only after a
/// failure.
fn progress(line: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "cluster: {line}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
