//! Requests to an operation and their results.

use std::collections::BTreeMap;

use crate::{
    model::{NAMESPACE, Operation},
    xml::Element,
};

/// A request with a known operation and a verified signature.
#[derive(Clone)]
pub(crate) struct ApiRequest<'a> {
    pub(crate) name: &'a str,
    pub(crate) operation: &'static Operation,
    /// The decoded path parameters.
    pub(crate) path: BTreeMap<String, String>,
    /// The decoded query parameters.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) if_match: Option<String>,
    /// Whether the header `Staging` is `true`.
    pub(crate) staging: bool,
    pub(crate) body: &'a [u8],
    pub(crate) account: String,
    /// The number of writes that a read lags behind; 0 without a fault.
    pub(crate) lag: u64,
}

impl ApiRequest<'_> {
    pub(super) fn id(&self) -> &str {
        let id = self.path.get("Id").or_else(|| self.path.get("Name"));
        id.map_or("", String::as_str)
    }

    pub(super) fn query_parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The result of a successful operation.
#[derive(Default)]
pub(crate) struct ApiResult {
    pub(crate) etag: Option<String>,
    /// The path of the created resource, without the API version.
    pub(crate) location: Option<String>,
    pub(crate) body: Option<Element>,
    /// A body that is not an XML document, such as the code of a function.
    pub(crate) bytes: Option<Vec<u8>>,
    /// The ID of the resource that was created, or that a name in the body identifies.
    pub(crate) id: Option<String>,
    /// Whether the operation changed the state.
    pub(crate) committed: bool,
}

impl ApiResult {
    pub(super) fn with_body(body: Element) -> Self {
        Self {
            body: Some(body),
            ..Self::default()
        }
    }

    /// Returns the body as an XML document, or an empty string without a body.
    pub(crate) fn to_document(&self) -> String {
        self.body
            .as_ref()
            .map(|body| body.to_document(NAMESPACE))
            .unwrap_or_default()
    }
}
