//! Building with Go, played by a script that takes no time.

use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use crate::support::{Machine, err, eventually, out, processes, script};

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

/// Ends with the test's directory, so that a failing test leaves nothing running.
const UNTIL_RELEASED: &str =
    r#"until [ -e "$0.release" ]; do [ -e "$0" ] || exit 1; /bin/sleep 0.05; done"#;

fn release(machine: &Machine) {
    fs::write(machine.bin().join("go.release"), "").unwrap();
}

fn calls(machine: &Machine) -> Vec<String> {
    let text = fs::read_to_string(machine.bin().join("go.calls")).unwrap_or_default();
    text.lines().map(String::from).collect()
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
    go(&machine, UNTIL_RELEASED);
    let first = machine
        .cluster(&["build"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    eventually("the first builds", || calls(&machine).len() == 1);
    let waiting = machine.directory("logs").join("second");
    let mut second = machine.cluster(&["build"]);
    second
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&waiting).unwrap());
    let second = second.spawn().unwrap();
    eventually("the second waits", || {
        fs::read_to_string(&waiting)
            .unwrap()
            .contains("waiting for the process")
    });
    release(&machine);
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
    assert_eq!(machine.cached(), Vec::<PathBuf>::new());
}

#[test]
fn a_killed_builder_takes_go_along_and_what_it_left_is_cleared_away() {
    let machine = Machine::new();
    go(&machine, UNTIL_RELEASED);
    let mut first = machine.cluster(&["build"]).spawn().unwrap();
    eventually("the first builds", || calls(&machine).len() == 1);
    first.kill().unwrap();
    first.wait().unwrap();
    let program = machine.bin().join("go").display().to_string();
    eventually("Go is gone", || processes(&program).is_empty());
    assert_eq!(
        machine.cached().len(),
        1,
        "the killed builder left its working directory"
    );
    release(&machine);
    let built = succeeded(&machine.cluster(&["build"]).output().unwrap());
    assert_eq!(machine.cached(), [PathBuf::from(built)]);
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
        err(&output).contains("cluster: go: downloading k8s.io/api v0.36.2"),
        "{}",
        err(&output)
    );
    assert!(
        !err(&output).contains("cluster: k8s.io/api"),
        "a line for each of 1,600 packages is too many"
    );
}
