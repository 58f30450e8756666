use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no cluster, or why it did not do what was asked.
#[derive(thiserror::Error)]
pub enum Error {
    /// A file, directory or process could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A user was to have more groups than a certificate of ours can carry.
    #[error(
        "user {user} has more than two groups, which is all that a client certificate carries here: bind the user itself"
    )]
    TooManyGroups {
        /// The user's name.
        user: String,
    },
    /// A server did not start: it ended, or was not ready in time.
    #[error("{server} {what}; the end of its log:\n{log}")]
    Server {
        /// The server's name.
        server: &'static str,
        /// What it did instead of starting.
        what: String,
        /// The last lines of its log.
        log: String,
    },
    /// Another process took the port between our looking for a free one and the server's using it.
    #[error("{server} found its port taken by another process; the end of its log:\n{log}")]
    PortTaken {
        /// The server's name.
        server: &'static str,
        /// The last lines of its log.
        log: String,
    },
    /// kubectl said no.
    #[error("kubectl {arguments} failed: {message}")]
    Kubectl {
        /// Its arguments.
        arguments: String,
        /// What it wrote to standard error.
        message: String,
    },
    /// The directory somebody named does not do.
    #[error("{variable} names {}, which {problem}; set it to another directory, or unset it", directory.display())]
    UnsuitableDirectory {
        /// The environment variable.
        variable: &'static str,
        /// Its value.
        directory: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// There is nowhere to keep what is built or downloaded.
    #[error("no cache directory: set XDG_CACHE_HOME (absolute) or HOME")]
    NoCache,
    /// There is no kubectl for an existing cluster.
    #[error(
        "no kubectl on PATH for the cluster of CLUSTER_KUBECONFIG: install kubectl, or set KUBEBUILDER_ASSETS"
    )]
    NoKubectl,
    /// A server was to be killed or started, but the cluster is somebody else's.
    #[error(
        "the API server of an existing cluster is not killed or started: unset CLUSTER_KUBECONFIG"
    )]
    ExistingCluster,
    /// Ctrl-C cannot be waited for.
    #[error("cannot handle signals: {0}")]
    Signals(ctrlc::Error),
    /// Nothing was found, and Go is missing to build it.
    #[error("no control plane found, and no Go on PATH to build one: {}", alternative(*.controller_manager))]
    NoGo {
        /// Whether kube-controller-manager was asked for.
        controller_manager: bool,
    },
    /// The build failed.
    #[error("go build of the control plane failed: {}; the end of its output:\n{output}", alternative(*.controller_manager))]
    Build {
        /// The last lines of its output.
        output: String,
        /// Whether kube-controller-manager was asked for.
        controller_manager: bool,
    },
    /// Something that tests need can only be installed with a program that is missing.
    #[error("no {program} on PATH, which {what} is installed with: {hint}")]
    NoInstaller {
        /// The missing program.
        program: &'static str,
        /// What was to be installed.
        what: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// Something that tests need could not be installed.
    #[error("cannot install {what}; the end of the output:\n{output}")]
    Install {
        /// What was to be installed.
        what: String,
        /// What the installer said last.
        output: String,
    },
    /// No official archive is published for this platform.
    #[error(
        "no official test archive is published for {platform}: install Go and run `cargo run -p cluster -- build`"
    )]
    NoArchive {
        /// Operating system and architecture.
        platform: String,
    },
    /// The archive could not be fetched.
    #[error(
        "cannot download {url}: {message}; check the network and the proxy settings, or name a mirror with --base-url"
    )]
    Download {
        /// Its address.
        url: String,
        /// What went wrong.
        message: String,
    },
    /// The archive is not the one that was published.
    #[error(
        "{url} has the SHA-512 {actual}, not {expected}: nothing was unpacked; try again, or another mirror"
    )]
    Checksum {
        /// Its address.
        url: String,
        /// The pinned checksum.
        expected: String,
        /// What was received.
        actual: String,
    },
    /// The archive lacks a file.
    #[error("{url} has no {file}: nothing was installed; try another mirror")]
    Incomplete {
        /// Its address.
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

/// A test that fails by `unwrap` prints this form, and a log is unreadable when its line ends are escaped.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn alternative(controller_manager: bool) -> &'static str {
    if controller_manager {
        "install Go 1.26 or newer (the official archive of `cargo run -p cluster -- download` is no alternative here: \
         it has no kube-controller-manager)"
    } else {
        "install Go 1.26 or newer, or fetch the official test archive: `cargo run -p cluster -- download`"
    }
}
