//! Deadlines, and what a call that ran into one means.

use super::server::{Act, Server, body, http};
use cloudfront_operator::cloudfront::{Client, CloudFrontError, ErrorClass, Options, Request};
use tokio::time::Duration;

async fn impatient(server: &Server) -> Client {
    let options = Options {
        request_timeout: Duration::from_millis(200),
        ..server.options()
    };
    Client::new(options).await.unwrap()
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left() {
    let server = Server::start(|_, _| Act::Hang).await;
    let write = Request::post("CreateThing", "thing", body());
    let error = impatient(&server).await.send(&write).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unreachable);
    assert!(error.outcome_unknown());
    assert!(
        error.to_string().contains("it may have taken effect"),
        "{error}"
    );
    assert_eq!(
        server.received().len(),
        1,
        "a write in doubt is not repeated"
    );
}

#[tokio::test]
async fn a_server_that_drips_is_left() {
    let page = http(
        "200 OK",
        "",
        &format!("<Thing>{}</Thing>", " ".repeat(4_096)),
    );
    let server = Server::start(move |_, _| Act::Drip(page.clone())).await;
    let write = Request::post("CreateThing", "thing", body());
    let error = impatient(&server).await.send(&write).await.unwrap_err();
    assert!(
        matches!(error, CloudFrontError::Unreachable { .. }),
        "{error:?}"
    );
    assert!(error.outcome_unknown());
}
