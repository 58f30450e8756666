//! The `doctor` command: it reports each problem with a fix, and none where there is none.

use crate::support::{TestEnv, control_plane, distribution, install_crds};
use cloudfront_operator::operator::crds;
use cloudfront_simulator::FaultMode;
use serde_json::Value;
use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
    time::Duration,
};
use tempfile::TempDir;

/// Starts an environment without an operator.
fn new_env(name: &str) -> TestEnv {
    TestEnv::without_operator(name, Duration::ZERO)
}

/// Runs the doctor with the settings of the environment's operator.
fn run_doctor(env: &TestEnv, flags: &[&str], variables: &[(&str, &str)]) -> Output {
    let credential = &env.simulator.credentials()[0];
    Command::new(env!("CARGO_BIN_EXE_cloudfront-operator"))
        .args(["doctor", "--watch-namespaces", &env.namespace])
        .args(flags)
        .env("KUBECONFIG", control_plane().kubeconfig())
        .env("AWS_ACCESS_KEY_ID", &credential.access_key)
        .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
        .env("CLOUDFRONT_OPERATOR_ENDPOINT_URL", env.simulator.endpoint())
        .env("AWS_ENDPOINT_URL_STS", env.simulator.endpoint())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_SESSION_TOKEN")
        .envs(variables.iter().copied())
        .output()
        .expect("the doctor runs")
}

/// Runs the doctor, and returns its JSON report and its exit code.
pub(super) fn report(
    env: &TestEnv,
    flags: &[&str],
    variables: &[(&str, &str)],
) -> (Value, Option<i32>) {
    let flags = [&["--output", "json"], flags].concat();
    let output = run_doctor(env, &flags, variables);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = serde_json::from_str(&text).unwrap_or_default();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_ne!(report, Value::Null, "no JSON: {text}{error}");
    (report, output.status.code())
}

/// Returns the resources of the kinds, such as `distributions`.
fn plurals() -> impl Iterator<Item = String> {
    crds().into_iter().map(|it| it.spec.names.plural)
}

pub(super) fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("a list");
    let found = checks.iter().find(|check| check["check"] == name);
    assert!(found.is_some(), "no check {name} in {report:#}");
    found.expect("the assertion above")
}

/// Returns the names of the checks with this status.
fn checks_with<'a>(report: &'a Value, status: &str) -> Vec<&'a str> {
    let checks = report["checks"].as_array().expect("a list").iter();
    checks
        .filter(|check| check["status"] == status)
        .map(|check| check["check"].as_str().expect("a name"))
        .collect()
}

/// Runs the doctor, and checks that exactly these checks fail, each with a fix.
fn expect_failures(
    env: &TestEnv,
    flags: &[&str],
    variables: &[(&str, &str)],
    checks: &[&str],
) -> Value {
    let (report, code) = report(env, flags, variables);
    assert_eq!(checks_with(&report, "failed"), checks, "{report:#}");
    assert_eq!((code, &report["healthy"]), (Some(1), &Value::Bool(false)));
    for name in checks {
        assert!(check(&report, name)["fix"].is_string(), "{report:#}");
    }
    report
}

