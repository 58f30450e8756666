//! A release with `simulator.enabled=true`: the operator and the simulator run with the containers of their Deployments.

use super::{
    container::{OperatorProcess, free_port},
    helm::{chart, documents, find, repository},
    lifecycle::ObjectLifecycle,
    test_env::TestEnv,
};
use serde_json::Value;
use std::{
    fs,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A running simulator, which is killed when this value is dropped.
struct SimulatorProcess {
    child: Child,
    _state_directory: TempDir,
}

impl SimulatorProcess {
    /// Starts the container of a Deployment. It listens on a loopback port and stores its state in a temporary directory.
    fn start(deployment: &Value, port: u16) -> Self {
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        assert!(
            container["command"].is_null(),
            "the container does not override the entry point of the image"
        );
        let state_directory = TempDir::new().unwrap();
        let file = state_directory.path().join("simulator.json");
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
            _state_directory: state_directory,
        }
    }
}

impl Drop for SimulatorProcess {
    fn drop(&mut self) {
        // Errors are expected if the simulator has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Replaces the address of a Service in a Deployment by a loopback port.
fn redirect_to_loopback(deployment: &Value, service: &Value, port: u16) -> Value {
    let text = |field: &str| service["metadata"][field].as_str().unwrap();
    let address = format!(
        "{}.{}.svc:{}",
        text("name"),
        text("namespace"),
        service["spec"]["ports"][0]["port"]
    );
    let deployment = deployment.to_string();
    assert!(deployment.contains(&address), "{address}: {deployment}");
    let loopback = format!("127.0.0.1:{port}");
    serde_json::from_str(&deployment.replace(&address, &loopback)).unwrap()
}

/// Installs the chart, and starts the containers of its two Deployments.
fn install(test_env: &TestEnv) -> (SimulatorProcess, OperatorProcess) {
    let values = [
        "--set=simulator.enabled=true,simulator.deployDelay=1s,deploymentPollInterval=250ms"
            .to_owned(),
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
    let simulator = SimulatorProcess::start(find(&objects, "Deployment", "simulator"), port);
    let deployment = find(&objects, "Deployment", "operator");
    let deployment = redirect_to_loopback(deployment, find(&objects, "Service", "simulator"), port);
    let account = deployment["spec"]["template"]["spec"]["serviceAccountName"].as_str();
    let kubeconfig = test_env
        .cluster
        .service_account_kubeconfig(&test_env.namespace, account.unwrap())
        .unwrap();
    let read_secret = |name: &str, key: &str| -> String {
        assert!(name.is_empty(), "unexpected read of {key} in Secret {name}");
        String::new()
    };
    let operator = OperatorProcess::start(&deployment, &kubeconfig, read_secret);
    (simulator, operator)
}

#[test]
fn the_first_example_becomes_ready_and_is_deleted_without_an_aws_account() {
    let test_env = TestEnv::new("simulator");
    let (_simulator, operator) = install(&test_env);
    let site = fs::read_to_string(repository("examples/s3-site.yaml")).unwrap();
    let log = || operator.log();
    let lifecycle = ObjectLifecycle {
        test_env: &test_env,
        namespace: &test_env.namespace,
        log: &log,
    };
    lifecycle.apply(&site);
    lifecycle.wait_for_condition("cfoai/site", "Ready");
    lifecycle.wait_for_condition("cfd/site", "Ready");
    operator.wait_until_probes_pass();
    test_env.kubectl_with(&["delete", "--filename", "-", "--timeout=120s"], &site);
    operator.stop();
    test_env.helm(&["uninstall", "edge"]).unwrap();
}
