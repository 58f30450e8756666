//! Building with Go, played by a script that takes no time.

use std::fs;
use std::process::{Child, Command, Output, Stdio};

use crate::support::{Machine, err, eventually, out, script};

/// Notes its call, then `before`, then makes the program it is asked for.
fn go(machine: &Machine, before: &str) {
    let body = format!(
        r#"echo "$@" >>"$0.calls"
{before}
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\n' >"$2"
/bin/chmod 755 "$2""#
    );
    script(&machine.bin(), "go", &body);
}

fn calls(machine: &Machine) -> Vec<String> {
    let text = fs::read_to_string(machine.bin().join("go.calls")).unwrap_or_default();
    text.lines().map(String::from).collect()
}

fn spawn(command: &mut Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", err(output));
    out(output).to_owned()
}

#[test]
fn the_build_goes_into_the_cache_and_is_not_repeated() {
    let machine = Machine::new();
    go(&machine, "");
    let first = succeeded(&machine.cluster(&["build"]).output().unwrap());
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
    assert_eq!(succeeded(&second), first);
    assert_eq!(calls(&machine).len(), 1);
}

#[test]
fn the_servers_are_told_their_version() {
    let machine = Machine::new();
    go(&machine, "");
    succeeded(&machine.cluster(&["build"]).output().unwrap());
    assert!(calls(&machine)[0].contains("-X k8s.io/component-base/version.gitVersion=v1.36.2"));
}

#[test]
fn of_two_builders_one_builds_and_the_other_waits() {
    let machine = Machine::new();
    go(
        &machine,
        r#"until [ -e "$0.release" ]; do /bin/sleep 0.05; done"#,
    );
    let first = spawn(&mut machine.cluster(&["build"]));
    eventually("the first builds", || calls(&machine).len() == 1);
    let waiting = machine.directory("logs").join("second");
    let second = spawn(
        machine
            .cluster(&["build"])
            .stderr(fs::File::create(&waiting).unwrap()),
    );
    eventually("the second waits", || {
        fs::read_to_string(&waiting)
            .unwrap()
            .contains("waiting for the process")
    });
    fs::write(machine.bin().join("go.release"), "").unwrap();
    let first = succeeded(&first.wait_with_output().unwrap());
    assert_eq!(succeeded(&second.wait_with_output().unwrap()), first);
    assert_eq!(calls(&machine).len(), 1);
}

#[test]
fn a_failed_build_says_why_and_leaves_nothing_in_the_cache() {
    let machine = Machine::new();
    go(
        &machine,
        r#"echo "go.mod requires go >= 1.26.0 (running go 1.19)" >&2; exit 1"#,
    );
    let output = machine.cluster(&["build"]).output().unwrap();
    assert!(!output.status.success());
    let message = err(&output);
    assert!(message.contains("requires go >= 1.26.0"), "{message}");
    assert!(
        message.contains("cargo run -p cluster -- download"),
        "{message}"
    );
    assert_eq!(machine.cached(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn what_a_killed_builder_left_is_cleared_away() {
    let machine = Machine::new();
    go(
        &machine,
        r#"[ -e "$0.again" ] || { : >"$0.again"; kill -s KILL "$PPID"; exit 1; }"#,
    );
    assert!(
        !machine
            .cluster(&["build"])
            .output()
            .unwrap()
            .status
            .success()
    );
    assert_eq!(
        machine.cached().len(),
        1,
        "the killed builder left its working directory"
    );
    let built = succeeded(&machine.cluster(&["build"]).output().unwrap());
    assert_eq!(machine.cached(), [std::path::PathBuf::from(built)]);
}

#[test]
fn progress_is_told_in_plain_lines() {
    let machine = Machine::new();
    go(
        &machine,
        r#"echo "go: downloading k8s.io/api v0.36.2" >&2; echo "k8s.io/api" >&2"#,
    );
    let output = machine.cluster(&["build"]).output().unwrap();
    assert!(
        err(&output).contains("cluster: go: downloading k8s.io/api v0.36.2\n"),
        "{}",
        err(&output)
    );
    assert!(
        !err(&output).contains("cluster: k8s.io/api\n"),
        "a line for each of 1,600 packages is too many"
    );
}
