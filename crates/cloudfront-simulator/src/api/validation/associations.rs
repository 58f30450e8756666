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
    functions
        .iter()
        .try_for_each(|function| check_function(context, function))?;
    lambdas
        .iter()
        .try_for_each(|lambda| check_lambda(context, lambda))
}

fn check_function(context: &ValidationContext<'_>, function: &Element) -> Result<(), ApiError> {
    let code = "InvalidFunctionAssociation";
    let is_viewer_event = function.text_of("EventType").starts_with("viewer-");
    ensure(
        is_viewer_event,
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
    let message =
        "The specified Lambda function association is not valid: there is no such function.";
    context.check_reference(ResourceType::LambdaFunction, arn, (code, message))
}
