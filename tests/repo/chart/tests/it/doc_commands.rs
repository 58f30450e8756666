//! The commands and manifests of the user documentation. The API server and helm must accept all of them.

use super::{
    api_server::{control_plane, kubectl, stderr_text},
    doc_blocks::{CodeBlock, blocks, pages},
    helm::{chart, documents, helm, output, template},
    shell::{DryRunShell, use_repository_files},
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

/// Prefixes of commands that the test does not run, each with the reason.
const SKIPPED_COMMANDS: [(&str, &str); 18] = [
    ("aws ", "needs an AWS account"),
    ("cargo ", "builds and tests this project, as CI does"),
    (
        "cloudfront-operator doctor",
        "needs CloudFront; the test of `helm test` runs it with a simulator",
    ),
    ("cloudfront-operator run", "runs until it is stopped"),
    ("cloudfront-simulator ", "runs until it is stopped"),
    ("cosign ", "needs a release"),
    (
        "curl ",
        "needs a running operator or simulator; the e2e tests and the simulator's tests cover it",
    ),
    ("docker ", "needs Docker"),
    ("eksctl ", "needs an AWS account"),
    ("gh ", "needs a release"),
    ("kind ", "needs Docker"),
    ("helm test ", "needs a kubelet"),
    ("kubectl exec ", "needs a kubelet"),
    ("kubectl rollout status ", "needs a kubelet"),
    (
        "kubectl wait ",
        "needs a running operator; the e2e tests cover it",
    ),
    ("sha256sum ", "needs a release"),
    ("sudo ", "changes the machine"),
    ("tar ", "needs a release"),
];

/// Kinds of other projects, for which the test has no CRDs.
const FOREIGN_KINDS: [&str; 3] = ["Application", "DNSEndpoint", "Kustomization"];

/// Languages of code blocks that the test does not check.
const UNCHECKED_LANGUAGES: [&str; 3] = ["hcl", "mermaid", "rust"];

/// The API groups of ACK and Crossplane, which `docs/migrate.md` uses.
const FOREIGN_GROUPS: [&str; 2] = ["cloudfront.services.k8s.aws", "cloudfront.aws.upbound.io"];

/// A minimal CRD for a group of [`FOREIGN_GROUPS`].
const FOREIGN_CRD: &str = "
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

/// An object of [`FOREIGN_CRD`].
const FOREIGN_OBJECT: &str = "
apiVersion: GROUP/v1
kind: Distribution
metadata: {name: www}
";

/// The manifests of objects that commands in the pages refer to.
const REFERENCED_MANIFESTS: [&str; 3] = [
    "examples/s3-site.yaml",
    "examples/adopt/observe.yaml",
    "www.yaml",
];

/// The content of `www.yaml`.
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

/// Runs kubectl. Panics if it fails.
fn run_kubectl(arguments: &[&str]) {
    let output = kubectl(control_plane(), arguments, "");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        stderr_text(&output)
    );
}

/// Applies a manifest once for each group of [`FOREIGN_GROUPS`].
fn apply_for_foreign_groups(manifest: &str) {
    for group in FOREIGN_GROUPS {
        let manifest = manifest.replace("GROUP", group);
        let output = kubectl(control_plane(), &["apply", "--filename=-"], &manifest);
        assert!(output.status.success(), "{group}: {}", stderr_text(&output));
    }
}

/// Installs the CRDs of [`FOREIGN_GROUPS`].
fn install_foreign_crds() {
    apply_for_foreign_groups(FOREIGN_CRD);
    for group in FOREIGN_GROUPS {
        let crd = format!("crd/distributions.{group}");
        let established = "--for=condition=Established";
        run_kubectl(&["wait", established, "--timeout=60s", &crd]);
    }
}

/// Creates the release, the namespaces and the objects that commands in the pages refer to.
fn create_prerequisites(shell: &DryRunShell) {
    let release = [
        "install",
        "cloudfront-operator",
        chart().to_str().unwrap(),
        "--namespace=cloudfront-operator",
        "--create-namespace",
        "--set=crds.enabled=false,deprecationPolicy.enabled=false,deletionProtectionPolicy.enabled=false",
    ]
    .map(str::to_owned);
    let kubeconfig = control_plane().kubeconfig();
    output(helm().args(release).env("KUBECONFIG", kubeconfig)).unwrap();
    run_kubectl(&["create", "namespace", "argocd"]);
    run_kubectl(&["create", "configmap", "argocd-cm", "--namespace=argocd"]);
    run_kubectl(&[
        "create",
        "rolebinding",
        "edge-cloudfront-operator-objects",
        "--clusterrole=view",
        "--user=operator",
        "--namespace=team-b",
    ]);
    fs::write(shell.directory().join("www.yaml"), WWW).unwrap();
    for file in REFERENCED_MANIFESTS {
        let path = shell.directory().join(file);
        run_kubectl(&["apply", "--filename", path.to_str().unwrap()]);
    }
    for object in ["cfd/site", "cfoai/site", "cfd/www", "cfd/legacy"] {
        let status = r#"{"status": {"id": "E1EXAMPLE"}}"#;
        run_kubectl(&[
            "patch",
            object,
            "--subresource=status",
            "--type=merge",
            "--patch",
            status,
        ]);
    }
}

