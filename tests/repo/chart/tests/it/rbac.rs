//! The operator, run as the Deployment says and with the rights of its ServiceAccount, needs all of these and no more; and it serves
//! what probes, alerts and dashboard ask for.

use super::{
    audit_log::{denied, generalised, granted, requests, used},
    container::{OperatorProcess, container_command, free_port},
    helm::{chart, documents, find},
    lifecycle::{ObjectLifecycle, loosen_definitions},
    release::TestEnv,
    served_metrics::expect_all_served,
};
use cloudfront_simulator::{Options, Simulator};
use serde_json::Value;
use std::{path::PathBuf, process::Command, time::Duration};
use tokio::runtime::Runtime;

/// A release, a simulator, and the operator between them.
pub(crate) struct RunningRelease {
    pub(crate) test_env: TestEnv,
    objects: Vec<Value>,
    pub(crate) operator: OperatorProcess,
    kubeconfig: PathBuf,
    _simulator: Simulator,
    _runtime: Runtime,
}

impl RunningRelease {
    pub(crate) fn new(name: &str, values: &[String]) -> Self {
        let test_env = TestEnv::new(name);
        let runtime = Runtime::new().unwrap();
        let options = Options {
            deploy_delay: Duration::ZERO,
            ..Options::default()
        };
        let simulator = runtime.block_on(Simulator::start(options)).unwrap();
        let credential = &simulator.credentials()[0];
        test_env.kubectl(&[
            "create",
            "secret",
            "generic",
            "aws-keys",
            &format!("--from-literal=AWS_ACCESS_KEY_ID={}", credential.access_key),
            &format!(
                "--from-literal=AWS_SECRET_ACCESS_KEY={}",
                credential.secret_key
            ),
        ]);
        let endpoint = simulator.endpoint();
        let mut all = vec![
            format!("aws.endpointUrl={endpoint}"),
            format!("aws.stsEndpointUrl={endpoint}"),
            "aws.existingSecret.name=aws-keys".into(),
            "listenAddress=127.0.0.1".into(),
            format!("metrics.port={}", free_port()),
            format!("healthPort={}", free_port()),
            "rbac.readSecrets=true".into(),
            "resyncInterval=1s,deployPollInterval=250ms,budget.readsPerSecond=0,budget.writesPerSecond=0".into(),
        ];
        all.extend_from_slice(values);
        let arguments: Vec<String> = all.iter().map(|value| format!("--set={value}")).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        test_env
            .helm_release("install", "edge", &chart(), &arguments)
            .unwrap();
        let objects = documents(&test_env.helm(&["get", "manifest", "edge"]).unwrap());
        let kubeconfig = test_env
            .cluster
            .service_account_kubeconfig(&test_env.namespace, &account(&objects));
        let kubeconfig = kubeconfig.unwrap();
        let deployment = find(&objects, "Deployment", "operator");
        let operator = OperatorProcess::start(deployment, &kubeconfig, |name, key| {
            secret(&test_env, name, key)
        });
        Self {
            test_env,
            objects,
            operator,
            kubeconfig,
            _simulator: simulator,
            _runtime: runtime,
        }
    }

    fn life<'a>(&'a self, namespace: &'a str, log: &'a dyn Fn() -> String) -> ObjectLifecycle<'a> {
        ObjectLifecycle {
            test_env: &self.test_env,
            namespace,
            log,
        }
    }

    /// What `helm test` would run, with what a kubelet would give it.
    pub(crate) fn helm_test(&self) -> Command {
        let hooks = documents(&self.test_env.helm(&["get", "hooks", "edge"]).unwrap());
        let pod = find(&hooks, "Pod", "doctor");
        let account = &find(&self.objects, "Deployment", "operator")["spec"]["template"]["spec"];
        assert_eq!(
            pod["spec"]["serviceAccountName"],
            account["serviceAccountName"]
        );
        let container = &pod["spec"]["containers"][0];
        container_command(container, &self.kubeconfig, |name, key| {
            secret(&self.test_env, name, key)
        })
    }

    /// Ends the operator and compares what it did with what it may.
    fn judge(self) {
        let account = account(&self.objects);
        self.operator.stop();
        let requests = requests(&self.test_env, &account);
        assert_eq!(denied(&requests), [] as [String; 0], "nothing was refused");
        let granted = granted(&self.objects);
        let used = generalised(used(&requests), &granted);
        let unused: Vec<_> = granted.difference(&used).collect();
        let beyond: Vec<_> = used.difference(&granted).collect();
        assert!(
            unused.is_empty() && beyond.is_empty(),
            "unused: {unused:#?}\nbeyond: {beyond:#?}"
        );
        assert!(granted.len() >= 25, "{} rights", granted.len());
        self.test_env.helm(&["uninstall", "edge"]).unwrap();
    }
}

/// The account that the Deployment runs under.
fn account(objects: &[Value]) -> String {
    let deployment = find(objects, "Deployment", "operator");
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], true);
    pod["serviceAccountName"].as_str().unwrap().to_owned()
}

/// A key of a Secret, as a kubelet would read it.
fn secret(test_env: &TestEnv, name: &str, key: &str) -> String {
    let template = format!("--output=go-template={{{{index .data \"{key}\" | base64decode}}}}");
    test_env.kubectl(&["get", "secret", name, &template])
}

#[test]
fn cluster_wide_every_right_is_needed_and_none_is_missing() {
    let world = RunningRelease::new("everywhere", &[]);
    let log = || world.operator.log();
    let elsewhere = world
        .test_env
        .cluster
        .create_namespace("elsewhere")
        .unwrap();
    world.life(&elsewhere, &log).begin();
    assert!(world.operator.passes_probes(), "{}", log());
    expect_all_served(&world.operator.metrics());
    world.life(&elsewhere, &log).pass();
    loosen_definitions(&world.test_env);
    world.life(&elsewhere, &log).report_the_unreadable();
    world.judge();
}

#[test]
fn in_two_namespaces_every_right_is_needed_and_none_is_missing() {
    let cluster = cluster::shared().unwrap();
    let teams = ["team-a", "team-b"].map(|team| cluster.create_namespace(team).unwrap());
    let world = RunningRelease::new(
        "tenant",
        &[format!("watch.namespaces={{{}}}", teams.join(","))],
    );
    let roles = world
        .objects
        .iter()
        .filter(|object| object["kind"] == "ClusterRoleBinding");
    assert_eq!(roles.count(), 0, "nothing is granted beyond namespaces");
    let log = || world.operator.log();
    for team in &teams {
        world.life(team, &log).pass();
    }
    loosen_definitions(&world.test_env);
    for team in &teams {
        world.life(team, &log).report_the_unreadable();
    }
    world.judge();
}
