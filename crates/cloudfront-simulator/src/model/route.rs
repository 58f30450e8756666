//! From a method and a path to an operation.

use std::{borrow::Cow, collections::BTreeMap};

use percent_encoding::percent_decode_str;

use super::{Address, Model, Operation};

/// What a request is addressed to.
pub(crate) enum Target<'a> {
    Operation {
        name: &'a str,
        operation: &'a Operation,
        path: BTreeMap<String, String>,
    },
    /// An operation of the model that the simulator does not answer.
    NotSimulated(&'a str),
    Unknown,
}

impl Model {
    /// Finds the operation; `query` holds decoded pairs.
    pub(crate) fn route(&self, method: &str, path: &str, query: &[(String, String)]) -> Target<'_> {
        // `GET /tagging` and `POST /tagging?Operation=Tag` differ by the query, so the longest match wins.
        let found = self
            .operations
            .iter()
            .filter_map(|(name, operation)| {
                Some((
                    name,
                    operation,
                    matches(&operation.address, method, path, query)?,
                ))
            })
            .max_by_key(|(_, operation, _)| operation.address.path.contains('?'));
        if let Some((name, operation, path)) = found {
            return Target::Operation {
                name,
                operation,
                path,
            };
        }
        self.not_simulated
            .iter()
            .find(|(_, address)| matches(address, method, path, query).is_some())
            .map_or(Target::Unknown, |(name, _)| Target::NotSimulated(name))
    }
}

/// Percent-decoding; bytes that are not UTF-8 become replacement characters, which no id contains.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// The path parameters, if the request matches.
fn matches(
    address: &Address,
    method: &str,
    path: &str,
    query: &[(String, String)],
) -> Option<BTreeMap<String, String>> {
    let (pattern, flags) = address.path.split_once('?').unwrap_or((&address.path, ""));
    let has_flag = |flag: &str| {
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        query.iter().any(|(n, v)| n == name && v == value)
    };
    if address.method != method
        || !flags
            .split('&')
            .filter(|flag| !flag.is_empty())
            .all(has_flag)
    {
        return None;
    }
    let (wanted, given): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut parameters = BTreeMap::new();
    for (wanted, given) in wanted.into_iter().zip(given) {
        match wanted
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(_) if given.is_empty() => return None,
            Some(name) => drop(parameters.insert(name.to_owned(), decode(given).into_owned())),
            None if wanted == given => {}
            None => return None,
        }
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::super::MODEL;
    use super::*;

    fn name(method: &str, path: &str, query: &[(&str, &str)]) -> String {
        let query: Vec<_> = query
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        match MODEL.route(method, path, &query) {
            Target::Operation { name, .. } => name.to_owned(),
            Target::NotSimulated(name) => format!("not simulated: {name}"),
            Target::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn the_query_tells_operations_of_one_path_apart() {
        assert_eq!(
            name("POST", "/2020-05-31/distribution", &[]),
            "CreateDistribution"
        );
        assert_eq!(
            name("POST", "/2020-05-31/distribution", &[("WithTags", "")]),
            "CreateDistributionWithTags"
        );
        assert_eq!(
            name("GET", "/2020-05-31/tagging", &[("Resource", "arn")]),
            "ListTagsForResource"
        );
        assert_eq!(
            name("POST", "/2020-05-31/tagging", &[("Operation", "Untag")]),
            "UntagResource"
        );
        assert_eq!(name("POST", "/2020-05-31/tagging", &[]), "unknown");
    }

    #[test]
    fn operations_that_are_not_simulated_are_known_by_name() {
        assert_eq!(
            name("GET", "/2020-05-31/cache-policy", &[]),
            "not simulated: ListCachePolicies"
        );
        assert_eq!(name("GET", "/2016-01-13/distribution", &[]), "unknown");
    }
}
