//! Checks of inputs that other systems or users control. None of them may panic for any input.

use clap::Parser;
use cloudfront_operator::{
    cloudfront::{CloudFrontError, Endpoint, Response},
    engine::{CachedObject, Kind, Remote, ResolvedReferences},
    for_each_kind,
    operator::Cli,
    xml::Element,
};
use std::collections::BTreeMap;

/// A document that is parsed, written and parsed again is the same.
pub fn parse(data: &[u8]) {
    let Ok(document) = Element::parse(data) else {
        return;
    };
    let again = Element::parse(document.to_string().as_bytes());
    assert_eq!(again.as_ref(), Ok(&document), "{document}");
}

/// The overlay of two documents, which a zero byte separates: the second overlay finds no difference.
pub fn overlay(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let mut next = || Element::parse(parts.next().unwrap_or_default());
    let (Ok(observed), Ok(desired)) = (next(), next()) else {
        return;
    };
    let itself = observed.clone().overlay(&observed);
    assert!(itself.is_empty(), "{observed}: {itself:?}");
    let mut updated = observed.clone();
    updated.overlay(&desired);
    let (once, again) = (updated.clone(), updated.overlay(&desired));
    assert!(again.is_empty(), "{observed} and {desired}: {again:?}");
    assert_eq!(updated, once, "{observed} and {desired}");
}

/// A response is read or refused by each kind, and an error has a class and a text.
pub fn responses(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (code, message) = text.split_once('\n').unwrap_or(("", &text));
    for status in [400, 404, 409, 412, 503] {
        let error = CloudFrontError::refused("CreateDistribution", status, code, message);
        let _ = (error.class(), error.label(), error.to_string());
        let id = error.existing_id().unwrap_or("E1");
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    }
    if let Ok(document) = Element::parse(data) {
        for_each_kind!(response, &document);
    }
}

fn response<K: Kind>(document: &Element) {
    let _ = (K::observed_fields(document), K::API.is_deployed(document));
    let _ = K::API.revision_of(document, None);
    let response = Response {
        etag: Some("E2".into()),
        request_id: None,
        document: Some(document.clone()),
        bytes: None,
    };
    let request = K::API.create_request(
        K::API.collection,
        Element::new(K::API.config),
        &BTreeMap::new(),
    );
    let Some(remote) = Remote::from_response(K::API, &request, response) else {
        return;
    };
    let mut config = remote.config(K::API);
    (K::HOOKS.prune_observed)(&mut config);
    (K::HOOKS.disable)(&mut config);
    let mut desired = config.clone();
    (K::HOOKS.prune_for_update)(&mut desired, &config);
    config.overlay(&desired);
}

/// An object of each kind is read or refused, and its configuration is a document or an error.
pub fn objects(data: &[u8]) {
    for_each_kind!(object, data);
}

fn object<K: Kind>(data: &[u8]) {
    let _ = CachedObject::parse(K::DEFINITION, data);
    let Ok(object) = serde_json::from_slice::<K>(data) else {
        return;
    };
    let _ = (object.sources(), object.tags());
    let _ = object
        .one_shot()
        .map(|it| (it.queue_entry(), it.billable_paths()));
    if let Ok(config) = object.config(&ResolvedReferences::default()) {
        let document = config.to_string();
        let again = Element::parse(document.as_bytes());
        assert!(again.is_ok(), "{document}: {again:?}");
    }
}

/// An endpoint or a label selector is valid or refused. A valid endpoint has no part that could disclose a request.
pub fn endpoint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for allow_insecure_http in [false, true] {
        let Ok(endpoint) = Endpoint::parse(text, allow_insecure_http) else {
            continue;
        };
        let printed = endpoint.to_string();
        let again = Endpoint::parse(&printed, allow_insecure_http);
        assert_eq!(again.as_ref(), Ok(&endpoint), "{printed}");
        let (_, host) = printed.split_once("://").unwrap_or_default();
        assert!(!host.contains(['/', '?', '#', '@']), "{printed}");
    }
    let selector = format!("--watch-label-selector={text}");
    let _ = Cli::try_parse_from(["cloudfront-operator", "run", &selector]);
}
