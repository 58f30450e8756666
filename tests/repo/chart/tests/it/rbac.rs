//! The operator of a release, run with the Deployment's container and the ServiceAccount's permissions. It uses all permissions and needs
//! no others, passes its probes, and serves the metrics that alerts and dashboard use.

use super::{
    audit_log::{
        denied_requests, granted_permissions, requests_of, used_permissions, with_cluster_scope,
    },
    container::{OperatorProcess, TIMEOUT, container_command, free_port},
    helm::{chart, documents, find},
    lifecycle::{ObjectLifecycle, remove_crd_validation},
    served_metrics::assert_all_metrics_served,
    test_env::TestEnv,
};
use cloudfront_simulator::{Fault, FaultMode, Options, Simulator};
use serde_json::Value;
use std::{
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// An installed release and its operator, which uses a CloudFront simulator.
pub(crate) struct RunningRelease {
    pub(crate) test_env: TestEnv,
    objects: Vec<Value>,
    pub(crate) operator: OperatorProcess,
    kubeconfig: PathBuf,
    simulator: Simulator,
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
        create_aws_secret(&test_env, &simulator);
        let flags = set_flags(&simulator.endpoint(), values);
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        test_env
            .helm_release("install", "edge", &chart(), &flags)
            .unwrap();
        let objects = documents(&test_env.helm(&["get", "manifest", "edge"]).unwrap());
        let kubeconfig = test_env
            .cluster
            .service_account_kubeconfig(&test_env.namespace, &service_account_name(&objects));
        let kubeconfig = kubeconfig.unwrap();
        let deployment = find(&objects, "Deployment", "operator");
        let operator = OperatorProcess::start(deployment, &kubeconfig, |name, key| {
            read_secret(&test_env, name, key)
        });
        Self {
            test_env,
            objects,
            operator,
            kubeconfig,
            simulator,
            _runtime: runtime,
        }
    }

    fn lifecycle<'a>(
        &'a self,
        namespace: &'a str,
        log: &'a dyn Fn() -> String,
    ) -> ObjectLifecycle<'a> {
        ObjectLifecycle {
            test_env: &self.test_env,
            namespace,
            log,
        }
    }

    /// Returns the command of the pod of `helm test`, with the environment that a kubelet would set.
    pub(crate) fn helm_test_command(&self) -> Command {
        let hooks = documents(&self.test_env.helm(&["get", "hooks", "edge"]).unwrap());
        let pod = find(&hooks, "Pod", "doctor");
        let operator = &find(&self.objects, "Deployment", "operator")["spec"]["template"]["spec"];
        assert_eq!(
            pod["spec"]["serviceAccountName"],
            operator["serviceAccountName"]
        );
        let container = &pod["spec"]["containers"][0];
        container_command(container, &self.kubeconfig, |name, key| {
            read_secret(&self.test_env, name, key)
        })
    }

    /// Twice makes CloudFront refuse all requests, and waits for the events about the pod of the operator.
    fn cause_outages(&self) {
        for number in 1..=2 {
            let refused = FaultMode::error(403, "InvalidClientTokenId", "The token is invalid.");
            let control = self.simulator.control();
            control.inject(Fault::on("*", refused).times(1_000_000));
            self.wait_for_events("CloudFrontUnavailable", number);
            control.clear_faults();
            self.wait_for_events("CloudFrontAvailable", number);
        }
    }

    /// Waits until an event with this reason was published this many times.
    fn wait_for_events(&self, reason: &str, count: u64) {
        let selector = format!("--field-selector=reason={reason}");
        let template = "--output=go-template={{range .items}}{{.involvedObject.kind}} {{if .series}}{{.series.count}}{{else}}1{{end}} {{end}}";
        let start = Instant::now();
        loop {
            let printed = self
                .test_env
                .kubectl(&["get", "events", &selector, template]);
            let counts = printed.split_whitespace().filter(|word| *word != "Pod");
            let sum: u64 = counts.map(|count| count.parse::<u64>().unwrap()).sum();
            if sum >= count {
                return;
            }
            assert!(
                start.elapsed() < TIMEOUT,
                "{printed}\n{}",
                self.operator.log()
            );
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Stops the operator, and asserts that it has used exactly the permissions that its roles grant.
    fn assert_minimal_permissions(self) -> TestEnv {
        let account = service_account_name(&self.objects);
        self.operator.stop();
        let requests = requests_of(&self.test_env, &account);
        let denied = denied_requests(&requests);
        assert_eq!(denied, [] as [String; 0], "denied requests");
        let granted = granted_permissions(&self.objects);
        let used = with_cluster_scope(used_permissions(&requests), &granted);
        let unused: Vec<_> = granted.difference(&used).collect();
        let missing: Vec<_> = used.difference(&granted).collect();
        assert!(
            unused.is_empty() && missing.is_empty(),
            "unused: {unused:#?}\nmissing: {missing:#?}"
        );
        assert!(granted.len() >= 25, "{} permissions", granted.len());
        self.test_env.helm(&["uninstall", "edge"]).unwrap();
        self.test_env
    }
}

/// An object of a kind that is not deployed.
const IDENTITY: &str = "
apiVersion: cloudfront-operator.dev/v1alpha1
kind: OriginAccessIdentity
metadata: {name: site}
spec: {comment: first}
";

/// Creates the Secret with the simulator's credentials.
fn create_aws_secret(test_env: &TestEnv, simulator: &Simulator) {
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
}

/// Returns the helm flags for an operator that uses the simulator at `endpoint`, with short intervals and free loopback ports.
fn set_flags(endpoint: &str, values: &[String]) -> Vec<String> {
    let mut all_values = vec![
        format!("aws.endpointUrl={endpoint}"),
        format!("aws.stsEndpointUrl={endpoint}"),
        "aws.existingSecret.name=aws-keys".into(),
        "listenAddress=127.0.0.1".into(),
        format!("metrics.port={}", free_port()),
        format!("healthPort={}", free_port()),
        "rbac.readSecrets=true".into(),
        "rbac.readConfigMaps=true".into(),
        "rbac.watchDeployments=true,rbac.watchConfigMaps=true".into(),
        "resyncPeriod=1s,deploymentPollInterval=250ms,rateLimit.readQPS=0,rateLimit.writeQPS=0"
            .into(),
    ];
    all_values.extend_from_slice(values);
    all_values
        .iter()
        .map(|value| format!("--set={value}"))
        .collect()
}

/// Returns the name of the Deployment's ServiceAccount.
fn service_account_name(objects: &[Value]) -> String {
    let deployment = find(objects, "Deployment", "operator");
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], true);
    pod["serviceAccountName"].as_str().unwrap().to_owned()
}

