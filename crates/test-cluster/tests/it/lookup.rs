//! Where the programs are taken from.

use crate::support::{Machine, err, out, script, servers};

#[test]
fn the_directory_in_kubebuilder_assets_comes_first() {
    let machine = Machine::new();
    servers(&machine.directory("assets"), "3.6.8", "1.36.2");
    servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", machine.directory("assets"))
        .output()
        .unwrap();
    assert_eq!(out(&output), machine.directory("assets").to_string_lossy());
}

#[test]
fn a_directory_on_path_comes_next() {
    let machine = Machine::new();
    servers(&machine.bin(), "3.5.13", "1.33.0");
    script(&machine.bin(), "go", "echo must not be called >&2; exit 1");
    let output = machine.cluster(&["build"]).output().unwrap();
    assert_eq!(out(&output), machine.bin().to_string_lossy());
    assert_eq!(err(&output), "");
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let machine = Machine::new();
    servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", "")
        .output()
        .unwrap();
    assert_eq!(out(&output), machine.bin().to_string_lossy());
}

#[test]
fn programs_on_path_that_are_too_old_are_passed_over_with_a_note() {
    for (etcd, kube_apiserver, culprit) in [
        ("3.4.30", "1.36.2", "3.4.30"),
        ("3.6.8", "1.32.9", "1.32.9"),
    ] {
        let machine = Machine::new();
        let newer = machine.directory("newer");
        servers(&machine.bin(), etcd, kube_apiserver);
        servers(&newer, "3.6.8", "1.36.2");
        let path = std::env::join_paths([machine.bin(), newer.clone()]).unwrap();
        let output = machine
            .cluster(&["build"])
            .env("PATH", path)
            .output()
            .unwrap();
        assert_eq!(out(&output), newer.to_string_lossy());
        let note = err(&output);
        assert!(
            note.contains("passing over") && note.contains(culprit),
            "{note}"
        );
    }
}

#[test]
fn programs_somebody_chose_are_an_error_when_they_are_too_old() {
    let machine = Machine::new();
    servers(&machine.directory("assets"), "3.5.12", "1.36.2");
    servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", machine.directory("assets"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let message = err(&output);
    assert!(
        message.contains("KUBEBUILDER_ASSETS") && message.contains("3.5.12"),
        "{message}"
    );
}

#[test]
fn a_chosen_directory_without_the_programs_is_an_error() {
    let machine = Machine::new();
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", machine.directory("empty"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(err(&output).contains("has no etcd"), "{}", err(&output));
}

#[test]
fn programs_without_kube_controller_manager_do_not_do_for_those_who_need_it() {
    let machine = Machine::new();
    servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build", "--with-controller-manager"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        err(&output).contains("has no kube-controller-manager"),
        "{}",
        err(&output)
    );
    script(&machine.bin(), "kube-controller-manager", "exit 0");
    let output = machine
        .cluster(&["build", "--with-controller-manager"])
        .output()
        .unwrap();
    assert_eq!(out(&output), machine.bin().to_string_lossy());
}

#[test]
fn without_programs_and_without_go_the_error_names_both_ways_out() {
    let machine = Machine::new();
    let output = machine.cluster(&["build"]).output().unwrap();
    assert!(!output.status.success());
    let message = err(&output);
    assert!(message.contains("install Go"), "{message}");
    assert!(
        message.contains("cargo run -p cluster -- download"),
        "{message}"
    );
}

#[test]
fn without_a_home_the_error_asks_for_one() {
    let machine = Machine::new();
    let output = machine
        .cluster(&["build"])
        .env_remove("HOME")
        .env_remove("XDG_CACHE_HOME")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        err(&output).contains("set XDG_CACHE_HOME"),
        "{}",
        err(&output)
    );
}
