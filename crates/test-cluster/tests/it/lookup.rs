//! The search for the programs.

use crate::support::{Machine, stderr, stdout, write_script, write_servers};

#[test]
fn kubebuilder_assets_has_precedence() {
    let machine = Machine::new();
    write_servers(&machine.directory("assets"), "3.6.8", "1.36.2");
    write_servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", machine.directory("assets"))
        .output()
        .unwrap();
    assert_eq!(
        stdout(&output),
        machine.directory("assets").to_string_lossy()
    );
}

#[test]
fn path_is_second() {
    let machine = Machine::new();
    write_servers(&machine.bin(), "3.5.13", "1.33.0");
    write_script(&machine.bin(), "go", "echo must not be called >&2; exit 1");
    let output = machine.cluster(&["build"]).output().unwrap();
    assert_eq!(stdout(&output), machine.bin().to_string_lossy());
    assert_eq!(stderr(&output), "");
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let machine = Machine::new();
    write_servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", "")
        .output()
        .unwrap();
    assert_eq!(stdout(&output), machine.bin().to_string_lossy());
}

#[test]
fn too_old_programs_on_path_are_skipped_with_a_message() {
    for (etcd, kube_apiserver, old_version) in [
        ("3.4.30", "1.36.2", "3.4.30"),
        ("3.6.8", "1.32.9", "1.32.9"),
    ] {
        let machine = Machine::new();
        let newer = machine.directory("newer");
        write_servers(&machine.bin(), etcd, kube_apiserver);
        write_servers(&newer, "3.6.8", "1.36.2");
        let path = std::env::join_paths([machine.bin(), newer.clone()]).unwrap();
        let output = machine
            .cluster(&["build"])
            .env("PATH", path)
            .output()
            .unwrap();
        assert_eq!(stdout(&output), newer.to_string_lossy());
        let message = stderr(&output);
        assert!(
            message.contains("skipping") && message.contains(old_version),
            "{message}"
        );
    }
}

#[test]
fn too_old_programs_in_kubebuilder_assets_are_an_error() {
    let machine = Machine::new();
    write_servers(&machine.directory("assets"), "3.5.12", "1.36.2");
    write_servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", machine.directory("assets"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let message = stderr(&output);
    assert!(
        message.contains("KUBEBUILDER_ASSETS") && message.contains("3.5.12"),
        "{message}"
    );
}

#[test]
fn a_directory_in_kubebuilder_assets_without_the_programs_is_an_error() {
    let machine = Machine::new();
    let output = machine
        .cluster(&["build"])
        .env("KUBEBUILDER_ASSETS", machine.directory("empty"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("has no etcd"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn kube_controller_manager_is_required_if_requested() {
    let machine = Machine::new();
    write_servers(&machine.bin(), "3.6.8", "1.36.2");
    let output = machine
        .cluster(&["build", "--with-controller-manager"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("has no kube-controller-manager"),
        "{}",
        stderr(&output)
    );
    write_script(&machine.bin(), "kube-controller-manager", "exit 0");
    let output = machine
        .cluster(&["build", "--with-controller-manager"])
        .output()
        .unwrap();
    assert_eq!(stdout(&output), machine.bin().to_string_lossy());
}

#[test]
fn without_programs_and_go_the_error_suggests_both_remedies() {
    let machine = Machine::new();
    let output = machine.cluster(&["build"]).output().unwrap();
    assert!(!output.status.success());
    let message = stderr(&output);
    assert!(message.contains("install Go"), "{message}");
    assert!(
        message.contains("cargo run -p cluster -- download"),
        "{message}"
    );
}

#[test]
fn without_a_cache_directory_the_error_names_the_variable_to_set() {
    let machine = Machine::new();
    let output = machine
        .cluster(&["build"])
        .env_remove("HOME")
        .env_remove("XDG_CACHE_HOME")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("set XDG_CACHE_HOME"),
        "{}",
        stderr(&output)
    );
}