/// Writes the files that code blocks represent, because later commands use them.
fn write_files(shell: &DryRunShell, blocks: &[CodeBlock]) {
    for block in blocks {
        if let Some(name) = block.file_name() {
            let text = use_repository_files(&block.text);
            fs::write(shell.directory().join(name), text).unwrap();
        }
    }
}

#[test]
fn kubernetes_and_helm_accept_every_command_of_the_pages() {
    let mut unused: BTreeSet<&str> = SKIPPED_COMMANDS.iter().map(|(prefix, _)| *prefix).collect();
    let shell = DryRunShell::new();
    install_foreign_crds();
    create_prerequisites(&shell);
    apply_for_foreign_groups(FOREIGN_OBJECT);
    let (mut count, mut errors) = (0, vec![]);
    for page in pages() {
        let shell = DryRunShell::new();
        let blocks = blocks(&page);
        write_files(&shell, &blocks);
        for command in blocks.iter().flat_map(CodeBlock::commands) {
            let skipped = SKIPPED_COMMANDS
                .iter()
                .find(|(prefix, _)| command.starts_with(prefix));
            if let Some((prefix, _)) = skipped {
                unused.remove(prefix);
                continue;
            }
            if let Err(error) = shell.run(&command) {
                errors.push(format!("{page}: {command}\n{error}"));
            }
            count += 1;
        }
        if page.ends_with("/restore.md") {
            check_backup(&shell);
        }
    }
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert!(count > 70, "only {count} commands were found");
    assert_eq!(unused, BTreeSet::new(), "prefixes that no command has");
}

/// Asserts that the backup contains every object with its id, and that adopted resources do not get the deletion policy `Delete`.
fn check_backup(shell: &DryRunShell) {
    let text = fs::read_to_string(shell.directory().join("backup.json")).unwrap();
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
fn the_api_server_admits_every_manifest_and_helm_renders_every_values_file_of_the_pages() {
    let directory = TempDir::new().unwrap();
    let (mut manifests, mut values) = (0, 0);
    for block in pages().iter().flat_map(|page| blocks(page)) {
        check_language(&block);
        if block.language != "yaml" {
            continue;
        }
        if documents(&block.text)
            .iter()
            .all(|document| document["kind"].is_string())
        {
            create_dry_run(&block);
            manifests += 1;
        } else {
            let file = directory.path().join("values.yaml");
            fs::write(&file, &block.text).unwrap();
            let rendered = template("team-a", &["--values", file.to_str().unwrap()]);
            assert!(rendered.is_ok(), "{}: {rendered:?}", block.page);
            values += 1;
        }
    }
    assert!(manifests >= 4 && values >= 3, "{manifests}, {values}");
}

/// Asserts that a code block has a known language, that JSON is valid, and that a console block contains a command.
fn check_language(block: &CodeBlock) {
    match &block.language[..] {
        "yaml" => {}
        "json" => drop(serde_json::from_str::<Value>(&block.text).unwrap()),
        language if UNCHECKED_LANGUAGES.contains(&language) => {}
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
}

/// Creates the objects of a code block in a dry run.
fn create_dry_run(block: &CodeBlock) {
    for document in documents(&block.text) {
        if FOREIGN_KINDS.iter().any(|kind| document["kind"] == *kind) {
            continue;
        }
        // `create` would fail if another page has created an object with the same name.
        let has_name = document["metadata"]["name"].is_string();
        let verb = if has_name { "apply" } else { "create" };
        let arguments = [
            verb,
            "--dry-run=server",
            "--validate=strict",
            "--filename=-",
        ];
        let output = kubectl(control_plane(), &arguments, &document.to_string());
        assert!(
            output.status.success(),
            "{}: {}",
            block.page,
            stderr_text(&output)
        );
    }
}
