//! The files that the charts contain as copies, and the CRDs that they render.

use super::{
    golden::check_file,
    helm::{chart, documents, helm, output, repository, template},
};
use serde_json::{Value, json};
use std::fs;

const CHARTS: [&str; 2] = [
    "charts/cloudfront-operator",
    "charts/cloudfront-operator-crds",
];

/// Returns the names and contents of the CRD files.
fn crd_files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir(repository("crds"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_copies_of_the_policies_and_of_the_template_are_up_to_date() {
    for entry in fs::read_dir(repository("policies")).unwrap() {
        let policy = entry.unwrap();
        let original = fs::read_to_string(policy.path()).unwrap();
        check_file(&chart().join("files").join(policy.file_name()), &original);
    }
    let template = fs::read_to_string(chart().join("templates/crds.yaml")).unwrap();
    check_file(
        &repository(CHARTS[1]).join("templates/crds.yaml"),
        &template,
    );
}

/// Converts all numbers to floats. Helm parses every number as a float and writes integral ones without a decimal point, which is
/// equivalent in Kubernetes.
fn convert_numbers_to_floats(value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.as_f64()),
        Value::Array(items) => items.iter_mut().for_each(convert_numbers_to_floats),
        Value::Object(members) => members.values_mut().for_each(convert_numbers_to_floats),
        _ => {}
    }
}

/// Returns the CRDs in rendered manifests without labels and annotations, each with its annotations.
fn rendered_crds(text: &str) -> Vec<(Value, Value)> {
    let mut crds: Vec<(Value, Value)> = documents(text)
        .into_iter()
        .filter(|object| object["kind"] == "CustomResourceDefinition")
        .map(|mut object| {
            let metadata = object["metadata"].as_object_mut().unwrap();
            let labels = metadata.remove("labels");
            assert!(labels.is_some());
            let annotations = metadata.remove("annotations").unwrap_or_default();
            convert_numbers_to_floats(&mut object);
            (object, annotations)
        })
        .collect();
    crds.sort_by_key(|(object, _)| object["metadata"]["name"].to_string());
    crds
}

#[test]
fn both_charts_render_the_crds_with_the_keep_policy() {
    let expected: Vec<Value> = crd_files()
        .iter()
        .map(|(_, text)| documents(text).remove(0))
        .map(|mut crd| {
            convert_numbers_to_floats(&mut crd);
            crd
        })
        .collect();
    let crds_chart_manifests =
        output(helm().args(["template", "x"]).arg(repository(CHARTS[1]))).unwrap();
    for text in [template("cloudfront", &[]).unwrap(), crds_chart_manifests] {
        let (objects, annotations): (Vec<_>, Vec<_>) = rendered_crds(&text).into_iter().unzip();
        assert!(
            objects == expected,
            "a chart renders CRDs that differ from those in crds/"
        );
        for found in annotations {
            assert_eq!(found, json!({"helm.sh/resource-policy": "keep"}));
        }
    }
}

#[test]
fn values_control_whether_crds_are_rendered_kept_and_annotated() {
    let none = template("cloudfront", &["--set=crds.enabled=false"]).unwrap();
    assert_eq!(rendered_crds(&none), []);
    let flags = ["--set=crds.keep=false", "--set=crds.annotations.a=b"];
    for (_, annotations) in rendered_crds(&template("cloudfront", &flags).unwrap()) {
        assert_eq!(annotations, json!({"a": "b"}));
    }
}
