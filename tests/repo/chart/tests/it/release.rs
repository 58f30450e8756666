//! Releases on a real control plane: installed, upgraded, uninstalled, and what survives that.

use super::{
    api_server::{kubectl, words},
    helm::{chart, documents, helm, output, repository},
};
use cluster::Cluster;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tempfile::TempDir;

/// A control plane for one release at a time: the definitions belong to the whole cluster.
pub(crate) struct Home {
    pub(crate) cluster: &'static Cluster,
    pub(crate) namespace: String,
    _alone: MutexGuard<'static, ()>,
}

impl Home {
    pub(crate) fn new(name: &str) -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        // A test that failed has left its definitions, which the next one takes away.
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = cluster::shared().unwrap();
        let home = Self {
            namespace: cluster.create_namespace(name).unwrap(),
            cluster,
            _alone: alone,
        };
        home.clear();
        home
    }

    /// Takes away what is cluster-wide.
    fn clear(&self) {
        for kind in [
            "customresourcedefinitions",
            "clusterroles",
            "clusterrolebindings",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
        ] {
            self.kubectl(&[
                "delete",
                kind,
                "--selector",
                "app.kubernetes.io/part-of=cloudfront-operator",
                "--wait=true",
            ]);
        }
    }

    /// kubectl in this namespace, which must succeed.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> String {
        self.kubectl_with(arguments, "")
    }

    /// The same, with this standard input.
    pub(crate) fn kubectl_with(&self, arguments: &[&str], input: &str) -> String {
        let all = [&["--namespace", &self.namespace], arguments].concat();
        let output = kubectl(self.cluster, &all, input);
        assert!(
            output.status.success(),
            "kubectl {arguments:?}: {}",
            words(&output)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// helm in this namespace.
    pub(crate) fn helm(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = helm();
        command
            .args(arguments)
            .args(["--namespace", &self.namespace]);
        output(command.env("KUBECONFIG", self.cluster.kubeconfig()))
    }

    /// `helm install` or `helm upgrade` of a chart.
    pub(crate) fn release(
        &self,
        verb: &str,
        name: &str,
        chart: &Path,
        more: &[&str],
    ) -> Result<String, String> {
        self.helm(&[&[verb, name, chart.to_str().unwrap()], more].concat())
    }

    /// Names of the objects of a kind, in this namespace or cluster-wide.
    fn names(&self, kind: &str) -> Vec<String> {
        let text = self.kubectl(&["get", kind, "--output=jsonpath={.items[*].metadata.name}"]);
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn definition(&self) -> Value {
        let name = "originaccessidentities.cloudfront-operator.dev";
        let text = self.kubectl(&["get", "customresourcedefinition", name, "--output=json"]);
        serde_json::from_str(&text).unwrap()
    }

    fn definitions(&self) -> usize {
        let all = self.names("customresourcedefinitions");
        all.iter()
            .filter(|name| name.ends_with(".cloudfront-operator.dev"))
            .count()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.clear();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The chart as an earlier version might have been: one replica, and identities without columns.
fn previous(folder: &TempDir) -> PathBuf {
    let old = folder.path().join("previous");
    copy(&chart(), &old);
    let edit = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(old.join(file)).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        fs::write(old.join(file), text.replace(from, to)).unwrap();
    };
    edit("Chart.yaml", "version: 0.1.0", "version: 0.0.9");
    edit("values.yaml", "replicas: 2", "replicas: 1");
    let file = old.join("files/crds/originaccessidentities.yaml");
    let mut definition = documents(&fs::read_to_string(&file).unwrap()).remove(0);
    definition["spec"]["versions"][0]["additionalPrinterColumns"] = json!([]);
    fs::write(file, definition.to_string()).unwrap();
    old
}

const IDENTITY: &str = "{apiVersion: cloudfront-operator.dev/v1alpha1, kind: OriginAccessIdentity, metadata: {name: site}, spec: {comment: kept}}";

/// Applies an object, which survives everything that follows.
fn apply_identity(home: &Home) {
    let established = "--for=condition=Established";
    let crd = "customresourcedefinition/originaccessidentities.cloudfront-operator.dev";
    home.kubectl(&["wait", established, crd, "--timeout=60s"]);
    home.kubectl_with(&["apply", "--filename", "-"], IDENTITY);
}

#[test]
fn an_upgrade_brings_new_definitions_and_keeps_every_object() {
    let home = Home::new("upgrade");
    let folder = TempDir::new().unwrap();
    let notes = home
        .release("install", "edge", &previous(&folder), &[])
        .unwrap();
    assert!(notes.contains("helm test edge --namespace"), "{notes}");
    assert!(notes.contains("create-pod-identity-association"), "{notes}");
    let columns =
        |home: &Home| home.definition()["spec"]["versions"][0]["additionalPrinterColumns"].clone();
    assert!(columns(&home).is_null());
    apply_identity(&home);
    let before = home.kubectl(&["get", "cfoai", "site", "--output=jsonpath={.metadata.uid}"]);

    home.release("upgrade", "edge", &chart(), &[]).unwrap();
    assert!(
        columns(&home).is_array(),
        "the definition came with the upgrade"
    );
    let replicas = [
        "get",
        "deployment",
        "edge-cloudfront-operator",
        "--output=jsonpath={.spec.replicas}",
    ];
    assert_eq!(home.kubectl(&replicas), "2");
    let after = home.kubectl(&["get", "cfoai", "site", "--output=jsonpath={.metadata.uid}"]);
    assert_eq!(after, before);

    home.helm(&["rollback", "edge", "1"]).unwrap();
    assert_eq!(home.kubectl(&replicas), "1");
    assert_eq!(home.names("originaccessidentities"), ["site"]);
    home.helm(&["uninstall", "edge"]).unwrap();
}

#[test]
fn objects_survive_an_uninstallation_and_are_taken_up_again() {
    let home = Home::new("uninstall");
    home.release("install", "edge", &chart(), &[]).unwrap();
    apply_identity(&home);
    home.helm(&["uninstall", "edge"]).unwrap();
    assert_eq!(home.names("deployments"), [] as [String; 0]);
    assert_eq!(home.names("originaccessidentities"), ["site"]);

    home.release("install", "edge", &chart(), &[])
        .expect("the same name takes up what was kept");
    home.helm(&["uninstall", "edge"]).unwrap();
    let refused = home.release("install", "other", &chart(), &[]).unwrap_err();
    assert!(refused.contains("invalid ownership metadata"), "{refused}");
    home.release("install", "other", &chart(), &["--take-ownership"])
        .unwrap();
    assert_eq!(home.names("originaccessidentities"), ["site"]);
    home.helm(&["uninstall", "other"]).unwrap();
    assert_eq!(home.definitions(), 4);
}

#[test]
fn definitions_that_are_not_kept_go_with_the_release() {
    let home = Home::new("let-go");
    home.release("install", "edge", &chart(), &["--set=crds.keep=false"])
        .unwrap();
    assert_eq!(home.definitions(), 4);
    home.helm(&["uninstall", "edge", "--wait"]).unwrap();
    assert_eq!(home.definitions(), 0);
}

#[test]
fn the_definitions_can_be_a_release_of_their_own() {
    let home = Home::new("apart");
    let own = repository("charts/cloudfront-operator-crds");
    home.release("install", "definitions", &own, &[]).unwrap();
    home.release("install", "edge", &chart(), &["--set=crds.enabled=false"])
        .unwrap();
    apply_identity(&home);
    home.helm(&["uninstall", "edge"]).unwrap();
    home.release(
        "upgrade",
        "definitions",
        &own,
        &["--set=crds.annotations.a=b"],
    )
    .unwrap();
    assert_eq!(home.definition()["metadata"]["annotations"]["a"], "b");
    assert_eq!(home.names("originaccessidentities"), ["site"]);
    home.helm(&["uninstall", "definitions"]).unwrap();
    assert_eq!(home.definitions(), 4);
}

#[test]
fn the_chart_warns_of_the_deprecated_kind_and_lets_a_team_use_the_others() {
    let home = Home::new("policy");
    home.release("install", "edge", &chart(), &[]).unwrap();
    apply_identity(&home);
    let can = |verb: &str, role: &str| {
        let name = format!("edge-cloudfront-operator-{role}");
        let rules = home.kubectl(&[
            "get",
            "clusterrole",
            &name,
            "--output=jsonpath={.rules[*].verbs}",
        ]);
        rules.contains(&format!("\"{verb}\""))
    };
    assert!(can("watch", "view") && !can("patch", "view") && can("patch", "edit"));
    let media = "{apiVersion: cloudfront-operator.dev/v1alpha1, kind: StreamingDistribution, metadata: {name: m}, spec: {s3Origin: {domainName: m.s3.amazonaws.com}}}";
    let mut said = String::new();
    for _ in 0..100 {
        // A policy is enforced a moment after it was made.
        let apply = [
            "--namespace",
            &home.namespace,
            "create",
            "--dry-run=server",
            "--filename",
            "-",
        ];
        said = words(&kubectl(home.cluster, &apply, media));
        if said.contains("AWS ended") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(
        said.starts_with("Warning:") && said.contains("AWS ended StreamingDistributions"),
        "{said}"
    );
    home.helm(&["uninstall", "edge"]).unwrap();
}
