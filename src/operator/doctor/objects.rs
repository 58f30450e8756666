//! The objects that the operator is to watch: whether it may list them, and what happens in AWS when they are deleted.

use super::{check_result::Finding, crds::INSTALL};
use crate::{
    engine::{DeletionPolicy, FINALIZER, ManagementSpec},
    operator::{
        cli::options::{Mode, Run},
        registry::Entry,
    },
};
use kube::{
    Api, Client, Error, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
};
use serde::Deserialize;

/// How many objects are asked for at once.
const PAGE: u32 = 200;

/// How many objects are named at most.
const NAMED: usize = 5;

const STUCK: &str = "if one does not end, kubectl patch KIND NAME --namespace NAMESPACE --type=merge --patch '{\"spec\": {\"deletionPolicy\": \"Retain\"}}' lets it go and keeps what is in CloudFront (docs/operations/stuck-deletion.md)";

/// The objects of one kind that hold our finalizer, and those that are being deleted.
#[derive(Default)]
pub(super) struct Held {
    plural: String,
    /// How many are deleted in AWS too when their object is.
    deleted: usize,
    /// How many are not.
    kept: usize,
    leaving: Vec<String>,
}

impl Held {
    fn add(&mut self, kind: &str, object: &DynamicObject) {
        if object.finalizers().iter().any(|name| name == FINALIZER) {
            let spec = object.data.get("spec");
            let management = spec.and_then(|spec| ManagementSpec::deserialize(spec).ok());
            match management.unwrap_or_default().effective_deletion_policy() {
                DeletionPolicy::Delete => self.deleted += 1,
                DeletionPolicy::Retain => self.kept += 1,
            }
        }
        if object.metadata.deletion_timestamp.is_some() {
            let namespace = object.namespace().unwrap_or_default();
            let name = object.name_any();
            self.leaving.push(format!("{kind} {namespace}/{name}"));
        }
    }

    /// As one line says it, if there is something to say.
    fn counts(&self) -> Option<String> {
        let Self {
            plural,
            deleted,
            kept,
            ..
        } = self;
        let all = deleted + kept;
        (all > 0)
            .then(|| format!("{all} {plural} (in AWS, {deleted} would be deleted and {kept} kept)"))
    }
}

/// Whether the operator may list what it is to watch, and what was seen.
pub(super) async fn list(kube: &Client, entry: &Entry, options: &Run) -> (Finding, Option<Held>) {
    let resource = resource(entry);
    let check = format!("list {}", resource.plural);
    match walk(kube, &resource, options).await {
        Ok(held) => (Finding::ok(check, "allowed"), Some(held)),
        Err(Error::Api(refusal)) if refusal.code == 404 => {
            let failed = Finding::failed(check, "Kubernetes does not know them.", INSTALL);
            (failed, None)
        }
        Err(error) => {
            let fix = format!(
                "set rbac.create and watch.namespaces in the chart, and see kubectl auth can-i list {}.cloudfront-operator.dev",
                resource.plural
            );
            (Finding::failed(check, format!("{error}."), fix), None)
        }
    }
}

fn resource(entry: &Entry) -> ApiResource {
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

/// Looks at every object of a kind, a page at a time.
async fn walk(kube: &Client, resource: &ApiResource, options: &Run) -> Result<Held, Error> {
    let apis = options.scopes().into_iter().map(|scope| match scope {
        None => Api::all_with(kube.clone(), resource),
        Some(name) => Api::namespaced_with(kube.clone(), &name, resource),
    });
    let apis: Vec<Api<DynamicObject>> = apis.collect();
    let mut held = Held {
        plural: resource.plural.clone(),
        ..Held::default()
    };
    for api in apis {
        let mut wanted = ListParams::default().limit(PAGE);
        wanted.label_selector.clone_from(&options.selector);
        loop {
            let page = api.list(&wanted).await?;
            for object in &page.items {
                held.add(&resource.kind, object);
            }
            wanted.continue_token = page.metadata.continue_.filter(|next| !next.is_empty());
            if wanted.continue_token.is_none() {
                break;
            }
        }
    }
    Ok(held)
}

/// Which objects hold our finalizer, and what happens in AWS when they are deleted. Nothing stands for a kind that was not listed.
pub(super) fn finalizers(seen: Vec<Option<Held>>, mode: Mode) -> Finding {
    let check = "objects";
    let Some(seen) = seen.into_iter().collect::<Option<Vec<Held>>>() else {
        return Finding::not_checked(check, "not every kind can be listed: see there");
    };
    let counts: Vec<String> = seen.iter().filter_map(Held::counts).collect();
    let mut message = if counts.is_empty() {
        format!("none is held by {FINALIZER}")
    } else {
        format!("held by {FINALIZER}: {}", counts.join(", "))
    };
    if mode == Mode::Observe && seen.iter().any(|held| held.deleted > 0) {
        message.push_str("; what would be deleted waits for --mode manage");
    }
    let leaving: Vec<&str> = seen
        .iter()
        .flat_map(|held| &held.leaving)
        .map(String::as_str)
        .collect();
    if leaving.is_empty() {
        return Finding::ok(check, message);
    }
    let names: Vec<&str> = leaving.iter().copied().take(NAMED).collect();
    let names = names.join(", ");
    let more = match leaving.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Finding::hint(
        check,
        format!("{message}; being deleted now: {names}{more}; {STUCK}"),
    )
}
