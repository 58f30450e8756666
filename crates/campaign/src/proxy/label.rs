//! What identifies a request in a run.

use http::{Method, Uri};
use std::fmt;

/// A request to the API server, as it is named in traces and plans.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestLabel {
    /// The verb of the Kubernetes API: get, list, watch, create, update, patch or delete.
    pub verb: &'static str,
    /// The plural name of the resource, with the subresource if there is one: `distributions/status`.
    pub resource: String,
    /// `namespace/name`, as far as the request names an object.
    pub object: String,
    /// How many requests with the same verb, resource and object came before, since the proxy started.
    pub ordinal: usize,
}

impl RequestLabel {
    /// Returns the label of a request, with 0 as the ordinal.
    pub(super) fn parse(method: &Method, uri: &Uri) -> Self {
        let segments: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        let rest = match segments[..] {
            ["api", _, ref rest @ ..] | ["apis", _, _, ref rest @ ..] => rest,
            ref other => other,
        };
        let (namespace, rest) = match *rest {
            ["namespaces", namespace, ref rest @ ..] if !rest.is_empty() => (Some(namespace), rest),
            ref rest => (None, rest),
        };
        let (plural, name, subresource) = match *rest {
            [plural, name, subresource] => (plural, Some(name), Some(subresource)),
            [plural, name] => (plural, Some(name), None),
            _ => (rest.first().copied().unwrap_or_default(), None, None),
        };
        let resource = match subresource {
            Some(subresource) => format!("{plural}/{subresource}"),
            None => plural.to_owned(),
        };
        let object: Vec<&str> = namespace.into_iter().chain(name).collect();
        Self {
            verb: verb(method, name.is_some(), uri.query().unwrap_or_default()),
            resource,
            object: object.join("/"),
            ordinal: 0,
        }
    }

    /// Whether the request changes something.
    pub fn is_write(&self) -> bool {
        !["get", "list", "watch"].contains(&self.verb)
    }
}

impl fmt::Display for RequestLabel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            verb,
            resource,
            object,
            ordinal,
        } = self;
        write!(f, "{verb} {resource} {object} #{ordinal}")
    }
}

fn verb(method: &Method, is_named: bool, query: &str) -> &'static str {
    let is_watch = query
        .split('&')
        .any(|it| it == "watch=true" || it == "watch=1");
    match (method.as_str(), is_named) {
        ("GET", true) => "get",
        ("GET", false) if is_watch => "watch",
        ("GET", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        _ => "delete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(method: &Method, uri: &'static str) -> String {
        RequestLabel::parse(method, &Uri::from_static(uri)).to_string()
    }

    #[test]
    fn a_label_names_the_verb_the_resource_and_the_object() {
        let distributions = "/apis/cloudfront-operator.dev/v1alpha1/namespaces/web/distributions";
        assert_eq!(
            label(&Method::POST, distributions),
            "create distributions web #0"
        );
        let watch = "/apis/cloudfront-operator.dev/v1alpha1/distributions?allowWatchBookmarks=true&watch=true";
        assert_eq!(label(&Method::GET, watch), "watch distributions  #0");
        let status =
            "/apis/cloudfront-operator.dev/v1alpha1/namespaces/web/distributions/www/status";
        assert_eq!(
            label(&Method::PATCH, status),
            "patch distributions/status web/www #0"
        );
        let secret = "/api/v1/namespaces/web/secrets/origin";
        assert_eq!(label(&Method::GET, secret), "get secrets web/origin #0");
        assert_eq!(label(&Method::GET, "/version"), "list version  #0");
    }
}
