//! The start, use and end of real control planes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use cluster::{AuditLevel, Cluster, Environment, Options};
use serde_json::Value;

use crate::support::{
    Machine, assert_no_remains, processes, stderr, stdout, wait_until, write_script, write_servers,
};

fn directory(cluster: &Cluster) -> PathBuf {
    cluster.kubeconfig().parent().unwrap().to_owned()
}

fn successful_stdout(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).to_owned()
}

fn is_allowed(user: &Path, verb: &str, resource: &str, namespace: &str) -> bool {
    let cluster = cluster::shared().unwrap();
    let mut command = cluster.kubectl();
    command.env("KUBECONFIG", user).args([
        "auth",
        "can-i",
        verb,
        resource,
        "--namespace",
        namespace,
    ]);
    command.output().unwrap().status.success()
}

#[test]
fn kubectl_uses_the_shared_cluster_as_the_administrator() {
    let cluster = cluster::shared().unwrap();
    let who = successful_stdout(cluster.kubectl().args([
        "auth",
        "whoami",
        "--output=jsonpath={.status.userInfo}",
    ]));
    let who: Value = serde_json::from_str(&who).unwrap();
    assert_eq!(who["username"], "admin");
    assert!(
        who["groups"]
            .as_array()
            .unwrap()
            .contains(&Value::from("system:masters"))
    );
}

#[test]
fn every_call_shares_one_cluster() {
    assert_eq!(
        cluster::shared().unwrap().kubeconfig(),
        cluster::shared().unwrap().kubeconfig()
    );
}

#[test]
fn a_namespace_has_a_unique_name_with_the_prefix() {
    let cluster = cluster::shared().unwrap();
    let (first, second) = (
        cluster.create_namespace("same").unwrap(),
        cluster.create_namespace("same").unwrap(),
    );
    assert!(first.starts_with("same-") && second.starts_with("same-"));
    assert_ne!(first, second);
    successful_stdout(
        cluster
            .kubectl()
            .args(["get", "namespace", &first, &second]),
    );
}

#[test]
fn a_user_has_the_permissions_of_its_role_only() {
    let cluster = cluster::shared().unwrap();
    let namespace = cluster.create_namespace("rbac").unwrap();
    let user = cluster.create_user("reader", &["readers"]).unwrap();
    assert!(!is_allowed(&user, "get", "configmaps", &namespace));
    let role = [
        "create",
        "role",
        "read",
        "--verb=get",
        "--resource=configmaps",
        "--namespace",
        &namespace,
    ];
    let binding = [
        "create",
        "rolebinding",
        "read",
        "--role=read",
        "--group=readers",
        "--namespace",
        &namespace,
    ];
    successful_stdout(cluster.kubectl().args(role));
    successful_stdout(cluster.kubectl().args(binding));
    wait_until("the authorizer uses the binding", || {
        is_allowed(&user, "get", "configmaps", &namespace)
    });
    assert!(!is_allowed(&user, "delete", "configmaps", &namespace));
}

#[test]
fn a_user_has_all_requested_groups() {
    let cluster = cluster::shared().unwrap();
    let user = cluster.create_user("two", &["group-a", "group-b"]).unwrap();
    let command = [
        "auth",
        "whoami",
        "--output=jsonpath={.status.userInfo.groups}",
    ];
    let groups = successful_stdout(cluster.kubectl().env("KUBECONFIG", &user).args(command));
    assert!(
        groups.contains("group-a") && groups.contains("group-b"),
        "{groups}"
    );
}

#[test]
fn more_groups_than_a_certificate_can_contain_are_rejected() {
    let error = cluster::shared()
        .unwrap()
        .create_user("three", &["a", "b", "c"])
        .unwrap_err();
    assert!(
        error.to_string().contains("more than two groups"),
        "{error}"
    );
}

#[test]
fn the_audit_log_contains_the_user_and_the_object_of_a_write() {
    let cluster = cluster::shared().unwrap();
    let namespace = cluster.create_namespace("audit").unwrap();
    let user = cluster.create_user("writer", &["system:masters"]).unwrap();
    let create = ["create", "configmap", "logged", "--namespace", &namespace];
    successful_stdout(cluster.kubectl().env("KUBECONFIG", &user).args(create));
    let writes = || -> Vec<Value> {
        let log = fs::read_to_string(cluster.audit_log().unwrap()).unwrap();
        // The last line may be incomplete.
        let events = log
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        events
            .filter(|event| {
                event["objectRef"]["namespace"] == *namespace && event["verb"] == "create"
            })
            .collect()
    };
    wait_until("the write is logged", || !writes().is_empty());
    let [write] = writes().try_into().expect("a request is logged once");
    assert_eq!(write["user"]["username"], "writer");
    assert_eq!(write["objectRef"]["resource"], "configmaps");
    assert_eq!(write["requestObject"], Value::Null, "metadata only");
}

