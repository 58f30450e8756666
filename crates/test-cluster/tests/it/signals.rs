//! The cleanup and the exit code of `cluster` after each signal.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::support::{Machine, assert_no_remains, processes, wait_until, write_script};

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

fn signal(child: &mut Child, name: &str) -> ExitStatus {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .unwrap()
            .success()
    );
    child.wait().unwrap()
}

#[test]
fn after_ctrl_c_the_program_ends_last() {
    let mut up = cluster_up(&[]);
    assert_eq!(signal(&mut up.child, "INT").code(), Some(130));
    assert_no_remains(&up.directory);
}

#[test]
fn after_sigterm_the_program_ends_last() {
    let mut up = cluster_up(&["--with-controller-manager"]);
    assert_eq!(signal(&mut up.child, "TERM").code(), Some(143));
    assert_no_remains(&up.directory);
}

#[test]
fn after_sigkill_the_servers_end_and_the_directory_is_removed() {
    let mut up = cluster_up(&["--with-controller-manager", "--audit"]);
    assert!(!signal(&mut up.child, "KILL").success());
    let directory = up.directory.to_string_lossy().into_owned();
    wait_until(
        "the servers have ended and the directory is removed",
        || !up.directory.exists() && processes(&directory).is_empty(),
    );
}

#[test]
fn after_sigterm_during_a_build_go_has_ended() {
    let machine = Machine::new();
    write_script(
        &machine.bin(),
        "go",
        r#"echo >"$0.called"; exec /bin/sleep 1000"#,
    );
    // The script that ends Go needs `sleep`.
    let path = format!("{}:/usr/bin:/bin", machine.bin().display());
    let mut build = machine
        .cluster(&["build"])
        .env("PATH", path)
        .spawn()
        .unwrap();
    let called = machine.bin().join("go.called");
    wait_until("the build has started", || called.exists());
    assert_eq!(signal(&mut build, "TERM").code(), Some(143));
    let program = machine.bin().join("go").display().to_string();
    assert_eq!(processes(&program), Vec::<String>::new());
}
