//! Answers as CloudFront gives them, cut short at every byte and with every element spoilt: an error or an answer, never a panic.

use super::{
    recorded::{Recorded, record},
    server::{Act, Server, http},
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

/// A prime, so that over the wire answers are cut at all kinds of places.
const STRIDE: usize = 29;

#[tokio::test]
async fn no_beginning_of_any_answer_passes_for_the_whole() {
    let answers = record().await;
    for Recorded {
        operation,
        document,
    } in &answers
    {
        let text = document.to_string();
        assert_eq!(&Element::parse(text.as_bytes()).unwrap(), document);
        for end in 0..text.len() {
            let read = Element::parse(&text.as_bytes()[..end]);
            assert!(read.is_err(), "{operation} cut at {end}: {read:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_cut_short_on_the_wire_is_garbled() {
    for Recorded {
        operation,
        document,
    } in record().await
    {
        let text = document.to_string();
        let whole = text.clone();
        let server = Server::start(move |_, n| {
            let end = (n * STRIDE).min(whole.len());
            Act::Say(http("200 OK", "ETag: E2\r\n", &whole[..end]))
        })
        .await;
        let client = server.client().await;
        let request = Request::get(operation.clone(), "thing");
        for end in (0..text.len()).step_by(STRIDE) {
            let error = client.send(&request).await.unwrap_err();
            assert!(
                matches!(error, CloudFrontError::InvalidResponse { .. }),
                "{operation} cut at {end}: {error:?}"
            );
        }
        let answer = client.send(&request).await.unwrap();
        assert_eq!(answer.document, Some(document));
    }
}

/// Something done to the child of that name.
type Change = dyn Fn(&mut Element, &str);

/// The same document with one element changed: each in turn.
fn each_changed(document: &Element, change: &Change) -> Vec<Element> {
    let mut changed = vec![];
    for child in document.children() {
        let mut whole = document.clone();
        change(&mut whole, child.name());
        changed.push(whole);
        for inner in each_changed(child, change) {
            let mut whole = document.clone();
            *whole.child_mut(child.name()).unwrap() = inner;
            changed.push(whole);
        }
    }
    changed
}

/// What the engine does with an answer, whatever it is.
fn use_as<K: Kind>(document: &Element) -> Option<Remote> {
    let answer = Response {
        etag: Some("E2".into()),
        request_id: None,
        document: Some(document.clone()),
    };
    // Either is fine: that it comes back at all is what is asked for.
    let _ = (K::observed_fields(document), K::is_deployed(document));
    let _ = K::revision(document, None);
    let remote = Remote::from_response::<K>(answer)?;
    let mut config = remote.config::<K>();
    K::disable(&mut config);
    let mut desired = remote.config::<K>();
    K::prune_for_update(&mut desired, &config);
    config.overlay(&desired);
    assert!(!remote.id.is_empty());
    Some(remote)
}

fn spoil<K: Kind>(answers: &[Recorded]) {
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
        format!("Get{}", K::API_NAME),
        format!("Create{}", K::API_NAME),
    ] {
        let recorded = answers.iter().find(|it| it.operation == name).unwrap();
        let document = &recorded.document;
        assert!(use_as::<K>(document).is_some(), "{name}");
        let mut without_id = document.clone();
        without_id.remove("Id");
        assert_eq!(use_as::<K>(&without_id), None, "{name}");
        let spoilt = changes.map(|change| each_changed(document, change));
        for document in spoilt.iter().flatten() {
            use_as::<K>(document);
        }
    }
}

#[tokio::test]
async fn an_answer_with_any_element_spoilt_is_read_or_refused() {
    let answers = record().await;
    spoil::<Distribution>(&answers);
    spoil::<Invalidation>(&answers);
    spoil::<OriginAccessIdentity>(&answers);
    spoil::<StreamingDistribution>(&answers);
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_read_for_ever() {
    for start in ["HTTP/1.1 200 OK\r\nX-Long: ", "HTTP/1.1 "] {
        let server = Server::start(move |_, _| Act::Flood(start.into(), 64 << 20)).await;
        let request = Request::get("GetThing", "thing/E1");
        let error = server.client().await.send(&request).await.unwrap_err();
        assert!(
            matches!(error, CloudFrontError::Unreachable { .. }),
            "{error:?}"
        );
    }
}
