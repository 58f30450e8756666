//! Using a cluster that somebody else started.

use std::path::Path;

use cluster::{Cluster, Environment, Options};

use crate::support::{eventually, out};

fn existing() -> Cluster {
    let owner = cluster::shared().unwrap();
    let environment = Environment {
        kubeconfig: Some(owner.kubeconfig().to_owned()),
        ..Environment::from_process()
    };
    Cluster::start_with(&environment, Options::default()).unwrap()
}

fn user_of(cluster: &Cluster, kubeconfig: &Path) -> String {
    let mut command = cluster.kubectl();
    command.env("KUBECONFIG", kubeconfig).args([
        "auth",
        "whoami",
        "--output=jsonpath={.status.userInfo.username}",
    ]);
    out(&command.output().unwrap()).to_owned()
}

#[test]
fn an_existing_cluster_is_used_as_it_is() {
    let cluster = existing();
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
    let cluster = existing();
    let user = cluster.create_user("somebody", &["a", "b", "c"]).unwrap();
    assert_eq!(user_of(&cluster, &user), "somebody");
    assert_eq!(user_of(&cluster, cluster.kubeconfig()), "admin");
}

#[test]
fn namespaces_are_deleted_from_an_existing_cluster_in_the_end() {
    let owner = cluster::shared().unwrap();
    let cluster = existing();
    let ours = cluster.create_namespace("ours").unwrap();
    let theirs = owner.create_namespace("theirs").unwrap();
    let phase = |namespace: &str| {
        let arguments = [
            "get",
            "namespace",
            namespace,
            "--ignore-not-found",
            "--output=jsonpath={.status.phase}",
        ];
        out(&owner.kubectl().args(arguments).output().unwrap()).to_owned()
    };
    assert_eq!(phase(&ours), "Active");
    drop(cluster);
    // Without kube-controller-manager it stays in this phase.
    eventually("the namespace is going", || phase(&ours) != "Active");
    assert_eq!(phase(&theirs), "Active");
}