#[test]
fn a_healthy_setup_passes_with_the_skipped_checks_named() {
    let env = new_env("doctor");
    let output = run_doctor(&env, &[], &[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let account = &env.simulator.credentials()[0].account;
    assert!(text.contains(&format!("account {account}")), "{text}");
    let (report, _) = report(&env, &[], &[]);
    assert_eq!(report["healthy"], true);
    assert_eq!(checks_with(&report, "skipped"), ["writes"], "{report:#}");
    assert_eq!(checks_with(&report, "warning"), [""; 0]);
    assert_eq!(env.writes_since(0), [], "the doctor makes no writes");
}

#[test]
fn read_only_needs_no_write_permissions() {
    let env = new_env("doctor-observe");
    let (report, _) = report(&env, &[], &[("CLOUDFRONT_OPERATOR_READ_ONLY", "true")]);
    assert_eq!(checks_with(&report, "skipped"), [""; 0], "{report:#}");
}

#[test]
fn a_denied_action_is_reported_with_the_command_that_prints_the_policy() {
    let env = new_env("doctor-denied");
    let denied = FaultMode::error(403, "AccessDenied", "not authorized");
    env.inject("ListDistributions", denied);
    let name = "cloudfront:ListDistributions";
    let report = expect_failures(&env, &[], &[], &[name]);
    let fix = check(&report, name)["fix"].to_string();
    assert!(fix.contains("cloudfront-operator iam-policy"), "{fix}");
}

#[test]
fn a_token_of_the_global_endpoint_of_sts_is_reported_with_both_remedies() {
    let env = new_env("doctor-tokens");
    let name = "cloudfront-keyvaluestore:DescribeKeyValueStore";
    let refused = |message: &str| {
        let denied = FaultMode::error(403, "AccessDeniedException", message);
        env.inject(name, denied);
        let report = expect_failures(&env, &[], &[], &[name]);
        check(&report, name)["fix"].to_string()
    };
    let fix = refused("Authentication failed");
    assert!(fix.contains("AWS_STS_REGIONAL_ENDPOINTS"), "{fix}");
    assert!(fix.contains("v2Token"), "{fix}");
    let fix = refused("User is not authorized to perform the action.");
    assert!(fix.contains("cloudfront-operator iam-policy"), "{fix}");
}

#[test]
fn an_endpoint_of_pairs_without_a_connection_fails_the_checks_of_pairs() {
    let env = new_env("doctor-pairs");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let url = format!("http://127.0.0.1:{port}");
    let variables = [("AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE", url.as_str())];
    let names = ["DescribeKeyValueStore", "ListKeys"];
    let names = names.map(|name| format!("cloudfront-keyvaluestore:{name}"));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let report = expect_failures(&env, &[], &variables, &names);
    let fix = check(&report, names[0])["fix"].to_string();
    assert!(
        fix.contains("AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE"),
        "{fix}"
    );
}

#[test]
fn missing_or_wrong_credentials_fail_one_check() {
    let env = new_env("doctor-keys");
    let wrong = [("AWS_SECRET_ACCESS_KEY", "wrong")];
    let report = expect_failures(&env, &[], &wrong, &["credentials"]);
    assert!(checks_with(&report, "skipped").contains(&"cloudfront:GetDistribution"));
    let nowhere = "/nowhere";
    let none = [
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_CONFIG_FILE", nowhere),
        ("AWS_SHARED_CREDENTIALS_FILE", nowhere),
    ];
    let report = expect_failures(&env, &[], &none, &["credentials"]);
    let fix = check(&report, "credentials")["fix"].to_string();
    assert!(fix.contains("role"), "{fix}");
}

#[test]
fn clock_skew_is_reported_with_its_direction() {
    let env = new_env("doctor-clock");
    env.control()
        .change_settings(|settings| settings.signing_skew_seconds = 900);
    let report = expect_failures(&env, &[], &[], &["clock"]);
    let message = check(&report, "clock")["message"].to_string();
    assert!(message.contains("behind"), "{message}");
}

#[test]
fn an_invalid_or_unreachable_endpoint_is_reported_with_the_flag() {
    let env = new_env("doctor-endpoint");
    let plain = [("CLOUDFRONT_OPERATOR_ENDPOINT_URL", "http://192.0.2.1")];
    expect_failures(&env, &[], &plain, &["endpoint"]);
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = closed.local_addr().expect("the listener is bound");
    drop(closed);
    let unreachable = format!("http://{address}");
    let report = expect_failures(
        &env,
        &[],
        &[("AWS_ENDPOINT_URL_STS", &unreachable)],
        &["credentials"],
    );
    let fix = check(&report, "credentials")["fix"].to_string();
    assert!(fix.contains("--endpoint-url"), "{fix}");
}

#[test]
fn an_unreachable_cluster_is_reported_with_a_fix() {
    let env = new_env("doctor-nowhere");
    let nowhere = [("KUBECONFIG", "/nowhere")];
    expect_failures(&env, &[], &nowhere, &["kubernetes"]);
}

#[test]
fn missing_rbac_rules_are_reported_and_published_crds_are_compared() {
    let env = new_env("doctor-rights");
    let user = control_plane().create_user(&format!("unprivileged-{}", env.namespace), &[]);
    let user = user.expect("the user is created");
    let user = [("KUBECONFIG", user.to_str().expect("the path is UTF-8"))];
    env.eventually("the API server publishes the CRDs", || {
        let (report, _) = report(&env, &[], &user);
        (checks_with(&report, "skipped") == ["writes", "objects"]).then_some(())
    });
    let lists = plurals().map(|plural| format!("list {plural}"));
    let lists: Vec<String> = lists.collect();
    let mut expected: Vec<&str> = lists.iter().map(String::as_str).collect();
    expected.push("leader");
    let report = expect_failures(&env, &["--leader-elect"], &user, &expected);
    let passed = checks_with(&report, "ok");
    let passed_crds = passed.iter().filter(|name| name.starts_with("crd "));
    assert_eq!(passed_crds.count(), crds().len(), "{report:#}");
}

#[test]
fn objects_with_a_finalizer_are_counted_by_deletion_policy() {
    let mut env = TestEnv::with_deploy_delay("doctor-objects", Duration::ZERO);
    let kept =
        distribution("kept", "first").replace("spec:\n", "spec:\n  deletionPolicy: Retain\n");
    env.apply(&[distribution("www", "first"), kept].join("---\n"));
    for object in ["cfd/www", "cfd/kept"] {
        env.wait_until_ready(object);
    }
    env.stop_operator();
    let counts = "2 distributions (in AWS, 1 would be deleted and 1 kept)";
    let (report_before, _) = report(&env, &[], &[]);
    let objects = check(&report_before, "objects");
    assert_eq!(objects["status"], "ok", "{objects}");
    assert!(objects["message"].to_string().contains(counts), "{objects}");

    env.kubectl(&["delete", "cfd/www", "--wait=false"]);
    let (report_after, code) = report(&env, &[], &[]);
    let objects = check(&report_after, "objects");
    assert_eq!(
        (code, &objects["status"]),
        (Some(0), &Value::from("warning"))
    );
    let message = objects["message"].to_string();
    let deleting = format!("now being deleted: Distribution {}/www;", env.namespace);
    for part in [counts, &deleting, "stuck-deletion.md"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn objects_with_a_finalizer_that_the_selector_does_not_select_are_named() {
    let mut env = TestEnv::with_deploy_delay("doctor-selector", Duration::ZERO);
    env.apply(&[distribution("www", "first"), distribution("blog", "first")].join("---\n"));
    for object in ["cfd/www", "cfd/blog"] {
        env.wait_until_ready(object);
    }
    env.kubectl(&["label", "cfd/blog", "tier=prod"]);
    env.stop_operator();
    let flags = ["--watch-label-selector", "tier=prod"];
    let (report, code) = report(&env, &flags, &[]);
    let selector = check(&report, "selector");
    let expected = (Some(0), &Value::from("warning"));
    assert_eq!((code, &selector["status"]), expected, "{report:#}");
    let message = selector["message"].to_string();
    let unselected = format!(
        "not selected by tier=prod: Distribution {}/www;",
        env.namespace
    );
    for part in [unselected.as_str(), "namespaced.md"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let objects = check(&report, "objects")["message"].to_string();
    assert!(objects.contains("1 distributions"), "{objects}");
}

#[test]
fn missing_and_outdated_crds_and_other_controllers_are_reported() {
    let env = new_env("doctor-crds");
    let cluster =
        cluster::Cluster::start(cluster::Options::default()).expect("the control plane starts");
    let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    let files = TempDir::new().expect("a temporary directory is created");
    for name in plurals().filter(|name| name != "originaccessidentities") {
        let yaml = fs::read_to_string(crds.join(format!("{name}.yaml"))).expect("the file exists");
        let yaml = match name.as_str() {
            "invalidations" => yaml.replacen("name: Age", "name: Since", 1),
            "streamingdistributions" => yaml.replace("priceClass:", "price:"),
            _ => yaml,
        };
        fs::write(files.path().join(format!("{name}.yaml")), yaml).expect("the file is written");
    }
    let other_controller = fs::read_to_string(crds.join("invalidations.yaml"))
        .expect("the file exists")
        .replace("cloudfront-operator.dev", "cloudfront.services.k8s.aws");
    fs::write(files.path().join("ack.yaml"), other_controller).expect("the file is written");
    install_crds(&cluster, files.path());
    let kubeconfig = cluster.kubeconfig().to_str().expect("the path is UTF-8");
    let variables = [("KUBECONFIG", kubeconfig)];
    let report = expect_failures(
        &env,
        &[],
        &variables,
        &[
            "crd invalidations.cloudfront-operator.dev",
            "crd originaccessidentities.cloudfront-operator.dev",
            "crd streamingdistributions.cloudfront-operator.dev",
            "list originaccessidentities",
        ],
    );
    let warning = check(&report, "other controllers");
    assert_eq!(warning["status"], "warning");
    assert!(warning["message"].to_string().contains("ACK"), "{warning}");
    let fix = check(&report, "list originaccessidentities")["fix"].to_string();
    assert!(fix.contains("cloudfront-operator crds"), "{fix}");
    expect_outdated_published_schema(&env, &cluster);
}

/// Checks that a user without access to the CRDs gets a report of the one whose schema differs. The printer columns are not published.
fn expect_outdated_published_schema(env: &TestEnv, cluster: &cluster::Cluster) {
    let user = cluster
        .create_user("unprivileged", &[])
        .expect("the user is created");
    let user = [("KUBECONFIG", user.to_str().expect("the path is UTF-8"))];
    // The API server publishes changed CRDs after a delay.
    env.eventually("the doctor compares the published CRDs", || {
        let (report, _) = report(env, &[], &user);
        let status = |kind: &str| {
            let name = format!("crd {kind}.cloudfront-operator.dev");
            check(&report, &name)["status"].clone()
        };
        let statuses = [
            status("distributions"),
            status("invalidations"),
            status("originaccessidentities"),
            status("streamingdistributions"),
        ];
        (statuses == ["ok", "ok", "skipped", "failed"]).then_some(())
    });
}

#[test]
fn a_usage_error_has_its_own_exit_code() {
    let env = new_env("doctor-usage");
    let output = run_doctor(&env, &["--output", "invalid"], &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_start_checks_what_the_first_lists_do_not_show_and_logs_failures() {
    let mut env = TestEnv::with_deploy_delay("doctor-start", Duration::ZERO);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.stop_operator();
    let denied = FaultMode::error(403, "AccessDenied", "not authorized");
    env.inject("GetDistribution", denied);
    let before = env.journal_end();
    env.start_operator_with_flags(&["--startup-checks=true"]);
    env.eventually("the log has the denied action and the last check", || {
        let log = env.log();
        let failed = log
            .lines()
            .find(|line| line.contains("cloudfront:GetDistribution"));
        let has_fix = failed.is_some_and(|line| line.contains("cloudfront-operator iam-policy"));
        (has_fix && log.contains("check=\"clock\"")).then_some(())
    });
    let calls = env.control().journal_since(before);
    let mut checked: Vec<&str> = calls
        .iter()
        .map(|call| call.operation.as_str())
        .filter(|name| *name != "ListDistributions")
        .collect();
    checked.sort_unstable();
    assert_eq!(
        checked,
        [
            "GetCallerIdentity",
            "GetDistribution",
            "ListTagsForResource"
        ]
    );
}
