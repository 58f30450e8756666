//! Kubernetes' own schemas, of the oldest supported minor to the newest, closed to unknown members, offline.

use super::helm::{documents, output, repository, values_files};
use cluster::{Environment, install_go_program, install_python_package};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const VERSION: &str = "v0.8.0";

/// The Python package that carries Kubernetes' schemas, those of [`MINORS`] among them.
const SCHEMAS: (&str, &str) = ("kubernetes-validate", "1.37.0");

/// The oldest that the operator supports, the one in between, and the newest there is.
const MINORS: [&str; 3] = ["1.33.0", "1.35.0", "1.37.0"];

/// The schemas of custom resources, as files that kubeconform finds, closed as a strict API server treats them.
fn custom_schemas(folder: &Path) {
    let mut definitions =
        documents(&fs::read_to_string(here().join("schemas/monitoring.yaml")).unwrap());
    for entry in fs::read_dir(repository("crds")).unwrap() {
        definitions.extend(documents(
            &fs::read_to_string(entry.unwrap().path()).unwrap(),
        ));
    }
    for definition in definitions {
        let spec = &definition["spec"];
        let group = spec["group"].as_str().unwrap().split('.').next().unwrap();
        let kind = spec["names"]["singular"].as_str().unwrap();
        for version in spec["versions"].as_array().unwrap() {
            let mut schema = version["schema"]["openAPIV3Schema"].clone();
            for implied in ["apiVersion", "kind", "metadata"] {
                schema["properties"][implied] = json!({});
            }
            close(&mut schema);
            let version = version["name"].as_str().unwrap();
            let file = folder.join(format!("{kind}-{group}-{version}.json"));
            fs::write(file, schema.to_string()).unwrap();
        }
    }
}

/// Refuses members that a schema does not name.
fn close(schema: &mut Value) {
    if let Some(members) = schema["properties"].as_object_mut() {
        members.values_mut().for_each(close);
        schema["additionalProperties"] = json!(false);
    }
    if schema["items"].is_object() {
        close(&mut schema["items"]);
    }
    if let Some(all) = schema.as_object_mut() {
        all.retain(|_, value| !value.is_null());
    }
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Kubernetes' schemas of a minor. They name their definitions as a server would serve them; as files they have to name the file.
fn own_schemas(package: &Path, minor: &str, folder: &Path) {
    let name = format!("v{minor}-local-strict");
    let folder = folder.join(&name);
    fs::create_dir(&folder).unwrap();
    let definitions = format!("file://{}/_definitions.json#", folder.display());
    for entry in fs::read_dir(package.join(&name)).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let text = text.replace("/api/_definitions.json#", &definitions);
        fs::write(folder.join(path.file_name().unwrap()), text).unwrap();
    }
}

struct Kubeconform {
    program: PathBuf,
    schemas: TempDir,
}

/// The folder of the schemas of all minors.
fn package() -> PathBuf {
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
        for minor in MINORS {
            own_schemas(&package(), minor, schemas.path());
        }
        custom_schemas(schemas.path());
        Self { program, schemas }
    }

    /// The verdict on these files.
    fn judge(&self, minor: &str, files: &[PathBuf]) -> Result<String, String> {
        let file = "{{ .ResourceKind }}{{ .KindSuffix }}.json";
        let folder = "{{ .NormalizedKubernetesVersion }}-local{{ .StrictSuffix }}";
        let all = self.schemas.path().display();
        let own = format!("{all}/{folder}/{file}");
        let custom = format!("{all}/{file}");
        let mut command = Command::new(&self.program);
        command
            .args(["-strict", "-summary", "-kubernetes-version", minor])
            .args(["-schema-location", &own, "-schema-location", &custom])
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
fn every_set_of_values_is_valid_for_three_minors_of_kubernetes() {
    let judge = Kubeconform::new();
    let folder = TempDir::new().unwrap();
    let mut files = vec![];
    let mut objects = 0;
    for set in values_files() {
        let rendered = set.render("cloudfront");
        objects += documents(&rendered).len();
        let file = folder.path().join(format!("{}.yaml", set.name));
        fs::write(&file, rendered).unwrap();
        files.push(file);
    }
    for minor in MINORS {
        let verdict = judge.judge(minor, &files).unwrap();
        assert!(
            verdict.contains(&format!(
                "Valid: {objects}, Invalid: 0, Errors: 0, Skipped: 0"
            )),
            "{minor}: {objects} objects, but {verdict}"
        );
    }
}

#[test]
fn the_judge_refuses_unknown_members_and_unknown_kinds() {
    let judge = Kubeconform::new();
    let folder = TempDir::new().unwrap();
    let closed = "additional properties";
    let wrong = [
        (
            "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, automount: true}",
            closed,
        ),
        (
            "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {name: a}, spec: {selector: {}, typo: 1}}",
            closed,
        ),
        (
            "{apiVersion: cloudfront-operator.dev/v1alpha1, kind: Invalidation, metadata: {name: a}, spec: {paths: ['/'], typo: 1}}",
            closed,
        ),
        (
            "{apiVersion: example.com/v1, kind: Unknown, metadata: {name: a}}",
            "could not find schema",
        ),
    ];
    for (at, (text, expected)) in wrong.iter().enumerate() {
        let file = folder.path().join(format!("{at}.yaml"));
        fs::write(&file, text).unwrap();
        let verdict = judge.judge(MINORS[0], &[file]).unwrap_err();
        assert!(verdict.contains(expected), "{text}: {verdict}");
    }
}

#[test]
fn the_newest_minor_of_the_schemas_is_among_those_that_are_tried() {
    let newest = output(Command::new("ls").arg(package()))
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
    let tried: Option<u32> = MINORS[2].split('.').nth(1).unwrap().parse().ok();
    assert_eq!(newest, tried);
}
