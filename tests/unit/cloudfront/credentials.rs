//! The sources of credentials on Kubernetes, and when the client loads and drops credentials.

use super::{
    child,
    server::{Received, Server, ServerAction, body, http, ok, refusal, refusal_body},
};
use cloudfront_operator::cloudfront::{Client, CloudFrontError, ErrorClass, Options, Request};
use std::{
    io::Write,
    sync::atomic::{AtomicUsize, Ordering},
};
use tempfile::NamedTempFile;

const ROLE: &str = "arn:aws:iam::123456789012:role/operator";

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn path(file: &NamedTempFile) -> &str {
    file.path().to_str().unwrap()
}

/// Builds the STS response to a web identity: credentials that are valid for an hour.
fn assumed_role(session: usize) -> Vec<u8> {
    let expires = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let keys = format!(
        "<AccessKeyId>ASIA{session}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{expires:.0}</Expiration>"
    );
    let role = "<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/operator/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser>";
    http(
        "200 OK",
        "Content-Type: text/xml\r\n",
        &format!(
            r#"<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>{role}<Credentials>{keys}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"#
        ),
    )
}

fn is_sts(request: &Received) -> bool {
    request.target == "/"
}

fn signed_by(request: &Received) -> Option<&str> {
    request.header("authorization")?.split(['=', '/']).nth(1)
}

async fn from_environment() -> Client {
    let options = Options {
        read_qps: 0.0,
        write_qps: 0.0,
        ..Options::default()
    };
    Client::new(options).await.unwrap()
}

#[tokio::test]
async fn credentials_in_the_environment_are_used() {
    if child::is_child() {
        let client = from_environment().await;
        client
            .send(&Request::get("GetThing", "thing/E1"))
            .await
            .unwrap();
        return;
    }
    let server = Server::responding_with(ok()).await;
    let variables = [
        ("AWS_ENDPOINT_URL_CLOUDFRONT", server.url.as_str()),
        ("AWS_ACCESS_KEY_ID", "AKIDENV"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token"),
    ];
    child::run(
        "credentials::credentials_in_the_environment_are_used",
        &variables,
    )
    .await;
    let [request] = &server.received()[..] else {
        panic!("one request")
    };
    assert_eq!(signed_by(request), Some("AKIDENV"));
    assert_eq!(request.header("x-amz-security-token"), Some("token"));
}

#[tokio::test]
async fn a_web_identity_is_exchanged_once_for_many_requests_and_again_after_expiry() {
    if child::is_child() {
        let client = from_environment().await;
        let request = Request::get("GetThing", "thing/E1");
        let sends: Vec<_> = (0..20).map(|_| client.send(&request)).collect();
        futures::future::try_join_all(sends).await.unwrap();
        // The server now reports that the session has expired.
        client
            .send(&Request::post("CreateThing", "thing", body()))
            .await
            .unwrap();
        return;
    }
    let sessions = AtomicUsize::new(0);
    let server = Server::start(move |request, _| {
        let first = signed_by(request) == Some("ASIA1");
        ServerAction::Respond(match request.method.as_str() {
            _ if is_sts(request) => assumed_role(1 + sessions.fetch_add(1, Ordering::Relaxed)),
            "POST" if first => refusal(403, "ExpiredToken", "expired"),
            _ => ok(),
        })
    })
    .await;
    let token = file("jwt");
    let variables = [
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", path(&token)),
        ("AWS_ROLE_ARN", ROLE),
    ];
    let name =
        "credentials::a_web_identity_is_exchanged_once_for_many_requests_and_again_after_expiry";
    child::run(name, &variables).await;
    let received = server.received();
    let exchanges = received.iter().filter(|request| is_sts(request)).count();
    assert_eq!(
        exchanges, 2,
        "one for twenty requests, one after ExpiredToken"
    );
}

#[tokio::test]
async fn pod_identity_sends_its_token_to_the_agent_only() {
    if child::is_child() {
        let client = from_environment().await;
        client
            .send(&Request::get("GetThing", "thing/E1"))
            .await
            .unwrap();
        return;
    }
    let server = Server::start(|request, _| {
        let keys = r#"{"AccessKeyId":"ASIAPOD","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}"#;
        ServerAction::Respond(if request.target == "/v1/credentials" { http("200 OK", "", keys) } else { ok() })
    })
    .await;
    let token = file("pod-token");
    let agent = format!("{}/v1/credentials", server.url);
    let variables = [
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path(&token)),
        // Requests to the agent must not use the proxy.
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
    ];
    child::run(
        "credentials::pod_identity_sends_its_token_to_the_agent_only",
        &variables,
    )
    .await;
    let [agent, request] = &server.received()[..] else {
        panic!("two requests")
    };
    assert_eq!(agent.header("authorization"), Some("pod-token"));
    assert_eq!(signed_by(request), Some("ASIAPOD"));
}

