//! The build with Go. A script takes the place of Go.

use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use crate::support::{Machine, processes, stderr, stdout, wait_until, write_script};

/// Writes a `go` that records its call, runs `before`, and creates the requested program.
fn write_go(machine: &Machine, before: &str) {
    let body = format!(
        r#"echo "$@" >>"$0.calls"
{before}
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\n' >"$2"
/bin/chmod 755 "$2""#
    );
    write_script(&machine.bin(), "go", &body);
}

/// Waits for [`release`]. Ends with an error once the test's directory is removed, so that no process outlives a failed
/// test.
const UNTIL_RELEASED: &str =
    r#"until [ -e "$0.release" ]; do [ -e "$0" ] || exit 1; /bin/sleep 0.05; done"#;

fn release(machine: &Machine) {
    fs::write(machine.bin().join("go.release"), "").unwrap();
}

fn calls(machine: &Machine) -> Vec<String> {
    let text = fs::read_to_string(machine.bin().join("go.calls")).unwrap_or_default();
    text.lines().map(String::from).collect()
}

fn successful_stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    stdout(output).to_owned()
}

#[test]
fn the_build_is_cached_and_not_repeated() {
    let machine = Machine::new();
    write_go(&machine, "");
    let first = successful_stdout(&machine.cluster(&["build"]).output().unwrap());
    for name in [
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kubectl",
    ] {
        assert!(fs::exists(format!("{first}/{name}")).unwrap(), "{name}");
    }
    assert!(first.starts_with(&*machine.cache().to_string_lossy()));
    let second = machine
        .cluster(&["build", "--with-controller-manager"])
        .output()
        .unwrap();
    assert_eq!(successful_stdout(&second), first);
    assert_eq!(calls(&machine).len(), 1);
}

#[test]
fn the_linker_flags_set_the_version_of_the_servers() {
    let machine = Machine::new();
    write_go(&machine, "");
    successful_stdout(&machine.cluster(&["build"]).output().unwrap());
    assert!(calls(&machine)[0].contains("-X k8s.io/component-base/version.gitVersion=v1.36.2"));
}

#[test]
fn of_two_processes_one_builds_and_the_other_waits() {
    let machine = Machine::new();
    write_go(&machine, UNTIL_RELEASED);
    let first = machine
        .cluster(&["build"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until("the first process builds", || calls(&machine).len() == 1);
    let waiting = machine.directory("logs").join("second");
    let mut second = machine.cluster(&["build"]);
    second
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&waiting).unwrap());
    let second = second.spawn().unwrap();
    wait_until("the second process waits", || {
        fs::read_to_string(&waiting)
            .unwrap()
            .contains("waiting until another process")
    });
    release(&machine);
    let first = successful_stdout(&first.wait_with_output().unwrap());
    assert_eq!(
        successful_stdout(&second.wait_with_output().unwrap()),
        first
    );
    assert_eq!(calls(&machine).len(), 1);
}

#[test]
fn a_failed_build_reports_the_cause_and_leaves_the_cache_empty() {
    let machine = Machine::new();
    write_go(
        &machine,
        r#"echo "go.mod requires go >= 1.26.0 (running go 1.19)" >&2; exit 1"#,
    );
    let output = machine.cluster(&["build"]).output().unwrap();
    assert!(!output.status.success());
    let message = stderr(&output);
    assert!(message.contains("requires go >= 1.26.0"), "{message}");
    assert!(
        message.contains("cargo run -p cluster -- download"),
        "{message}"
    );
    assert_eq!(machine.cached(), Vec::<PathBuf>::new());
}

#[test]
fn go_ends_with_a_killed_builder_and_the_next_build_removes_the_partial_directory() {
    let machine = Machine::new();
    write_go(&machine, UNTIL_RELEASED);
    let mut first = machine.cluster(&["build"]).spawn().unwrap();
    wait_until("the first process builds", || calls(&machine).len() == 1);
    first.kill().unwrap();
    first.wait().unwrap();
    let program = machine.bin().join("go").display().to_string();
    wait_until("Go has ended", || processes(&program).is_empty());
    assert_eq!(
        machine.cached().len(),
        1,
        "the partial directory of the killed builder exists"
    );
    release(&machine);
    let built = successful_stdout(&machine.cluster(&["build"]).output().unwrap());
    assert_eq!(machine.cached(), [PathBuf::from(built)]);
}

#[test]
fn progress_lines_omit_the_names_of_packages() {
    let machine = Machine::new();
    write_go(
        &machine,
        r#"echo "go: downloading k8s.io/api v0.36.2" >&2; echo "k8s.io/api" >&2"#,
    );
    let output = machine.cluster(&["build"]).output().unwrap();
    assert!(
        stderr(&output).contains("cluster: go: downloading k8s.io/api v0.36.2"),
        "{}",
        stderr(&output)
    );
    assert!(
        !stderr(&output).contains("cluster: k8s.io/api"),
        "there is no line for each of 1,600 packages"
    );
}
