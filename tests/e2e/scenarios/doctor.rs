//! The doctor finds what is wrong, says how to put it right, and finds nothing wrong where nothing is.

use super::{
    lifecycle::distribution,
    read::install,
    stage::{Stage, control_plane},
};
use cloudfront_simulator::{Fault, FaultMode};
use serde_json::Value;
use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
    time::Duration,
};
use tempfile::TempDir;

/// A stage whose operator, if any, nobody needs.
fn stage(name: &str) -> Stage {
    Stage::without_operator(name, Duration::ZERO)
}

/// The doctor as the stage's operator would be run.
fn doctor(stage: &Stage, flags: &[&str], variables: &[(&str, &str)]) -> Output {
    let credential = &stage.simulator.credentials()[0];
    Command::new(env!("CARGO_BIN_EXE_cloudfront-operator"))
        .args(["doctor", "--namespaces", &stage.namespace])
        .args(flags)
        .env("KUBECONFIG", control_plane().kubeconfig())
        .env("AWS_ACCESS_KEY_ID", &credential.access_key)
        .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
        .env(
            "CLOUDFRONT_OPERATOR_ENDPOINT_URL",
            stage.simulator.endpoint(),
        )
        .env("AWS_ENDPOINT_URL_STS", stage.simulator.endpoint())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_SESSION_TOKEN")
        .envs(variables.iter().copied())
        .output()
        .expect("the doctor can be run")
}

/// The report as JSON, and the exit code.
fn report(stage: &Stage, flags: &[&str], variables: &[(&str, &str)]) -> (Value, Option<i32>) {
    let flags = [&["--output", "json"], flags].concat();
    let output = doctor(stage, &flags, variables);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = serde_json::from_str(&text).unwrap_or_default();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_ne!(report, Value::Null, "no JSON: {text}{error}");
    (report, output.status.code())
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("a list");
    let found = checks.iter().find(|check| check["check"] == name);
    assert!(found.is_some(), "no check {name} in {report:#}");
    found.expect("it was just seen")
}

/// The names of the checks with this verdict.
fn with<'a>(report: &'a Value, verdict: &str) -> Vec<&'a str> {
    let checks = report["checks"].as_array().expect("a list").iter();
    checks
        .filter(|check| check["verdict"] == verdict)
        .map(|check| check["check"].as_str().expect("a name"))
        .collect()
}

/// Exactly these checks fail, with a fix each.
fn fails(stage: &Stage, flags: &[&str], variables: &[(&str, &str)], checks: &[&str]) -> Value {
    let (report, code) = report(stage, flags, variables);
    assert_eq!(with(&report, "failed"), checks, "{report:#}");
    assert_eq!((code, &report["healthy"]), (Some(1), &Value::Bool(false)));
    for name in checks {
        assert!(check(&report, name)["fix"].is_string(), "{report:#}");
    }
    report
}