#[test]
fn a_dropped_cluster_leaves_no_process_or_directory() {
    let options = Options {
        audit: Some(AuditLevel::Request),
        ..Options::default()
    };
    let cluster = Cluster::start(options).unwrap();
    let directory = directory(&cluster);
    let mode = directory.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "the directory contains private keys");
    assert!(
        !processes(&directory.to_string_lossy()).is_empty(),
        "the check below can find the processes"
    );
    let _ = cluster.create_namespace("logged").unwrap();
    wait_until("the body of the request is logged", || {
        let log = fs::read_to_string(cluster.audit_log().unwrap()).unwrap();
        log.contains("\"requestObject\":{\"kind\":\"Namespace\"")
    });
    drop(cluster);
    assert_no_remains(&directory);
}

#[test]
fn a_panic_leaves_no_process_or_directory() {
    let result = panic::catch_unwind(|| {
        let cluster = Cluster::start(Options::default()).unwrap();
        panic::panic_any(directory(&cluster));
    });
    let directory = result.unwrap_err().downcast::<PathBuf>().unwrap();
    assert_no_remains(&directory);
}

#[test]
fn two_clusters_start_at_the_same_time_and_are_independent() {
    let start = || Cluster::start(Options::default()).unwrap();
    let (first, second) = thread::scope(|scope| {
        let (first, second) = (scope.spawn(start), scope.spawn(start));
        (first.join().unwrap(), second.join().unwrap())
    });
    let namespace = first.create_namespace("first").unwrap();
    let mut get = second.kubectl();
    assert!(
        !get.args(["get", "namespace", &namespace])
            .output()
            .unwrap()
            .status
            .success()
    );
    let directory = directory(&second);
    drop(second);
    assert_no_remains(&directory);
    successful_stdout(first.kubectl().args(["get", "namespace", &namespace]));
}

#[test]
fn a_restarted_api_server_has_the_objects_of_the_killed_one() {
    let cluster = Cluster::start(Options::default()).unwrap();
    let namespace = cluster.create_namespace("persisted").unwrap();
    cluster.kill_api_server().unwrap();
    let mut get = cluster.kubectl();
    get.args(["get", "namespace", &namespace]);
    assert!(!get.output().unwrap().status.success());
    cluster.start_api_server().unwrap();
    successful_stdout(&mut get);
    let directory = directory(&cluster);
    drop(cluster);
    assert_no_remains(&directory);
}

#[test]
fn kube_controller_manager_finishes_the_deletion_of_a_namespace() {
    let options = Options {
        has_controller_manager: true,
        ..Options::default()
    };
    let cluster = Cluster::start(options).unwrap();
    let namespace = cluster.create_namespace("deleted").unwrap();
    successful_stdout(
        cluster
            .kubectl()
            .args(["delete", "namespace", &namespace, "--wait=true"]),
    );
    let directory = directory(&cluster);
    drop(cluster);
    assert_no_remains(&directory);
}

#[test]
fn the_error_of_a_server_that_does_not_start_contains_the_end_of_its_log() {
    let machine = Machine::new();
    let assets = machine.directory("assets");
    write_servers(&assets, "3.6.8", "1.36.2");
    let etcd = r#"[ "$1" = --version ] && { echo etcd Version: 3.6.8; exit; }
for argument; do case "$argument" in --data-dir=*) echo "${argument#*=}" >"$0.directory" ;; esac; done
echo "the disk is on fire" >&2
exit 3"#;
    write_script(&assets, "etcd", etcd);
    let environment = Environment {
        assets: Some(assets.clone()),
        ..Environment::default()
    };
    let error = Cluster::start_with(&environment, Options::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("etcd ended (exit status: 3)"), "{error}");
    assert!(error.contains("the disk is on fire"), "{error}");
    let data = fs::read_to_string(assets.join("etcd.directory")).unwrap();
    assert_no_remains(Path::new(data.trim()).parent().unwrap());
}