/// Returns the value of a Secret's key.
fn read_secret(test_env: &TestEnv, name: &str, key: &str) -> String {
    let template = format!("--output=go-template={{{{index .data \"{key}\" | base64decode}}}}");
    test_env.kubectl(&["get", "secret", name, &template])
}

#[test]
fn the_cluster_roles_grant_exactly_the_permissions_that_the_operator_uses() {
    let release = RunningRelease::new("cluster-scope", &[]);
    let log = || release.operator.log();
    let namespace = release.test_env.cluster.create_namespace("other").unwrap();
    release.lifecycle(&namespace, &log).create();
    release.operator.wait_until_probes_pass();
    assert_all_metrics_served(&release.operator.metrics());
    release.lifecycle(&namespace, &log).run();
    remove_crd_validation(&release.test_env);
    release.lifecycle(&namespace, &log).run_invalid_objects();
    release.assert_minimal_permissions();
}

#[test]
fn the_roles_in_two_namespaces_grant_exactly_the_permissions_that_the_operator_uses() {
    let cluster = cluster::shared().unwrap();
    let teams = ["team-a", "team-b"].map(|team| cluster.create_namespace(team).unwrap());
    let release = RunningRelease::new(
        "tenant",
        &[format!("watch.namespaces={{{}}}", teams.join(","))],
    );
    let bindings = release
        .objects
        .iter()
        .filter(|object| object["kind"] == "ClusterRoleBinding");
    assert_eq!(bindings.count(), 0, "there is no cluster-scoped permission");
    let log = || release.operator.log();
    // The lists of one kind fail, so the second outage repeats the event of the first.
    let lifecycle = release.lifecycle(&teams[0], &log);
    lifecycle.apply(IDENTITY);
    lifecycle.wait_for_condition("cfoai/site", "Ready");
    release.cause_outages();
    for team in &teams {
        release.lifecycle(team, &log).run();
    }
    remove_crd_validation(&release.test_env);
    for team in &teams {
        release.lifecycle(team, &log).run_invalid_objects();
    }
    let test_env = release.assert_minimal_permissions();
    for team in &teams {
        let bindings =
            test_env.kubectl(&["get", "rolebindings", "--namespace", team, "--output=name"]);
        assert_eq!(bindings, "", "the uninstallation leaves none behind");
    }
}
