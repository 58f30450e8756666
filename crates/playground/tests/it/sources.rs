//! Where the playground takes the control plane from. Each source has an etcd that fails with the name of the source.

use crate::{
    archive::{Archive, ArchiveServer, Response},
    machine::{Machine, stderr, write_script},
};
use cluster::Binaries;
use std::process::Command;

const FROM_ASSETS: &str = "etcd of KUBEBUILDER_ASSETS";
const FROM_ARCHIVE: &str = "etcd of the archive";
const FROM_BUILD: &str = "etcd of the build";

fn archive() -> Archive {
    let etcd = format!("echo {FROM_ARCHIVE} >&2; exit 3");
    Archive::new(&[("etcd", &etcd), ("kube-apiserver", ""), ("kubectl", "")])
}

/// Runs the playground, which fails, and returns its standard error.
fn run(machine: &Machine, server: &ArchiveServer, archive: &Archive, options: &[&str]) -> String {
    run_command(machine.playground(options).args([
        "--base-url",
        &server.url,
        "--sha512",
        &archive.sha512(),
    ]))
}

fn run_command(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn kubebuilder_assets_has_precedence_over_a_download() {
    let machine = Machine::new();
    let assets = machine.directory("assets");
    let etcd = format!(
        "[ $1 = --version ] && echo Version: 3.6.8 && exit; echo {FROM_ASSETS} >&2; exit 3"
    );
    write_script(&assets, "etcd", &etcd);
    write_script(&assets, "kube-apiserver", "echo Kubernetes v1.36.2");
    write_script(&assets, "kubectl", "");
    let archive = archive();
    let server = ArchiveServer::start(&archive, Response::Archive);
    let message = run_command(
        machine
            .playground(&["--base-url", &server.url])
            .env("KUBEBUILDER_ASSETS", &assets),
    );
    assert!(message.contains(FROM_ASSETS), "{message}");
    assert_eq!(server.requests(), 0);
}

#[test]
fn an_earlier_build_has_precedence_over_a_download() {
    let machine = Machine::new();
    machine.write_go("", FROM_BUILD);
    Binaries::find_or_build(&machine.environment(), false).unwrap();
    let archive = archive();
    let server = ArchiveServer::start(&archive, Response::Archive);
    let message = run(&machine, &server, &archive, &[]);
    assert!(message.contains(FROM_BUILD), "{message}");
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_download_has_precedence_over_a_build_and_is_not_repeated() {
    let machine = Machine::new();
    machine.write_go("", FROM_BUILD);
    let archive = archive();
    let server = ArchiveServer::start(&archive, Response::Archive);
    for _ in 0..2 {
        let message = run(&machine, &server, &archive, &[]);
        assert!(message.contains(FROM_ARCHIVE), "{message}");
        assert_eq!(server.requests(), 1);
    }
    assert!(!machine.has_called_go());
}

/// Asserts that one line reports why the download failed, and that the build follows.
fn assert_falls_back_to_build(
    server: &ArchiveServer,
    archive: &Archive,
    options: &[&str],
    cause: &str,
) {
    let machine = Machine::new();
    machine.write_go("", FROM_BUILD);
    let message = run(&machine, server, archive, options);
    let lines: Vec<&str> = message.lines().collect();
    let position = |text: &str| lines.iter().position(|line| line.contains(text));
    let reported = position("cannot download a control plane");
    let building = position("building a control plane with Go");
    assert!(
        reported.is_some_and(|line| lines[line].contains(cause)),
        "{message}"
    );
    assert_eq!(reported.map(|line| line + 1), building, "{message}");
    assert!(message.contains(FROM_BUILD), "{message}");
}

#[test]
fn without_a_connection_the_playground_builds() {
    let (_listener, server) = ArchiveServer::without_connections();
    let options = ["--connect-timeout", "0.2"];
    assert_falls_back_to_build(&server, &archive(), &options, "no connection within 0.2 s");
}

#[test]
fn after_a_stalled_download_the_playground_builds() {
    let archive = archive();
    let server = ArchiveServer::start(&archive, Response::Half);
    let options = ["--stall-timeout", "0.3"];
    assert_falls_back_to_build(&server, &archive, &options, "no data for 0.3 s");
}

#[test]
fn without_an_archive_on_the_server_the_playground_builds() {
    let archive = archive();
    let server = ArchiveServer::start(&archive, Response::NotFound);
    assert_falls_back_to_build(&server, &archive, &[], "404 Not Found");
}

#[test]
fn an_archive_with_a_wrong_checksum_is_refused_and_the_playground_does_not_build() {
    let machine = Machine::new();
    machine.write_go("", FROM_BUILD);
    let server = ArchiveServer::start(&archive(), Response::Archive);
    let message = run_command(&mut machine.playground(&["--base-url", &server.url]));
    assert!(message.contains(&archive().sha512()), "{message}");
    assert!(message.contains("was not unpacked"), "{message}");
    assert!(!machine.has_called_go());
}
