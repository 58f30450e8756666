//! The program `cluster`, which starts, builds or downloads a control plane.

use std::process::ExitCode;
use std::sync::mpsc;

use clap::{Parser, Subcommand};
use cluster::{Archive, AuditLevel, BASE_URL, Binaries, Cluster, Environment, Error, Options};

/// A real Kubernetes control plane on loopback, found or built.
///
/// The programs are taken from `KUBEBUILDER_ASSETS`, from a directory on PATH that holds etcd (3.5.13 or newer) and
/// kube-apiserver (1.33 or newer), from the cache (`XDG_CACHE_HOME` or ~/.cache), or are built with Go into the cache.
/// `CLUSTER_KUBECONFIG` names an existing cluster to use instead.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Start a control plane, print how to reach it, and stop it on Ctrl-C.
    Up {
        /// Start kube-controller-manager too: it deletes namespaces, follows owner references and makes pods.
        #[arg(long)]
        with_controller_manager: bool,
        /// Let the API server log every request, and print where.
        #[arg(long)]
        audit: bool,
    },
    /// Find the programs, or build them with Go, and print their directory.
    ///
    /// A build takes ten minutes and 2.5 GB of memory the first time.
    Build {
        /// Pass over programs that come without kube-controller-manager.
        #[arg(long)]
        with_controller_manager: bool,
    },
    /// Fetch the official test archive into the cache, and print the directory of its programs.
    ///
    /// It is checked against a pinned SHA-512, and needs no Go. It has no kube-controller-manager.
    Download {
        /// Where to fetch from: a folder that holds the archive under its published name.
        #[arg(long, value_name = "URL", default_value = BASE_URL)]
        base_url: String,
        /// Expect this checksum instead of the pinned one, for an archive of your own.
        #[arg(long, value_name = "HEX")]
        sha512: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cluster: {error}");
            ExitCode::FAILURE
        }
    }
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
        Action::Download { base_url, sha512 } => {
            let mut archive = Archive::official(&base_url)?;
            archive.sha512 = sha512.unwrap_or(archive.sha512);
            println!("{}", archive.fetch(&environment)?.display());
            Ok(())
        }
    }
}

fn up(options: Options) -> Result<(), Error> {
    let cluster = Cluster::start(options)?;
    let (stop, stopped) = mpsc::channel();
    // Before the handler is set, a signal ends this process at once, and the servers after it.
    let handler = ctrlc::set_handler(move || {
        // The receiver is dropped only after the first signal.
        let _ = stop.send(());
    });
    handler.map_err(Error::Signals)?;
    println!("export KUBECONFIG={}", cluster.kubeconfig().display());
    if let Some(log) = cluster.audit_log() {
        println!("# audit log: {}", log.display());
    }
    // The handler is never dropped, so that the sender is not dropped either.
    let _ = stopped.recv();
    Ok(())
}
