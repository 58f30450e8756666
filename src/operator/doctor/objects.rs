//! Checks of the objects in the watch scope: whether the operator may list them, and what deleting them does in AWS.

use super::{check_result::CheckResult, crd_comparison::FIX_INSTALL};
use crate::{
    engine::{DeletionPolicy, FINALIZER, ManagementSpec},
    operator::{cli::options::RunArgs, registry::KindEntry},
};
use kube::{
    Api, Client, Error, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
};
use serde::Deserialize;

/// The number of objects of one page of a list.
const PAGE_SIZE: u32 = 200;

/// The most objects that a message names.
const MAX_NAMES: usize = 5;

/// Unblocks the deletion of an object.
const FIX_STUCK_DELETION: &str = "if one does not end, kubectl patch KIND NAME --namespace NAMESPACE --type=merge --patch '{\"spec\": {\"deletionPolicy\": \"Retain\"}}' removes the finalizer and keeps the resource in CloudFront (docs/operations/stuck-deletion.md)";

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
            let namespace = object.namespace().unwrap_or_default();
            let name = object.name_any();
            self.terminating.push(format!("{kind} {namespace}/{name}"));
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

/// Checks that the operator may list a kind in its watch scope. Returns the counts of the listed objects too.
pub(super) async fn check_list(
    kube: &Client,
    entry: &KindEntry,
    options: &RunArgs,
) -> (CheckResult, Option<FinalizerCounts>) {
    let resource = resource(entry);
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

fn resource(entry: &KindEntry) -> ApiResource {
    let spec = (entry.crd)().spec;
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
    for api in apis {
        let mut params = ListParams::default().limit(PAGE_SIZE);
        params
            .label_selector
            .clone_from(&options.watch_label_selector);
        loop {
            let page = api.list(&params).await?;
            for object in &page.items {
                counts.add(&resource.kind, object);
            }
            params.continue_token = page.metadata.continue_.filter(|token| !token.is_empty());
            if params.continue_token.is_none() {
                break;
            }
        }
    }
    Ok(counts)
}

/// Reports the objects with the finalizer of this operator and those that are being deleted. Skipped if a kind cannot be listed.
pub(super) fn check_finalizers(
    counts: Vec<Option<FinalizerCounts>>,
    is_read_only: bool,
) -> CheckResult {
    let check = "objects";
    let Some(counts) = counts.into_iter().collect::<Option<Vec<FinalizerCounts>>>() else {
        return CheckResult::skipped(check, "not every kind can be listed: see there");
    };
    let summaries: Vec<String> = counts.iter().filter_map(FinalizerCounts::summary).collect();
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
    let names: Vec<&str> = terminating.iter().copied().take(MAX_NAMES).collect();
    let names = names.join(", ");
    let more = match terminating.len().saturating_sub(MAX_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    CheckResult::warning(
        check,
        format!("{message}; now being deleted: {names}{more}; {FIX_STUCK_DELETION}"),
    )
}
