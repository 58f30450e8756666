//! The settings for Argo CD, run by the Lua interpreter that Argo CD uses.

use super::helm::{documents, output, repository};
use cluster::{Environment, go_program};
use serde_json::{Value, json};
use std::{fs, process::Command};
use tempfile::TempDir;

const GLUA: (&str, &str) = ("github.com/yuin/gopher-lua/cmd/glua", "v1.1.1");
const KINDS: [&str; 4] = [
    "Distribution",
    "Invalidation",
    "OriginAccessIdentity",
    "StreamingDistribution",
];

/// The settings of Argo CD by their keys.
fn settings() -> Value {
    let text = fs::read_to_string(repository("examples/gitops/argocd-cm.yaml")).unwrap();
    documents(&text).remove(0)["data"].take()
}

/// A value as Lua writes it.
fn lua(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("[{name:?}] = {}", lua(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items = items.iter().map(lua).collect::<Vec<_>>();
            format!("{{{}}}", items.join(", "))
        }
        Value::Null => "nil".to_owned(),
        other => other.to_string(),
    }
}

/// Runs a script of the settings on an object, and prints this of its result.
fn run(script: &Value, object: &Value, print: &str) -> String {
    let (package, version) = GLUA;
    let glua = go_program(&Environment::read(), "glua", package, version).unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("script.lua");
    let script = script.as_str().unwrap();
    let text = format!(
        "obj = {}\nlocal function script()\n{script}\nend\nlocal result = script()\nprint({print})\n",
        lua(object)
    );
    fs::write(&file, text).unwrap();
    output(Command::new(glua).arg(&file))
        .unwrap()
        .trim()
        .to_owned()
}

/// An object of generation 2 with these conditions that are true or, with a `!`, false.
fn object(conditions: &[&str]) -> Value {
    let conditions: Vec<Value> = conditions
        .iter()
        .map(|word| {
            let type_ = word.trim_start_matches('!');
            let status = if *word == type_ { "True" } else { "False" };
            json!({"type": type_, "status": status, "message": format!("{word}.")})
        })
        .collect();
    json!({
        "metadata": {"name": "www", "generation": 2},
        "spec": {"comment": "x"},
        "status": {"observedGeneration": 2, "conditions": conditions},
    })
}

fn with(mut object: Value, pointer: &str, name: &str, value: Value) -> Value {
    object.pointer_mut(pointer).unwrap()[name] = value;
    object
}

fn samples() -> Vec<(Value, &'static str)> {
    let ready = || object(&["Ready", "Synced"]);
    vec![
        (
            json!({"metadata": {"generation": 1}, "spec": {}}),
            "Progressing Waiting for the operator",
        ),
        (
            object(&["!Ready", "Synced", "Reconciling"]),
            "Progressing !Ready.",
        ),
        (ready(), "Healthy Ready."),
        (object(&["Ready", "!Synced"]), "Healthy Ready."),
        (object(&["Ready", "Synced", "Complete"]), "Healthy Ready."),
        (
            object(&["!Ready", "!Synced", "Stalled"]),
            "Degraded !Ready.",
        ),
        (
            object(&["!Ready", "!Synced", "Stalled", "Failed"]),
            "Degraded !Ready.",
        ),
        (
            with(ready(), "/metadata", "generation", json!(3)),
            "Progressing Ready.",
        ),
        (
            with(
                ready(),
                "/metadata",
                "deletionTimestamp",
                json!("2026-01-01T00:00:00Z"),
            ),
            "Progressing Ready.",
        ),
        (
            with(ready(), "/spec", "suspend", json!(true)),
            "Suspended Ready.",
        ),
        (
            with(
                object(&["!Ready", "Stalled"]),
                "/spec",
                "suspend",
                json!(true),
            ),
            "Suspended !Ready.",
        ),
    ]
}

#[test]
fn every_kind_is_healthy_when_its_conditions_say_so() {
    let settings = settings();
    let key = |kind: &str| format!("resource.customizations.health.cloudfront-operator.dev_{kind}");
    let script = &settings[key("Distribution")];
    for kind in KINDS {
        assert_eq!(&settings[key(kind)], script, "{kind}");
    }
    for (object, expected) in samples() {
        let said = run(script, &object, r#"result.status .. " " .. result.message"#);
        assert_eq!(said, expected, "{object}");
    }
}

#[test]
fn the_actions_refresh_suspend_and_resume() {
    let settings = settings();
    let key = "resource.customizations.actions.cloudfront-operator.dev_Distribution";
    let actions = documents(settings[key].as_str().unwrap()).remove(0);
    let definition = |name: &str| {
        let all = actions["definitions"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["action.lua"].clone()
    };
    let ready = object(&["Ready"]);
    let suspended = with(ready.clone(), "/spec", "suspend", json!(true));
    let shown = "tostring(result.refresh.disabled) .. tostring(result.suspend.disabled) .. tostring(result.resume.disabled)";
    let discovery = &actions["discovery.lua"];
    assert_eq!(run(discovery, &ready, shown), "falsefalsetrue");
    assert_eq!(run(discovery, &suspended, shown), "truetruefalse");
    let suspend = "tostring(result.spec.suspend)";
    assert_eq!(run(&definition("suspend"), &ready, suspend), "true");
    assert_eq!(run(&definition("resume"), &suspended, suspend), "false");
    let asked = r#"result.metadata.annotations["cloudfront-operator.dev/reconcile-requested-at"]"#;
    let at = run(&definition("refresh"), &ready, asked);
    assert!(at.starts_with("20") && at.ends_with('Z'), "{at}");
    assert_eq!(
        run(&definition("refresh"), &ready, "result.spec.comment"),
        "x"
    );
}