#[test]
fn where_nothing_is_wrong_it_says_so_and_what_it_could_not_check() {
    let stage = stage("doctor");
    let output = doctor(&stage, &[], &[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let account = &stage.simulator.credentials()[0].account;
    assert!(text.contains(&format!("account {account}")), "{text}");
    let (report, _) = report(&stage, &[], &[]);
    assert_eq!(report["healthy"], true);
    assert_eq!(with(&report, "notChecked"), ["writes"], "{report:#}");
    assert_eq!(with(&report, "hint"), [""; 0]);
    assert_eq!(stage.writes_since(0), [], "nothing is changed");
}

#[test]
fn an_operator_that_only_observes_needs_no_writes() {
    let stage = stage("doctor-observe");
    let (report, _) = report(&stage, &[], &[("CLOUDFRONT_OPERATOR_MODE", "observe")]);
    assert_eq!(with(&report, "notChecked"), [""; 0], "{report:#}");
}

#[test]
fn an_action_that_is_denied_is_named_with_the_command_that_allows_it() {
    let stage = stage("doctor-denied");
    let denied = FaultMode::error(403, "AccessDenied", "not authorized");
    stage
        .control()
        .inject(Fault::on("ListDistributions", denied));
    let name = "cloudfront:ListDistributions";
    let report = fails(&stage, &[], &[], &[name]);
    let fix = check(&report, name)["fix"].to_string();
    assert!(fix.contains("cloudfront-operator iam-policy"), "{fix}");
}

#[test]
fn credentials_that_are_missing_or_wrong_fail_alone() {
    let stage = stage("doctor-keys");
    let wrong = [("AWS_SECRET_ACCESS_KEY", "wrong")];
    let report = fails(&stage, &[], &wrong, &["credentials"]);
    assert!(with(&report, "notChecked").contains(&"cloudfront:GetDistribution"));
    let nowhere = "/nowhere";
    let none = [
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_CONFIG_FILE", nowhere),
        ("AWS_SHARED_CREDENTIALS_FILE", nowhere),
    ];
    let report = fails(&stage, &[], &none, &["credentials"]);
    let fix = check(&report, "credentials")["fix"].to_string();
    assert!(fix.contains("role"), "{fix}");
}

#[test]
fn a_wrong_clock_is_told_and_by_how_much() {
    let stage = stage("doctor-clock");
    stage
        .control()
        .change_settings(|settings| settings.signing_skew_seconds = 900);
    let report = fails(&stage, &[], &[], &["clock"]);
    let message = check(&report, "clock")["message"].to_string();
    assert!(message.contains("behind"), "{message}");
}

#[test]
fn an_endpoint_that_is_refused_or_silent_names_the_flag() {
    let stage = stage("doctor-endpoint");
    let plain = [("CLOUDFRONT_OPERATOR_ENDPOINT_URL", "http://192.0.2.1")];
    fails(&stage, &[], &plain, &["endpoint"]);
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = closed.local_addr().expect("it is bound");
    drop(closed);
    let silent = format!("http://{address}");
    let report = fails(
        &stage,
        &[],
        &[("AWS_ENDPOINT_URL_STS", &silent)],
        &["credentials"],
    );
    let fix = check(&report, "credentials")["fix"].to_string();
    assert!(fix.contains("--endpoint-url"), "{fix}");
}

#[test]
fn without_kubernetes_it_says_how_to_find_it() {
    let stage = stage("doctor-nowhere");
    let nowhere = [("KUBECONFIG", "/nowhere")];
    fails(&stage, &[], &nowhere, &["kubernetes"]);
}

#[test]
fn somebody_without_rights_is_told_which_and_published_definitions_are_compared() {
    let stage = stage("doctor-rights");
    let user = control_plane().create_user(&format!("nobody-{}", stage.namespace), &[]);
    let user = user.expect("a user can be made");
    let user = [("KUBECONFIG", user.to_str().expect("a path is text"))];
    stage.eventually("the definitions are published", || {
        let (report, _) = report(&stage, &[], &user);
        (with(&report, "notChecked") == ["writes", "objects"]).then_some(())
    });
    let report = fails(
        &stage,
        &["--leader-elect"],
        &user,
        &[
            "list distributions",
            "list invalidations",
            "list originaccessidentities",
            "list streamingdistributions",
            "leader",
        ],
    );
    let fine = with(&report, "ok");
    let definitions = fine.iter().filter(|name| name.starts_with("definition "));
    assert_eq!(definitions.count(), 4, "{report:#}");
}

#[test]
fn what_holds_a_finalizer_and_what_becomes_of_it_in_aws_is_told() {
    let mut stage = Stage::with_deploy_delay("doctor-objects", Duration::ZERO);
    let kept =
        distribution("kept", "first").replace("spec:\n", "spec:\n  deletionPolicy: Retain\n");
    stage.apply(&[distribution("www", "first"), kept].join("---\n"));
    for object in ["cfd/www", "cfd/kept"] {
        stage.until_ready(object);
    }
    stage.stop_operator();
    let counts = "2 distributions (in AWS, 1 would be deleted and 1 kept)";
    let (told, _) = report(&stage, &[], &[]);
    let objects = check(&told, "objects");
    assert_eq!(objects["verdict"], "ok", "{objects}");
    assert!(objects["message"].to_string().contains(counts), "{objects}");

    stage.kubectl(&["delete", "cfd/www", "--wait=false"]);
    let (told, code) = report(&stage, &[], &[]);
    let objects = check(&told, "objects");
    assert_eq!((code, &objects["verdict"]), (Some(0), &Value::from("hint")));
    let message = objects["message"].to_string();
    let leaving = format!("being deleted now: Distribution {}/www;", stage.namespace);
    for part in [counts, &leaving, "stuck-deletion.md"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn a_definition_that_is_missing_or_of_another_version_is_found_and_so_are_other_controllers() {
    let stage = stage("doctor-definitions");
    let cluster = cluster::Cluster::start(cluster::Options::default()).expect("one of its own");
    let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    let files = TempDir::new().expect("a directory can be made");
    for name in ["distributions", "invalidations", "streamingdistributions"] {
        let yaml = fs::read_to_string(crds.join(format!("{name}.yaml"))).expect("it is there");
        let yaml = match name {
            "invalidations" => yaml.replacen("name: Age", "name: Since", 1),
            "streamingdistributions" => yaml.replace("priceClass:", "price:"),
            _ => yaml,
        };
        fs::write(files.path().join(format!("{name}.yaml")), yaml).expect("it can be written");
    }
    let foreign = fs::read_to_string(crds.join("invalidations.yaml"))
        .expect("it is there")
        .replace("cloudfront-operator.dev", "cloudfront.services.k8s.aws");
    fs::write(files.path().join("ack.yaml"), foreign).expect("it can be written");
    install(&cluster, files.path());
    let kubeconfig = cluster.kubeconfig().to_str().expect("a path is text");
    let variables = [("KUBECONFIG", kubeconfig)];
    let report = fails(
        &stage,
        &[],
        &variables,
        &[
            "definition invalidations.cloudfront-operator.dev",
            "definition originaccessidentities.cloudfront-operator.dev",
            "definition streamingdistributions.cloudfront-operator.dev",
            "list originaccessidentities",
        ],
    );
    let hint = check(&report, "other controllers");
    assert_eq!(hint["verdict"], "hint");
    assert!(hint["message"].to_string().contains("ACK"), "{hint}");
    let fix = check(&report, "list originaccessidentities")["fix"].to_string();
    assert!(fix.contains("cloudfront-operator crds"), "{fix}");
    finds_other_fields_in_what_is_published(&stage, &cluster);
}

/// Somebody who may not read definitions is told of the one whose fields differ. Columns are not published.
fn finds_other_fields_in_what_is_published(stage: &Stage, cluster: &cluster::Cluster) {
    let user = cluster
        .create_user("nobody", &[])
        .expect("a user can be made");
    let user = [("KUBECONFIG", user.to_str().expect("a path is text"))];
    // What is published follows the definitions after a moment.
    stage.eventually("the published definitions are compared", || {
        let (report, _) = report(stage, &[], &user);
        let verdict = |kind: &str| {
            let name = format!("definition {kind}.cloudfront-operator.dev");
            check(&report, &name)["verdict"].clone()
        };
        let verdicts = [
            verdict("distributions"),
            verdict("invalidations"),
            verdict("originaccessidentities"),
            verdict("streamingdistributions"),
        ];
        (verdicts == ["ok", "ok", "notChecked", "failed"]).then_some(())
    });
}

#[test]
fn a_wrong_command_line_is_told_apart_from_a_failed_check() {
    let stage = stage("doctor-usage");
    let output = doctor(&stage, &["--output", "poem"], &[]);
    assert_eq!(output.status.code(), Some(2));
}
