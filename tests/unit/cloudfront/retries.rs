//! Requests that are retried, and those that are not.

use super::server::{Server, ServerAction, body, http, ok, refusal};
use cloudfront_operator::cloudfront::{
    Client, CloudFrontError, ErrorClass, Options, Request, RequestMetrics,
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

fn read() -> Request {
    Request::get("GetThing", "thing/E1")
}

fn write() -> Request {
    Request::post("CreateThing", "thing", body())
}

fn throttled() -> Vec<u8> {
    refusal(400, "Throttling", "Rate exceeded")
}

/// Returns the responses of a service with a server error.
fn server_errors() -> Vec<Vec<u8>> {
    let busy = "CloudFront encountered an internal error. Please try again.";
    vec![
        refusal(500, "InternalFailure", "oops"),
        refusal(503, "ServiceUnavailable", busy),
        http("502 Bad Gateway", "", "<html>bad gateway</html>"),
        http("504 Gateway Timeout", "", ""),
        refusal(400, "RequestTimeout", "slow"),
    ]
}

#[tokio::test]
async fn a_read_is_retried_after_a_server_error_or_throttling() {
    let throttling = [
        throttled(),
        refusal(503, "SlowDown", "x"),
        http("429 Slow", "", ""),
    ];
    for reply in server_errors().into_iter().chain(throttling) {
        let text = String::from_utf8_lossy(&reply).into_owned();
        let server = Server::responding_in_sequence(vec![reply, ok()]).await;
        let response = server.client().await.send(&read()).await;
        assert!(response.is_ok(), "{text}: {response:?}");
        assert_eq!(server.received().len(), 2, "{text}");
    }
}

#[tokio::test]
async fn a_read_is_retried_after_a_broken_connection() {
    let server = Server::start(|_, n| {
        if n == 0 {
            ServerAction::Close
        } else {
            ServerAction::Respond(ok())
        }
    })
    .await;
    server.client().await.send(&read()).await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_read_fails_after_four_attempts() {
    let server = Server::responding_with(throttled()).await;
    let error = server.client().await.send(&read()).await.unwrap_err();
    assert!(error.is_throttled() && !error.outcome_unknown());
    assert_eq!(server.received().len(), 4);
}

#[tokio::test]
async fn a_throttled_write_is_retried_twice() {
    let server = Server::responding_with(throttled()).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert!(error.is_throttled() && !error.outcome_unknown());
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_write_with_an_unknown_outcome_is_never_retried() {
    for reply in server_errors() {
        let text = String::from_utf8_lossy(&reply).into_owned();
        let server = Server::responding_with(reply).await;
        let error = server.client().await.send(&write()).await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Unreachable, "{text}");
        assert!(error.outcome_unknown(), "{text}");
        assert_eq!(server.received().len(), 1, "{text}");
    }
    let server = Server::start(|_, _| ServerAction::Close).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert!(error.outcome_unknown(), "{error:?}");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_write_that_was_not_sent_has_a_known_outcome() {
    let server = Server::responding_with(ok()).await;
    let mut options = server.options();
    drop(server);
    let (requests, on_request) = recording();
    options.on_request = on_request;
    let error = Client::new(options)
        .await
        .unwrap()
        .send(&write())
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unreachable, "{error:?}");
    assert!(!error.outcome_unknown());
    assert_eq!(requests.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_terminal_error_is_not_retried() {
    for (status, code) in [
        (400, "InvalidArgument"),
        (403, "AccessDenied"),
        (404, "NoSuchThing"),
        (412, "PreconditionFailed"),
    ] {
        for request in [read(), write()] {
            let server = Server::responding_with(refusal(status, code, "no")).await;
            server.client().await.send(&request).await.unwrap_err();
            assert_eq!(server.received().len(), 1, "{code}");
        }
    }
}

/// Returns a client that asks this function whether it leads.
async fn client_of_leader(
    server: &Server,
    is_leader: Arc<dyn Fn() -> bool + Send + Sync>,
) -> Client {
    let options = Options {
        is_leader,
        ..server.options()
    };
    Client::new(options).await.unwrap()
}

#[tokio::test]
async fn only_the_leader_writes_and_leadership_is_checked_each_time() {
    let server = Server::responding_with(throttled()).await;
    let checks = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&checks);
    let leader = Arc::new(move || count.fetch_add(1, Ordering::Relaxed) < 2);
    let client = client_of_leader(&server, leader).await;

    let error = client.send(&write()).await.unwrap_err();
    assert!(
        matches!(error, CloudFrontError::NotLeader { .. }),
        "{error:?}"
    );
    assert_eq!(error.class(), ErrorClass::NotLeader);
    assert_eq!(server.received().len(), 1, "the retry is not sent");
    assert_eq!(checks.load(Ordering::Relaxed), 3);
}

/// A connection can take seconds, and a process can be paused at any time.
#[tokio::test]
async fn a_write_is_not_sent_if_the_leadership_ends_while_it_connects() {
    let server = Server::responding_with(ok()).await;
    let checks = AtomicUsize::new(0);
    let leader = Arc::new(move || checks.fetch_add(1, Ordering::Relaxed) == 0);
    let client = client_of_leader(&server, leader).await;
    let error = client.send(&write()).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::NotLeader, "{error:?}");
    assert!(!error.outcome_unknown());
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn reads_do_not_need_leadership() {
    let server = Server::responding_with(ok()).await;
    let leader = Arc::new(|| false);
    let client = client_of_leader(&server, leader).await;
    client.send(&read()).await.unwrap();
    client.send(&write()).await.unwrap_err();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn every_sent_request_is_reported() {
    let server = Server::responding_in_sequence(vec![throttled(), ok()]).await;
    let (requests, on_request) = recording();
    let client = Client::new(Options {
        on_request,
        ..server.options()
    })
    .await
    .unwrap();
    client.send(&read()).await.unwrap();
    let requests = requests.lock().unwrap();
    let reported: Vec<_> = requests
        .iter()
        .map(|request| (&*request.operation, request.code))
        .collect();
    assert_eq!(reported, [("GetThing", "Throttling"), ("GetThing", "ok")]);
}

#[tokio::test]
async fn throttling_decreases_the_rate_of_the_throttled_limiter() {
    let server = Server::responding_in_sequence(vec![throttled(), ok()]).await;
    let options = Options {
        read_qps: 50.0,
        write_qps: 50.0,
        ..server.options()
    };
    let client = Client::new(options).await.unwrap();
    client.send(&write()).await.unwrap();
    let limiters = client.rate_limiters();
    assert!(limiters.writes.rate < 50.0, "{limiters:?}");
    assert!(limiters.reads.rate >= 50.0, "{limiters:?}");
}

#[tokio::test]
async fn a_request_with_expired_credentials_is_retried_once() {
    let expired = refusal(403, "ExpiredToken", "The security token is expired");
    let server = Server::responding_in_sequence(vec![expired.clone(), ok()]).await;
    server.client().await.send(&write()).await.unwrap();
    assert_eq!(server.received().len(), 2);

    let server = Server::responding_with(expired).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::AccessDenied);
    assert_eq!(server.received().len(), 2);
}

type RecordedRequests = Arc<Mutex<Vec<RequestMetrics>>>;

type Listener = Arc<dyn Fn(&RequestMetrics) + Send + Sync>;

fn recording() -> (RecordedRequests, Listener) {
    let requests = RecordedRequests::default();
    let recorded = Arc::clone(&requests);
    (
        requests,
        Arc::new(move |request| recorded.lock().unwrap().push(request.clone())),
    )
}
