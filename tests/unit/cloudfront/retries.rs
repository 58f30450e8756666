//! What is asked again, and what never is.

use super::server::{Act, Server, body, http, ok, refusal};
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

/// What a service that is unwell says.
fn unwell() -> Vec<Vec<u8>> {
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
async fn a_read_is_asked_again_when_the_service_is_unwell_or_busy() {
    let busy = [
        throttled(),
        refusal(503, "SlowDown", "x"),
        http("429 Slow", "", ""),
    ];
    for reply in unwell().into_iter().chain(busy) {
        let text = String::from_utf8_lossy(&reply).into_owned();
        let server = Server::telling(vec![reply, ok()]).await;
        let answer = server.client().await.send(&read()).await;
        assert!(answer.is_ok(), "{text}: {answer:?}");
        assert_eq!(server.received().len(), 2, "{text}");
    }
}

#[tokio::test]
async fn a_read_is_asked_again_when_the_connection_breaks() {
    let server = Server::start(|_, n| if n == 0 { Act::Close } else { Act::Say(ok()) }).await;
    server.client().await.send(&read()).await.unwrap();
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_read_is_given_up_after_four_attempts() {
    let server = Server::saying(throttled()).await;
    let error = server.client().await.send(&read()).await.unwrap_err();
    assert!(error.is_throttled() && !error.outcome_unknown());
    assert_eq!(server.received().len(), 4);
}

#[tokio::test]
async fn a_throttled_write_is_asked_again_twice() {
    let server = Server::saying(throttled()).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert!(error.is_throttled() && !error.outcome_unknown());
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_write_that_may_have_taken_effect_is_never_repeated() {
    for reply in unwell() {
        let text = String::from_utf8_lossy(&reply).into_owned();
        let server = Server::saying(reply).await;
        let error = server.client().await.send(&write()).await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Unreachable, "{text}");
        assert!(error.outcome_unknown(), "{text}");
        assert_eq!(server.received().len(), 1, "{text}");
    }
    let server = Server::start(|_, _| Act::Close).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert!(error.outcome_unknown(), "{error:?}");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_write_that_never_left_is_not_in_doubt() {
    let server = Server::saying(ok()).await;
    let mut options = server.options();
    drop(server);
    let (calls, counter) = counting();
    options.on_request = counter;
    let error = Client::new(options)
        .await
        .unwrap()
        .send(&write())
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unreachable, "{error:?}");
    assert!(!error.outcome_unknown());
    assert_eq!(calls.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn what_only_a_person_can_change_is_asked_once() {
    for (status, code) in [
        (400, "InvalidArgument"),
        (403, "AccessDenied"),
        (404, "NoSuchThing"),
        (412, "PreconditionFailed"),
    ] {
        for request in [read(), write()] {
            let server = Server::saying(refusal(status, code, "no")).await;
            server.client().await.send(&request).await.unwrap_err();
            assert_eq!(server.received().len(), 1, "{code}");
        }
    }
}

#[tokio::test]
async fn only_the_leader_writes_and_it_is_asked_each_time() {
    let server = Server::saying(throttled()).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let leader = Arc::new(move || count.fetch_add(1, Ordering::Relaxed) == 0);
    let client = Client::new(Options {
        is_leader: leader,
        ..server.options()
    })
    .await
    .unwrap();

    let error = client.send(&write()).await.unwrap_err();
    assert!(
        matches!(error, CloudFrontError::NotLeader { .. }),
        "{error:?}"
    );
    assert_eq!(error.class(), ErrorClass::NotLeader);
    assert_eq!(server.received().len(), 1, "the repetition was held back");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn reads_need_no_leader() {
    let server = Server::saying(ok()).await;
    let leader = Arc::new(|| false);
    let client = Client::new(Options {
        is_leader: leader,
        ..server.options()
    })
    .await
    .unwrap();
    client.send(&read()).await.unwrap();
    client.send(&write()).await.unwrap_err();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn every_call_that_was_sent_is_told() {
    let server = Server::telling(vec![throttled(), ok()]).await;
    let (calls, on_request) = counting();
    let client = Client::new(Options {
        on_request,
        ..server.options()
    })
    .await
    .unwrap();
    client.send(&read()).await.unwrap();
    let calls = calls.lock().unwrap();
    let told: Vec<_> = calls
        .iter()
        .map(|call| (&*call.operation, call.code))
        .collect();
    assert_eq!(told, [("GetThing", "Throttling"), ("GetThing", "ok")]);
}

#[tokio::test]
async fn throttling_slows_down_the_budget_it_was_about() {
    let server = Server::telling(vec![throttled(), ok()]).await;
    let options = Options {
        reads_per_second: 50.0,
        writes_per_second: 50.0,
        ..server.options()
    };
    let client = Client::new(options).await.unwrap();
    client.send(&write()).await.unwrap();
    let budgets = client.rate_limiters();
    assert!(budgets.writes.rate < 50.0, "{budgets:?}");
    assert!(budgets.reads.rate >= 50.0, "{budgets:?}");
}

#[tokio::test]
async fn expired_credentials_are_tried_once_more() {
    let expired = refusal(403, "ExpiredToken", "The security token is expired");
    let server = Server::telling(vec![expired.clone(), ok()]).await;
    server.client().await.send(&write()).await.unwrap();
    assert_eq!(server.received().len(), 2);

    let server = Server::saying(expired).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Denied);
    assert_eq!(server.received().len(), 2);
}

type Calls = Arc<Mutex<Vec<RequestMetrics>>>;

type Listener = Arc<dyn Fn(&RequestMetrics) + Send + Sync>;

fn counting() -> (Calls, Listener) {
    let calls = Calls::default();
    let told = Arc::clone(&calls);
    (
        calls,
        Arc::new(move |call| told.lock().unwrap().push(call.clone())),
    )
}
