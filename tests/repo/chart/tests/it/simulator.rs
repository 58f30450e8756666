//! The try-out of `simulator.enabled=true`: the operator and the simulator, each run as its Deployment says, and nothing else.

use super::{
    container::{OperatorProcess, free_port},
    helm::{chart, documents, find, repository},
    lifecycle::ObjectLifecycle,
    release::TestEnv,
};
use serde_json::Value;
use std::{
    fs,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// The simulator at work. It is killed when this is dropped.
struct Simulator {
    child: Child,
    _state: TempDir,
}

impl Simulator {
    /// Starts the container of a Deployment, but on this port of the loopback interface, and with its state in a folder of its own.
    fn of(deployment: &Value, port: u16) -> Self {
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        assert!(
            container["command"].is_null(),
            "the image's own entry point"
        );
        let state = TempDir::new().unwrap();
        let file = state.path().join("simulator.json");
        let arguments = container["args"].as_array().unwrap().iter();
        let arguments = arguments.map(|argument| {
            let argument = argument.as_str().unwrap();
            match argument.split('=').next() {
                Some("--listen") => format!("--listen=127.0.0.1:{port}"),
                Some("--control") => "--control=127.0.0.1:0".to_owned(),
                Some("--state") => format!("--state={}", file.display()),
                _ => argument.to_owned(),
            }
        });
        let child = Command::new(env!("CARGO_BIN_EXE_chart-simulator"))
            .args(arguments)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            child,
            _state: state,
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Deployment, with the address of a Service replaced by a port of the loopback interface.
fn redirected(deployment: &Value, service: &Value, port: u16) -> Value {
    let text = |field: &str| service["metadata"][field].as_str().unwrap();
    let address = format!(
        "{}.{}.svc:{}",
        text("name"),
        text("namespace"),
        service["spec"]["ports"][0]["port"]
    );
    let deployment = deployment.to_string();
    assert!(deployment.contains(&address), "{address}: {deployment}");
    let here = format!("127.0.0.1:{port}");
    serde_json::from_str(&deployment.replace(&address, &here)).unwrap()
}

/// Installs the chart, and starts what its two Deployments say.
fn install(test_env: &TestEnv) -> (Simulator, OperatorProcess) {
    let values = [
        "--set=simulator.enabled=true,simulator.deployDelay=1s,deployPollInterval=250ms".to_owned(),
        "--set=listenAddress=127.0.0.1".to_owned(),
        format!("--set=metrics.port={}", free_port()),
        format!("--set=healthPort={}", free_port()),
    ];
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    test_env
        .helm_release("install", "edge", &chart(), &values)
        .unwrap();
    let objects = documents(&test_env.helm(&["get", "manifest", "edge"]).unwrap());
    let port = free_port();
    let simulator = Simulator::of(find(&objects, "Deployment", "simulator"), port);
    let deployment = find(&objects, "Deployment", "operator");
    let deployment = redirected(deployment, find(&objects, "Service", "simulator"), port);
    let account = deployment["spec"]["template"]["spec"]["serviceAccountName"].as_str();
    let kubeconfig = test_env
        .cluster
        .service_account_kubeconfig(&test_env.namespace, account.unwrap())
        .unwrap();
    let no_secret = |name: &str, key: &str| -> String {
        assert!(name.is_empty(), "the try-out reads {key} of Secret {name}");
        String::new()
    };
    let operator = OperatorProcess::start(&deployment, &kubeconfig, no_secret);
    (simulator, operator)
}

#[test]
fn the_try_out_brings_the_first_example_up_and_takes_it_down_without_an_aws_account() {
    let test_env = TestEnv::new("try-out");
    let (_simulator, operator) = install(&test_env);
    let site = fs::read_to_string(repository("examples/s3-site.yaml")).unwrap();
    let log = || operator.log();
    let life = ObjectLifecycle {
        test_env: &test_env,
        namespace: &test_env.namespace,
        log: &log,
    };
    life.apply(&site);
    life.until_condition("cfoai/site", "Ready");
    life.until_condition("cfd/site", "Ready");
    assert!(operator.passes_probes(), "{}", operator.log());
    test_env.kubectl_with(&["delete", "--filename", "-", "--timeout=120s"], &site);
    operator.stop();
    test_env.helm(&["uninstall", "edge"]).unwrap();
}
