//! Resources that `examples/adopt/manifest.py` describes, from the output of an AWS client. They are adopted without a write.

use crate::support::{TestEnv, identity, python};
use cloudfront_simulator::Switch;
use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: edge}\nstringData: {first: one, second: two}\n";

/// The kinds, with the operation of boto3 that reads a configuration.
const KINDS: [(&str, &str); 3] = [
    ("Distribution", "get_distribution_config"),
    ("StreamingDistribution", "get_streaming_distribution_config"),
    (
        "OriginAccessIdentity",
        "get_cloud_front_origin_access_identity_config",
    ),
];

/// A resource without an object.
struct Released {
    kind: String,
    name: String,
    id: String,
}

impl Released {
    fn object(&self) -> String {
        format!("{}/{}", self.kind.to_lowercase(), self.name)
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the manifests of all resources: those of the specs with every field, and those of the examples.
fn manifests() -> String {
    let entries = fs::read_dir(root().join("examples")).expect("the folder exists");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .filter(|path| !path.to_string_lossy().contains("invalidation"))
        .collect();
    files.sort();
    let examples = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("the example exists"));
    let full = [
        include_str!("full_spec/distribution.yaml"),
        include_str!("full_spec/streaming_distribution.yaml"),
        SECRET,
    ];
    let full = full
        .map(str::to_owned)
        .into_iter()
        .chain([identity("reads")]);
    full.chain(examples).collect::<Vec<_>>().join("\n---\n")
}

/// Returns the objects of all kinds.
fn objects(env: &TestEnv) -> Vec<Value> {
    let list = env.kubectl(&["get", "cfd,cfsd,cfoai", "--output", "json"]);
    let list: Value = serde_json::from_str(&list).expect("kubectl prints JSON");
    list["items"].as_array().expect("a list").clone()
}

/// Deletes all objects, and keeps their resources.
fn release(env: &TestEnv) -> Vec<Released> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let released: Vec<Released> = objects(env)
        .iter()
        .map(|object| Released {
            kind: text(&object["kind"]),
            name: text(&object["metadata"]["name"]),
            id: text(&object["status"]["id"]),
        })
        .collect();
    for one in &released {
        env.patch(&one.object(), r#"{"spec":{"deletionPolicy":"Retain"}}"#);
    }
    let names: Vec<String> = released.iter().map(Released::object).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    env.kubectl(&[&["delete"], &names[..]].concat());
    released
}

/// Runs a Python program, and returns its standard output.
fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    stdin
        .write_all(input.as_bytes())
        .expect("the program reads its standard input");
    drop(stdin);
    let output = child.wait_with_output().expect("Python ends");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns the manifest that the documented recipe makes of a resource.
fn converted(env: &TestEnv, resource: &Released) -> String {
    let operation = KINDS.iter().find(|(kind, _)| *kind == resource.kind);
    let (_, operation) = operation.expect("the kind is listed");
    let credential = &env.simulator.credentials()[0];
    let printed = run(
        Command::new(python())
            .arg(root().join("tests/e2e/scenarios/adopt_output/print_config.py"))
            .args([*operation, &resource.id])
            .env("AWS_ENDPOINT_URL", env.simulator.endpoint())
            .env("AWS_ACCESS_KEY_ID", &credential.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &credential.secret_key)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("NO_PROXY", "127.0.0.1"),
        "",
    );
    run(
        Command::new("python3")
            .arg(root().join("examples/adopt/manifest.py"))
            .args(["--id", &resource.id, "--name", &resource.name]),
        &printed,
    )
}

#[test]
fn every_resource_is_adopted_from_the_output_of_an_aws_client_without_a_write() {
    let env = TestEnv::with_deploy_delay("adopt-output", Duration::ZERO);
    env.control()
        .set_switch(Switch::AcceptUnknownReferences, true);
    env.apply(&manifests());
    let all = objects(&env);
    for object in &all {
        let (kind, name) = (&object["kind"], &object["metadata"]["name"]);
        let text = |value: &Value| value.as_str().expect("a text").to_lowercase();
        env.wait_until_ready(&format!("{}/{}", text(kind), text(name)));
    }
    assert!(all.len() >= 15, "{} objects", all.len());
    let released = release(&env);
    assert_eq!(released.len(), all.len());

    let manifests = released.iter().map(|one| converted(&env, one));
    let observing: Vec<String> = manifests.collect();
    // The operator does not use the operations of the AWS client, so its policy does not allow them.
    env.control().clear_journal();
    for manifest in [
        observing.join("\n---\n"),
        observing
            .join("\n---\n")
            .replace("  managementPolicy: Observe\n", ""),
    ] {
        env.apply(&manifest);
        for one in &released {
            let found = env.wait_until_ready(&one.object());
            assert_eq!(found["status"]["id"], one.id.as_str());
        }
    }
    assert_eq!(env.writes_since(0), [], "each resource is as described");
}
