//! The program `cluster up`, and what is left when it is stopped in each way.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::support::{assert_nothing_left, eventually, processes};

struct Up {
    child: Child,
    directory: PathBuf,
}

/// Starts `cluster up` and waits until it says where the cluster is.
fn up(arguments: &[&str]) -> Up {
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
    Up {
        child,
        directory: kubeconfig.parent().unwrap().to_owned(),
    }
}

fn signal(up: &mut Up, name: &str) -> ExitStatus {
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
fn ctrl_c_stops_everything_before_the_program_ends() {
    let mut up = up(&[]);
    assert!(signal(&mut up, "INT").success());
    assert_nothing_left(&up.directory);
}

#[test]
fn sigterm_stops_everything_before_the_program_ends() {
    let mut up = up(&["--with-controller-manager"]);
    assert!(signal(&mut up, "TERM").success());
    assert_nothing_left(&up.directory);
}

#[test]
fn sigkill_leaves_nothing_behind_either() {
    let mut up = up(&["--with-controller-manager", "--audit"]);
    assert!(!signal(&mut up, "KILL").success());
    let directory = up.directory.to_string_lossy().into_owned();
    eventually("the servers and the directory are gone", || {
        !up.directory.exists() && processes(&directory).is_empty()
    });
}
