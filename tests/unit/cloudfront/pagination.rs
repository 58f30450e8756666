//! Lists in pages, from a server that the test chooses.

use super::server::{Server, ServerAction, http};
use cloudfront_operator::{
    cloudfront::{ErrorClass, Priority},
    engine::{Kind, RemoteReader},
    kinds::origin_access_identity::OriginAccessIdentity,
};

/// Returns an empty page that names the next one.
fn page(next: &str) -> Vec<u8> {
    let body = format!(
        "<CloudFrontOriginAccessIdentityList><Quantity>0</Quantity><NextMarker>{next}</NextMarker>\
         </CloudFrontOriginAccessIdentityList>"
    );
    http("200 OK", "", &body)
}

#[tokio::test]
async fn a_list_whose_markers_alternate_ends_with_an_error() {
    // The last page ends a client that does not notice.
    let server = Server::start(|_, n| {
        ServerAction::Respond(page(match n {
            0..50 if n % 2 == 0 => "a",
            0..50 => "b",
            _ => "",
        }))
    })
    .await;
    let reader = RemoteReader::new(OriginAccessIdentity::API, server.client().await);
    let listed = reader
        .list_contains(
            "origin-access-identity/cloudfront",
            "E1",
            Priority::DriftCheck,
        )
        .await;
    let error = listed.expect_err("the list has no end");
    assert_eq!(error.class(), ErrorClass::InvalidResponse);
    assert!(error.to_string().contains("marker"), "{error}");
    assert_eq!(server.received().len(), 3, "{error}");
}
