//! What identifies a request in a run.

use crate::api_server::{RequestPath, is_watch, verb};
use http::{Method, Uri};
use std::fmt;

/// A request to the API server, as it is named in traces and plans.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestLabel {
    /// The verb of the Kubernetes API: get, list, watch, create, update, patch or delete, or `other`.
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
        let mut watch = uri.query().unwrap_or_default().split('&');
        let is_watch = is_watch(watch.find_map(|pair| pair.strip_prefix("watch=")));
        let verb = |is_named| verb(method, is_named, is_watch).unwrap_or("other");
        let Some(path) = RequestPath::parse(uri.path()) else {
            return Self {
                verb: verb(false),
                resource: uri.path().trim_matches('/').into(),
                object: String::new(),
                ordinal: 0,
            };
        };
        let resource = [Some(path.plural), path.subresource];
        let object = [path.namespace, path.name];
        let join = |parts: [Option<&str>; 2]| {
            parts
                .iter()
                .flatten()
                .copied()
                .collect::<Vec<_>>()
                .join("/")
        };
        Self {
            verb: verb(path.name.is_some()),
            resource: join(resource),
            object: join(object),
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
