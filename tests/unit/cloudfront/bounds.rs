//! Timeouts, and the outcome of a request that timed out.

use super::server::{Server, ServerAction, body, http};
use cloudfront_operator::cloudfront::{Client, CloudFrontError, ErrorClass, Options, Request};
use tokio::time::Duration;

async fn client_with_short_timeout(server: &Server) -> Client {
    let options = Options {
        request_timeout: Duration::from_millis(200),
        ..server.options()
    };
    Client::new(options).await.unwrap()
}

#[tokio::test]
async fn a_server_without_a_response_times_out() {
    let server = Server::start(|_, _| ServerAction::Hang).await;
    let write = Request::post("CreateThing", "thing", body());
    let error = client_with_short_timeout(&server)
        .await
        .send(&write)
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unreachable);
    assert!(error.outcome_unknown());
    assert!(
        error.to_string().contains("it may have taken effect"),
        "{error}"
    );
    assert_eq!(
        server.received().len(),
        1,
        "a write with an unknown outcome is not retried"
    );
}

#[tokio::test]
async fn a_server_with_a_slow_response_times_out() {
    let page = http(
        "200 OK",
        "",
        &format!("<Thing>{}</Thing>", " ".repeat(4_096)),
    );
    let server = Server::start(move |_, _| ServerAction::RespondSlowly(page.clone())).await;
    let write = Request::post("CreateThing", "thing", body());
    let error = client_with_short_timeout(&server)
        .await
        .send(&write)
        .await
        .unwrap_err();
    assert!(
        matches!(error, CloudFrontError::Unreachable { .. }),
        "{error:?}"
    );
    assert!(error.outcome_unknown());
}
