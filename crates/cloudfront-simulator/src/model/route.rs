//! Finds the operation of a request.

use std::{borrow::Cow, collections::BTreeMap};

use percent_encoding::percent_decode_str;

use super::types::{Address, Model, Operation};

/// The operation that a request addresses.
pub(crate) enum Route<'a> {
    Operation {
        name: &'a str,
        operation: &'a Operation,
        /// The decoded path parameters.
        path: BTreeMap<String, String>,
    },
    /// An operation of the model that the simulator does not implement.
    NotSimulated(&'a str),
    Unknown,
}

impl Model {
    /// Finds the operation. `query` contains decoded pairs.
    pub(crate) fn route(&self, method: &str, path: &str, query: &[(String, String)]) -> Route<'_> {
        // Several operations can share a path and differ in the query. A pattern with a query takes precedence.
        let found = self
            .operations
            .iter()
            .filter_map(|(name, operation)| {
                Some((
                    name,
                    operation,
                    match_address(&operation.address, method, path, query)?,
                ))
            })
            .max_by_key(|(_, operation, _)| operation.address.path.contains('?'));
        if let Some((name, operation, path)) = found {
            return Route::Operation {
                name,
                operation,
                path,
            };
        }
        self.not_simulated
            .iter()
            .find(|(_, address)| match_address(address, method, path, query).is_some())
            .map_or(Route::Unknown, |(name, _)| Route::NotSimulated(name))
    }
}

/// Decodes percent-encoded text. Invalid UTF-8 becomes replacement characters, which no ID contains.
pub(crate) fn percent_decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// Returns the decoded path parameters if the request matches the address.
fn match_address(
    address: &Address,
    method: &str,
    path: &str,
    query: &[(String, String)],
) -> Option<BTreeMap<String, String>> {
    let (pattern, query_pattern) = address.path.split_once('?').unwrap_or((&address.path, ""));
    let has_parameter = |flag: &str| {
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        query.iter().any(|(n, v)| n == name && v == value)
    };
    if address.method != method
        || !query_pattern
            .split('&')
            .filter(|flag| !flag.is_empty())
            .all(has_parameter)
    {
        return None;
    }
    let (pattern_segments, segments): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), path.split('/').collect());
    if pattern_segments.len() != segments.len() {
        return None;
    }
    let mut parameters = BTreeMap::new();
    for (pattern_segment, segment) in pattern_segments.into_iter().zip(segments) {
        match pattern_segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(_) if segment.is_empty() => return None,
            Some(name) => {
                parameters.insert(name.to_owned(), percent_decode(segment).into_owned());
            }
            None if pattern_segment == segment => {}
            None => return None,
        }
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::{super::MODEL, *};

    fn operation_name(method: &str, path: &str, query: &[(&str, &str)]) -> String {
        let query: Vec<_> = query
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        match MODEL.route(method, path, &query) {
            Route::Operation { name, .. } => name.to_owned(),
            Route::NotSimulated(name) => format!("not simulated: {name}"),
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn the_query_selects_among_operations_with_the_same_path() {
        assert_eq!(
            operation_name("POST", "/2020-05-31/distribution", &[]),
            "CreateDistribution"
        );
        assert_eq!(
            operation_name("POST", "/2020-05-31/distribution", &[("WithTags", "")]),
            "CreateDistributionWithTags"
        );
        assert_eq!(
            operation_name("GET", "/2020-05-31/tagging", &[("Resource", "arn")]),
            "ListTagsForResource"
        );
        assert_eq!(
            operation_name("POST", "/2020-05-31/tagging", &[("Operation", "Untag")]),
            "UntagResource"
        );
        assert_eq!(
            operation_name("POST", "/2020-05-31/tagging", &[]),
            "unknown"
        );
    }

    #[test]
    fn the_name_of_an_operation_that_is_not_simulated_is_known() {
        assert_eq!(
            operation_name("GET", "/2020-05-31/vpc-origin", &[]),
            "not simulated: ListVpcOrigins"
        );
        assert_eq!(
            operation_name("GET", "/2016-01-13/distribution", &[]),
            "unknown"
        );
    }
}
