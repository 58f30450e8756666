//! Requests as values, and their form on the wire.

use super::server::{Server, body, ok};
use cloudfront_operator::cloudfront::{
    CloudFrontError, ErrorClass, Method, Priority, Request, encode_segment,
};

const ARN: &str = "arn:aws:cloudfront::123456789012:distribution/E1 é";

#[test]
fn a_segment_is_encoded_so_that_it_stays_one_segment() {
    let check = |text: &str, encoded: &str| assert_eq!(encode_segment(text), encoded);
    check("E1ABC", "E1ABC");
    check("a-b_c.d~e", "a-b_c.d~e");
    check("../x", "..%2Fx");
    check("a?b#c", "a%3Fb%23c");
    check("%2f", "%252f");
    check("a\r\nb", "a%0D%0Ab");
    check("é", "%C3%A9");
    check("arn:aws:x::1:y/z", "arn%3Aaws%3Ax%3A%3A1%3Ay%2Fz");
}

#[tokio::test]
async fn method_path_query_headers_and_body_reach_the_server() {
    let server = Server::responding_with(ok()).await;
    let client = server.client().await;
    let create = Request::post("CreateDistributionWithTags", "distribution", body());
    let tag = Request::post("TagResource", "tagging", body())
        .query("Operation", "Tag".to_owned())
        .query("Resource", ARN.to_owned());
    let update = Request::put("UpdateThing", "thing/E1/config", "E7", body());
    for request in [create.flag("WithTags"), tag, update] {
        client.send(&request).await.unwrap();
    }

    let [create, tag, update] = &server.received()[..] else {
        panic!("three requests")
    };
    assert_eq!(create.target, "/2020-05-31/distribution?WithTags");
    assert_eq!(create.method, "POST");
    assert_eq!(create.header("content-type"), Some("application/xml"));
    let document = r#"<Config xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Comment>a &amp; b</Comment></Config>"#;
    assert_eq!(String::from_utf8_lossy(&create.body), document);
    assert_eq!(
        tag.target,
        "/2020-05-31/tagging?Operation=Tag&Resource=arn%3Aaws%3Acloudfront%3A%3A123456789012%3Adistribution%2FE1%20%C3%A9"
    );
    assert_eq!(update.method, "PUT");
    assert_eq!(update.header("if-match"), Some("E7"));
    assert_eq!(update.header("accept-encoding"), None);
}

#[tokio::test]
async fn a_write_without_a_document_has_length_zero_and_no_content_type() {
    let server = Server::responding_with(ok()).await;
    let request = Request {
        body: None,
        ..Request::put("PublishFunction", "function/f/publish", "E1", body())
    };
    server.client().await.send(&request).await.unwrap();
    let request = &server.received()[0];
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(request.header("content-type"), None);
}

#[tokio::test]
async fn an_id_that_changes_the_path_is_never_sent() {
    let server = Server::responding_with(ok()).await;
    let client = server.client().await;
    for id in [
        "", ".", "..", "%2e%2e", "%2E.", "a/../b", "x?y", "x#y", "x y", "x\\y", "é",
    ] {
        let request = Request::get("GetThing", format!("thing/{id}/config"));
        let error = client.send(&request).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::InvalidRequest { .. }),
            "{id:?}: {error}"
        );
        assert_eq!(error.class(), ErrorClass::Terminal);
    }
    let etag = Request::delete("DeleteThing", "thing/E1", "E1\r\nX-Evil: 1");
    let error = client.send(&etag).await.unwrap_err();
    assert!(
        matches!(error, CloudFrontError::InvalidRequest { .. }),
        "{error}"
    );
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn an_encoded_id_stays_one_segment() {
    let server = Server::responding_with(ok()).await;
    let client = server.client().await;
    for (id, encoded) in [
        ("../x", "..%2Fx"),
        ("a?b", "a%3Fb"),
        ("..%2f..", "..%252f.."),
    ] {
        let request = Request::get("GetThing", format!("thing/{}/config", encode_segment(id)));
        client.send(&request).await.unwrap();
        let target = server.received().pop().unwrap().target;
        assert_eq!(target, format!("/2020-05-31/thing/{encoded}/config"));
    }
}

#[test]
fn a_read_is_distinguished_from_a_write_even_if_it_is_a_post() {
    let writes = |operation: &'static str, method| {
        let request = Request {
            method,
            ..Request::get(operation, "x")
        };
        request.is_write()
    };
    assert!(!writes("GetDistribution", Method::Get));
    assert!(!writes("ListConnectionGroups", Method::Post));
    assert!(!writes("VerifyDnsConfiguration", Method::Post));
    assert!(writes("CreateDistribution", Method::Post));
    assert!(writes("DeleteRealtimeLogConfig", Method::Post));
    assert!(writes("UpdateDistribution", Method::Put));
    assert!(writes("DeleteDistribution", Method::Delete));
}

#[test]
fn interactive_requests_have_the_first_priority() {
    let mut all = [
        Priority::DriftCheck,
        Priority::DeploymentPoll,
        Priority::Deletion,
        Priority::Interactive,
    ];
    all.sort();
    assert_eq!(
        all,
        [
            Priority::Interactive,
            Priority::Deletion,
            Priority::DeploymentPoll,
            Priority::DriftCheck
        ]
    );
    assert_eq!(
        Request::get("GetThing", "x").priority,
        Priority::Interactive
    );
}
