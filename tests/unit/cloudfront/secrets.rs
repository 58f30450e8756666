//! No output contains a secret: neither `Debug`, nor errors, nor traces at the finest level.

use super::{
    child,
    server::{Server, ServerAction, http, ok, refusal, refusal_body},
};
use cloudfront_operator::{
    cloudfront::{Client, CredentialsSource, Options, Request, StaticCredentials},
    xml::Element,
};
use std::{
    io::{self, Write as _},
    sync::{Arc, Mutex},
};
use tempfile::NamedTempFile;
use tracing::subscriber::set_default;
use tracing_subscriber::filter::LevelFilter;

const ID: &str = "AKIDCANARY1";
const SECRET: &str = "secret-canary-2";
const TOKEN: &str = "token-canary-3";
const HEADER: &str = "header-canary-4";
const JWT: &str = "jwt-canary-5";

/// Collects the traces.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn subscribe(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(move || log.clone());
        set_default(subscriber.finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn check_redacted(text: &str) {
    for secret in [ID, SECRET, TOKEN, HEADER, JWT] {
        assert!(!text.contains(secret), "{secret} in: {text}");
    }
}

fn keys() -> StaticCredentials {
    StaticCredentials {
        access_key_id: ID.into(),
        secret_access_key: SECRET.into(),
        session_token: Some(TOKEN.into()),
    }
}

/// Builds a request whose body contains a secret, as origins' custom headers do.
fn request() -> Request {
    let header = Element::leaf("HeaderValue", HEADER);
    Request::post("CreateThing", "thing", Element::new("Config").with(header))
}

#[tokio::test]
async fn no_debug_output_shows_a_secret() {
    let server = Server::responding_with(ok()).await;
    let options = Options {
        credentials: CredentialsSource::Static(keys()),
        ..server.options()
    };
    let debug_output = format!("{:?} {:?} {:?}", keys(), options.credentials, request());
    let client = Client::new(options).await.unwrap();
    client.send(&request()).await.unwrap();
    check_redacted(&format!("{debug_output} {client:?}"));
}

#[tokio::test]
async fn a_response_that_repeats_the_request_discloses_no_secret() {
    let canonical = format!(
        "The Canonical String should have been 'POST x-amz-security-token:{TOKEN} {ID} {SECRET}'"
    );
    let log = Log::default();
    let subscription = log.subscribe();
    let echo = format!("Content-Type: {TOKEN}\r\n");
    let replies = [
        refusal(403, "SignatureDoesNotMatch", &canonical),
        refusal(500, "InternalFailure", &canonical),
        refusal(400, "Throttling", &canonical),
        http(&format!("403 {TOKEN}"), &echo, TOKEN),
        http("200 OK", &echo, TOKEN),
        http("200 OK", "", &refusal_body("InternalError", TOKEN)),
        ok(),
    ];
    for reply in replies {
        let server = Server::responding_with(reply).await;
        let options = Options {
            credentials: CredentialsSource::Static(keys()),
            ..server.options()
        };
        let client = Client::new(options).await.unwrap();
        if let Err(error) = client.send(&request()).await {
            check_redacted(&format!("{error} {error:?}"));
        }
        let received = server.received();
        assert_eq!(received[0].header("x-amz-security-token"), Some(TOKEN));
    }
    drop(subscription);
    let text = log.text();
    assert!(
        text.contains("CreateThing"),
        "the request itself is traced: {text}"
    );
    check_redacted(&text);
}

#[tokio::test]
async fn a_token_that_cannot_be_a_header_is_not_quoted() {
    let server = Server::responding_with(ok()).await;
    let credentials = CredentialsSource::Static(StaticCredentials {
        session_token: Some(format!("{TOKEN}\n")),
        ..keys()
    });
    let options = Options {
        credentials,
        ..server.options()
    };
    let client = Client::new(options).await.unwrap();
    let error = client.send(&request()).await.unwrap_err();
    check_redacted(&format!("{error} {error:?}"));
    assert!(error.to_string().contains("line break"), "{error}");
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn the_credentials_chain_traces_no_secret() {
    const NAME: &str = "secrets::the_credentials_chain_traces_no_secret";
    if child::is_child() {
        let log = Log::default();
        let subscription = log.subscribe();
        let client = Client::new(Options::default()).await.unwrap();
        let read = Request::get("GetThing", "thing/E1");
        client.send(&read).await.unwrap();
        drop(subscription);
        assert!(log.text().contains("GetThing"));
        check_redacted(&log.text());
        return;
    }
    let sts = format!(
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>{ID}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>{TOKEN}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    );
    let server = Server::start(move |request, _| {
        let sts = http("200 OK", "", &sts);
        ServerAction::Respond(if request.target == "/" { sts } else { ok() })
    })
    .await;
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(JWT.as_bytes()).unwrap();
    let variables = [
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/operator"),
    ];
    check_redacted(&child::run(NAME, &variables).await);
    assert_eq!(server.received().len(), 2);
}
