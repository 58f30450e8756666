//! No secret appears in objects, events, metrics or logs at log level `trace`, for any response of CloudFront.

use crate::support::{TestEnv, distribution_with_secret_header};
use cloudfront_simulator::{Fault, FaultMode, HostileBody};
use std::{fs, time::Duration};
use tempfile::TempDir;

const HEADER_VALUE: &str = "canary-header-7d1f";
const JWT: &str = "canary-jwt-93ab";
/// The prefix of the simulator's session tokens.
const SESSION_TOKEN: &str = "simulated-session-";

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

/// Returns every fault mode that ends by itself. The error responses quote the request, as those of CloudFront do.
fn fault_modes(quoted: &str) -> Vec<FaultMode> {
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
    let errors = [
        (403, "SignatureDoesNotMatch"),
        (400, "InvalidArgument"),
        (400, "Throttling"),
        (412, "PreconditionFailed"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
    ];
    modes.extend(errors.map(|(status, code)| FaultMode::error(status, code, quoted)));
    modes.extend(BODIES.map(|body| FaultMode::Hostile { body }));
    modes
}

/// Starts an environment without an operator, with a distribution whose origin header comes from a Secret.
fn env_with_secret_header(name: &str) -> TestEnv {
    let env = TestEnv::without_operator(name, Duration::ZERO);
    env.apply(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: origin}}\nstringData: {{token: {HEADER_VALUE}}}\n"
    ));
    env.apply(&distribution_with_secret_header("first"));
    env
}

/// Makes one edit under each fault, and searches all outputs for the secrets. Error responses quote the credentials, where they are
/// known in advance, and the header value of a write.
fn edit_under_faults(env: &mut TestEnv, credentials: &[&str], secrets: &[&str]) {
    env.wait_until_ready("cfd/www");
    let read = fault_modes(&format!("The request was '{}'.", credentials.join(" ")));
    let write = fault_modes(&format!(
        "The request was '{} {HEADER_VALUE}'.",
        credentials.join(" ")
    ));
    for (n, (read, write)) in read.into_iter().zip(write).enumerate() {
        let control = env.control();
        control.inject(Fault::on("ListDistributions", read.clone()));
        control.inject(Fault::on("GetDistribution", read));
        control.inject(Fault::on("UpdateDistribution", write));
        env.apply(&distribution_with_secret_header(&format!("edit {n}")));
        env.wait_until_ready("cfd/www");
        assert_no_secret_shown(env, secrets);
        control.clear_faults();
    }
    assert!(env.log().contains("TRACE"), "the log has level TRACE");
}

fn assert_no_secret_shown(env: &mut TestEnv, secrets: &[&str]) {
    let objects = env.kubectl(&["get", "cloudfront,events", "--output", "yaml"]);
    let (_, metrics) = env.operator().get("metrics", "/metrics");
    for (output, text) in [
        ("objects", objects),
        ("metrics", metrics),
        ("log", env.log()),
    ] {
        for secret in secrets {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "{secret} in {output}: {line:?}");
        }
    }
}

#[test]
fn access_keys_and_header_values_never_appear_at_log_level_trace() {
    let mut env = env_with_secret_header("canary-keys");
    let keys = env.simulator.credentials()[0].clone();
    env.start_operator_with_flags(&TRACE);
    let credentials = [keys.access_key.as_str(), keys.secret_key.as_str()];
    edit_under_faults(
        &mut env,
        &credentials,
        &[credentials[0], credentials[1], HEADER_VALUE],
    );
}

#[test]
fn web_identity_and_session_tokens_never_appear_at_log_level_trace() {
    let mut env = env_with_secret_header("canary-tokens");
    let files = TempDir::new().expect("a temporary directory is created");
    let token = files.path().join("token");
    fs::write(&token, JWT).expect("the file is written");
    let role = format!(
        "arn:aws:iam::{}:role/operator",
        env.simulator.credentials()[0].account
    );
    let variables = [
        ("AWS_ROLE_ARN", role.as_str()),
        (
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            token.to_str().expect("the path is UTF-8"),
        ),
    ];
    env.start_operator_with_env(&variables, &TRACE);
    edit_under_faults(&mut env, &[], &[SESSION_TOKEN, JWT, HEADER_VALUE]);
    let calls = env.control().journal();
    assert!(
        calls
            .iter()
            .any(|call| call.operation == "AssumeRoleWithWebIdentity"),
        "the operator has assumed the role"
    );
}
