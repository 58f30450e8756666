//! The version that a status follows from: no status reaches an object that has changed since, or a later object of the same name.

use crate::engine::Kind;
use crate::engine::in_process::{Cluster, api_server, objects, unreachable};
use crate::{
    engine::{
        api::outcome::Outcome,
        object_state::{ObjectState, ReadOrder},
        reconcile::{
            applied::Applied,
            fixtures::{UID, from_json, remote},
            observation::{Observation, Source},
            reconciliation::Reconciliation,
            report::report,
            status_update_error::StatusUpdateError,
            unreadable,
        },
    },
    kinds::origin_access_identity::OriginAccessIdentity,
};
use campaign::ApiServer;
use http::{Method, Request};
use kube::{
    Client,
    api::{Patch, PatchParams},
    client::Body,
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

type State = ObjectState;

const PATCH: &str = "patch originaccessidentities/status";

/// Reports that identity `E1` was created for an object.
async fn report_created(
    cluster: &Cluster,
    object: &Value,
    state: &mut State,
) -> Result<(), StatusUpdateError> {
    let object = from_json(OriginAccessIdentity::DEFINITION, object);
    let rec = Reconciliation::new(&cluster.context, object, state);
    let observation = Observation {
        collection: "c".into(),
        remote: Some(remote("E1", UID, "new")),
        source: Source::Written,
        order: ReadOrder::Latest,
    };
    let applied = Applied {
        is_written: true,
        ..Applied::observed(Outcome::InSync, observation, None)
    };
    report(&rec, &applied, &mut state.pending).await
}

/// Changes an object as another client does.
async fn edit(kube: &Client, count: usize) {
    let patch =
        json!({ "metadata": { "annotations": { "example.com/edits": count.to_string() } } });
    let objects = objects(OriginAccessIdentity::DEFINITION, kube.clone());
    let (params, patch) = (PatchParams::default(), Patch::Merge(patch));
    let patched = objects.patch("www", &params, &patch).await;
    patched.expect("the object exists");
}

/// Returns a client of a server at which another client changes the object before each of the first `edits` patches.
fn client_with_edits(server: &ApiServer, edits: usize) -> Client {
    let (kube, sent) = (server.client(), Arc::<AtomicUsize>::default());
    let service = tower::service_fn(move |request: Request<Body>| {
        let (kube, sent) = (kube.clone(), sent.clone());
        async move {
            if request.method() == Method::PATCH {
                let count = sent.fetch_add(1, Ordering::Relaxed);
                if count < edits {
                    edit(&kube, count).await;
                }
            }
            kube.send(request).await
        }
    });
    Client::new(service, "default")
}

/// Stores the id of a created identity while another client makes this many edits. Returns the result, the requests for the identity by
/// the operator, and the id that is stored and the one that is pending.
async fn store_during_edits(
    edits: usize,
) -> (
    Result<(), StatusUpdateError>,
    Vec<String>,
    [Option<String>; 2],
) {
    let server = api_server();
    let kube = client_with_edits(&server, edits);
    let cluster = Cluster::with_client(
        OriginAccessIdentity::DEFINITION,
        server,
        kube,
        unreachable(),
    )
    .await;
    let object = cluster.create("www", &json!({ "comment": "new" })).await;
    let mut state = State::default();
    let reported = report_created(&cluster, &object, &mut state).await;
    let mut requests = cluster.requests().split_off(1);
    requests.retain(|request| request != "patch originaccessidentities 200");
    let stored = cluster.get("www").await.expect("the object exists");
    let stored = stored["status"]["id"].as_str().map(str::to_owned);
    (
        reported,
        requests,
        [stored, state.pending.id().map(Into::into)],
    )
}

#[tokio::test]
async fn the_id_of_a_created_resource_is_stored_with_one_request() {
    let (reported, requests, [stored, pending]) = store_during_edits(0).await;
    reported.expect("the status is stored");
    assert_eq!(requests, [format!("{PATCH} 200")]);
    assert_eq!((stored.as_deref(), pending), (Some("E1"), None));
}

#[tokio::test]
async fn the_id_of_a_created_resource_is_stored_although_another_client_changes_the_object() {
    let (reported, requests, [stored, pending]) = store_during_edits(1).await;
    reported.expect("the status is stored");
    let conflict = format!("{PATCH} 409");
    let get = "get originaccessidentities 200";
    assert_eq!(requests, [&conflict, get, &format!("{PATCH} 200")]);
    assert_eq!((stored.as_deref(), pending), (Some("E1"), None));
}

#[tokio::test]
async fn an_id_that_cannot_be_stored_stays_known_for_the_next_reconciliation() {
    let (reported, requests, [stored, pending]) = store_during_edits(usize::MAX).await;
    assert!(reported.is_err_and(|error| error.is_conflict()));
    let conflicts = requests.iter().filter(|it| it.ends_with("409")).count();
    assert_eq!(conflicts, 3, "{requests:?}");
    assert_eq!((stored, pending.as_deref()), (None, Some("E1")));
}

#[tokio::test]
async fn a_later_object_of_the_same_name_gets_no_id() {
    let cluster = Cluster::start(OriginAccessIdentity::DEFINITION, unreachable()).await;
    let spec = json!({ "comment": "new" });
    let deleted = cluster.create("www", &spec).await;
    cluster.delete("www").await;
    cluster
        .patch("www", &json!({ "metadata": { "finalizers": [] } }))
        .await;
    let mut state = State::default();
    let reported = report_created(&cluster, &deleted, &mut state).await;
    assert!(reported.is_err(), "the object is gone");

    let later = cluster.create("www", &spec).await;
    let reported = report_created(&cluster, &deleted, &mut state).await;
    assert!(reported.is_err(), "the object is gone");
    assert_eq!(cluster.get("www").await, Some(later));
    assert_eq!(state.pending.id(), Some("E1"));
}

#[tokio::test]
async fn a_later_object_of_the_same_name_gets_no_failure_of_the_first() {
    let mut cluster = Cluster::start(OriginAccessIdentity::DEFINITION, unreachable()).await;
    let mut unreadable = cluster.create("www", &json!({ "comment": 5 })).await;
    unreadable["metadata"]["uid"] = json!("of a deleted object");
    let cached = cluster.show(&unreadable);
    let reported = unreadable::report(&cached, "invalid type", &cluster.context).await;
    reported.expect("nothing is written");
    let present = cluster.get("www").await.expect("the object exists");
    assert_eq!(present["status"]["observedGeneration"], -1, "{present}");
}

#[tokio::test]
async fn a_status_that_another_replica_has_written_is_not_replaced_to_store_an_id_that_it_has() {
    let cluster = Cluster::start(OriginAccessIdentity::DEFINITION, unreachable()).await;
    let object = cluster.create("www", &json!({ "comment": "new" })).await;
    let patch = json!({ "status": { "id": "E1", "etag": "of the other replica" } });
    let stored = cluster.patch("www", &patch).await;
    let reported = report_created(&cluster, &object, &mut State::default()).await;
    assert!(reported.is_err_and(|error| error.is_conflict()));
    assert_eq!(cluster.get("www").await, Some(stored));
}
