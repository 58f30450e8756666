//! The program `cluster`, which starts, builds or downloads a control plane.

use std::process::ExitCode;
use std::thread;

use clap::{Parser, Subcommand};
use cluster::{
    AuditLevel, Binaries, Cluster, DownloadOptions, Environment, Error, Options, run_program,
};

/// Starts a real Kubernetes control plane on loopback, and builds or downloads its programs.
///
/// The programs are etcd (3.5.13 or newer), kube-apiserver (1.33 or newer), kubectl and,
/// on request, kube-controller-manager. They come from the first source that has them:
///   1. the directory in KUBEBUILDER_ASSETS
///   2. a directory on PATH
///   3. the cache, which keeps the results of `build` and `download`
///   4. a build with Go 1.26 or newer, in about ten minutes on two cores
///
/// The cache is ~/.cache/cloudfront-operator, or cloudfront-operator in XDG_CACHE_HOME.
/// CLUSTER_KUBECONFIG selects an existing cluster instead.
///
/// Exit codes: 0 on success, 1 after an error, 2 after a wrong option, 130 after SIGINT
/// (Ctrl-C), 143 after SIGTERM. All servers end before this program does.
#[derive(Parser)]
#[command(version, verbatim_doc_comment)]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Start a control plane, print its kubeconfig, and stop it on Ctrl-C.
    ///
    /// The start usually takes five seconds. If no directory has the programs, they are built first, as by `build`.
    Up {
        /// Start kube-controller-manager too, which deletes namespaces, garbage-collects objects and creates pods.
        #[arg(long)]
        with_controller_manager: bool,
        /// Log every request to the API server, and print the path of the log.
        #[arg(long)]
        audit: bool,
    },
    /// Find the programs, or build them with Go, and print their directory.
    ///
    /// The first build takes about ten minutes on two cores. It needs Go 1.26 or newer, 2.5 GB of memory, and access to a Go
    /// module proxy. The result includes kube-controller-manager.
    Build {
        /// Skip directories that have no kube-controller-manager.
        #[arg(long)]
        with_controller_manager: bool,
    },
    /// Download the official test archive of Kubernetes into the cache, and print the directory of its programs.
    ///
    /// The archive has about 70 MB and contains etcd, kube-apiserver and kubectl. Without kube-controller-manager, the deletion
    /// of a namespace does not finish. An archive with a wrong checksum is not unpacked.
    Download(DownloadOptions),
}

fn main() -> ExitCode {
    let action = Arguments::parse().command;
    run_program("cluster", || run(action))
}

fn run(action: Action) -> Result<(), Error> {
    let environment = Environment::from_process();
    match action {
        Action::Up {
            with_controller_manager,
            audit,
        } => up(Options {
            has_controller_manager: with_controller_manager,
            audit: audit.then_some(AuditLevel::Metadata),
        }),
        Action::Build {
            with_controller_manager,
        } => {
            let binaries = Binaries::find_or_build(&environment, with_controller_manager)?;
            println!("{}", binaries.directory.display());
            Ok(())
        }
        Action::Download(options) => {
            println!("{}", options.download(&environment)?.display());
            Ok(())
        }
    }
}

/// Starts a cluster, which runs until a signal ends this process.
fn up(options: Options) -> Result<(), Error> {
    let cluster = Cluster::start(options)?;
    println!("export KUBECONFIG={}", cluster.kubeconfig().display());
    if let Some(log) = cluster.audit_log() {
        println!("# audit log: {}", log.display());
    }
    loop {
        thread::park();
    }
}
