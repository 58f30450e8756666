//! The publication of code, and the tests that must succeed before.

use serde_json::Value;

/// The publication of code.
#[derive(Clone, Debug, Default, PartialEq, Hash)]
pub struct Publication {
    /// The tests that must succeed before.
    pub tests: Vec<CodeTest>,
}

/// A run of code with an event.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct CodeTest {
    /// The name in the spec.
    pub name: String,
    /// The event.
    pub event: Value,
    /// The members that the output must have.
    pub expected: Value,
}

/// Returns the path of the first member that an output must have and that it lacks or has with another value.
pub(crate) fn first_difference(expected: &Value, output: &Value) -> Option<String> {
    let Value::Object(members) = expected else {
        return (expected != output).then(String::new);
    };
    let different = members.iter().find_map(|(name, value)| {
        let path = first_difference(value, output.get(name).unwrap_or(&Value::Null))?;
        let separator = if path.is_empty() { "" } else { "." };
        Some(format!("{name}{separator}{path}"))
    });
    different.or_else(|| (!output.is_object()).then(String::new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_member_that_differs_is_named() {
        let output = json!({ "request": { "uri": "/a", "headers": { "host": { "value": "x" } } } });
        for (expected, difference) in [
            (json!({}), None),
            (json!({ "request": { "uri": "/a" } }), None),
            (json!({ "request": { "uri": "/b" } }), Some("request.uri")),
            (
                json!({ "request": { "method": "GET" } }),
                Some("request.method"),
            ),
            (
                json!({ "request": { "headers": { "host": { "value": "y" } } } }),
                Some("request.headers.host.value"),
            ),
            (
                json!({ "response": { "statusCode": 301 } }),
                Some("response.statusCode"),
            ),
            (json!({ "response": {} }), Some("response")),
            (
                json!({ "request": { "headers": { "location": {} } } }),
                Some("request.headers.location"),
            ),
            (json!({ "request": { "headers": {} } }), None),
        ] {
            assert_eq!(
                first_difference(&expected, &output).as_deref(),
                difference,
                "{expected}"
            );
        }
        assert_eq!(
            first_difference(&json!([1]), &json!([1, 2])).as_deref(),
            Some("")
        );
    }
}
