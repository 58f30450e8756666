//! What the pages tell people to type and to apply: the API server and helm take all of it, and nothing is left behind.

use super::{
    api_server::{control_plane, kubectl, stderr_text},
    doc_blocks::{Block, blocks, pages},
    helm::{chart, documents, helm, output, template},
    shell::Shell,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

/// Beginnings of commands that are not run, and why.
const NOT_RUN: [(&str, &str); 14] = [
    ("aws ", "needs an AWS account"),
    ("cargo ", "builds and tests this project, as the gate does"),
    (
        "cloudfront-operator doctor",
        "needs AWS, or a simulator as in the test of `helm test`",
    ),
    ("cloudfront-operator run", "does not end by itself"),
    ("cloudfront-simulator ", "does not end by itself"),
    ("cosign ", "needs a release"),
    (
        "curl ",
        "needs an operator or a simulator at work, as the scenarios and the simulator's tests have",
    ),
    ("docker ", "needs Docker"),
    ("eksctl ", "needs an AWS account"),
    ("gh ", "needs a release"),
    ("kind ", "needs Docker"),
    ("helm test ", "needs a kubelet"),
    ("kubectl rollout status ", "needs a kubelet"),
    (
        "kubectl wait ",
        "needs an operator at work, as the scenarios have",
    ),
];

/// Kinds whose definitions belong to others.
const FOREIGN: [&str; 2] = ["Application", "Kustomization"];

/// Languages of programs that are not here: Terraform's and Rust's.
const OTHERS: [&str; 2] = ["hcl", "rust"];

/// The groups of ACK and of Crossplane, which `docs/migrate.md` speaks of.
const GROUPS: [&str; 2] = ["cloudfront.services.k8s.aws", "cloudfront.aws.upbound.io"];

/// What stands for their definitions.
const DEFINITION: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: distributions.GROUP}
spec:
  group: GROUP
  names: {kind: Distribution, plural: distributions}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
";

const OBJECT: &str = "
apiVersion: GROUP/v1
kind: Distribution
metadata: {name: www}
";

/// What the pages speak of.
const GIVEN: [&str; 3] = [
    "examples/s3-site.yaml",
    "examples/adopt/observe.yaml",
    "www.yaml",
];

const WWW: &str = "
apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {name: www}
spec:
  origins:
  - id: server
    domainName: www.example.com
    customOriginConfig: {originProtocolPolicy: https-only}
  defaultCacheBehavior:
    targetOriginId: server
    viewerProtocolPolicy: redirect-to-https
    cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
";

fn run(arguments: &[&str]) {
    let done = kubectl(control_plane(), arguments, "");
    assert!(
        done.status.success(),
        "{arguments:?}: {}",
        stderr_text(&done)
    );
}

/// Applies this once for each group of other controllers.
fn of_others(manifest: &str) {
    for group in GROUPS {
        let manifest = manifest.replace("GROUP", group);
        let done = kubectl(control_plane(), &["apply", "--filename=-"], &manifest);
        assert!(done.status.success(), "{group}: {}", stderr_text(&done));
    }
}

/// The kinds of other controllers.
fn kinds_of_others() {
    of_others(DEFINITION);
    for group in GROUPS {
        let definition = format!("crd/distributions.{group}");
        let established = "--for=condition=Established";
        run(&["wait", established, "--timeout=60s", &definition]);
    }
}

/// A release, the objects and the namespaces that the pages name.
fn given(shell: &Shell) {
    let release = [
        "install",
        "cloudfront-operator",
        chart().to_str().unwrap(),
        "--namespace=cloudfront-operator",
        "--create-namespace",
        "--set=crds.enabled=false,deprecationPolicy.enabled=false",
    ]
    .map(str::to_owned);
    let kubeconfig = control_plane().kubeconfig();
    output(helm().args(release).env("KUBECONFIG", kubeconfig)).unwrap();
    run(&["create", "namespace", "argocd"]);
    run(&["create", "configmap", "argocd-cm", "--namespace=argocd"]);
    fs::write(shell.folder().join("www.yaml"), WWW).unwrap();
    for file in GIVEN {
        let path = shell.folder().join(file);
        run(&["apply", "--filename", path.to_str().unwrap()]);
    }
    for object in ["cfd/site", "cfoai/site", "cfd/www", "cfd/legacy"] {
        let status = r#"{"status": {"id": "E1EXAMPLE"}}"#;
        run(&[
            "patch",
            object,
            "--subresource=status",
            "--type=merge",
            "--patch",
            status,
        ]);
    }
}

