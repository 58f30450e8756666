//! The cleanup of `cluster up` after each signal.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::support::{assert_no_remains, processes, wait_until};

/// A running `cluster up`.
struct ClusterUp {
    child: Child,
    directory: PathBuf,
}

/// Starts `cluster up` and waits until it prints the path of the kubeconfig.
fn cluster_up(arguments: &[&str]) -> ClusterUp {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cluster"))
        .arg("up")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let kubeconfig = PathBuf::from(line.trim().strip_prefix("export KUBECONFIG=").expect(&line));
    assert!(fs::exists(&kubeconfig).unwrap());
    ClusterUp {
        child,
        directory: kubeconfig.parent().unwrap().to_owned(),
    }
}

fn signal(up: &mut ClusterUp, name: &str) -> ExitStatus {
    let id = up.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .unwrap()
            .success()
    );
    up.child.wait().unwrap()
}

#[test]
fn after_ctrl_c_the_program_ends_last() {
    let mut up = cluster_up(&[]);
    assert!(signal(&mut up, "INT").success());
    assert_no_remains(&up.directory);
}

#[test]
fn after_sigterm_the_program_ends_last() {
    let mut up = cluster_up(&["--with-controller-manager"]);
    assert!(signal(&mut up, "TERM").success());
    assert_no_remains(&up.directory);
}

#[test]
fn after_sigkill_the_servers_end_and_the_directory_is_removed() {
    let mut up = cluster_up(&["--with-controller-manager", "--audit"]);
    assert!(!signal(&mut up, "KILL").success());
    let directory = up.directory.to_string_lossy().into_owned();
    wait_until(
        "the servers have ended and the directory is removed",
        || !up.directory.exists() && processes(&directory).is_empty(),
    );
}
