//! The operations pages agree with the code and the chart.

use super::page::{quoted, read, rows};
use super::reasons;

/// Returns the text after a prefix in a file, up to a quote, a space, or the end of the line.
fn after(path: &str, prefix: &str) -> String {
    let text = read(path);
    let (_, rest) = text
        .split_once(prefix)
        .unwrap_or_else(|| panic!("{path} has no {prefix}"));
    let end = rest.find(['"', '\n', ' ']).unwrap_or(rest.len());
    rest[..end].to_owned()
}

/// Returns the minor version, such as `1.33` of `1.33.0`.
fn minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

#[test]
fn the_versions_are_those_of_the_chart_and_of_the_tests() {
    let page = rows(&read("docs/operations/versions.md"));
    let cell = |name: &str| &page.iter().find(|row| row[0] == name).unwrap()[1];
    let chart = "charts/cloudfront-operator/Chart.yaml";
    let oldest = minor(&after(chart, "kubeVersion: \">="));
    assert!(cell("Kubernetes").starts_with(&format!("{oldest} and newer")));
    let validated = read("tests/repo/chart/tests/it/kubeconform.rs");
    let (_, minors) = validated
        .split_once("const MINOR_VERSIONS: [&str; 3] = [")
        .unwrap();
    let minors: Vec<String> = minors
        .split('"')
        .skip(1)
        .step_by(2)
        .take(3)
        .map(minor)
        .collect();
    let real = minor(&after(
        "crates/test-cluster/src/go_build.rs",
        "gitVersion=v",
    ));
    let tested = format!(
        "schemas of {}, {} and {}; the tests run against a real API server of {real}",
        minors[0], minors[1], minors[2]
    );
    assert!(cell("Kubernetes").contains(&tested), "{tested}");
    for versions in [real, minors.join(", ")] {
        assert!(page.iter().any(|row| row[0] == versions), "{versions}");
    }
    let (version, app) = (after(chart, "\nversion: "), after(chart, "\nappVersion: "));
    assert_eq!(*cell("chart"), format!("{version} installs operator {app}"));
    let rust = after("Cargo.toml", "rust-version = \"");
    assert_eq!(*cell("to build"), format!("Rust {rust} and newer"));
}

#[test]
fn the_oldest_supported_kubernetes_version_is_the_same_everywhere() {
    let chart = "charts/cloudfront-operator/Chart.yaml";
    let oldest = minor(&after(chart, "kubeVersion: \">="));
    let definitions = "charts/cloudfront-operator-crds/Chart.yaml";
    assert_eq!(minor(&after(definitions, "kubeVersion: \">=")), oldest);
    let types = after("Cargo.toml", "features = [\"v1_");
    assert_eq!(format!("1.{types}"), oldest);
    let accepted = "OLDEST_KUBE_APISERVER: Version = Version(1, ";
    let accepted = after("crates/test-cluster/src/version.rs", accepted);
    assert_eq!(format!("1.{}", accepted.trim_end_matches(',')), oldest);
}

#[test]
fn the_capacity_examples_follow_from_the_formula() {
    let page = read("docs/operations/capacity.md");
    let (_, table) = page.split_once("Some examples:").unwrap();
    let examples = rows(table.split("## ").next().unwrap());
    assert!(examples.len() >= 4);
    for row in examples {
        let numbers: Vec<f64> = row
            .iter()
            .map(|cell| {
                let number = cell.trim_end_matches(" min").replace(',', "");
                number.parse().unwrap()
            })
            .collect();
        let [distributions, identities, tagged, minutes, reads] = numbers[..] else {
            panic!("{row:?}")
        };
        let lists: f64 = [distributions, identities]
            .map(|resources| {
                let pages = (resources / 100.0).ceil();
                pages * 3_600.0 / (pages * 11.0).max(55.0).min(minutes * 60.0)
            })
            .into_iter()
            .sum();
        let expected = lists + tagged * 10.0 / minutes;
        assert!((expected - reads).abs() < 0.5, "{row:?}: {expected}");
    }
}

#[test]
fn the_troubleshooting_pages_name_existing_reasons() {
    let known = reasons::known();
    for page in ["troubleshooting", "stuck-deletion"] {
        let table = rows(&read(format!("docs/operations/{page}.md")));
        let named: Vec<String> = table.iter().flat_map(|row| quoted(&row[0])).collect();
        assert!(named.len() > 5, "{page}");
        for reason in named {
            assert!(known.contains(&reason), "{page}: {reason} is not a reason");
        }
    }
}
