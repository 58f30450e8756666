//! The parts of a path of the Kubernetes API, and the verb of a request.

use http::Method;

/// The parts of the path of an object, or of a collection of objects.
pub(crate) struct RequestPath<'a> {
    /// Empty for the built-in types.
    pub(crate) group: &'a str,
    pub(crate) version: &'a str,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) plural: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) subresource: Option<&'a str>,
}

impl<'a> RequestPath<'a> {
    /// Returns the parts of a path, or `None` for another path, such as `/version`.
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (group, version, rest) = match segments[..] {
            ["api", version, ref rest @ ..] => ("", version, rest),
            ["apis", group, version, ref rest @ ..] => (group, version, rest),
            _ => return None,
        };
        let (namespace, rest) = match *rest {
            ["namespaces", namespace, ref rest @ ..] if !rest.is_empty() => (Some(namespace), rest),
            ref rest => (None, rest),
        };
        let (plural, name, subresource) = match *rest {
            [plural] => (plural, None, None),
            [plural, name] => (plural, Some(name), None),
            [plural, name, subresource] => (plural, Some(name), Some(subresource)),
            _ => return None,
        };
        Some(Self {
            group,
            version,
            namespace,
            plural,
            name,
            subresource,
        })
    }
}

/// Returns the verb of a request for one object (`is_named`) or for a collection, or `None` if the API has no such request.
pub(crate) fn verb(method: &Method, is_named: bool, is_watch: bool) -> Option<&'static str> {
    Some(match (method.as_str(), is_named) {
        ("GET", true) => "get",
        ("GET", false) if is_watch => "watch",
        ("GET", false) => "list",
        ("POST", false) => "create",
        ("PUT", true) => "update",
        ("PATCH", true) => "patch",
        ("DELETE", true) => "delete",
        _ => return None,
    })
}

/// Whether the value of the query parameter `watch` asks for a watch.
pub(crate) fn is_watch(value: Option<&str>) -> bool {
    matches!(value, Some("true" | "1"))
}
