//! The tests of code, which must succeed before it is published.

use crate::{
    engine::{
        api::{
            hash_of,
            outcome::Outcome,
            publication::{CodeTest, first_difference},
            reason::Reason,
        },
        object_state::{ObjectState, TestedCode},
        reconcile::{applied::ApplyError, reconciliation::Reconciliation},
        remote::resource::{Remote, incomplete_response},
    },
    xml::Element,
};
use tokio::time::Instant;

/// Runs the tests of a version, once. Returns the outcome if one fails.
///
/// A version is identified by its ETag and the time of its creation: a function that is created again has the ETags of the former one.
/// A failed test runs again after a resync period, since its result can depend on a key-value store.
pub(super) async fn failed_test(
    rec: &Reconciliation<'_>,
    remote: &Remote,
    state: &mut ObjectState,
) -> Result<Option<Outcome>, ApplyError> {
    let subject = &rec.subject;
    let Some(publication) = subject.object.typed.publication() else {
        return Ok(None);
    };
    let created = remote.document.text_of("CreatedTime");
    let version = hash_of(&(&remote.etag, created, &publication));
    let known = state.tested.as_deref();
    let period = rec.context.shared.config.resync_period;
    let known = known.filter(|it| it.is_of(version, period) && !subject.is_reconcile_requested());
    if let Some(tested) = known {
        return Ok(tested.failure.as_deref().map(stalled));
    }
    let mut failure = None;
    for test in &publication.tests {
        failure = run(rec, remote, test).await?;
        if failure.is_some() {
            break;
        }
    }
    state.tested = Some(Box::new(TestedCode {
        version,
        failure: failure.clone(),
        tested_at: Instant::now(),
    }));
    Ok(failure.as_deref().map(stalled))
}

/// Runs a test. Returns why it fails, without the output, which may be confidential.
async fn run(
    rec: &Reconciliation<'_>,
    remote: &Remote,
    test: &CodeTest,
) -> Result<Option<String>, ApplyError> {
    let (api, event) = (rec.subject.api(), test.event.to_string());
    let request = api.code_requests().test(&remote.id, &remote.etag, &event);
    let request = request.priority(rec.subject.read_priority());
    let problem = match rec.cloudfront.send(&request).await {
        Err(error) if error.code() == Some("TestFunctionFailed") => Some(ended_with_error()),
        Err(error) => return Err(error.into()),
        Ok(response) => {
            let result = response.document.filter(|it| it.name() == "TestResult");
            problem(test, &result.ok_or_else(|| incomplete_response(&request))?)
        }
    };
    Ok(problem.map(|problem| format!("Test \"{}\" failed: {problem}", test.name)))
}

/// Returns what is wrong with the result of a test.
fn problem(test: &CodeTest, result: &Element) -> Option<String> {
    let error = result.text_of("FunctionErrorMessage").unwrap_or_default();
    if !error.is_empty() {
        return Some(ended_with_error());
    }
    let output = result.text_of("FunctionOutput").unwrap_or_default();
    let output = serde_json::from_str(output).unwrap_or_default();
    let path = first_difference(&test.expected, &output);
    path.map(|path| match path.as_str() {
        "" => "the output differs from the expected value.".into(),
        path => format!("{path} of the output differs from the expected value."),
    })
}

fn ended_with_error() -> String {
    "the code ended with an error, which aws cloudfront test-function prints.".into()
}

fn stalled(failure: &str) -> Outcome {
    Outcome::Stalled {
        reason: Reason::TestsFailed,
        code: None,
        message: format!(
            "{failure} This version of the code is not published. Correct the code or the test."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn a_failure_counts_for_a_period_and_a_success_until_the_version_changes() {
        for (failure, period, counts) in [
            (None, Duration::ZERO, true),
            (Some("it failed".to_owned()), Duration::ZERO, false),
            (Some("it failed".to_owned()), Duration::MAX, true),
        ] {
            let tested = TestedCode {
                version: 1,
                failure,
                tested_at: Instant::now(),
            };
            assert_eq!(tested.is_of(1, period), counts, "{tested:?} {period:?}");
            assert!(!tested.is_of(2, period), "another version");
        }
    }

    #[test]
    fn an_output_that_is_no_object_fails_each_test() {
        let test = CodeTest {
            name: "any".into(),
            event: json!({}),
            expected: json!({}),
        };
        let result = |output: &str| {
            let output = Element::leaf("FunctionOutput", output);
            problem(&test, &Element::new("TestResult").with(output))
        };
        assert_eq!(result("{}"), None);
        let problem = result("undefined");
        assert_eq!(
            problem.as_deref(),
            Some("the output differs from the expected value.")
        );
    }
}
