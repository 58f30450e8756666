//! Tests of functions. The control port sets their results.

use serde_json::Value;

use super::{Family, render::Renderer, stages};
use crate::{
    api::{
        preconditions::check_if_match,
        request::{ApiRequest, ApiResult},
    },
    error::ApiError,
    schema,
    service::Service,
    switches::Switch,
    xml::Element,
};

/// Tests the version in a stage.
pub(super) fn execute(
    service: &Service,
    request: &ApiRequest<'_>,
    family: &'static Family,
    body: &Element,
) -> Result<ApiResult, ApiError> {
    let (view, stage) = stages::find(service, request, family, body.text_of("Stage"))?;
    check_if_match(request.if_match.as_deref(), view).map_err(|error| {
        if service
            .state
            .switches
            .is_on(Switch::OutdatedTestIsInvalidIfMatch)
        {
            ApiError::new("InvalidIfMatchVersion", error.message)
        } else {
            error
        }
    })?;
    let event = schema::decode_blob(body.text_of("EventObject")).unwrap_or_default();
    let event: Value = serde_json::from_slice(&event)
        .map_err(|_| ApiError::invalid_argument("The event object is not valid JSON."))?;
    let code = schema::decode_blob(view.version.config.text_of("FunctionCode"));
    let code = code.unwrap_or_default();
    let tests = service.state.function_tests.iter().rev();
    let mut matching = tests.filter(|test| test.matches(request.id(), stage.name(), &event, &code));
    let test = matching.next().cloned().unwrap_or_default();
    if let Some(message) = test.failure {
        return Err(ApiError::new("TestFunctionFailed", message));
    }
    let logs = test.logs.iter().map(|line| Element::leaf("member", line));
    let logs = Element {
        children: logs.collect(),
        ..Element::new("FunctionExecutionLogs")
    };
    let renderer = Renderer::new(service, request, family, view).in_stage(Some(stage));
    let result = Element::new("TestResult")
        .with(renderer.render("FunctionSummary"))
        .with(Element::leaf(
            "ComputeUtilization",
            test.compute_utilization.to_string(),
        ))
        .with(logs)
        .with(Element::leaf(
            "FunctionErrorMessage",
            test.error.as_deref().unwrap_or_default(),
        ))
        .with(Element::leaf("FunctionOutput", test.output_for(&event)));
    Ok(ApiResult::with_body(result))
}
