//! `docs/methods.md` lists every method of the API, with existing tests.

use super::page::{quoted, read, rows};
use cloudfront_operator::{engine::KindDefinition, operator::kinds};
use serde_json::Value;
use std::collections::BTreeSet;

/// The methods of API version 2016-01-13. Source: the model of that version.
const METHODS_OF_2016: [&str; 22] = [
    "CreateCloudFrontOriginAccessIdentity",
    "CreateDistribution",
    "CreateInvalidation",
    "CreateStreamingDistribution",
    "DeleteCloudFrontOriginAccessIdentity",
    "DeleteDistribution",
    "DeleteStreamingDistribution",
    "GetCloudFrontOriginAccessIdentity",
    "GetCloudFrontOriginAccessIdentityConfig",
    "GetDistribution",
    "GetDistributionConfig",
    "GetInvalidation",
    "GetStreamingDistribution",
    "GetStreamingDistributionConfig",
    "ListCloudFrontOriginAccessIdentities",
    "ListDistributions",
    "ListDistributionsByWebACLId",
    "ListInvalidations",
    "ListStreamingDistributions",
    "UpdateCloudFrontOriginAccessIdentity",
    "UpdateDistribution",
    "UpdateStreamingDistribution",
];

/// The methods that only tags need.
const METHODS_OF_TAGS: [&str; 5] = [
    "CreateDistributionWithTags",
    "CreateStreamingDistributionWithTags",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
];

/// Returns the methods of the kinds. The simulator has more.
pub(super) fn methods() -> BTreeSet<String> {
    let all = METHODS_OF_2016.iter().chain(&METHODS_OF_TAGS);
    let all = all.map(|method| (*method).to_owned());
    all.chain(kinds().into_iter().flat_map(methods_of))
        .collect()
}

/// Returns the methods of the model for one kind.
fn methods_of(entry: &KindDefinition) -> Vec<String> {
    let api = entry.api;
    let mut all = vec![
        format!("{}{}", api.read_verb, api.document),
        format!("Get{}", api.config),
    ];
    all.extend(api.list_name.map(|list| format!("List{list}")));
    all.extend(api.users.map(|users| users.operation.to_owned()));
    let verbs = ["Create", "Delete", "Update"];
    all.extend(verbs.map(|verb| format!("{verb}{}", api.name)));
    let staging = api
        .has_staging
        .then(|| format!("Update{}WithStagingConfig", api.name));
    all.extend(staging);
    let of_code = ["Describe", "Get", "Publish", "Test"].map(|verb| format!("{verb}{}", api.name));
    all.extend(of_code.into_iter().filter(|_| api.code.is_some()));
    let modelled = modelled();
    all.retain(|method| modelled.contains(method));
    all
}

/// Returns all methods of the model.
fn modelled() -> BTreeSet<String> {
    let model: Value =
        serde_json::from_str(&read("crates/cloudfront-simulator/model/cloudfront.json")).unwrap();
    let operations = model["operations"].as_object().unwrap();
    operations.keys().cloned().collect()
}

fn table() -> Vec<Vec<String>> {
    rows(&read("docs/methods.md"))
}

#[test]
fn every_method_has_one_row_and_every_row_a_method() {
    let modelled = modelled();
    let named: Vec<String> = table().iter().flat_map(|row| quoted(&row[0])).collect();
    assert_eq!(named.iter().cloned().collect::<BTreeSet<_>>(), methods());
    assert_eq!(named.len(), methods().len(), "a method has two rows");
    for method in methods() {
        assert!(modelled.contains(&method), "{method} is not in the model");
    }
}

#[test]
fn every_listed_test_exists() {
    for row in table() {
        let is_unused = row[1].starts_with("never");
        let tests = quoted(&row[2]);
        assert_eq!(tests.is_empty(), is_unused, "{row:?}");
        for test in tests {
            let (module, name) = test
                .split_once("::")
                .unwrap_or_else(|| panic!("{test} is not of the form module::test"));
            let source = read(format!("tests/e2e/scenarios/{module}.rs"));
            assert!(
                source.contains(&format!("#[test]\nfn {name}()")),
                "there is no test {test}"
            );
        }
    }
}
