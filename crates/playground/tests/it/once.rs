//! The scenario of `playground --once`.

use crate::{
    archive::{Archive, ArchiveServer, Response},
    machine::{Machine, real_programs, stderr, stdout},
};
use std::process::Output;

const NAMESPACE: &str = "deleted a namespace with a distribution: both are gone";

fn assert_printed(output: &Output, steps: &[&str]) {
    let (stdout, stderr) = (stdout(output), stderr(output));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    for step in steps {
        assert!(stdout.contains(step), "the output lacks: {step}\n{stdout}");
    }
}

/// The steps that need no kube-controller-manager.
const STEPS: [&str; 4] = [
    "every object is Ready",
    "CloudFront has deployed the change",
    "outside of the operator: drift corrected",
    "no object and no CloudFront resource is left",
];

#[test]
fn the_scenario_completes_every_step_and_leaves_no_resources() {
    let machine = Machine::new();
    let output = machine
        .playground(&["--once", "--deploy-delay", "1s"])
        .env("KUBEBUILDER_ASSETS", machine.real_control_plane(""))
        .output()
        .unwrap();
    assert_printed(&output, &STEPS);
    assert_printed(&output, &[NAMESPACE]);
    assert_eq!(machine.temporary_files(), [""; 0]);
}

#[test]
fn a_downloaded_control_plane_shows_everything_but_the_deletion_of_a_namespace() {
    let machine = Machine::new();
    let programs = real_programs();
    let programs: Vec<(&str, &str)> = programs[..3]
        .iter()
        .map(|(name, body)| (*name, body.as_str()))
        .collect();
    let archive = Archive::new(&programs);
    let server = ArchiveServer::start(&archive, Response::Archive);
    let output = machine
        .playground(&["--once", "--deploy-delay", "1s"])
        .args(["--base-url", &server.url, "--sha512", &archive.sha512()])
        .output()
        .unwrap();
    assert_printed(&output, &STEPS);
    assert_printed(
        &output,
        &["not shown: deleting a namespace needs kube-controller-manager"],
    );
    assert!(!stdout(&output).contains(NAMESPACE));
    assert_eq!(server.requests(), 1);
}
