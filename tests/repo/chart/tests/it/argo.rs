//! The settings for Argo CD, run by the Lua interpreter that Argo CD uses.

use super::{
    api_server::{control_plane, kubectl, stderr_text},
    helm::{documents, output, repository},
};
use cluster::{Environment, install_go_program};
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

/// The actions on a kind: when each is offered, and what it does.
fn actions(kind: &str) -> Value {
    let key = format!("resource.customizations.actions.cloudfront-operator.dev_{kind}");
    documents(settings()[key].as_str().unwrap()).remove(0)
}

/// The script of an action.
fn action<'a>(actions: &'a Value, name: &str) -> &'a Value {
    let all = actions["definitions"].as_array().unwrap();
    &all.iter().find(|one| one["name"] == name).unwrap()["action.lua"]
}

/// A script's result as JSON, said in Lua.
const AS_JSON: &str = r#"(function()
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
    let glua = install_go_program(&Environment::from_process(), "glua", package, version).unwrap();
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
    let actions = actions("Distribution");
    let ready = object(&["Ready"]);
    let suspended = with(ready.clone(), "/spec", "suspend", json!(true));
    let shown = "tostring(result.refresh.disabled) .. tostring(result.suspend.disabled) .. tostring(result.resume.disabled)";
    let discovery = &actions["discovery.lua"];
    assert_eq!(run(discovery, &ready, shown), "falsefalsetrue");
    assert_eq!(run(discovery, &suspended, shown), "truetruefalse");
    let suspend = "tostring(result.spec.suspend)";
    assert_eq!(run(action(&actions, "suspend"), &ready, suspend), "true");
    assert_eq!(
        run(action(&actions, "resume"), &suspended, suspend),
        "false"
    );
    let asked = r#"result.metadata.annotations["cloudfront-operator.dev/reconcile-requested-at"]"#;
    let at = run(action(&actions, "refresh"), &ready, asked);
    assert!(at.starts_with("20") && at.ends_with('Z'), "{at}");
    assert_eq!(
        run(action(&actions, "refresh"), &ready, "result.spec.comment"),
        "x"
    );
}

#[test]
fn the_action_invalidate_is_for_distributions_and_creates_what_the_api_server_takes() {
    for kind in KINDS.iter().filter(|kind| **kind != "Invalidation") {
        let object = with(object(&["Ready"]), "", "kind", json!(kind));
        let offered = "tostring(result.invalidate ~= nil)";
        let said = run(&actions(kind)["discovery.lua"], &object, offered);
        assert_eq!(said, (*kind == "Distribution").to_string(), "{kind}");
    }
    let mut site = object(&["Ready"]);
    site["apiVersion"] = json!("cloudfront-operator.dev/v1alpha1");
    site["kind"] = json!("Distribution");
    site["metadata"]["namespace"] = json!("team-a");
    site["metadata"]["uid"] = json!("7c1b2a9e-0000-4000-8000-000000000000");
    let made = run(
        action(&actions("Distribution"), "invalidate"),
        &site,
        AS_JSON,
    );
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made.as_array().unwrap().len(), 1);
    assert_eq!(made[0]["operation"], "create");
    let invalidation = &made[0]["resource"];
    assert_eq!(invalidation["spec"]["distributionRef"]["name"], "www");
    assert_eq!(invalidation["spec"]["paths"], json!(["/*"]));
    let owner = &invalidation["metadata"]["ownerReferences"][0];
    assert_eq!(owner["uid"], site["metadata"]["uid"]);
    let create = [
        "create",
        "--dry-run=server",
        "--validate=strict",
        "--filename=-",
    ];
    let taken = kubectl(control_plane(), &create, &invalidation.to_string());
    assert!(
        taken.status.success(),
        "{invalidation}: {}",
        stderr_text(&taken)
    );
}
