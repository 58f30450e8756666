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

/// Runs the tests of a version, once. Returns the outcome if one fails.
///
/// A version is identified by its ETag and the time of its creation: a function that is created again has the ETags of the former one.
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
    let known = known.filter(|it| it.version == version && !subject.is_reconcile_requested());
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
    path.map(|path| format!("{path} of the output differs from the expected value."))
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
