//! What a request asks for.

use super::{
    request_path::{RequestPath, is_watch, verb},
    response::ApiError,
    types::{ResourceType, ResourceTypes},
};
use http::Request;
use std::{collections::BTreeMap, sync::Arc};

/// The verb, the type and the object of a request.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) verb: &'static str,
    pub(super) resource: Arc<ResourceType>,
    /// `None`: all namespaces.
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    pub(super) is_status: bool,
    pub(super) query: BTreeMap<String, String>,
    /// The media type of the body.
    pub(super) content_type: String,
}

/// Query parameters that change a response in a way that the model does not have.
const UNSUPPORTED: [&str; 4] = [
    "labelSelector",
    "fieldSelector",
    "dryRun",
    "sendInitialEvents",
];

impl Route {
    pub(super) fn parse<B>(request: &Request<B>, types: &ResourceTypes) -> Result<Self, ApiError> {
        let RequestPath {
            group,
            version,
            namespace,
            plural,
            name,
            subresource,
        } = RequestPath::parse(request.uri().path()).ok_or_else(ApiError::unknown_path)?;
        let resource = types.find(group, version, plural);
        let resource = resource.ok_or_else(ApiError::unknown_path)?;
        let is_status = match subresource {
            None => false,
            Some("status") if resource.has_status => true,
            Some(_) => return Err(ApiError::unknown_path()),
        };
        let query = parse_query(request.uri().query().unwrap_or_default())?;
        let header = request.headers().get(http::header::CONTENT_TYPE);
        let content_type = header.and_then(|value| value.to_str().ok());
        let is_watch = is_watch(query.get("watch").map(String::as_str));
        let verb = verb(request.method(), name.is_some(), is_watch);
        Ok(Self {
            verb: verb.ok_or_else(|| ApiError::bad_request("the model has no such request"))?,
            resource,
            namespace: namespace.map(Into::into),
            name: name.map(Into::into),
            is_status,
            query,
            content_type: content_type.unwrap_or_default().into(),
        })
    }

    /// Returns the type and the subresource: `distributions/status`.
    pub(super) fn resource_name(&self) -> String {
        let subresource = if self.is_status { "/status" } else { "" };
        format!("{}{subresource}", self.resource.plural)
    }

    /// Returns `namespace/name`, as far as the request names an object.
    pub(super) fn object_name(&self) -> String {
        let parts = self.namespace.iter().chain(&self.name);
        parts.map(String::as_str).collect::<Vec<_>>().join("/")
    }
}

/// Returns the parameters. Their values need no decoding: names, numbers and tokens have no reserved characters.
fn parse_query(query: &str) -> Result<BTreeMap<String, String>, ApiError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let query: BTreeMap<String, String> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    match UNSUPPORTED.iter().find(|name| query.contains_key(**name)) {
        Some(name) => Err(ApiError::bad_request(&format!("the model has no {name}"))),
        None => Ok(query),
    }
}
