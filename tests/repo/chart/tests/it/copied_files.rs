//! What the charts hold copies of is what is copied.

use super::{
    golden::check,
    helm::{chart, documents, helm, output, repository, template},
};
use serde_json::{Value, json};
use std::fs;

const CHARTS: [&str; 2] = [
    "charts/cloudfront-operator",
    "charts/cloudfront-operator-crds",
];

/// Names and texts of the shipped definitions.
fn definitions() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = fs::read_dir(repository("crds"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_copies_of_policy_and_template_are_up_to_date() {
    let policy = "streaming-distribution-deprecated.yaml";
    let original = fs::read_to_string(repository("policies").join(policy)).unwrap();
    check(&chart().join("files").join(policy), &original);
    let template = fs::read_to_string(chart().join("templates/crds.yaml")).unwrap();
    check(
        &repository(CHARTS[1]).join("templates/crds.yaml"),
        &template,
    );
}

/// Helm reads every number as a float and writes a whole one without its point, which is the same to Kubernetes.
fn plain(value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.as_f64()),
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Object(members) => members.values_mut().for_each(plain),
        _ => {}
    }
}

/// The definitions that a chart renders, with their labels and annotations taken away into the second part.
fn rendered(text: &str) -> Vec<(Value, Value)> {
    let mut all: Vec<(Value, Value)> = documents(text)
        .into_iter()
        .filter(|object| object["kind"] == "CustomResourceDefinition")
        .map(|mut object| {
            let metadata = object["metadata"].as_object_mut().unwrap();
            let labels = metadata.remove("labels");
            assert!(labels.is_some());
            let annotations = metadata.remove("annotations").unwrap_or_default();
            plain(&mut object);
            (object, annotations)
        })
        .collect();
    all.sort_by_key(|(object, _)| object["metadata"]["name"].to_string());
    all
}

#[test]
fn both_charts_render_the_shipped_definitions_and_keep_them() {
    let shipped: Vec<Value> = definitions()
        .iter()
        .map(|(_, text)| documents(text).remove(0))
        .map(|mut definition| {
            plain(&mut definition);
            definition
        })
        .collect();
    let alone = output(helm().args(["template", "x"]).arg(repository(CHARTS[1]))).unwrap();
    for text in [template("cloudfront", &[]).unwrap(), alone] {
        let (objects, annotations): (Vec<_>, Vec<_>) = rendered(&text).into_iter().unzip();
        assert!(
            objects == shipped,
            "a chart renders other definitions than crds/ has"
        );
        for found in annotations {
            assert_eq!(found, json!({"helm.sh/resource-policy": "keep"}));
        }
    }
}

#[test]
fn definitions_are_left_out_let_go_and_annotated_as_values_ask() {
    let none = template("cloudfront", &["--set=crds.enabled=false"]).unwrap();
    assert_eq!(rendered(&none), []);
    let own = ["--set=crds.keep=false", "--set=crds.annotations.a=b"];
    for (_, annotations) in rendered(&template("cloudfront", &own).unwrap()) {
        assert_eq!(annotations, json!({"a": "b"}));
    }
}

#[test]
fn a_release_stays_far_below_what_its_secret_may_weigh() {
    // Helm stores chart and manifest in one Secret, gzipped and twice in base64; 1 MiB is the most a Secret may weigh.
    let rendered = template("cloudfront", &["--set=simulator.enabled=true"]).unwrap();
    let files: usize = definitions().iter().map(|(_, text)| text.len()).sum();
    assert!(
        rendered.len() + files < 1_000_000,
        "{} bytes, uncompressed",
        rendered.len() + files
    );
}
