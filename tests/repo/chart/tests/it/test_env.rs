//! The test environment of releases on the shared control plane.

use super::{
    api_server::{kubectl, stderr_text},
    helm::{helm, output},
};
use cluster::Cluster;
use serde_json::Value;
use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The shared control plane with a namespace. It is locked for one test at a time, because CRDs are cluster-scoped.
pub(crate) struct TestEnv {
    pub(crate) cluster: &'static Cluster,
    pub(crate) namespace: String,
    _exclusive: MutexGuard<'static, ()>,
}

impl TestEnv {
    pub(crate) fn new(name: &str) -> Self {
        static LOCK: Mutex<()> = Mutex::new(());
        // A failed test may leave cluster-scoped objects, which are deleted below.
        let exclusive = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = cluster::shared().unwrap();
        let test_env = Self {
            namespace: cluster.create_namespace(name).unwrap(),
            cluster,
            _exclusive: exclusive,
        };
        test_env.delete_cluster_scoped_objects();
        test_env
    }

    /// Deletes the cluster-scoped objects of all releases.
    fn delete_cluster_scoped_objects(&self) {
        self.remove_finalizers();
        for kind in [
            "customresourcedefinitions",
            "clusterroles",
            "clusterrolebindings",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
        ] {
            self.delete_all(kind);
        }
    }

    /// Removes the finalizers of the objects that no operator will release any more.
    fn remove_finalizers(&self) {
        let columns = "--output=jsonpath={range .items[*]}{.kind} {.metadata.namespace} {.metadata.name}{\"\\n\"}{end}";
        let listed = kubectl(
            self.cluster,
            &["get", "cloudfront", "--all-namespaces", columns],
            "",
        );
        for line in String::from_utf8_lossy(&listed.stdout).lines() {
            let names: Vec<&str> = line.split(' ').collect();
            let patch = r#"--patch={"metadata":{"finalizers":null}}"#;
            let [kind, namespace, name] = names[..] else {
                continue;
            };
            let patch = [
                "patch",
                kind,
                name,
                "--namespace",
                namespace,
                "--type=merge",
                patch,
            ];
            kubectl(self.cluster, &patch, "");
        }
    }

    /// Deletes the objects of all releases of a kind.
    ///
    /// If the API server has just initialized the storage of a CRD, it repeats the deletion with delays of up to minutes. An update of
    /// the CRD makes it repeat the deletion at once.
    fn delete_all(&self, kind: &str) {
        const RELEASES: &str = "--selector=app.kubernetes.io/part-of=cloudfront-operator";
        let delete = ["delete", kind, RELEASES, "--wait=true", "--timeout=20s"];
        for attempt in 0..10 {
            if kubectl(self.cluster, &delete, "").status.success() {
                return;
            }
            let update = format!("deletion-attempt={attempt}");
            let update = ["annotate", kind, RELEASES, &update, "--overwrite"];
            kubectl(self.cluster, &update, "");
        }
        self.kubectl(&delete);
    }

    /// Runs kubectl in the namespace and returns its standard output. Panics if it fails.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> String {
        self.kubectl_with(arguments, "")
    }

    /// Runs kubectl like [`Self::kubectl`], with `input` as standard input.
    pub(crate) fn kubectl_with(&self, arguments: &[&str], input: &str) -> String {
        let all = [&["--namespace", &self.namespace], arguments].concat();
        let output = kubectl(self.cluster, &all, input);
        assert!(
            output.status.success(),
            "kubectl {arguments:?}: {}",
            stderr_text(&output)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs helm in the namespace. Returns its standard output, or its standard error if it fails.
    pub(crate) fn helm(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = helm();
        command
            .args(arguments)
            .args(["--namespace", &self.namespace]);
        output(command.env("KUBECONFIG", self.cluster.kubeconfig()))
    }

    /// Runs `helm install` or `helm upgrade` with a chart.
    pub(crate) fn helm_release(
        &self,
        verb: &str,
        name: &str,
        chart: &Path,
        flags: &[&str],
    ) -> Result<String, String> {
        self.helm(&[&[verb, name, chart.to_str().unwrap()], flags].concat())
    }

    /// Returns the names of the objects of a kind in the namespace, or in the cluster if the kind is cluster-scoped.
    pub(crate) fn object_names(&self, kind: &str) -> Vec<String> {
        let text = self.kubectl(&["get", kind, "--output=jsonpath={.items[*].metadata.name}"]);
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// Returns the CRD of `OriginAccessIdentity`.
    pub(crate) fn identity_crd(&self) -> Value {
        let name = "originaccessidentities.cloudfront-operator.dev";
        let text = self.kubectl(&["get", "customresourcedefinition", name, "--output=json"]);
        serde_json::from_str(&text).unwrap()
    }

    /// Returns the number of the operator's CRDs in the cluster.
    pub(crate) fn count_crds(&self) -> usize {
        let names = self.object_names("customresourcedefinitions");
        names
            .iter()
            .filter(|name| name.ends_with(".cloudfront-operator.dev"))
            .count()
    }
}

impl Drop for TestEnv {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.delete_cluster_scoped_objects();
        }
    }
}
