//! The rendered manifests of each values file. `UPDATE=1 cargo test -p chart-tests golden` updates the expected files.

use super::helm::{documents, find, helm, output, repository, template, values_files};
use serde_json::Value;
use std::{collections::BTreeSet, env, fs, path::Path};

/// Asserts that a file has the expected content. With the environment variable `UPDATE`, writes the file instead.
pub(crate) fn check_file(path: &Path, expected: &str) {
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, expected).unwrap();
        return;
    }
    let actual = fs::read_to_string(path).unwrap_or_default();
    assert!(
        actual == expected,
        "{} is not up to date; run `UPDATE=1 cargo test -p chart-tests` and review the difference",
        path.display()
    );
}

/// Removes the CRDs, which are the same for all values and have tests of their own.
fn without_crds(text: &str) -> String {
    let documents: Vec<&str> = text
        .split_inclusive("\n---\n")
        .filter(|document| !document.contains("\nkind: CustomResourceDefinition\n"))
        .collect();
    documents.concat()
}

#[test]
fn every_values_file_renders_the_expected_manifests() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut names = BTreeSet::new();
    for file in values_files() {
        let name = format!("{}.yaml", file.name);
        let rendered = file.render("cloudfront");
        check_file(&directory.join(&name), &without_crds(&rendered));
        names.insert(name);
    }
    let found: BTreeSet<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        found, names,
        "there is one expected file for each values file"
    );
}

#[test]
fn both_charts_pass_helm_lint_in_strict_mode() {
    for name in ["cloudfront-operator", "cloudfront-operator-crds"] {
        let chart = repository("charts").join(name);
        output(helm().args(["lint", "--strict"]).arg(chart)).unwrap();
    }
}

#[test]
fn the_tenant_values_render_no_cluster_scoped_objects() {
    const CLUSTER_SCOPED_KINDS: [&str; 5] = [
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    ];
    let file = values_files()
        .into_iter()
        .find(|file| file.name == "tenant")
        .unwrap();
    for object in documents(&file.render("cloudfront")) {
        let kind = object["kind"].as_str().unwrap();
        assert!(!CLUSTER_SCOPED_KINDS.contains(&kind), "{kind}");
    }
}

/// The e2e tests run with the Role of a namespace. This test shows that their results apply to the ClusterRole as well.
#[test]
fn role_and_cluster_role_have_the_same_rules() {
    let rules = |kind: &str, arguments: &[&str]| {
        let rendered = template("cloudfront", arguments).unwrap();
        find(&documents(&rendered), kind, "edge-cloudfront-operator")["rules"].clone()
    };
    let secrets = "--set=rbac.readSecrets=true,rbac.readConfigMaps=true,rbac.watchDeployments=true,rbac.watchConfigMaps=true";
    let watched = "--set=watch.namespaces={cloudfront}";
    let cluster_scoped = rules("ClusterRole", &[secrets]);
    let tenant = rules("Role", &[secrets, watched]);
    assert!(cluster_scoped.is_array());
    assert_eq!(cluster_scoped, tenant);
}

#[test]
fn the_role_of_the_releases_namespace_is_not_kept() {
    let watched = "--set=watch.namespaces={cloudfront,team}";
    let objects = documents(&template("cloudfront", &[watched]).unwrap());
    let namespaces = |kind: &str, name: &str| -> Vec<Value> {
        let named = objects
            .iter()
            .filter(|it| it["kind"] == kind && it["metadata"]["name"] == name);
        named
            .map(|it| it["metadata"]["namespace"].clone())
            .collect()
    };
    assert_eq!(
        namespaces("Role", "edge-cloudfront-operator"),
        ["cloudfront"]
    );
    assert_eq!(
        namespaces("RoleBinding", "edge-cloudfront-operator"),
        ["cloudfront"]
    );
    assert_eq!(
        namespaces("RoleBinding", "edge-cloudfront-operator-objects"),
        ["team"]
    );
    let deployment = find(&objects, "Deployment", "operator").to_string();
    assert!(
        deployment.contains("team/edge-cloudfront-operator-objects"),
        "{deployment}"
    );
}

#[test]
fn objects_of_kinds_without_a_crd_are_not_rendered() {
    let flags = [
        "--set=metrics.serviceMonitor.enabled=true",
        "--set=metrics.prometheusRule.enabled=true",
    ];
    let rendered = template("cloudfront", &flags).unwrap();
    assert!(!rendered.contains("monitoring.coreos.com"));
}

#[test]
fn containers_have_requests_and_no_cpu_limit() {
    for file in values_files() {
        for object in documents(&file.render("cloudfront")) {
            let pod = match object["kind"].as_str() {
                Some("Deployment") => &object["spec"]["template"]["spec"],
                Some("Pod") => &object["spec"],
                _ => continue,
            };
            let resources = &pod["containers"][0]["resources"];
            assert!(resources["limits"]["cpu"].is_null(), "{}", file.name);
            assert!(resources["requests"]["cpu"].is_string(), "{}", file.name);
            assert!(resources["requests"]["memory"].is_string(), "{}", file.name);
        }
    }
}

#[test]
fn the_charts_have_the_version_of_the_program() {
    for name in ["cloudfront-operator", "cloudfront-operator-crds"] {
        let text = fs::read_to_string(repository("charts").join(name).join("Chart.yaml")).unwrap();
        let chart = &documents(&text)[0];
        assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
        assert_eq!(chart["version"], env!("CARGO_PKG_VERSION"));
    }
}

#[test]
fn selectors_match_the_labels_of_the_pods() {
    let rendered = template("cloudfront", &["--set=simulator.enabled=true"]).unwrap();
    let objects = documents(&rendered);
    for (deployment, service) in [("operator", "-metrics"), ("-simulator", "-simulator")] {
        let deployment = find(&objects, "Deployment", deployment);
        let labels = &deployment["spec"]["template"]["metadata"]["labels"];
        assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
        assert_eq!(
            &find(&objects, "Service", service)["spec"]["selector"],
            labels
        );
    }
}
