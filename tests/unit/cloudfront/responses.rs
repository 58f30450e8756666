//! Valid and hostile responses, and the results they give.

use super::server::{Server, ServerAction, body, http, ok, refusal, refusal_body};
use cloudfront_operator::cloudfront::{CloudFrontError, ErrorClass, Request};

fn read() -> Request {
    Request::get("GetThing", "thing/E1")
}

fn write() -> Request {
    Request::put("UpdateThing", "thing/E1", "E1", body())
}

#[tokio::test]
async fn a_response_has_its_version_its_request_id_and_its_document() {
    let headers = "ETag: E2QWRUHAPOMQZL\r\nx-amzn-RequestId: r-9\r\nContent-Type: text/xml\r\n";
    let xml = r#"<?xml version="1.0"?><Thing xmlns="http://x/"><Id>E1</Id></Thing>"#;
    let server = Server::responding_with(http("201 Created", headers, xml)).await;
    let response = server.client().await.send(&read()).await.unwrap();
    assert_eq!(response.etag.as_deref(), Some("E2QWRUHAPOMQZL"));
    assert_eq!(response.request_id.as_deref(), Some("r-9"));
    assert_eq!(response.document.unwrap().text_of("Id"), Some("E1"));
}

#[tokio::test]
async fn the_misspelt_etag_header_of_update_function_is_read_too() {
    let server =
        Server::responding_with(http("200 OK", "ETtag: E3\r\n", "<FunctionSummary/>")).await;
    let response = server.client().await.send(&write()).await.unwrap();
    assert_eq!(response.etag.as_deref(), Some("E3"));
}

#[tokio::test]
async fn an_empty_response_is_valid_for_a_write_without_a_result() {
    let bare = Request {
        body: None,
        ..write()
    };
    let delete = Request::delete("DeleteThing", "thing/E1", "E1");
    let posted = Request::post("DeleteResourcePolicy", "delete-resource-policy", body());
    let tag = Request::post("TagResource", "tagging", body());
    for (status, request) in [
        ("204 No Content", delete.clone()),
        ("200 OK", delete),
        ("200 OK", bare),
        ("200 OK", posted),
        ("204 No Content", tag),
    ] {
        let server = Server::responding_with(http(status, "", "")).await;
        let response = server.client().await.send(&request).await.unwrap();
        assert_eq!(response.document, None, "{request:?}");
    }
}

const PAGE: &str = "<!DOCTYPE html><html><body>Sign in to the Wi-Fi</body></html>";

/// Statuses with bodies that are not valid responses.
const INVALID_BODIES: &[(&str, &str)] = &[
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

/// Responses that end too early.
const TRUNCATED: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<Thing>",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<Thing>",
    "HTTP/1.1 200 OK\r\n\r\n<Thing><Id>",
];

#[tokio::test]
async fn a_response_without_a_document_is_invalid_and_the_outcome_of_a_write_unknown() {
    for (status, body) in INVALID_BODIES {
        check_invalid_response(body, http(status, "", body)).await;
    }
    for reply in TRUNCATED {
        check_invalid_response(reply, (*reply).into()).await;
    }
    let deep = "<a>".repeat(5_000);
    check_invalid_response("deep", http("200 OK", "", &deep)).await;
    let text = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    check_invalid_response("no text", [&text[..], &[0xff; 9]].concat()).await;
}

#[tokio::test]
async fn a_malformed_error_is_invalid_and_the_outcome_of_a_write_unknown() {
    let error = refusal_body("InternalError", "in a success");
    check_invalid_response("success", http("200 OK", "", &error)).await;
    for code in ["No Such Thing!", "", &"A".repeat(200)] {
        check_invalid_response(code, refusal(404, code, "no code")).await;
    }
}

async fn check_invalid_response(what: &str, reply: Vec<u8>) {
    for request in [read(), write()] {
        let server = Server::responding_with(reply.clone()).await;
        let error = server.client().await.send(&request).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::InvalidResponse { .. }),
            "{what}: {error:?}"
        );
        assert_eq!(error.class(), ErrorClass::InvalidResponse, "{what}");
        assert_eq!(error.outcome_unknown(), request.is_write(), "{what}");
        assert!(!error.is_not_found(), "{what}");
        assert!(!error.to_string().contains("Wi-Fi"), "{what}: {error}");
        assert_eq!(server.received().len(), 1, "{what}: sent once");
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    let target = Server::responding_with(ok()).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}/2020-05-31/thing/E1\r\n", target.url);
        let server = Server::responding_with(http(&format!("{status} There"), &location, "")).await;
        let error = server.client().await.send(&read()).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::InvalidResponse { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("redirect"), "{error}");
    }
    assert_eq!(target.received().len(), 0);
}

#[tokio::test]
async fn a_refusal_has_its_code_its_message_and_its_request_id() {
    let reply = refusal(
        412,
        "PreconditionFailed",
        "It didn't meet\nthe preconditions.",
    );
    let server = Server::responding_with(reply).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert_eq!(error.code(), Some("PreconditionFailed"));
    assert_eq!(error.request_id(), Some("r-1"));
    assert_eq!(
        error.to_string(),
        "UpdateThing was rejected: PreconditionFailed: It didn't meet the preconditions. (request r-1) \
         Fix: https://github.com/cloudfront-operator/cloudfront-operator/blob/main/docs/errors.md#preconditionfailed"
    );
    assert!(error.is_conflict() && !error.outcome_unknown());
}

#[tokio::test]
async fn a_message_is_bounded_and_has_no_control_characters() {
    let message = format!("a&#x9;b{}", "x".repeat(5_000));
    let server = Server::responding_with(refusal(400, "InvalidArgument", &message)).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("a bxxx") && text.ends_with("…(request r-1)") || text.contains('…'),
        "{text}"
    );
    assert!(text.len() < 1_200, "{} bytes", text.len());
}

#[tokio::test]
async fn an_unknown_code_creates_no_label() {
    let server = Server::responding_with(refusal(400, "Invented4711", "x")).await;
    let error = server.client().await.send(&write()).await.unwrap_err();
    assert_eq!(error.code(), Some("Invented4711"));
    assert_eq!(error.label(), "UnknownCode");
}

#[tokio::test]
async fn a_response_of_64_mib_is_not_read_to_its_end() {
    let size = 64 << 20;
    let declared = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
    for head in [declared, "HTTP/1.1 200 OK\r\n\r\n".into()] {
        let server =
            Server::start(move |_, _| ServerAction::RespondAtLength(head.clone(), size)).await;
        let error = server.client().await.send(&read()).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::InvalidResponse { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("exceeds"), "{error}");
    }
}
