//! Checks of the objects in the watch scope: whether the operator may list them, and what deleting them does in AWS.

use super::{check_result::CheckResult, crd_comparison::FIX_INSTALL};
use crate::{
    engine::{DeletionPolicy, FINALIZER, ManagementSpec},
    operator::cli::options::RunArgs,
};
use k8s_openapi::{
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    apimachinery::pkg::apis::meta::v1::ListMeta,
};
use kube::{
    Api, Client, Error, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
};
use serde::Deserialize;
use std::collections::HashSet;

/// The number of objects of one page of a list.
const PAGE_SIZE: u32 = 200;

/// The most objects that a message names.
const MAX_NAMES: usize = 5;

/// Unblocks the deletion of an object.
const FIX_STUCK_DELETION: &str = "if one does not end, kubectl patch KIND NAME --namespace NAMESPACE --type=merge --patch '{\"spec\": {\"deletionPolicy\": \"Retain\"}}' removes the finalizer and keeps the resource in CloudFront (docs/operations/stuck-deletion.md)";

/// Ends the wait of objects that no operator reconciles.
const FIX_UNSELECTED: &str = "unless another operator selects them, they are not reconciled and their deletion does not end; give them the labels again (docs/operations/namespaced.md#objects-that-leave-the-watch-scope)";

/// The objects of one kind: those with the finalizer of this operator, by deletion policy, and those that are being deleted.
#[derive(Default)]
pub(super) struct FinalizerCounts {
    plural: String,
    /// The number of objects with deletion policy `Delete`.
    delete: usize,
    /// The number of objects with deletion policy `Retain`.
    retain: usize,
    /// The kinds, namespaces, and names of the objects that are being deleted.
    terminating: Vec<String>,
    /// Those of the objects with the finalizer that the label selector does not select.
    unselected: Vec<String>,
}

impl FinalizerCounts {
    fn add(&mut self, kind: &str, object: &DynamicObject) {
        if object.finalizers().iter().any(|name| name == FINALIZER) {
            let spec = object.data.get("spec");
            let management = spec.and_then(|spec| ManagementSpec::deserialize(spec).ok());
            match management.unwrap_or_default().effective_deletion_policy() {
                DeletionPolicy::Delete => self.delete += 1,
                DeletionPolicy::Retain => self.retain += 1,
            }
        }
        if object.metadata.deletion_timestamp.is_some() {
            self.terminating.push(full_name(kind, object));
        }
    }

    /// Returns the counts as text, if an object has the finalizer.
    fn summary(&self) -> Option<String> {
        let Self {
            plural,
            delete,
            retain,
            ..
        } = self;
        let all = delete + retain;
        (all > 0).then(|| {
            format!("{all} {plural} (in AWS, {delete} would be deleted and {retain} kept)")
        })
    }
}

/// Returns kind, namespace and name of an object.
fn full_name(kind: &str, object: &impl ResourceExt) -> String {
    let namespace = object.namespace().unwrap_or_default();
    format!("{kind} {namespace}/{}", object.name_any())
}

/// Checks that the operator may list a kind in its watch scope. Returns the counts of the listed objects too.
pub(super) async fn check_list(
    kube: &Client,
    definition: &CustomResourceDefinition,
    options: &RunArgs,
) -> (CheckResult, Option<FinalizerCounts>) {
    let resource = resource(definition);
    let check = format!("list {}", resource.plural);
    match count_objects(kube, &resource, options).await {
        Ok(counts) => (CheckResult::ok(check, "allowed"), Some(counts)),
        Err(Error::Api(status)) if status.code == 404 => {
            let failed = CheckResult::failed(check, "Kubernetes does not know them.", FIX_INSTALL);
            (failed, None)
        }
        Err(error) => {
            let fix = format!(
                "set rbac.create and watch.namespaces in the chart, and see kubectl auth can-i list {}.cloudfront-operator.dev; for a namespace that is being deleted, see docs/operations/stuck-deletion.md",
                resource.plural
            );
            (CheckResult::failed(check, format!("{error}."), fix), None)
        }
    }
}

fn resource(definition: &CustomResourceDefinition) -> ApiResource {
    let spec = definition.spec.clone();
    let version = spec.versions.first().map(|version| version.name.clone());
    let version = version.unwrap_or_default();
    ApiResource {
        api_version: format!("{}/{version}", spec.group),
        group: spec.group,
        version,
        kind: spec.names.kind,
        plural: spec.names.plural,
    }
}

