//! What is made of answers, honest and hostile ones.

use super::server::{Act, Server, body, http, ok, refusal, refusal_body};
use cloudfront_operator::cloudfront::{CloudFrontError, ErrorClass, Request};

fn read() -> Request {
    Request::get("GetThing", "thing/E1")
}

fn write() -> Request {
    Request::put("UpdateThing", "thing/E1", "E1", body())
}

#[tokio::test]
async fn an_answer_has_its_version_its_id_and_its_document() {
    let headers = "ETag: E2QWRUHAPOMQZL\r\nx-amzn-RequestId: r-9\r\nContent-Type: text/xml\r\n";
    let xml = r#"<?xml version="1.0"?><Thing xmlns="http://x/"><Id>E1</Id></Thing>"#;
    let server = Server::saying(http("201 Created", headers, xml)).await;
    let answer = server.client().await.send(&read()).await.unwrap();
    assert_eq!(answer.etag.as_deref(), Some("E2QWRUHAPOMQZL"));
    assert_eq!(answer.request_id.as_deref(), Some("r-9"));
    assert_eq!(answer.document.unwrap().text_of("Id"), Some("E1"));
}

#[tokio::test]
async fn the_misspelt_version_of_update_function_is_read_too() {
    let server = Server::saying(http("200 OK", "ETtag: E3\r\n", "<FunctionSummary/>")).await;
    let answer = server.client().await.send(&write()).await.unwrap();
    assert_eq!(answer.etag.as_deref(), Some("E3"));
}

#[tokio::test]
async fn a_call_that_needs_no_answer_gets_none() {
    let bare = Request {
        body: None,
        ..write()
    };
    let gone = Request::delete("DeleteThing", "thing/E1", "E1");
    let posted = Request::post("DeleteResourcePolicy", "delete-resource-policy", body());
    let tag = Request::post("TagResource", "tagging", body());
    for (status, request) in [
        ("204 No Content", gone.clone()),
        ("200 OK", gone),
        ("200 OK", bare),
        ("200 OK", posted),
        ("204 No Content", tag),
    ] {
        let server = Server::saying(http(status, "", "")).await;
        let answer = server.client().await.send(&request).await.unwrap();
        assert_eq!(answer.document, None, "{request:?}");
    }
}

const PAGE: &str = "<!DOCTYPE html><html><body>Sign in to the Wi-Fi</body></html>";

/// Bodies that are no answer, with the status they come with.
const STRANGE: &[(&str, &str)] = &[
    ("200 OK", PAGE),
    ("200 OK", "<html><body/></html>"),
    ("200 OK", ""),
    ("200 OK", r#"{"Id": "E1"}"#),
    ("200 OK", "<Thing><Id>E1</Id>"),
    ("200 OK", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
    ("404 Not Found", PAGE),
    ("403 Forbidden", PAGE),
    ("400 Bad Request", ""),
    ("400 Bad Request", "<ErrorResponse><Error/></ErrorResponse>"),
    ("404 Gone", "<Error><Code>NoSuchDistribution</Code></Error>"),
    (
        "404 Gone",
        "<Oops><Error><Code>NoSuchDistribution</Code></Error></Oops>",
    ),
];

/// Answers that end too early.
const BROKEN: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<Thing>",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<Thing>",
    "HTTP/1.1 200 OK\r\n\r\n<Thing><Id>",
];

#[tokio::test]
async fn an_answer_that_is_no_document_is_garbled_and_a_write_is_in_doubt() {
    for (status, body) in STRANGE {
        check_garbled(body, http(status, "", body)).await;
    }
    for reply in BROKEN {
        check_garbled(reply, (*reply).into()).await;
    }
    let deep = "<a>".repeat(5_000);
    check_garbled("deep", http("200 OK", "", &deep)).await;
    let text = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    check_garbled("no text", [&text[..], &[0xff; 9]].concat()).await;
}

#[tokio::test]
async fn an_error_that_is_none_is_garbled_and_a_write_is_in_doubt() {
    let error = refusal_body("InternalError", "in a success");
    check_garbled("success", http("200 OK", "", &error)).await;
    for code in ["No Such Thing!", "", &"A".repeat(200)] {
        check_garbled(code, refusal(404, code, "no code")).await;
    }
}

async fn check_garbled(what: &str, reply: Vec<u8>) {
    for request in [read(), write()] {
        let server = Server::saying(reply.clone()).await;
        let error = server.client().await.send(&request).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::InvalidResponse { .. }),
            "{what}: {error:?}"
        );
        assert_eq!(error.class(), ErrorClass::InvalidResponse, "{what}");
        assert_eq!(error.outcome_unknown(), request.is_write(), "{what}");
        assert!(!error.is_not_found(), "{what}");
        assert!(!error.to_string().contains("Wi-Fi"), "{what}: {error}");
        assert_eq!(server.received().len(), 1, "{what}: asked once");
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    let elsewhere = Server::saying(ok()).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}/2020-05-31/thing/E1\r\n", elsewhere.url);
        let server = Server::saying(http(&format!("{status} There"), &location, "")).await;
        let error = server.client().await.send(&read()).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::InvalidResponse { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("redirect"), "{error}");
    }
    assert_eq!(elsewhere.received().len(), 0);
}

#[tokio::test]
async fn a_refusal_has_its_code_its_message_and_its_id() {
    let reply = refusal(
        412,
        "PreconditionFailed",
        "It didn't meet\nthe preconditions.",
    );
    let server = Server::saying(reply).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert_eq!(error.code(), Some("PreconditionFailed"));
    assert_eq!(error.request_id(), Some("r-1"));
    assert_eq!(
        error.to_string(),
        "UpdateThing was refused: PreconditionFailed: It didn't meet the preconditions. (request r-1)"
    );
    assert!(error.is_conflict() && !error.outcome_unknown());
}

#[tokio::test]
async fn a_message_is_bounded_and_holds_no_control_characters() {
    let message = format!("a&#x9;b{}", "x".repeat(5_000));
    let server = Server::saying(refusal(400, "InvalidArgument", &message)).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("a bxxx") && text.ends_with("…(request r-1)") || text.contains('…'),
        "{text}"
    );
    assert!(text.len() < 1_200, "{} bytes", text.len());
}

#[tokio::test]
async fn a_hostile_server_invents_no_labels() {
    let server = Server::saying(refusal(400, "Invented4711", "x")).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert_eq!(error.code(), Some("Invented4711"));
    assert_eq!(error.label(), "UnknownCode");
}

#[tokio::test]
async fn an_answer_of_64_mib_is_not_read_to_its_end() {
    let size = 64 << 20;
    let declared = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
    for head in [declared, "HTTP/1.1 200 OK\r\n\r\n".into()] {
        let server = Server::start(move |_, _| Act::Flood(head.clone(), size)).await;
        let error = server.client().await.send(&read()).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::InvalidResponse { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("exceeds"), "{error}");
    }
}
