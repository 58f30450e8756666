//! Checks that the CustomResourceDefinitions in the cluster are those that this program was built with.

use super::{
    check_result::CheckResult,
    crd_comparison::{FIX_INSTALL, check_name, compare_schema, version_mismatch},
    openapi,
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client, Error};

/// Compares each definition. If reading one is forbidden, the published OpenAPI schemas are compared from there on.
pub(super) async fn run(
    kube: &Client,
    definitions: &[CustomResourceDefinition],
) -> Vec<CheckResult> {
    let api = Api::<CustomResourceDefinition>::all(kube.clone());
    let mut results = vec![];
    for (at, built_in) in definitions.iter().enumerate() {
        let name = built_in.metadata.name.as_deref().unwrap_or_default();
        match api.get_opt(name).await {
            Err(Error::Api(status)) if status.code == 403 => {
                results.extend(openapi::run(kube, &definitions[at..]).await);
                return results;
            }
            Ok(installed) => results.push(compare(installed.as_ref(), built_in)),
            Err(error) => results.push(CheckResult::failed(
                check_name(built_in),
                format!("{error}."),
                "kubectl get crd",
            )),
        }
    }
    results
}

fn compare(
    installed: Option<&CustomResourceDefinition>,
    built_in: &CustomResourceDefinition,
) -> CheckResult {
    let check = check_name(built_in);
    let Some(installed) = installed else {
        return CheckResult::failed(check, "it is not installed.", FIX_INSTALL);
    };
    match first_difference(installed, built_in) {
        None => CheckResult::ok(check, "it matches this version"),
        Some(path) => version_mismatch(built_in, &path),
    }
}

/// Returns the path of the first difference in the served versions.
fn first_difference(
    installed: &CustomResourceDefinition,
    built_in: &CustomResourceDefinition,
) -> Option<String> {
    let versions = |definition: &CustomResourceDefinition| {
        serde_json::to_value(&definition.spec.versions).unwrap_or_default()
    };
    compare_schema(&versions(installed), &versions(built_in), "versions")
}
