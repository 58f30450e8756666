//! Leader election against a Lease in memory, in paused time.

use super::*;
use crate::operator::cli::value_parsers::lease_duration;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use kube::client::Body;
use lease::whole_seconds;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc};

const DURATION: Duration = Duration::from_secs(6);

/// An API server that has one Lease.
#[derive(Clone, Default)]
struct ApiServer(Arc<Mutex<Stored>>);

#[derive(Default)]
struct Stored {
    lease: Option<Value>,
    version: u64,
    requests: Vec<Method>,
    is_down: bool,
}

impl ApiServer {
    /// Returns an elector of a process in a pod.
    fn elector(&self, pod_uid: &str, nonce: u64) -> LeaderElector {
        let server = self.clone();
        let service = tower::service_fn(move |request| server.clone().respond(request));
        let lease = LeaseClient {
            api: Api::default_namespaced(Client::new(service, "default")),
            identity: Identity::new("operator", pod_uid, nonce),
            duration: DURATION,
            clock: Clock::System,
        };
        LeaderElector {
            lease,
            leadership: Leadership::standby(),
        }
    }

    async fn respond(self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let method = request.method().clone();
        let body = request
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        let (status, body) = self.0.lock().answer(method, &body);
        let response = Response::builder().status(status);
        let body = Body::from(body.to_string().into_bytes());
        Ok(response.body(body).expect("a response"))
    }

    /// Returns the methods of the requests since the last call.
    fn requests(&self) -> Vec<Method> {
        std::mem::take(&mut self.0.lock().requests)
    }

    fn set_down(&self, is_down: bool) {
        self.0.lock().is_down = is_down;
    }

    /// Lets another process write the Lease.
    fn take_over(&self) {
        let mut stored = self.0.lock();
        let mut lease = stored.lease.clone().expect("there is a Lease");
        lease["spec"]["holderIdentity"] = json!("another");
        stored.store(lease);
    }
}

impl Stored {
    fn answer(&mut self, method: Method, body: &[u8]) -> (u16, Value) {
        self.requests.push(method.clone());
        if self.is_down {
            return failure(503);
        }
        let sent: Option<Value> = serde_json::from_slice(body).ok();
        match (method, &self.lease, sent) {
            (Method::GET, Some(lease), _) => (200, lease.clone()),
            (Method::POST, None, Some(sent)) => (201, self.store(sent)),
            (Method::PUT, Some(lease), Some(sent)) => {
                let version = |lease: &Value| lease["metadata"]["resourceVersion"].clone();
                if version(lease) == version(&sent) {
                    (200, self.store(sent))
                } else {
                    failure(409)
                }
            }
            (_, None, _) => failure(404),
            _ => failure(409),
        }
    }

    fn store(&mut self, mut lease: Value) -> Value {
        self.version += 1;
        lease["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.lease = Some(lease.clone());
        lease
    }
}

fn failure(code: u16) -> (u16, Value) {
    let reason = match code {
        404 => "NotFound",
        409 => "Conflict",
        _ => "ServiceUnavailable",
    };
    (
        code,
        json!({ "status": "Failure", "code": code, "reason": reason }),
    )
}

#[tokio::test]
async fn the_leader_retries_and_stops_before_another_replica_can_take_over() {
    let server = ApiServer::default();
    for text in ["3s", "3s999ms", "6s", "1h"] {
        let mut elector = server.elector("", 1);
        elector.lease.duration = lease_duration(text).unwrap();
        let duration = elector.lease.duration;
        let in_lease = Duration::from_secs(u64::try_from(whole_seconds(duration)).unwrap());
        let deadline = elector.lead_period();
        assert!(deadline < in_lease, "{text}");
        let first_attempt = elector.renew_period() + elector.request_timeout();
        assert!(first_attempt + elector.retry_period() < deadline, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_restarted_container_takes_the_lease_of_its_own_pod_at_once() {
    let server = ApiServer::default();
    server.elector("8f3c", 1).acquire().await;
    server.requests();
    server.elector("8f3c", 2).acquire().await;
    assert_eq!(server.requests(), [Method::GET, Method::PUT]);
}

#[tokio::test(start_paused = true)]
async fn the_lease_of_another_pod_is_taken_after_it_expired() {
    let server = ApiServer::default();
    server.elector("8f3c", 1).acquire().await;
    let begun = Instant::now();
    server.elector("77aa", 2).acquire().await;
    assert_eq!(begun.elapsed(), DURATION, "in simulated time");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_is_one_request_without_a_read() {
    let server = ApiServer::default();
    let elector = server.elector("8f3c", 1);
    let lease = elector.acquire().await;
    server.requests();
    tokio::select! {
        () = elector.hold(lease) => panic!("no other replica holds the Lease"),
        () = sleep(DURATION * 10 + DURATION / 8) => {}
    }
    assert_eq!(server.requests(), vec![Method::PUT; 40]);
    assert_eq!(elector.leadership.term(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_whose_response_was_lost_is_repeated() {
    let server = ApiServer::default();
    let elector = server.elector("8f3c", 1);
    let lease = elector.acquire().await;
    elector.lease.renew(&lease, true).await.unwrap();
    server.requests();
    let renewed = elector.lease.renew(&lease, true).await.unwrap();
    assert!(renewed.is_some());
    assert_eq!(
        server.requests(),
        [Method::PUT, Method::GET, Method::PUT],
        "the known version is outdated"
    );
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_was_not_replaced_leads_again_in_the_same_term() {
    let server = ApiServer::default();
    let elector = server.elector("8f3c", 1);
    let leadership = elector.leadership.clone();
    tokio::spawn(elector.run());
    assert_eq!(leadership.wait_to_lead().await, Some(1));
    server.set_down(true);
    sleep(DURATION).await;
    assert_eq!(leadership.term(), None);
    server.set_down(false);
    assert_eq!(leadership.wait_to_lead().await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_was_replaced_stands_by_and_leads_again_in_a_new_term() {
    let server = ApiServer::default();
    let elector = server.elector("8f3c", 1);
    let leadership = elector.leadership.clone();
    tokio::spawn(elector.run());
    assert_eq!(leadership.wait_to_lead().await, Some(1));
    server.take_over();
    sleep(DURATION / 2).await;
    assert_eq!(leadership.term(), None, "the Lease names another holder");
    assert_eq!(leadership.wait_to_lead().await, Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_lease_is_created_again_by_the_leader_only() {
    let server = ApiServer::default();
    let elector = server.elector("8f3c", 1);
    let lease = elector.acquire().await;
    server.0.lock().lease = None;
    assert!(elector.lease.renew(&lease, false).await.unwrap().is_none());
    assert!(elector.lease.renew(&lease, true).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_creates_the_lease_leads_only_after_an_earlier_leader_has_stopped() {
    let server = ApiServer::default();
    let earlier = server.elector("8f3c", 1);
    earlier.acquire().await;
    server.0.lock().lease = None;
    server.elector("77aa", 2).acquire().await;
    assert_eq!(earlier.leadership.term(), None);
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_waits_to_lead_does_not_release_the_lease_that_it_created() {
    let server = ApiServer::default();
    let elector = server.elector("8f3c", 1);
    let waiting = elector.acquire();
    assert!(timeout(Duration::from_secs(1), waiting).await.is_err());
    elector.release().await;
    let stored = server.0.lock();
    let holder = &stored.lease.as_ref().expect("there is a Lease")["spec"]["holderIdentity"];
    assert_eq!(*holder, json!(elector.lease.identity.holder()));
}
