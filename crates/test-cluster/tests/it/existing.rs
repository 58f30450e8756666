//! The use of an existing cluster.

use std::path::Path;

use cluster::{Cluster, Environment, Options};

use crate::support::{stdout, wait_until};

fn connect() -> Cluster {
    let owner = cluster::shared().unwrap();
    let environment = Environment {
        kubeconfig: Some(owner.kubeconfig().to_owned()),
        ..Environment::from_process()
    };
    Cluster::start_with(&environment, Options::default()).unwrap()
}

fn username(cluster: &Cluster, kubeconfig: &Path) -> String {
    let mut command = cluster.kubectl();
    command.env("KUBECONFIG", kubeconfig).args([
        "auth",
        "whoami",
        "--output=jsonpath={.status.userInfo.username}",
    ]);
    stdout(&command.output().unwrap()).to_owned()
}

#[test]
fn an_existing_cluster_keeps_its_kubeconfig_and_api_server() {
    let cluster = connect();
    assert_eq!(
        cluster.kubeconfig(),
        cluster::shared().unwrap().kubeconfig()
    );
    assert_eq!(cluster.audit_log(), None);
    assert!(cluster.kill_api_server().is_err());
    assert!(cluster.start_api_server().is_err());
}

#[test]
fn a_user_of_an_existing_cluster_is_impersonated() {
    let cluster = connect();
    let user = cluster
        .create_user("impersonated", &["a", "b", "c"])
        .unwrap();
    assert_eq!(username(&cluster, &user), "impersonated");
    assert_eq!(username(&cluster, cluster.kubeconfig()), "admin");
}

#[test]
fn created_namespaces_are_deleted_from_an_existing_cluster_at_the_end() {
    let owner = cluster::shared().unwrap();
    let cluster = connect();
    let created = cluster.create_namespace("ours").unwrap();
    let other = owner.create_namespace("theirs").unwrap();
    let phase = |namespace: &str| {
        let arguments = [
            "get",
            "namespace",
            namespace,
            "--ignore-not-found",
            "--output=jsonpath={.status.phase}",
        ];
        stdout(&owner.kubectl().args(arguments).output().unwrap()).to_owned()
    };
    assert_eq!(phase(&created), "Active");
    drop(cluster);
    // Without kube-controller-manager, the namespace stays in the phase Terminating.
    wait_until("the namespace is terminating", || {
        phase(&created) != "Active"
    });
    assert_eq!(phase(&other), "Active");
}
