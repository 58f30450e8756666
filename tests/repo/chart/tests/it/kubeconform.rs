//! Offline validation with the strict schemas of the supported Kubernetes minor versions.

use super::{
    chart_metadata::crd_examples,
    helm::{MONITORING, MUTATING_POLICY, documents, output, repository, values_files},
};
use cloudfront_operator::operator::crds;
use cluster::{Environment, install_go_program, install_python_package};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// The version of kubeconform.
const VERSION: &str = "v0.8.0";

/// The Python package with Kubernetes' schemas, which include those of [`MINOR_VERSIONS`].
const SCHEMAS: (&str, &str) = ("kubernetes-validate", "1.37.0");

/// The oldest version that the operator supports, one in between, and the newest version.
const MINOR_VERSIONS: [&str; 3] = ["1.33.0", "1.35.0", "1.37.0"];

/// Writes the schemas of the CRDs as files for kubeconform. They reject unknown fields, as an API server with strict validation does.
fn write_crd_schemas(directory: &Path) {
    let mut crds = documents(
        &fs::read_to_string(manifest_directory().join("schemas/monitoring.yaml")).unwrap(),
    );
    for entry in fs::read_dir(repository("crds")).unwrap() {
        crds.extend(documents(
            &fs::read_to_string(entry.unwrap().path()).unwrap(),
        ));
    }
    for crd in crds {
        let spec = &crd["spec"];
        let group = spec["group"].as_str().unwrap().split('.').next().unwrap();
        let kind = spec["names"]["singular"].as_str().unwrap();
        for version in spec["versions"].as_array().unwrap() {
            let mut schema = version["schema"]["openAPIV3Schema"].clone();
            for implied in ["apiVersion", "kind", "metadata"] {
                schema["properties"][implied] = json!({});
            }
            reject_unknown_fields(&mut schema);
            let version = version["name"].as_str().unwrap();
            let file = directory.join(format!("{kind}-{group}-{version}.json"));
            fs::write(file, schema.to_string()).unwrap();
        }
    }
}

/// Makes a schema reject fields that it does not declare.
fn reject_unknown_fields(schema: &mut Value) {
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.values_mut().for_each(reject_unknown_fields);
        schema["additionalProperties"] = json!(false);
    }
    if schema["items"].is_object() {
        reject_unknown_fields(&mut schema["items"]);
    }
    if let Some(keywords) = schema.as_object_mut() {
        keywords.retain(|_, value| !value.is_null());
    }
}

fn manifest_directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Writes Kubernetes' schemas of a minor version. Replaces the references to their definitions, which are URLs of a server, by file URLs.
fn write_kubernetes_schemas(package: &Path, version: &str, directory: &Path) {
    let name = format!("v{version}-local-strict");
    let directory = directory.join(&name);
    fs::create_dir(&directory).unwrap();
    let definitions = format!("file://{}/_definitions.json#", directory.display());
    for entry in fs::read_dir(package.join(&name)).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let text = text.replace("/api/_definitions.json#", &definitions);
        fs::write(directory.join(path.file_name().unwrap()), text).unwrap();
    }
}

/// The kubeconform program with its schemas.
struct Kubeconform {
    program: PathBuf,
    schemas: TempDir,
}

/// Returns the directory of the schemas of all minor versions.
fn schema_package() -> PathBuf {
    install_python_package(&Environment::from_process(), SCHEMAS.0, SCHEMAS.1)
        .unwrap()
        .join("kubernetes_validate/kubernetes-json-schema")
}

impl Kubeconform {
    fn new() -> Self {
        let environment = Environment::from_process();
        let source = "github.com/yannh/kubeconform/cmd/kubeconform";
        let program = install_go_program(&environment, "kubeconform", source, VERSION).unwrap();
        let schemas = TempDir::new().unwrap();
        for version in MINOR_VERSIONS {
            write_kubernetes_schemas(&schema_package(), version, schemas.path());
        }
        write_crd_schemas(schemas.path());
        Self { program, schemas }
    }

    /// Validates files for a Kubernetes version. Returns kubeconform's output, as an error if it fails.
    fn validate(&self, version: &str, files: &[PathBuf]) -> Result<String, String> {
        let file = "{{ .ResourceKind }}{{ .KindSuffix }}.json";
        let directory = "{{ .NormalizedKubernetesVersion }}-local{{ .StrictSuffix }}";
        let schemas = self.schemas.path().display();
        let kubernetes = format!("{schemas}/{directory}/{file}");
        let custom = format!("{schemas}/{file}");
        let mut command = Command::new(&self.program);
        command
            .args(["-strict", "-summary", "-kubernetes-version", version])
            .args(["-schema-location", &kubernetes, "-schema-location", &custom])
            .args(files);
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok(text)
        } else {
            Err(text)
        }
    }
}

#[test]
fn every_values_file_renders_valid_manifests_for_three_minor_versions() {
    let kubeconform = Kubeconform::new();
    let directory = TempDir::new().unwrap();
    for version in MINOR_VERSIONS {
        let mut kinds = MONITORING.to_vec();
        if version > "1.36" {
            kinds.push(MUTATING_POLICY);
        }
        let mut files = vec![];
        let mut objects = 0;
        for values_file in values_files() {
            let rendered = values_file.render_for("cloudfront", &kinds);
            objects += documents(&rendered).len();
            let file = directory.path().join(format!("{}.yaml", values_file.name));
            fs::write(&file, rendered).unwrap();
            files.push(file);
        }
        let summary = kubeconform.validate(version, &files).unwrap();
        assert!(
            summary.contains(&format!(
                "Valid: {objects}, Invalid: 0, Errors: 0, Skipped: 0"
            )),
            "{version}: {objects} objects, but {summary}"
        );
    }
}

#[test]
fn the_examples_in_the_chart_metadata_are_valid() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("examples.yaml");
    fs::write(&file, crd_examples()).unwrap();
    let summary = Kubeconform::new().validate(MINOR_VERSIONS[0], &[file]);
    let expected = format!("Valid: {}, Invalid: 0, Errors: 0", crds().len());
    assert!(summary.unwrap().contains(&expected));
}

#[test]
fn kubeconform_rejects_unknown_fields_and_unknown_kinds() {
    let kubeconform = Kubeconform::new();
    let directory = TempDir::new().unwrap();
    let unknown_field = "additional properties";
    let invalid = [
        (
            "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, automount: true}",
            unknown_field,
        ),
        (
            "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {name: a}, spec: {selector: {}, typo: 1}}",
            unknown_field,
        ),
        (
            "{apiVersion: cloudfront-operator.dev/v1alpha1, kind: Invalidation, metadata: {name: a}, spec: {paths: ['/'], typo: 1}}",
            unknown_field,
        ),
        (
            "{apiVersion: example.com/v1, kind: Unknown, metadata: {name: a}}",
            "could not find schema",
        ),
    ];
    for (index, (text, expected)) in invalid.iter().enumerate() {
        let file = directory.path().join(format!("{index}.yaml"));
        fs::write(&file, text).unwrap();
        let error = kubeconform
            .validate(MINOR_VERSIONS[0], &[file])
            .unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn the_newest_minor_version_of_the_schemas_is_tested() {
    let newest = output(Command::new("ls").arg(schema_package()))
        .unwrap()
        .lines()
        .filter_map(|name| {
            name.strip_suffix("-local")?
                .strip_prefix('v')?
                .split('.')
                .nth(1)?
                .parse()
                .ok()
        })
        .max();
    let tested: Option<u32> = MINOR_VERSIONS[2].split('.').nth(1).unwrap().parse().ok();
    assert_eq!(newest, tested);
}
