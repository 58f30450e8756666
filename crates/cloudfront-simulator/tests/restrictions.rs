//! `RESTRICTIONS.md` has a row for each leaf of the service model, and the tests that it names exist.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;

/// The configurations, with their headings in the page. Tags are a part of two of them.
const CONFIGURATIONS: [(&str, &str); 17] = [
    ("Distribution", "DistributionConfig"),
    ("StreamingDistribution", "StreamingDistributionConfig"),
    (
        "OriginAccessIdentity",
        "CloudFrontOriginAccessIdentityConfig",
    ),
    ("Invalidation", "InvalidationBatch"),
    ("OriginAccessControl", "OriginAccessControlConfig"),
    ("CachePolicy", "CachePolicyConfig"),
    ("OriginRequestPolicy", "OriginRequestPolicyConfig"),
    ("ResponseHeadersPolicy", "ResponseHeadersPolicyConfig"),
    ("PublicKey", "PublicKeyConfig"),
    ("KeyGroup", "KeyGroupConfig"),
    (
        "FieldLevelEncryptionProfile",
        "FieldLevelEncryptionProfileConfig",
    ),
    ("FieldLevelEncryptionConfig", "FieldLevelEncryptionConfig"),
    ("Function", "CreateFunctionRequest"),
    ("KeyValueStore", "CreateKeyValueStoreRequest"),
    ("RealtimeLogConfig", "CreateRealtimeLogConfigRequest"),
    ("MonitoringSubscription", "MonitoringSubscription"),
    (
        "ContinuousDeploymentPolicy",
        "ContinuousDeploymentPolicyConfig",
    ),
];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .expect("the package has the file")
}

/// Returns the name of a member in camel case. A leading acronym becomes lower case: `ACMCertificateArn` is
/// `acmCertificateArn`, and `WebACLId` is `webACLId`.
fn camel_case(member: &str) -> String {
    let run = member
        .chars()
        .take_while(char::is_ascii_uppercase)
        .count()
        .saturating_sub(1)
        .max(1);
    member[..run].to_ascii_lowercase() + &member[run..]
}

/// Collects the paths of the leaves below a shape. The items of a list that has no other member replace the list.
fn add_leaves(shapes: &Value, shape: &str, path: &str, leaves: &mut BTreeSet<String>) {
    let shape = &shapes[shape];
    let name_of = |value: &Value| value.as_str().expect("a name is a text").to_owned();
    if let Some(item) = shape.get("item") {
        let item = name_of(&item["shape"]);
        let is_leaf = shapes[&item].get("members").is_none();
        let suffix = if is_leaf { "" } else { "[]" };
        return add_leaves(shapes, &item, &format!("{path}{suffix}"), leaves);
    }
    let Some(members) = shape.get("members").and_then(Value::as_object) else {
        leaves.insert(path.to_owned());
        return;
    };
    let has_other_members = members
        .keys()
        .any(|name| !matches!(name.as_str(), "Quantity" | "Items"));
    for (name, member) in members.iter().filter(|(name, _)| *name != "Quantity") {
        let path = match (path, name.as_str()) {
            (path, "Items") if !has_other_members => path.to_owned(),
            ("", name) => camel_case(name),
            (path, name) => format!("{path}.{}", camel_case(name)),
        };
        add_leaves(shapes, &name_of(member), &path, leaves);
    }
}

/// Returns the cells of each row below each heading of a configuration.
fn rows() -> BTreeMap<String, Vec<Vec<String>>> {
    let (mut section, mut rows) = (String::new(), BTreeMap::<_, Vec<_>>::new());
    for line in read("RESTRICTIONS.md").lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut section);
        } else if line.starts_with("| `") {
            let cells = line
                .trim_matches('|')
                .split(" | ")
                .map(|cell| cell.trim().to_owned());
            rows.entry(section.clone())
                .or_default()
                .push(cells.collect());
        }
    }
    rows
}

#[test]
fn every_leaf_of_the_service_model_has_a_row() {
    let model: Value = serde_json::from_str(&read("model/cloudfront.json")).unwrap();
    let rows = rows();
    for (section, shape) in CONFIGURATIONS {
        let mut leaves = BTreeSet::new();
        add_leaves(&model["shapes"], shape, "", &mut leaves);
        let members: BTreeSet<_> = rows[section]
            .iter()
            .map(|cells| cells[0].trim_matches('`').to_owned())
            .collect();
        let missing: Vec<_> = leaves.difference(&members).collect();
        assert!(missing.is_empty(), "{section} has no row for {missing:?}");
    }
}

#[test]
fn every_row_has_a_source_and_tests_that_exist() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3");
    let tests: String = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for cells in rows().into_values().flatten() {
        let [member, _, source, _, named] = cells.as_slice() else {
            unreachable!("a row has five cells: {cells:?}");
        };
        assert!(!source.is_empty(), "{member} has no source");
        for test in named.split(", ").filter(|test| *test != "–") {
            let definition = format!("def {}(", test.trim_matches('`'));
            assert!(
                tests.contains(&definition),
                "{member}: {test} does not exist"
            );
        }
    }
}
