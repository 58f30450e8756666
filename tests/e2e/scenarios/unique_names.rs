//! Kinds that CloudFront knows by a unique name.

use crate::support::{TestEnv, condition};
use cloudfront_operator::{engine::KindDefinition, operator::kinds};
use cloudfront_simulator::FaultMode;
use serde_json::Value;
use std::{fs, path::Path, time::Duration};

const CREATE: &str = "CreateOriginAccessControl";

/// Returns an `OriginAccessControl` with more lines of its spec.
fn control(name: &str, fields: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: OriginAccessControl
metadata: {{name: {name}}}
spec:
  originAccessControlOriginType: s3
  signingBehavior: always
  signingProtocol: sigv4
{fields}"
    )
}

/// Returns the shortest example of a kind without a name in CloudFront, and the objects before it in the same file.
pub(super) fn example(kind: &KindDefinition) -> (Vec<Value>, Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = fs::read_dir(folder).expect("the folder exists");
    let paths = files.map(|file| file.expect("the folder is readable").path());
    let texts = paths.filter_map(|path| fs::read_to_string(path).ok());
    let found = texts.filter_map(|text| {
        let documents = text.split("\n---\n").map(serde_saphyr::from_str);
        let mut before: Vec<Value> = documents.filter_map(Result::ok).collect();
        let at = before.iter().position(|it| it["kind"] == kind.kind)?;
        before.truncate(at + 1);
        let own = before.pop()?;
        Some((before, own))
    });
    let shortest = found.min_by_key(|(before, own)| (before.len(), own.to_string().len()));
    let (before, mut own) = shortest.expect("the kind has an example");
    let spec = own["spec"].as_object_mut().expect("a spec");
    spec.remove("name");
    (before, own)
}

/// Returns the kinds with unique names.
pub(super) fn named_kinds() -> impl Iterator<Item = &'static KindDefinition> {
    let kinds = kinds().into_iter();
    kinds.filter(|it| it.api.name_member().is_some())
}

#[test]
fn two_objects_with_the_same_name_never_share_a_resource() {
    let mut env = TestEnv::with_deploy_delay("two-names", Duration::ZERO);
    env.apply_with_held_response(CREATE, &control("first", "  name: pages\n"));
    env.kill_operator();
    env.start_operator();
    env.wait_until_ready("cfoac/first");
    env.inject(CREATE, FaultMode::ResetAfterCommit);
    env.apply(&control("second", "  name: pages\n"));
    env.eventually("the second object reports the conflict", || {
        let object = env.get("cfoac/second")?;
        (condition(&object, "Ready").1 == "OwnershipConflict").then_some(())
    });
    env.kubectl(&["delete", "cfoac/second"]);
    env.wait_until_ready("cfoac/first");
    assert_eq!(TestEnv::operations(&env.writes_since(0)), [CREATE]);
}
