//! The life of an object of each kind, from its example.

use super::unique_names::example;
use crate::support::{TestEnv, id_of};
use campaign::id_of_object;
use cloudfront_operator::{
    engine::{KindDefinition, Lifecycle, TagSupport},
    operator::kinds,
};
use std::time::Duration;

/// Returns the path of an element of a configuration that another client can change, with another value: the text for people, or else a
/// number or one of two values.
fn external_change(kind: &KindDefinition) -> (&'static str, &'static str) {
    let versions = kind.crd().spec.versions.into_iter();
    let schemas = versions.filter_map(|it| it.schema?.open_api_v3_schema?.properties);
    let specs = schemas.filter_map(|mut it| it.remove("spec")?.properties);
    let fields: Vec<String> = specs.flatten().map(|(field, _)| field).collect();
    let changes = [
        ("comment", ("Comment", "by hand")),
        ("description", ("Description", "by hand")),
        ("samplingRate", ("SamplingRate", "99")),
        (
            "trafficConfig",
            ("TrafficConfig/SingleHeaderConfig/Value", "by hand"),
        ),
        (
            "realtimeMetricsSubscriptionConfig",
            (
                "RealtimeMetricsSubscriptionConfig/RealtimeMetricsSubscriptionStatus",
                "Disabled",
            ),
        ),
    ];
    let mut known = changes.iter();
    let found = known.find(|(field, _)| fields.iter().any(|it| it == field));
    found.expect("a field that another client can change").1
}

/// Returns the operations of the writes to resources of a kind.
fn writes_of(env: &TestEnv, kind: &KindDefinition) -> Vec<String> {
    let writes = env.writes_since(0);
    let operations = TestEnv::operations(&writes).into_iter();
    let own = ["Create", "Update", "Delete"].map(|verb| format!("{verb}{}", kind.api.name));
    let operations = operations.filter(|it| own.iter().any(|own| own == it));
    operations.map(str::to_owned).collect()
}

#[test]
fn an_object_without_tags_is_created_renamed_corrected_and_deleted() {
    let is_plain = |it: &&KindDefinition| {
        it.api.lifecycle == Lifecycle::Managed
            && it.api.tags != TagSupport::OwnOperation
            && it.api.code.is_none()
    };
    for kind in kinds().into_iter().filter(is_plain) {
        let env = TestEnv::with_deploy_delay("each-kind", Duration::ZERO);
        let (before, mut manifest) = example(kind);
        for needed in &before {
            env.apply(&needed.to_string());
        }
        let names = kind.crd().spec.names;
        let own_name = manifest["metadata"]["name"].as_str().expect("a name");
        let object = format!("{}/{own_name}", names.plural);
        env.apply(&manifest.to_string());
        let found = env.wait_until_ready(&object);
        let id = id_of(&found);
        let has_name = kind.api.name_member().is_some();
        let name = found["status"]["name"].as_str();
        let has_default = |name: &str| name.contains(&format!("-{own_name}-"));
        assert_eq!(name.is_some_and(has_default), has_name, "{name:?}");

        let can_rename = has_name && !kind.api.immutable.contains(&"Name");
        if can_rename {
            manifest["spec"]["name"] = "pages".into();
            env.apply(&manifest.to_string());
            env.wait_until_ready(&object);
        }
        let (path, value) = external_change(kind);
        env.edit_out_of_band(&id_of_object(&found, &id), path, value);
        let (_, element) = path.rsplit_once('/').unwrap_or(("", path));
        let changed = format!("<{element}>{value}</{element}>");
        assert!(env.state_contains(&changed), "{changed}");
        env.eventually("the operator has corrected the drift", || {
            (!env.state_contains(&changed)).then_some(())
        });
        assert_eq!(id_of(&env.wait_until_ready(&object)), id);
        env.kubectl(&["delete", &object]);
        let [create, delete] = ["Create", "Delete"].map(|verb| format!("{verb}{}", kind.api.name));
        let mut expected = vec![create, kind.api.update_operation(), delete];
        if can_rename {
            expected.insert(1, kind.api.update_operation());
        }
        if path.starts_with("TrafficConfig") {
            // A policy is disabled before the deletion.
            expected.insert(1, kind.api.update_operation());
        }
        assert_eq!(writes_of(&env, kind), expected);
    }
}
