//! Each set of values renders as it did. `UPDATE=1 cargo test -p chart-tests golden` rewrites what is expected.

use super::helm::{documents, find, helm, output, repository, template, values_files};
use std::{collections::BTreeSet, env, fs, path::Path};

/// Compares with a file, or rewrites it when that is asked for.
pub(crate) fn check(path: &Path, expected: &str) {
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, expected).unwrap();
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not up to date; run `UPDATE=1 cargo test -p chart-tests` and look at the difference",
        path.display()
    );
}

/// Without the definitions: those are the same everywhere, and compared elsewhere.
fn without_definitions(text: &str) -> String {
    let kept: Vec<&str> = text
        .split_inclusive("\n---\n")
        .filter(|document| !document.contains("\nkind: CustomResourceDefinition\n"))
        .collect();
    kept.concat()
}

#[test]
fn every_set_of_values_renders_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut names = BTreeSet::new();
    for set in values_files() {
        let name = format!("{}.yaml", set.name);
        let rendered = set.render("cloudfront");
        check(&folder.join(&name), &without_definitions(&rendered));
        names.insert(name);
    }
    let found: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, names, "one file for each set, and nothing else");
}

#[test]
fn both_charts_pass_lint_strictly() {
    for name in ["cloudfront-operator", "cloudfront-operator-crds"] {
        let chart = repository("charts").join(name);
        output(helm().args(["lint", "--strict"]).arg(chart)).unwrap();
    }
}

#[test]
fn a_tenant_gets_nothing_outside_of_namespaces() {
    const CLUSTERWIDE: [&str; 5] = [
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    ];
    let set = values_files()
        .into_iter()
        .find(|set| set.name == "tenant")
        .unwrap();
    for object in documents(&set.render("cloudfront")) {
        let kind = object["kind"].as_str().unwrap();
        assert!(!CLUSTERWIDE.contains(&kind), "{kind}");
    }
}

/// So what the operator's scenarios show of the Role of a namespace holds of the ClusterRole.
#[test]
fn the_same_is_granted_in_a_namespace_and_everywhere() {
    let rules = |kind: &str, arguments: &[&str]| {
        let rendered = template("cloudfront", arguments).unwrap();
        find(&documents(&rendered), kind, "edge-cloudfront-operator")["rules"].clone()
    };
    let secrets = "--set=rbac.readSecrets=true";
    let everywhere = rules("ClusterRole", &[secrets]);
    let tenant = rules("Role", &[secrets, "--set=watch.namespaces={team}"]);
    assert!(everywhere.is_array());
    assert_eq!(everywhere, tenant);
}

#[test]
fn kinds_that_a_cluster_does_not_know_are_left_out() {
    let wanted = [
        "--set=metrics.serviceMonitor.enabled=true",
        "--set=metrics.prometheusRule.enabled=true",
    ];
    let rendered = template("cloudfront", &wanted).unwrap();
    assert!(!rendered.contains("monitoring.coreos.com"));
}

#[test]
fn no_container_has_a_cpu_limit_and_every_one_has_requests() {
    for set in values_files() {
        for object in documents(&set.render("cloudfront")) {
            let pod = match object["kind"].as_str() {
                Some("Deployment") => &object["spec"]["template"]["spec"],
                Some("Pod") => &object["spec"],
                _ => continue,
            };
            let resources = &pod["containers"][0]["resources"];
            assert!(resources["limits"]["cpu"].is_null(), "{}", set.name);
            assert!(resources["requests"]["cpu"].is_string(), "{}", set.name);
            assert!(resources["requests"]["memory"].is_string(), "{}", set.name);
        }
    }
}

#[test]
fn the_charts_are_of_the_version_of_the_program() {
    for name in ["cloudfront-operator", "cloudfront-operator-crds"] {
        let text = fs::read_to_string(repository("charts").join(name).join("Chart.yaml")).unwrap();
        let chart = &documents(&text)[0];
        assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
        assert_eq!(chart["version"], env!("CARGO_PKG_VERSION"));
    }
}

#[test]
fn selectors_are_what_pods_are_labelled_with() {
    let rendered = template("cloudfront", &["--set=simulator.enabled=true"]).unwrap();
    let all = documents(&rendered);
    for (deployment, service) in [("operator", "-metrics"), ("-simulator", "-simulator")] {
        let deployment = find(&all, "Deployment", deployment);
        let labels = &deployment["spec"]["template"]["metadata"]["labels"];
        assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
        assert_eq!(&find(&all, "Service", service)["spec"]["selector"], labels);
    }
}