/// Does what a reader does with a manifest that a later command names.
fn save(shell: &Shell, blocks: &[Block]) {
    for block in blocks {
        if let Some(name) = block.file() {
            fs::write(shell.folder().join(name), &block.text).unwrap();
        }
    }
}

#[test]
fn every_command_of_the_pages_is_taken_by_kubernetes_and_helm() {
    let mut unused: BTreeSet<&str> = NOT_RUN.iter().map(|(beginning, _)| *beginning).collect();
    let first = Shell::new();
    kinds_of_others();
    given(&first);
    of_others(OBJECT);
    let (mut tried, mut refused) = (0, vec![]);
    for page in pages() {
        let shell = Shell::new();
        let blocks = blocks(&page);
        save(&shell, &blocks);
        for command in blocks.iter().flat_map(Block::commands) {
            let listed = NOT_RUN.iter().find(|(word, _)| command.starts_with(word));
            if let Some((beginning, _)) = listed {
                unused.remove(beginning);
                continue;
            }
            if let Err(why) = shell.run(&command) {
                refused.push(format!("{page}: {command}\n{why}"));
            }
            tried += 1;
        }
        if page.ends_with("/restore.md") {
            backed_up(&shell);
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(tried > 70, "only {tried} commands were found");
    assert_eq!(
        unused,
        BTreeSet::new(),
        "no command begins like this any more"
    );
}

/// A backup has every object with its id, and does not turn what was adopted into what is deleted.
fn backed_up(shell: &Shell) {
    let text = fs::read_to_string(shell.folder().join("backup.json")).unwrap();
    let backup: Value = serde_json::from_str(&text).unwrap();
    let items = backup["items"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    for item in items {
        assert!(item["metadata"]["uid"].is_null() && item["status"].is_null());
        assert_eq!(item["spec"]["adoptId"], "E1EXAMPLE");
        let adopted = item["metadata"]["name"] == "legacy";
        let policy = &item["spec"]["deletionPolicy"];
        assert_eq!(policy == "Delete", !adopted, "{item}");
    }
}

#[test]
fn every_manifest_of_the_pages_is_admitted_and_every_set_of_values_rendered() {
    let folder = TempDir::new().unwrap();
    let (mut manifests, mut values) = (0, 0);
    for block in pages().iter().flat_map(|page| blocks(page)) {
        match &block.language[..] {
            "yaml" => {}
            "json" => drop(serde_json::from_str::<Value>(&block.text).unwrap()),
            language if OTHERS.contains(&language) => {}
            language => {
                assert_eq!(language, "console", "{}: {}", block.page, block.text);
                assert!(
                    !block.commands().is_empty(),
                    "{}: {}",
                    block.page,
                    block.text
                );
            }
        }
        if block.language != "yaml" {
            continue;
        }
        if documents(&block.text)
            .iter()
            .all(|one| one["kind"].is_string())
        {
            admit(&block);
            manifests += 1;
        } else {
            let file = folder.path().join("values.yaml");
            fs::write(&file, &block.text).unwrap();
            let rendered = template("team-a", &["--values", file.to_str().unwrap()]);
            assert!(rendered.is_ok(), "{}: {rendered:?}", block.page);
            values += 1;
        }
    }
    assert!(manifests >= 4 && values >= 3, "{manifests}, {values}");
}

fn admit(block: &Block) {
    for document in documents(&block.text) {
        if FOREIGN.iter().any(|kind| document["kind"] == *kind) {
            continue;
        }
        // Another page may have an object of this name.
        let named = document["metadata"]["name"].is_string();
        let verb = if named { "apply" } else { "create" };
        let try_it = [
            verb,
            "--dry-run=server",
            "--validate=strict",
            "--filename=-",
        ];
        let taken = kubectl(control_plane(), &try_it, &document.to_string());
        assert!(
            taken.status.success(),
            "{}: {}",
            block.page,
            stderr_text(&taken)
        );
    }
}
