//! The Lua scripts of the Argo CD settings, run with the Lua interpreter of Argo CD.

use super::{
    api_server::{control_plane, kubectl, stderr_text},
    helm::{documents, output, repository},
};
use cloudfront_operator::{engine::Lifecycle, operator::kinds};
use cluster::{Environment, install_go_program};
use serde_json::{Value, json};
use std::{fs, process::Command};
use tempfile::TempDir;

/// The package and the version of the Lua interpreter.
const GLUA: (&str, &str) = ("github.com/yuin/gopher-lua/cmd/glua", "v1.1.1");
/// Returns the data of the ConfigMap `argocd-cm` in the examples.
fn settings() -> Value {
    let text = fs::read_to_string(repository("examples/gitops/argocd-cm.yaml")).unwrap();
    documents(&text).remove(0)["data"].take()
}

/// Returns the custom actions of a kind, with the script that selects the available ones.
fn actions(kind: &str) -> Value {
    let key = format!("resource.customizations.actions.cloudfront-operator.dev_{kind}");
    documents(settings()[key].as_str().unwrap()).remove(0)
}

/// Returns the script of an action.
fn action_script<'a>(actions: &'a Value, name: &str) -> &'a Value {
    let definitions = actions["definitions"].as_array().unwrap();
    let action = definitions.iter().find(|action| action["name"] == name);
    &action.unwrap()["action.lua"]
}

/// A Lua expression that converts the result of a script to JSON.
const RESULT_AS_JSON: &str = r#"(function()
  local function json(value)
    if type(value) == "string" then return string.format("%q", value) end
    if type(value) ~= "table" then return tostring(value) end
    local parts = {}
    for _, item in ipairs(value) do
      table.insert(parts, json(item))
    end
    if #parts > 0 then return "[" .. table.concat(parts, ", ") .. "]" end
    for name, item in pairs(value) do
      table.insert(parts, json(name) .. ": " .. json(item))
    end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  return json(result)
end)()"#;

/// Converts a value to a Lua literal.
fn to_lua(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("[{name:?}] = {}", to_lua(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items = items.iter().map(to_lua).collect::<Vec<_>>();
            format!("{{{}}}", items.join(", "))
        }
        Value::Null => "nil".to_owned(),
        other => other.to_string(),
    }
}

/// Runs a script of the settings on an object. Returns the value of a Lua expression that can use the variable `result`.
fn run_script(script: &Value, object: &Value, expression: &str) -> String {
    let (package, version) = GLUA;
    let glua = install_go_program(&Environment::from_process(), "glua", package, version).unwrap();
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("script.lua");
    let script = script.as_str().unwrap();
    let text = format!(
        "obj = {}\nlocal function script()\n{script}\nend\nlocal result = script()\nprint({expression})\n",
        to_lua(object)
    );
    fs::write(&file, text).unwrap();
    output(Command::new(glua).arg(&file))
        .unwrap()
        .trim()
        .to_owned()
}

/// Returns an object of generation 2 with conditions. A condition is true unless its type has the prefix `!`.
fn object(conditions: &[&str]) -> Value {
    let conditions: Vec<Value> = conditions
        .iter()
        .map(|condition| {
            let type_ = condition.trim_start_matches('!');
            let status = if *condition == type_ { "True" } else { "False" };
            json!({"type": type_, "status": status, "message": format!("{condition}.")})
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

/// Returns objects with their expected health status and message.
fn health_cases() -> Vec<(Value, &'static str)> {
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
fn the_health_of_every_kind_follows_from_its_conditions() {
    let settings = settings();
    let key = |kind: &str| format!("resource.customizations.health.cloudfront-operator.dev_{kind}");
    let script = &settings[key("Distribution")];
    for entry in kinds() {
        assert_eq!(&settings[key(entry.kind)], script, "{}", entry.kind);
    }
    for (object, expected) in health_cases() {
        let health = run_script(script, &object, r#"result.status .. " " .. result.message"#);
        assert_eq!(health, expected, "{object}");
    }
}

#[test]
fn the_actions_refresh_suspend_and_resume() {
    let actions = actions("Distribution");
    let ready = object(&["Ready"]);
    let suspended = with(ready.clone(), "/spec", "suspend", json!(true));
    let disabled = "tostring(result.refresh.disabled) .. tostring(result.suspend.disabled) .. tostring(result.resume.disabled)";
    let discovery = &actions["discovery.lua"];
    assert_eq!(run_script(discovery, &ready, disabled), "falsefalsetrue");
    assert_eq!(run_script(discovery, &suspended, disabled), "truetruefalse");
    let suspend = "tostring(result.spec.suspend)";
    assert_eq!(
        run_script(action_script(&actions, "suspend"), &ready, suspend),
        "true"
    );
    assert_eq!(
        run_script(action_script(&actions, "resume"), &suspended, suspend),
        "false"
    );
    let annotation =
        r#"result.metadata.annotations["cloudfront-operator.dev/reconcile-requested-at"]"#;
    let time = run_script(action_script(&actions, "refresh"), &ready, annotation);
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    assert_eq!(
        run_script(
            action_script(&actions, "refresh"),
            &ready,
            "result.spec.comment"
        ),
        "x"
    );
}

#[test]
fn the_action_invalidate_creates_a_valid_invalidation_for_distributions_only() {
    let all = kinds().into_iter();
    for entry in all.filter(|it| it.api.lifecycle == Lifecycle::Managed) {
        let kind = entry.kind;
        let object = with(object(&["Ready"]), "", "kind", json!(kind));
        let is_available = "tostring(result.invalidate ~= nil)";
        let available = run_script(&actions(kind)["discovery.lua"], &object, is_available);
        assert_eq!(available, (kind == "Distribution").to_string(), "{kind}");
    }
    let mut distribution = object(&["Ready"]);
    distribution["apiVersion"] = json!("cloudfront-operator.dev/v1alpha1");
    distribution["kind"] = json!("Distribution");
    distribution["metadata"]["namespace"] = json!("team-a");
    distribution["metadata"]["uid"] = json!("7c1b2a9e-0000-4000-8000-000000000000");
    let operations = run_script(
        action_script(&actions("Distribution"), "invalidate"),
        &distribution,
        RESULT_AS_JSON,
    );
    let operations: Value = serde_json::from_str(&operations).unwrap();
    assert_eq!(operations.as_array().unwrap().len(), 1);
    assert_eq!(operations[0]["operation"], "create");
    let invalidation = &operations[0]["resource"];
    assert_eq!(invalidation["spec"]["distributionRef"]["name"], "www");
    assert_eq!(invalidation["spec"]["paths"], json!(["/*"]));
    let owner = &invalidation["metadata"]["ownerReferences"][0];
    assert_eq!(owner["uid"], distribution["metadata"]["uid"]);
    let create = [
        "create",
        "--dry-run=server",
        "--validate=strict",
        "--filename=-",
    ];
    let created = kubectl(control_plane(), &create, &invalidation.to_string());
    assert!(
        created.status.success(),
        "{invalidation}: {}",
        stderr_text(&created)
    );
}
