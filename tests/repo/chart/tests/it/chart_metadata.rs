//! `Chart.yaml`: the icon, the maintainers and the annotations that Artifact Hub shows.

use super::helm::{chart, documents, repository, template};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};

/// The URL of the repository's files, in which the links of `Chart.yaml` are.
const FILES: [&str; 2] = [
    "https://raw.githubusercontent.com/cloudfront-operator/cloudfront-operator/main/",
    "https://github.com/cloudfront-operator/cloudfront-operator/blob/main/",
];

const CHARTS: [&str; 2] = ["cloudfront-operator", "cloudfront-operator-crds"];

fn metadata(chart: &str) -> Value {
    let path = repository("charts").join(chart).join("Chart.yaml");
    documents(&fs::read_to_string(path).unwrap()).remove(0)
}

/// Returns the list in an annotation of Artifact Hub.
fn annotation(chart: &str, name: &str) -> Vec<Value> {
    let metadata = metadata(chart);
    let text = metadata["annotations"][format!("artifacthub.io/{name}")].as_str();
    let list = documents(text.expect(name)).remove(0);
    list.as_array().expect(name).clone()
}

/// Returns the examples of custom resources as a YAML stream.
pub(crate) fn crd_examples() -> String {
    let examples = annotation("cloudfront-operator", "crdsExamples");
    let examples: Vec<String> = examples.iter().map(ToString::to_string).collect();
    examples.join("\n---\n")
}

#[test]
fn the_links_to_the_repository_have_a_file() {
    for name in CHARTS {
        let metadata = metadata(name);
        assert!(metadata["maintainers"][0]["name"].is_string(), "{name}");
        let mut urls = vec![metadata["icon"].clone()];
        urls.extend(
            annotation(name, "links")
                .iter()
                .map(|link| link["url"].clone()),
        );
        for url in urls {
            let url = url.as_str().expect(name);
            let file = FILES.iter().find_map(|prefix| url.strip_prefix(prefix));
            let exists = file.is_none_or(|file| repository(file).is_file());
            assert!(url.starts_with("https://") && exists, "{name}: {url}");
        }
    }
}

#[test]
fn the_images_are_those_that_the_chart_renders() {
    let rendered = template("cloudfront", &["--set=simulator.enabled=true"]).unwrap();
    let rendered: BTreeSet<&str> = rendered
        .lines()
        .filter_map(|line| line.trim().strip_prefix("image: "))
        .collect();
    let images = annotation("cloudfront-operator", "images");
    let images: BTreeSet<&str> = images
        .iter()
        .map(|image| image["image"].as_str().unwrap())
        .collect();
    assert_eq!(images, rendered);
}

#[test]
fn the_crds_are_those_of_the_chart_and_each_has_an_example() {
    let mut expected = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for entry in fs::read_dir(chart().join("files/crds")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let crd = documents(&text).remove(0);
        let (kind, version) = (&crd["spec"]["names"]["kind"], &crd["spec"]["versions"][0]);
        let entry = json!([kind, version["name"], crd["metadata"]["name"]]);
        expected.insert(entry.to_string());
        kinds.insert(kind.as_str().unwrap().to_owned());
    }
    let crds: BTreeSet<String> = annotation("cloudfront-operator", "crds")
        .iter()
        .inspect(|crd| assert!(crd["displayName"].is_string() && crd["description"].is_string()))
        .map(|crd| json!([crd["kind"], crd["version"], crd["name"]]).to_string())
        .collect();
    assert_eq!(crds, expected);
    let examples: BTreeSet<String> = documents(&crd_examples())
        .iter()
        .map(|example| example["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(examples, kinds);
}

#[test]
fn each_change_has_a_kind_of_artifact_hub_and_a_description() {
    const KINDS: [&str; 6] = [
        "added",
        "changed",
        "deprecated",
        "removed",
        "fixed",
        "security",
    ];
    let changes = annotation("cloudfront-operator", "changes");
    assert!(!changes.is_empty());
    for change in changes {
        assert!(
            KINDS.contains(&change["kind"].as_str().unwrap()),
            "{change}"
        );
        assert!(change["description"].is_string(), "{change}");
    }
}