#[tokio::test]
async fn without_credentials_nothing_is_sent_and_the_error_names_the_sources() {
    if child::is_child() {
        let client = from_environment().await;
        let error = client
            .send(&Request::get("GetThing", "thing/E1"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, CloudFrontError::NoCredentials { .. }),
            "{error:?}"
        );
        assert_eq!(error.class(), ErrorClass::AccessDenied);
        assert!(
            error.to_string().starts_with("no AWS credentials: "),
            "{error}"
        );
        return;
    }
    let server = Server::responding_with(ok()).await;
    let variables = [("AWS_ENDPOINT_URL", server.url.as_str())];
    let name = "credentials::without_credentials_nothing_is_sent_and_the_error_names_the_sources";
    child::run(name, &variables).await;
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn the_account_is_requested_from_sts_in_the_operators_region() {
    if child::is_child() {
        let account = from_environment().await.caller_account().await.unwrap();
        assert_eq!(account, "123456789012");
        return;
    }
    let identity = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"#;
    let server = Server::responding_with(http("200 OK", "", identity)).await;
    let variables = [
        ("AWS_ENDPOINT_URL_STS", server.url.as_str()),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDENV"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    child::run(
        "credentials::the_account_is_requested_from_sts_in_the_operators_region",
        &variables,
    )
    .await;
    let [request] = &server.received()[..] else {
        panic!("one request")
    };
    assert_eq!(request.body, b"Action=GetCallerIdentity&Version=2011-06-15");
    let header = request.header("authorization").unwrap();
    assert!(
        header.contains("/eu-central-1/sts/aws4_request"),
        "{header}"
    );
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_by_the_servers_date() {
    let ahead = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(3);
    let date = ahead.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let expired = refusal_body("SignatureDoesNotMatch", "Signature expired");
    let skewed = http("403 Forbidden", &format!("Date: {date}\r\n"), &expired);

    let server = Server::responding_in_sequence(vec![skewed.clone(), ok()]).await;
    let client = server.client().await;
    for _ in 0..2 {
        client
            .send(&Request::post("CreateThing", "thing", body()))
            .await
            .unwrap();
    }
    let received = server.received();
    let hours: Vec<_> = received.iter().map(hours_ahead).collect();
    assert_eq!(hours, [0, 3, 3], "wrong, corrected, and still corrected");

    let skewed_server = Server::responding_with(skewed).await;
    let error = skewed_server
        .client()
        .await
        .send(&Request::get("GetThing", "thing/E1"))
        .await;
    assert_eq!(error.unwrap_err().class(), ErrorClass::AccessDenied);
    assert_eq!(skewed_server.received().len(), 2);
}

#[tokio::test]
async fn a_signature_that_is_wrong_for_another_reason_is_not_retried() {
    let server = Server::responding_with(refusal(403, "SignatureDoesNotMatch", "wrong key")).await;
    let error = server
        .client()
        .await
        .send(&Request::get("GetThing", "thing/E1"))
        .await;
    assert_eq!(error.unwrap_err().class(), ErrorClass::AccessDenied);
    assert_eq!(server.received().len(), 1);
}

/// Returns how many hours the time of a request's signature is ahead of this machine's clock, rounded.
fn hours_ahead(request: &Received) -> i64 {
    let stamp = request.header("x-amz-date").unwrap();
    let signed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).unwrap();
    let signed = signed
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp();
    let seconds = signed.duration_since(jiff::Timestamp::now()).as_secs();
    (seconds + 1_800).div_euclid(3_600)
}
