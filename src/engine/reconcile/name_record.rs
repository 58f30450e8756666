//! The record of the names that the resource of an object may have, of a kind with unique names: it precedes each create and each rename.

use crate::{
    engine::{
        kubernetes::metadata,
        object_state::CreationHistory,
        plan::Plan,
        reconcile::{
            applied::Applied,
            apply::Work,
            error::ReconcileError,
            find_by_name::open_record,
            reconciliation::{Reconciliation, Subject},
        },
        remote::{
            resource::Remote,
            unique_name::{NameRecord, OwnNames},
        },
        resource_api::{Identity, ResourceApi},
    },
    xml::Element,
};
use kube::ResourceExt;
use std::time::Duration;

/// The time after which the record gets the id of the resource, if the API server has refused that.
const RECORD_RETRY: Duration = Duration::from_secs(10);

/// Returns the record that has to be stored before a write. `None`: the write needs none, or the object has it.
pub(super) fn required_record(
    subject: &Subject,
    work: &Work,
    creation: &CreationHistory,
) -> Option<NameRecord> {
    let (config, observed) = match &work.plan {
        Plan::Create(config) => (config, None),
        Plan::Update(request, _) => (request.body.as_ref()?, work.observation.remote.as_ref()),
        _ => return None,
    };
    let own = subject.own_names()?;
    let name = name_in(subject.api(), config)?;
    if own.is_default(name) || subject.object.typed.management().adopt_id.is_some() {
        return None;
    }
    let record = match observed {
        None => record_of_create(subject, &own, name, creation),
        Some(remote) => record_of_update(subject, &own, remote, name)?,
    };
    (own.record.as_ref() != Some(&record)).then_some(record)
}

/// Stores the record that a write needs.
pub(super) async fn store_required_record(
    rec: &mut Reconciliation<'_>,
    work: &Work,
    creation: &CreationHistory,
) -> Result<(), kube::Error> {
    let Some(record) = required_record(&rec.subject, work, creation) else {
        return Ok(());
    };
    store_record(rec, &record).await
}

async fn store_record(
    rec: &mut Reconciliation<'_>,
    record: &NameRecord,
) -> Result<(), kube::Error> {
    let (kube, object) = (&rec.context.shared.kube, &mut rec.subject.object);
    metadata::set_name_record(kube, object, Some(record.to_annotation())).await
}

fn name_in<'a>(api: &ResourceApi, config: &'a Element) -> Option<&'a str> {
    match api.identity {
        Identity::CallerReference => None,
        other => other.text_in(config),
    }
}

/// An earlier create with the same name may have made the resource, from the spec of its generation.
fn record_of_create(
    subject: &Subject,
    own: &OwnNames,
    name: &str,
    creation: &CreationHistory,
) -> NameRecord {
    match open_record(subject, own, creation) {
        Some(open) if open.has_name(name) => open.clone(),
        _ => NameRecord {
            replaces: subject.recorded_id.clone(),
            ..new_record(subject, &[name])
        },
    }
}

/// Until CloudFront accepts a rename, the resource has the former name.
fn record_of_update(
    subject: &Subject,
    own: &OwnNames,
    remote: &Remote,
    name: &str,
) -> Option<NameRecord> {
    let before = remote.identity(subject.api())?;
    let present = own.record.clone();
    let mut record = present.unwrap_or_else(|| new_record(subject, &[]));
    record.id = Some(remote.id.clone());
    if before != name || !record.has_name(name) {
        record.names = vec![before.to_owned(), name.to_owned()];
        record.names.dedup();
    }
    Some(record)
}

fn new_record(subject: &Subject, names: &[&str]) -> NameRecord {
    NameRecord {
        uid: subject.object.uid().unwrap_or_default(),
        generation: subject.generation(),
        id: None,
        replaces: None,
        names: names.iter().map(|it| (*it).to_owned()).collect(),
    }
}

/// Adds the id of a resource that was created, or found after its create, to the record. If the API server refuses that, another reconciliation
/// follows soon.
pub(super) async fn record_id(rec: &mut Reconciliation<'_>, applied: Applied) -> Applied {
    let subject = &rec.subject;
    let may_record = subject.may_write() && !subject.is_deleting();
    let Some(created) = applied.remote().filter(|_| may_record) else {
        return applied;
    };
    let name = created.identity(subject.api()).unwrap_or_default();
    let record = subject.own_names().and_then(|it| it.record);
    let Some(record) = record.filter(|it| it.id.is_none() && it.has_name(name)) else {
        return applied;
    };
    let id = Some(created.id.clone());
    let record = NameRecord { id, ..record };
    match store_record(rec, &record).await {
        Ok(()) => applied,
        Err(error) => {
            tracing::debug!(%error, "the record does not have the id yet");
            applied.with_pause(Some(RECORD_RETRY))
        }
    }
}

