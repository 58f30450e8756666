//! Results of function tests. The simulator does not execute the code of functions.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The result of the tests of a function that match. Of several that match, the one that was set last applies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionTest {
    /// The name of the function, in any account.
    pub function: String,
    /// The stage, `DEVELOPMENT` or `LIVE`. Default: both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The event. Default: every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// The code of the function. Default: every code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The output of the function, such as `{"request": {…}}`. Default, without an error: the request or response of the
    /// event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The message of an error in the function, `FunctionErrorMessage`. The response has status 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The lines that the function logs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<String>,
    /// The percentage of the allowed time that the function takes. Default: 0.
    #[serde(default)]
    pub compute_utilization: u8,
    /// The message of a test that cannot be executed: the response is `TestFunctionFailed` with status 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl FunctionTest {
    /// Whether this result applies to a test.
    pub(crate) fn matches(&self, function: &str, stage: &str, event: &Value, code: &[u8]) -> bool {
        self.function == function
            && self.stage.as_ref().is_none_or(|wanted| wanted == stage)
            && self.event.as_ref().is_none_or(|wanted| wanted == event)
            && self
                .code
                .as_ref()
                .is_none_or(|wanted| wanted.as_bytes() == code)
    }

    /// Returns the output of the function. It is empty after an error.
    pub(crate) fn output_for(&self, event: &Value) -> String {
        match &self.output {
            Some(output) => output.to_string(),
            None if self.error.is_some() => String::new(),
            None => echo(event),
        }
    }
}

/// Returns the response of an event of type `viewer-response`, and else the request.
fn echo(event: &Value) -> String {
    let is_response = event["context"]["eventType"] == "viewer-response";
    let name = if is_response { "response" } else { "request" };
    serde_json::json!({ name: event[name] }).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_applies_to_the_tests_that_have_all_its_facts() {
        let test = FunctionTest {
            function: "f".to_owned(),
            stage: Some("LIVE".to_owned()),
            event: Some(json!({ "a": 1 })),
            code: Some("c".to_owned()),
            ..FunctionTest::default()
        };
        assert!(test.matches("f", "LIVE", &json!({ "a": 1 }), b"c"));
        assert!(!test.matches("g", "LIVE", &json!({ "a": 1 }), b"c"));
        assert!(!test.matches("f", "DEVELOPMENT", &json!({ "a": 1 }), b"c"));
        assert!(!test.matches("f", "LIVE", &json!({ "a": 2 }), b"c"));
        assert!(!test.matches("f", "LIVE", &json!({ "a": 1 }), b"d"));
    }

    #[test]
    fn the_default_output_is_the_request_or_the_response_of_the_event() {
        let mut event = json!({ "request": { "uri": "/" }, "response": { "statusCode": 200 } });
        let test = FunctionTest::default();
        assert_eq!(test.output_for(&event), r#"{"request":{"uri":"/"}}"#);
        event["context"] = json!({ "eventType": "viewer-response" });
        assert_eq!(
            test.output_for(&event),
            r#"{"response":{"statusCode":200}}"#
        );
    }
}
