//! The pages of the initial list of a watch.
//!
//! The API server limits a page by the number of objects, not by its size, and an object can have 1.5 MB. So the first page is small,
//! and later pages grow while they stay below a bound. A response that exceeds the bound is dropped, and requested again with fewer
//! objects.

use http::{Request, Response, Uri, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::{Client, client::Body};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// The maximum size of a page in bytes. Only a page with a single object may be larger.
const MAX_PAGE_BYTES: usize = 4 << 20;

/// The number of objects in the first page.
const FIRST_PAGE: u32 = 20;

/// The maximum number of objects in a page, which also bounds the memory that the API server needs for it.
const MAX_PAGE: u32 = 200;

/// Returns a client for one watch that replaces the limit of each list request.
pub(super) fn with_bounded_pages(kube: &Client) -> Client {
    let namespace = kube.default_namespace().to_owned();
    let (kube, limit) = (kube.clone(), Arc::new(AtomicU32::new(FIRST_PAGE)));
    let service = tower::service_fn(move |request| {
        let (kube, limit) = (kube.clone(), limit.clone());
        async move { send(&kube, &limit, request).await }
    });
    Client::new(service, namespace)
}

async fn send(
    kube: &Client,
    limit: &AtomicU32,
    request: Request<Body>,
) -> Result<Response<Body>, kube::Error> {
    if !has_parameter(request.uri(), "limit") {
        return kube.send(request).await;
    }
    let (parts, _) = request.into_parts();
    if !has_parameter(&parts.uri, "continue") {
        limit.store(FIRST_PAGE, Ordering::Relaxed);
    }
    loop {
        let requested = limit.load(Ordering::Relaxed);
        let response = kube.send(list_request(&parts, requested)).await?;
        let (head, body) = response.into_parts();
        let max = if requested == 1 {
            usize::MAX
        } else {
            MAX_PAGE_BYTES
        };
        match Limited::new(body, max).collect().await {
            Ok(page) => {
                let page = page.to_bytes();
                limit.store(next_limit(requested, page.len()), Ordering::Relaxed);
                return Ok(Response::from_parts(head, Body::from(page)));
            }
            Err(error) if error.is::<LengthLimitError>() => {
                limit.store((requested / 4).max(1), Ordering::Relaxed);
            }
            Err(error) => return Err(kube::Error::Service(error)),
        }
    }
}

/// Returns the limit of the page after one of this size.
fn next_limit(limit: u32, page_bytes: usize) -> u32 {
    if page_bytes <= MAX_PAGE_BYTES / 2 {
        MAX_PAGE.min(limit * 2)
    } else {
        limit
    }
}

/// Returns a list request with another limit.
fn list_request(parts: &Parts, limit: u32) -> Request<Body> {
    let mut parts = parts.clone();
    parts.uri = with_limit(&parts.uri, limit);
    Request::from_parts(parts, Body::empty())
}

fn with_limit(uri: &Uri, limit: u32) -> Uri {
    let query: Vec<String> = parameters(uri)
        .map(|(name, value)| match name {
            "limit" => format!("limit={limit}"),
            _ => format!("{name}={value}"),
        })
        .collect();
    let path = format!("{}?{}", uri.path(), query.join("&"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = path.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

fn has_parameter(uri: &Uri, name: &str) -> bool {
    parameters(uri).any(|parameter| parameter.0 == name)
}

/// Returns the names and the encoded values of the query.
fn parameters(uri: &Uri) -> impl Iterator<Item = (&str, &str)> {
    let query = uri.query().unwrap_or_default().split('&');
    query.filter_map(|parameter| parameter.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_doubles_only_while_twice_its_size_is_within_the_bound() {
        assert_eq!(next_limit(20, 2 << 20), 40);
        assert_eq!(next_limit(20, (2 << 20) + 1), 20);
        assert_eq!(next_limit(150, 1_000), MAX_PAGE);
    }

    #[test]
    fn the_limit_is_replaced_and_the_other_parameters_stay() {
        let uri = "/apis/a/v1/b?&labelSelector=a%3Db&limit=500&continue=limit%3D3";
        let uri: Uri = uri.parse().unwrap();
        let expected = "/apis/a/v1/b?labelSelector=a%3Db&limit=20&continue=limit%3D3";
        assert_eq!(with_limit(&uri, 20).to_string(), expected);
    }
}