/// Completes the record of a resource that this process has verified, since another client can remove it. While CloudFront does not find the
/// resource, the record can be that of the create that replaces it.
pub(super) async fn complete_record(
    rec: &mut Reconciliation<'_>,
    creation: &CreationHistory,
) -> Result<(), kube::Error> {
    let subject = &rec.subject;
    let id = subject.recorded_id.as_deref();
    let Some(record) = subject.own_names().and_then(|it| {
        let name = subject.recorded_identity()?;
        let is_present = |id: &&str| creation.has_verified(id) && !creation.is_missing();
        let id = id.filter(|id| !it.is_default(name) && is_present(id))?;
        let present = it.record.filter(|record| record.has_name(name));
        let is_lost = present.is_none();
        let mut record = present.unwrap_or_else(|| new_record(subject, &[name]));
        let known = record.id.clone();
        record.id = Some(id.to_owned());
        (is_lost || record.id != known).then_some(record)
    }) else {
        return Ok(());
    };
    if subject.object.typed.management().adopt_id.is_some() || !subject.may_write() {
        return Ok(());
    }
    store_record(rec, &record).await
}

/// Withdraws the record of a create that has certainly made no resource: a later process would take a resource of another owner, which
/// has this name and equals the spec, for its own. If that resource exists already, the object does not need its finalizer either.
pub(super) async fn withdraw_record(
    rec: &mut Reconciliation<'_>,
    error: &ReconcileError,
    creation: &mut CreationHistory,
) -> Result<(), kube::Error> {
    let (subject, kube) = (&rec.subject, &rec.context.shared.kube);
    let Some(own) = subject.own_names() else {
        return Ok(());
    };
    let open = own.open_record(subject.recorded_id.as_deref());
    let is_taken = error.is_name_taken();
    let is_certain = creation.is_create_impossible() || (is_taken && open.is_some());
    if !is_certain || !rec.context.shared.leadership.is_leader() {
        return Ok(());
    }
    creation.record_create_impossible();
    let has_finalizer = subject.has_finalizer();
    let object = &mut rec.subject.object;
    match (rec.subject.recorded_id.is_some(), open) {
        (false, _) if is_taken && has_finalizer => metadata::withdraw_create(kube, object).await,
        (_, None) => Ok(()),
        (false, Some(_)) => metadata::set_name_record(kube, object, None).await,
        (true, Some(open)) => {
            let closed = NameRecord {
                replaces: None,
                ..open.clone()
            };
            metadata::set_name_record(kube, object, Some(closed.to_annotation())).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cloudfront::CloudFrontError,
        engine::{
            api::CREATED_AS,
            in_process::{Cluster, unreachable},
            kind::Kind,
            object_state::ObjectState,
            reconcile::{
                applied::ApplyError,
                fixtures::{from_json, subject},
            },
        },
        kinds::origin_access_control::OriginAccessControl,
    };
    use serde_json::{Value, json};

    /// The id in the status, of a resource that does not exist any more.
    const GONE: &str = "E1";

    /// Returns an object whose status has an id.
    async fn recorded(cluster: &Cluster) -> Value {
        let spec = json!({
            "name": "static", "originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
        });
        cluster.create("site", &spec).await;
        let status = json!({ "status": { "id": GONE, "name": "static" } });
        cluster.patch("site", &status).await
    }

    fn open_record_of(subject: &Subject) -> Option<NameRecord> {
        let own = subject.own_names().expect("a kind with unique names");
        own.open_record(Some(GONE)).cloned()
    }

    #[tokio::test]
    async fn a_create_that_replaces_a_resource_has_an_open_record_until_it_is_refused() {
        let cluster = Cluster::start(OriginAccessControl::DEFINITION, unreachable()).await;
        let object = from_json(OriginAccessControl::DEFINITION, &recorded(&cluster).await);
        let mut creation = CreationHistory::default();
        let before = subject(object);
        assert_eq!(open_record_of(&before), None);
        let own = before.own_names().expect("a kind with unique names");
        let record = record_of_create(&before, &own, "static", &creation);
        let annotations = json!({ CREATED_AS: record.to_annotation() });
        let annotated = json!({ "metadata": { "annotations": annotations } });
        let sent = cluster.patch("site", &annotated).await;
        let object = from_json(OriginAccessControl::DEFINITION, &sent);
        let mut rec = Reconciliation::new(&cluster.context, object, &ObjectState::default());
        assert_eq!(open_record_of(&rec.subject), Some(record));
        creation.record_create_impossible();
        let refusal =
            CloudFrontError::refused("CreateOriginAccessControl", 400, "InvalidArgument", "no");
        let error = ReconcileError::Apply(ApplyError::from(refusal));
        let withdrawn = withdraw_record(&mut rec, &error, &mut creation).await;
        assert!(withdrawn.is_ok(), "{withdrawn:?}");
        let own = rec.subject.own_names().expect("a kind with unique names");
        assert!(own.prove("static"), "the former resource may exist");
        assert_eq!(open_record_of(&rec.subject), None);
    }
}
