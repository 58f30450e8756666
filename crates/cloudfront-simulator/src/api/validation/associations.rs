//! Function associations of a cache behavior.

use super::{
    context::ValidationContext,
    rules::{ensure, ensure_unique},
};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

pub(super) fn check(context: &ValidationContext<'_>, behavior: &Element) -> Result<(), ApiError> {
    let functions = behavior.items_of("FunctionAssociations");
    let lambdas = behavior.items_of("LambdaFunctionAssociations");
    context.check_quota("TooManyFunctionAssociations", functions.len())?;
    context.check_quota("TooManyLambdaFunctionAssociations", lambdas.len())?;
    let all = functions.iter().chain(lambdas);
    ensure_unique(
        all.map(|association| association.text_of("EventType").to_owned()),
        "event type of a cache behavior",
    )?;
    check_combination(behavior, functions, lambdas)?;
    functions
        .iter()
        .try_for_each(|function| check_function(context, function))?;
    lambdas
        .iter()
        .try_for_each(|lambda| check_lambda(context, lambda))
}

fn is_viewer_event(association: &Element) -> bool {
    association.text_of("EventType").starts_with("viewer-")
}

/// Rejects functions of both kinds in viewer events, and functions with Smooth Streaming (developer guide,
/// "Restrictions on all edge functions").
fn check_combination(
    behavior: &Element,
    functions: &[Element],
    lambdas: &[Element],
) -> Result<(), ApiError> {
    let are_mixed = functions.iter().any(is_viewer_event) && lambdas.iter().any(is_viewer_event);
    let message = "CloudFront Functions and Lambda@Edge cannot be combined in viewer events of a cache behavior.";
    ensure(!are_mixed, "InvalidArgument", message)?;
    let has_functions = !functions.is_empty() || !lambdas.is_empty();
    let message = "Edge functions cannot be used in a cache behavior with Smooth Streaming.";
    ensure(
        !(has_functions && behavior.is_true("SmoothStreaming")),
        "InvalidArgument",
        message,
    )
}

fn check_function(context: &ValidationContext<'_>, function: &Element) -> Result<(), ApiError> {
    let code = "InvalidFunctionAssociation";
    ensure(
        is_viewer_event(function),
        code,
        "A CloudFront function runs on viewer-request and viewer-response only.",
    )?;
    let message = "The CloudFront function association is not valid: there is no such function.";
    context.check_reference(
        ResourceType::Function,
        function.text_of("FunctionARN"),
        (code, message),
    )
}

fn check_lambda(context: &ValidationContext<'_>, lambda: &Element) -> Result<(), ApiError> {
    let code = "InvalidLambdaFunctionAssociation";
    let arn = lambda.text_of("LambdaFunctionARN");
    let is_version =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_version = arn.rsplit(':').next().is_some_and(is_version);
    ensure(
        has_version,
        code,
        "The function ARN must reference a specific function version.",
    )?;
    let is_in_region = arn.split(':').nth(3) == Some("us-east-1");
    let message = "The function must be in region us-east-1.";
    ensure(is_in_region, code, message)?;
    let has_request_body = lambda.text_of("EventType").ends_with("-request");
    let message = "IncludeBody is for viewer-request and origin-request only.";
    ensure(
        has_request_body || !lambda.is_true("IncludeBody"),
        code,
        message,
    )?;
    let message =
        "The specified Lambda function association is not valid: there is no such function.";
    context.check_reference(ResourceType::LambdaFunction, arn, (code, message))
}
