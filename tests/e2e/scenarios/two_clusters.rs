//! Two clusters with the same manifest: CloudFront knows one resource with its name, which only the first of them has.

use super::unique_names::{example, named_kinds};
use crate::support::{OperatorProcess, TestEnv, condition, id_of, install_crds, message};
use cloudfront_operator::engine::KindDefinition;
use cloudfront_simulator::FaultMode;
use cluster::{Cluster, Options};
use serde_json::Value;
use std::{path::Path, time::Duration};

/// A cluster with an operator of the same AWS account.
struct Other {
    cluster: Cluster,
    namespace: String,
    _operator: OperatorProcess,
}

impl Other {
    fn start(env: &TestEnv) -> Self {
        let cluster = Cluster::start(Options::default()).expect("the control plane starts");
        let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
        install_crds(&cluster, &crds);
        let namespace = cluster.create_namespace("shop").expect("a namespace");
        let operator =
            OperatorProcess::start(&namespace, cluster.kubeconfig(), &env.simulator, &[]);
        Self {
            cluster,
            namespace,
            _operator: operator,
        }
    }

    fn kubectl(&self, arguments: &[&str], input: &str) -> String {
        let arguments = [&["--namespace", &self.namespace], arguments].concat();
        let output = self.cluster.run_kubectl(&arguments, input);
        output.expect("kubectl succeeds")
    }

    fn apply(&self, manifest: &Value) {
        self.kubectl(&["apply", "--filename", "-"], &manifest.to_string());
    }

    fn get(&self, object: &str) -> Value {
        let json = self.kubectl(&["get", object, "--output", "json"], "");
        serde_json::from_str(&json).expect("it is JSON")
    }
}

/// Returns the manifest of a kind with an explicit name. `None`: it needs other objects, whose resources the second cluster would have too.
fn named(kind: &KindDefinition) -> Option<Value> {
    let (before, mut manifest) = example(kind);
    manifest["spec"]["name"] = "of-the-first-cluster".into();
    before.is_empty().then_some(manifest)
}

#[test]
fn the_second_cluster_reports_the_conflict_and_leaves_the_resource_alone_also_if_responses_are_lost()
 {
    let env = TestEnv::with_deploy_delay("clusters", Duration::ZERO);
    let other = Other::start(&env);
    let mut tested = 0;
    for kind in named_kinds() {
        let start = env.journal_end();
        let Some(manifest) = named(kind) else {
            continue;
        };
        let own_name = manifest["metadata"]["name"].as_str().expect("a name");
        let object = format!("{}/{own_name}", kind.crd().spec.names.plural);
        let create = format!("Create{}", kind.api.name);
        env.inject(&create, FaultMode::ResetAfterCommit);
        env.apply(&manifest.to_string());
        let id = id_of(&env.wait_until_ready(&object));

        env.inject(&create, FaultMode::ResetAfterCommit);
        other.apply(&manifest);
        let refused = env.eventually("the second cluster reports the conflict", || {
            let refused = other.get(&object);
            (condition(&refused, "Ready").1 == "OwnershipConflict").then_some(refused)
        });
        let text = message(&refused, "Ready");
        assert!(text.contains(&id), "{text}");
        assert!(text.contains("Set spec.adoptId to"), "{text}");
        other.kubectl(&["delete", &object], "");
        env.request_reconcile(&object, "now");
        assert_eq!(id_of(&env.wait_until_ready(&object)), id);
        let mut writes = env.writes_since(start);
        writes.retain(|it| it.committed && it.operation.ends_with(kind.api.name));
        assert_eq!(TestEnv::operations(&writes), [create], "{object}");
        tested += 1;
    }
    assert!(tested >= 5, "{tested} kinds");
}
