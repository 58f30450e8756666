//! The deletion of a namespace that an operator with permissions in single namespaces watches.

use crate::support::{TestEnv, control_plane, distribution, grant_chart_rbac_in};
use cluster::{Binaries, Environment, GuardedChild};
use serde_json::Value;
use std::{process::Command, time::Duration};

const FINALIZER: &str = "cloudfront-operator.dev/keep-permissions";

/// Starts the controller that deletes the content of namespaces.
fn start_namespace_controller() -> GuardedChild {
    let cluster = control_plane();
    let environment = Environment::from_process();
    let binaries = Binaries::find_or_build(&environment, true).expect("the programs are found");
    let program = binaries.kube_controller_manager;
    let mut command = Command::new(program.expect("kube-controller-manager is required"));
    command
        .arg(format!("--kubeconfig={}", cluster.kubeconfig().display()))
        .args(["--controllers=namespace-controller", "--leader-elect=false"])
        .args(["--secure-port=0", "--bind-address=127.0.0.1"])
        .arg("--use-service-account-credentials=false");
    let log = cluster.directory().join("namespace-controller.log");
    let controller = cluster.start_program("kube-controller-manager", &command, &log);
    controller.expect("kube-controller-manager starts")
}

/// An operator that watches its own namespace and another one, as the chart installs it.
struct WatchedNamespace {
    env: TestEnv,
    namespace: String,
    role_binding: &'static str,
}

impl WatchedNamespace {
    fn new(name: &str, deploy_delay: Duration) -> Self {
        let env = TestEnv::without_operator(name, deploy_delay);
        let namespace = env.create_namespace(&format!("{name}-watched"));
        let role_binding = grant_chart_rbac_in(&namespace, &env.namespace);
        let mut watched = Self {
            env,
            namespace,
            role_binding,
        };
        watched.start_operator();
        watched
    }

    fn start_operator(&mut self) {
        let protected = format!("{}/{}", self.namespace, self.role_binding);
        let flags = [
            "--watch-namespaces",
            &self.namespace,
            "--protected-role-bindings",
            &protected,
        ];
        self.env.start_operator_with_flags(&flags);
    }

    fn create_distribution(&self) {
        let create = ["create", "--namespace", &self.namespace, "--filename", "-"];
        let output = self.env.try_kubectl(&create, &distribution("www", "first"));
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
    }

    /// Returns an object of the watched namespace, or `None` if it does not exist.
    fn get(&self, object: &str) -> Option<Value> {
        let get = [
            "get",
            object,
            "--output=json",
            "--ignore-not-found",
            "--namespace",
        ];
        let text = self.env.kubectl(&[&get[..], &[&self.namespace]].concat());
        serde_json::from_str(&text).ok()
    }

    fn has_finalizer(&self) -> bool {
        let binding = self.get(&format!("rolebinding/{}", self.role_binding));
        let finalizers = binding.map(|binding| binding["metadata"]["finalizers"].clone());
        finalizers
            .unwrap_or_default()
            .to_string()
            .contains(FINALIZER)
    }

    fn wait_for_finalizer(&self, expected: bool) {
        let description = format!("the RoleBinding has the finalizer: {expected}");
        self.env.eventually(&description, || {
            (self.has_finalizer() == expected).then_some(())
        });
    }
}

#[test]
fn the_deletion_of_a_watched_namespace_ends_after_that_of_its_resources_even_if_the_operator_restarts()
 {
    let _controller = start_namespace_controller();
    let mut watched = WatchedNamespace::new("nsgone", Duration::from_secs(3));
    watched.env.accept_loss_of_permissions();
    watched.create_distribution();
    watched.wait_for_finalizer(true);
    watched
        .env
        .kubectl(&["delete", "namespace", &watched.namespace, "--wait=false"]);
    watched.env.stop_operator();
    assert!(
        watched.has_finalizer(),
        "the next process needs the permissions"
    );
    watched.start_operator();
    let env = &watched.env;
    env.eventually("the namespace is gone", || {
        let name = format!("namespace/{}", watched.namespace);
        env.get(&name).is_none().then_some(())
    });
    assert_eq!(env.distribution_count(), 0, "the distribution is deleted");
    assert_eq!(
        TestEnv::operations(&env.writes_since(0)),
        [
            "CreateDistribution",
            "UpdateDistribution",
            "DeleteDistribution"
        ]
    );
}

#[test]
fn the_deletion_of_the_operators_own_namespace_ends_if_its_objects_were_deleted_first() {
    let _controller = start_namespace_controller();
    let mut env = TestEnv::with_deploy_delay("nsown", Duration::ZERO);
    env.accept_loss_of_permissions();
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.kubectl(&["delete", "cloudfront", "--all"]);
    let namespace = env.namespace.clone();
    env.kubectl(&["delete", "namespace", &namespace, "--wait=false"]);
    env.eventually("the namespace is gone", || {
        env.get(&format!("namespace/{namespace}"))
            .is_none()
            .then_some(())
    });
    assert_eq!(env.distribution_count(), 0, "the distribution is deleted");
}

#[test]
fn a_role_binding_is_kept_while_the_operator_runs_and_its_namespace_has_objects() {
    let mut watched = WatchedNamespace::new("nsrole", Duration::ZERO);
    watched.create_distribution();
    watched.wait_for_finalizer(true);
    watched.env.stop_operator();
    assert!(!watched.has_finalizer(), "the uninstallation can delete it");
    let object = watched.get("cfd/www").expect("the object exists");
    assert!(object["metadata"]["finalizers"].is_array(), "{object}");

    watched.start_operator();
    watched.wait_for_finalizer(true);
    let delete = ["delete", "cfd/www", "--namespace", &watched.namespace];
    watched.env.kubectl(&delete);
    watched.wait_for_finalizer(false);
}
