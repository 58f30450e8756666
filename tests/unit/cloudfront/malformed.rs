//! Recorded responses, truncated at every byte and with every element malformed: the result is an error or a response, never a panic.

use super::{
    recorded::{Recorded, record},
    server::{Server, ServerAction, http},
};
use cloudfront_operator::{
    cloudfront::{CloudFrontError, Request, Response},
    engine::{Kind, Remote},
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
    xml::Element,
};
use std::collections::BTreeMap;

/// A prime, so that responses are truncated at many kinds of positions.
const STRIDE: usize = 29;

#[tokio::test]
async fn no_truncated_response_parses() {
    let responses = record().await;
    for Recorded {
        operation,
        document,
    } in &responses
    {
        let text = document.to_string();
        assert_eq!(&Element::parse(text.as_bytes()).unwrap(), document);
        for end in 0..text.len() {
            let read = Element::parse(&text.as_bytes()[..end]);
            assert!(read.is_err(), "{operation} truncated at {end}: {read:?}");
        }
    }
}

#[tokio::test]
async fn a_response_truncated_on_the_wire_is_invalid() {
    for Recorded {
        operation,
        document,
    } in record().await
    {
        let text = document.to_string();
        let whole = text.clone();
        let server = Server::start(move |_, n| {
            let end = (n * STRIDE).min(whole.len());
            ServerAction::Respond(http("200 OK", "ETag: E2\r\n", &whole[..end]))
        })
        .await;
        let client = server.client().await;
        let request = Request::get(operation.clone(), "thing");
        for end in (0..text.len()).step_by(STRIDE) {
            let error = client.send(&request).await.unwrap_err();
            assert!(
                matches!(error, CloudFrontError::InvalidResponse { .. }),
                "{operation} truncated at {end}: {error:?}"
            );
        }
        let response = client.send(&request).await.unwrap();
        assert_eq!(response.document, Some(document));
    }
}

/// Changes the child of that name.
type Change = dyn Fn(&mut Element, &str);

/// Returns copies of the document, each with one element changed.
fn with_each_changed(document: &Element, change: &Change) -> Vec<Element> {
    let mut changed = vec![];
    for child in document.children() {
        let mut whole = document.clone();
        change(&mut whole, child.name());
        changed.push(whole);
        for inner in with_each_changed(child, change) {
            let mut whole = document.clone();
            *whole.child_mut(child.name()).unwrap() = inner;
            changed.push(whole);
        }
    }
    changed
}

/// Uses a document as the engine uses a response.
fn use_as<K: Kind>(document: &Element) -> Option<Remote> {
    let response = Response {
        etag: Some("E2".into()),
        request_id: None,
        document: Some(document.clone()),
        bytes: None,
    };
    // An error is fine: the functions must not panic.
    let _ = (K::observed_fields(document), K::API.is_deployed(document));
    let _ = K::API.revision_of(document, None);
    let request = K::API.create_request(K::API.collection, document.clone(), &BTreeMap::new());
    let remote = Remote::from_response(K::API, &request, response)?;
    let mut config = remote.config(K::API);
    (K::HOOKS.disable)(&mut config);
    let mut desired = remote.config(K::API);
    (K::HOOKS.prune_for_update)(&mut desired, &config);
    config.overlay(&desired);
    assert!(!remote.id.is_empty());
    Some(remote)
}

fn check_malformed<K: Kind>(responses: &[Recorded]) {
    let changes: [&Change; 5] = [
        &|whole, name| drop(whole.remove(name)),
        &|whole, name| whole.push(whole.child(name).unwrap().clone()),
        &|whole, name| whole.set_text(name, ""),
        &|whole, name| whole.set_text(name, "-99999999999999999999"),
        &|whole, name| {
            let nested = Element::new("Surprise").with(Element::leaf("Quantity", "7"));
            whole.child_mut(name).unwrap().push(nested);
        },
    ];
    for name in [
        format!("Get{}", K::API.name),
        format!("Create{}", K::API.name),
    ] {
        let recorded = responses.iter().find(|it| it.operation == name).unwrap();
        let document = &recorded.document;
        assert!(use_as::<K>(document).is_some(), "{name}");
        let mut without_id = document.clone();
        without_id.remove("Id");
        assert_eq!(use_as::<K>(&without_id), None, "{name}");
        let malformed = changes.map(|change| with_each_changed(document, change));
        for document in malformed.iter().flatten() {
            use_as::<K>(document);
        }
    }
}

#[tokio::test]
async fn a_response_with_any_malformed_element_is_read_or_refused() {
    let responses = record().await;
    check_malformed::<Distribution>(&responses);
    check_malformed::<Invalidation>(&responses);
    check_malformed::<OriginAccessIdentity>(&responses);
    check_malformed::<StreamingDistribution>(&responses);
}

#[tokio::test]
async fn an_endless_header_is_not_read_to_its_end() {
    for start in ["HTTP/1.1 200 OK\r\nX-Long: ", "HTTP/1.1 "] {
        let server =
            Server::start(move |_, _| ServerAction::RespondAtLength(start.into(), 64 << 20)).await;
        let request = Request::get("GetThing", "thing/E1");
        let error = server.client().await.send(&request).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::Unreachable { .. }),
            "{error:?}"
        );
    }
}
