//! Secrets under every fault, at the finest level of logging: none is shown anywhere.

use super::{secret::with_secret_header, stage::Stage};
use cloudfront_simulator::{Fault, FaultMode, HostileBody};
use std::{fs, time::Duration};
use tempfile::TempDir;

const HEADER: &str = "canary-header-7d1f";
const JWT: &str = "canary-jwt-93ab";
/// How the simulator's session tokens begin.
const SESSION: &str = "simulated-session-";

const TRACE: [&str; 2] = ["--log-level", "trace"];

const BODIES: [HostileBody; 16] = [
    HostileBody::Html,
    HostileBody::Entities,
    HostileBody::Huge,
    HostileBody::Deep,
    HostileBody::Empty,
    HostileBody::WrongRoot,
    HostileBody::WrongNamespace,
    HostileBody::WrongQuantity,
    HostileBody::MissingElement,
    HostileBody::DuplicateElement,
    HostileBody::UnknownElement,
    HostileBody::MissingEtag,
    HostileBody::ErrorWithStatus200,
    HostileBody::NotUtf8,
    HostileBody::FalseGzip,
    HostileBody::Drip,
];

/// Every mode that ends by itself; the refusals quote what was sent, as CloudFront does.
fn modes(quoted: &str) -> Vec<FaultMode> {
    let mut modes = vec![
        FaultMode::ResetBeforeCommit,
        FaultMode::ResetAfterCommit,
        FaultMode::TruncatedBody { at: None },
        FaultMode::StaleRead { lag: 1 },
        FaultMode::Redirect {
            status: 307,
            location: format!("http://127.0.0.1:9/{quoted}"),
        },
        FaultMode::Without {
            element: "Id".into(),
        },
        FaultMode::Delay { milliseconds: 10 },
    ];
    let refusals = [
        (403, "SignatureDoesNotMatch"),
        (400, "InvalidArgument"),
        (400, "Throttling"),
        (412, "PreconditionFailed"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
    ];
    modes.extend(refusals.map(|(status, code)| FaultMode::error(status, code, quoted)));
    modes.extend(BODIES.map(|body| FaultMode::Hostile { body }));
    modes
}

/// A world with a distribution whose header comes from a Secret, still without an operator.
fn stage(name: &str) -> Stage {
    let stage = Stage::without_operator(name, Duration::ZERO);
    stage.apply(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: origin}}\nstringData: {{token: {HEADER}}}\n"
    ));
    stage.apply(&with_secret_header("first"));
    stage
}

/// Edits once under each fault, and looks everywhere for what must not be shown. Refusals quote what signed the call, where that is
/// known before, and what the body of a write carried.
fn live_under_faults(stage: &mut Stage, signs: &[&str], secrets: &[&str]) {
    stage.until_ready("cfd/www");
    let read = modes(&format!("The request was '{}'.", signs.join(" ")));
    let write = modes(&format!("The request was '{} {HEADER}'.", signs.join(" ")));
    for (n, (read, write)) in read.into_iter().zip(write).enumerate() {
        let control = stage.control();
        control.inject(Fault::on("ListDistributions", read.clone()));
        control.inject(Fault::on("GetDistribution", read));
        control.inject(Fault::on("UpdateDistribution", write));
        stage.apply(&with_secret_header(&format!("edit {n}")));
        stage.until_ready("cfd/www");
        hushed(stage, secrets);
        control.clear_faults();
    }
    assert!(
        stage.log().contains("TRACE"),
        "the finest level is looked at"
    );
}

fn hushed(stage: &mut Stage, secrets: &[&str]) {
    let objects = stage.kubectl(&["get", "cloudfront,events", "--output", "yaml"]);
    let (_, metrics) = stage.operator().fetch("metrics", "/metrics");
    for (place, text) in [
        ("objects", objects),
        ("metrics", metrics),
        ("log", stage.log()),
    ] {
        for secret in secrets {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "{secret} in {place}: {line:?}");
        }
    }
}

#[test]
fn keys_and_header_values_are_shown_nowhere_at_the_finest_level_of_logging_under_any_fault() {
    let mut stage = stage("canary-keys");
    let keys = stage.simulator.credentials()[0].clone();
    stage.start_operator_with(&TRACE);
    let signs = [keys.access_key.as_str(), keys.secret_key.as_str()];
    live_under_faults(&mut stage, &signs, &[signs[0], signs[1], HEADER]);
}

#[test]
fn tokens_are_shown_nowhere_at_the_finest_level_of_logging_under_any_fault() {
    let mut stage = stage("canary-tokens");
    let files = TempDir::new().expect("a directory can be made");
    let token = files.path().join("token");
    fs::write(&token, JWT).expect("a file can be written");
    let role = format!(
        "arn:aws:iam::{}:role/operator",
        stage.simulator.credentials()[0].account
    );
    let environment = [
        ("AWS_ROLE_ARN", role.as_str()),
        (
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            token.to_str().expect("a path is text"),
        ),
    ];
    stage.start_operator_in(&environment, &TRACE);
    live_under_faults(&mut stage, &[], &[SESSION, JWT, HEADER]);
    let calls = stage.control().journal();
    assert!(
        calls
            .iter()
            .any(|call| call.operation == "AssumeRoleWithWebIdentity"),
        "the session is a real one"
    );
}
