//! The crate's error type.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An error of an operation on a cluster, or of an installation.
#[derive(thiserror::Error)]
pub enum Error {
    /// A file, directory or process could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// The failed operation, as a verb.
        action: &'static str,
        /// The path of the file, directory or program.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A certificate could not be created.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The caller requested more groups for a user than the crate's certificates can contain.
    #[error(
        "user {user} has more than two groups, and a client certificate has room for two: bind the role to the user instead"
    )]
    TooManyGroups {
        /// The user's name.
        user: String,
    },
    /// A server ended while starting, or was not ready in time.
    #[error("{server} {what}; its log ends with:\n{log}")]
    Server {
        /// The server's name.
        server: &'static str,
        /// The failure, as a verb phrase.
        what: String,
        /// The last lines of its log.
        log: String,
    },
    /// Another process took the port after its selection and before the server used it.
    #[error("another process uses the port of {server}; its log ends with:\n{log}")]
    PortTaken {
        /// The server's name.
        server: &'static str,
        /// The last lines of its log.
        log: String,
    },
    /// A kubectl command failed.
    #[error("kubectl {arguments} failed: {message}")]
    Kubectl {
        /// The arguments of kubectl.
        arguments: String,
        /// The standard error of kubectl.
        message: String,
    },
    /// The directory in an environment variable is unsuitable.
    #[error("{variable} is {}, which {problem}: set it to another directory, or unset it", directory.display())]
    UnsuitableDirectory {
        /// The name of the environment variable.
        variable: &'static str,
        /// Its value.
        directory: PathBuf,
        /// Why the directory is unsuitable.
        problem: String,
    },
    /// There is no directory for programs that are built or downloaded.
    #[error(
        "no cache directory for the control plane: set HOME, or set XDG_CACHE_HOME to an absolute path"
    )]
    NoCache,
    /// There is no kubectl for an existing cluster.
    #[error(
        "no kubectl on PATH for the cluster of CLUSTER_KUBECONFIG: install kubectl, or set KUBEBUILDER_ASSETS to its directory"
    )]
    NoKubectl,
    /// The operation is not available for the existing cluster of `CLUSTER_KUBECONFIG`.
    #[error("cannot stop or start the API server of an existing cluster: unset CLUSTER_KUBECONFIG")]
    ExistingCluster,
    /// No control plane was found, and there is no Go to build one.
    #[error("found no control plane, and no Go on PATH to build one: {}", alternative(*.needs_controller_manager))]
    NoGo {
        /// Whether kube-controller-manager was required.
        needs_controller_manager: bool,
    },
    /// The build of the control plane failed.
    #[error("cannot build the control plane: {}; the output of Go ends with:\n{output}", alternative(*.needs_controller_manager))]
    Build {
        /// The last lines of the output.
        output: String,
        /// Whether kube-controller-manager was required.
        needs_controller_manager: bool,
    },
    /// The program that installs a tool or package is missing.
    #[error("cannot install {what}: no {program} on PATH: {hint}")]
    NoInstaller {
        /// The missing program.
        program: &'static str,
        /// The name of the tool or package.
        what: String,
        /// How to install the missing program.
        hint: &'static str,
    },
    /// The installation of a tool or package failed.
    #[error("cannot install {what}; the output ends with:\n{output}")]
    Install {
        /// The name of the tool or package.
        what: String,
        /// The last lines of the installer's output.
        output: String,
    },
    /// No official archive is published for this platform.
    #[error(
        "Kubernetes publishes no archive for {platform}: install Go 1.26 or newer, and run `cargo run -p cluster -- build`"
    )]
    NoArchive {
        /// Operating system and architecture.
        platform: String,
    },
    /// The archive could not be downloaded.
    #[error(
        "cannot download {url}: {message}: check the network and HTTPS_PROXY, or set --base-url to a mirror"
    )]
    Download {
        /// The URL of the archive.
        url: String,
        /// The cause.
        message: String,
    },
    /// The archive's checksum differs from the expected one.
    #[error(
        "{url} has SHA-512 {actual}, not {expected}, and was not unpacked: try again, set --base-url to another mirror, or run `cargo run -p cluster -- build`"
    )]
    Checksum {
        /// The URL of the archive.
        url: String,
        /// The expected checksum.
        expected: String,
        /// The checksum of the received archive.
        actual: String,
    },
    /// The archive does not contain a required file.
    #[error(
        "{url} has no {file}, and was not installed: set --base-url to another mirror, or run `cargo run -p cluster -- build`"
    )]
    Incomplete {
        /// The URL of the archive.
        url: String,
        /// The path inside the archive.
        file: String,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

/// The same text as `Display`: `unwrap` in a test prints this form, and escaped line ends would make a log unreadable.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn alternative(needs_controller_manager: bool) -> &'static str {
    if needs_controller_manager {
        "install Go 1.26 or newer (`cargo run -p cluster -- download` is not enough here: its archive has no \
         kube-controller-manager)"
    } else {
        "install Go 1.26 or newer, or run `cargo run -p cluster -- download`"
    }
}