/// Lists the objects of a kind in the watch scope page by page, and counts them.
async fn count_objects(
    kube: &Client,
    resource: &ApiResource,
    options: &RunArgs,
) -> Result<FinalizerCounts, Error> {
    let apis = options.scopes().into_iter().map(|scope| match scope {
        None => Api::all_with(kube.clone(), resource),
        Some(name) => Api::namespaced_with(kube.clone(), &name, resource),
    });
    let apis: Vec<Api<DynamicObject>> = apis.collect();
    let mut counts = FinalizerCounts {
        plural: resource.plural.clone(),
        ..FinalizerCounts::default()
    };
    let selector = options.watch_label_selector.as_deref();
    for api in apis {
        let mut selected = HashSet::new();
        let mut params = ListParams::default().limit(PAGE_SIZE);
        params.label_selector = selector.map(str::to_owned);
        loop {
            let page = api.list(&params).await?;
            for object in &page.items {
                counts.add(&resource.kind, object);
                selected.extend(object.uid());
            }
            if !continues(&mut params, page.metadata) {
                break;
            }
        }
        if selector.is_some_and(|it| !it.is_empty()) {
            let unselected = list_unselected(&api, &resource.kind, &selected).await?;
            counts.unselected.extend(unselected);
        }
    }
    Ok(counts)
}

/// Lists the objects with the finalizer of this operator that are not among the selected ones, by uid.
async fn list_unselected(
    api: &Api<DynamicObject>,
    kind: &str,
    selected: &HashSet<String>,
) -> Result<Vec<String>, Error> {
    let mut names = vec![];
    let mut params = ListParams::default().limit(PAGE_SIZE);
    loop {
        let page = api.list_metadata(&params).await?;
        let unselected = page.items.iter().filter(|object| {
            let is_selected = object.uid().is_some_and(|uid| selected.contains(&uid));
            !is_selected && object.finalizers().iter().any(|name| name == FINALIZER)
        });
        names.extend(unselected.map(|object| full_name(kind, object)));
        if !continues(&mut params, page.metadata) {
            return Ok(names);
        }
    }
}

/// Whether another page follows. The parameters then request it.
fn continues(params: &mut ListParams, page: ListMeta) -> bool {
    params.continue_token = page.continue_.filter(|token| !token.is_empty());
    params.continue_token.is_some()
}

/// Reports the objects with the finalizer of this operator and those that are being deleted. Skipped if a kind cannot be listed.
pub(super) fn check_finalizers(
    counts: &[Option<FinalizerCounts>],
    is_read_only: bool,
) -> CheckResult {
    let check = "objects";
    let Some(counts) = complete(counts) else {
        return CheckResult::skipped(check, "not every kind can be listed: see there");
    };
    let summaries: Vec<String> = counts.iter().filter_map(|it| it.summary()).collect();
    let mut message = if summaries.is_empty() {
        format!("no object has the finalizer {FINALIZER}")
    } else {
        format!("with the finalizer {FINALIZER}: {}", summaries.join(", "))
    };
    if is_read_only && counts.iter().any(|it| it.delete > 0) {
        message.push_str("; these deletions wait until the operator runs without --read-only");
    }
    let terminating: Vec<&str> = counts
        .iter()
        .flat_map(|it| &it.terminating)
        .map(String::as_str)
        .collect();
    if terminating.is_empty() {
        return CheckResult::ok(check, message);
    }
    let names = first_names(&terminating);
    CheckResult::warning(
        check,
        format!("{message}; now being deleted: {names}; {FIX_STUCK_DELETION}"),
    )
}

/// Reports the objects with the finalizer of this operator that its label selector does not select. `None`: there is no selector, or a
/// kind cannot be listed.
pub(super) fn check_selector(
    counts: &[Option<FinalizerCounts>],
    selector: Option<&str>,
) -> Option<CheckResult> {
    let check = "selector";
    let selector = selector.filter(|it| !it.is_empty())?;
    let counts = complete(counts)?;
    let unselected: Vec<&str> = counts
        .iter()
        .flat_map(|it| &it.unselected)
        .map(String::as_str)
        .collect();
    Some(if unselected.is_empty() {
        let message = format!("every object with the finalizer {FINALIZER} matches {selector}");
        CheckResult::ok(check, message)
    } else {
        let names = first_names(&unselected);
        CheckResult::warning(
            check,
            format!(
                "with the finalizer {FINALIZER}, but not selected by {selector}: {names}; {FIX_UNSELECTED}"
            ),
        )
    })
}

/// Returns the counts, if every kind can be listed.
fn complete(counts: &[Option<FinalizerCounts>]) -> Option<Vec<&FinalizerCounts>> {
    counts.iter().map(Option::as_ref).collect()
}

/// Returns the first names, and how many more there are.
fn first_names(all: &[&str]) -> String {
    let names: Vec<&str> = all.iter().copied().take(MAX_NAMES).collect();
    let names = names.join(", ");
    match all.len().saturating_sub(MAX_NAMES) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}
