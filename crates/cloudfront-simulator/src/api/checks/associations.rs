//! Functions that run at a cache behavior's events.

use super::{Context, ensure, unique};
use crate::{error::ApiError, seeds::Family, xml::Element};

pub(super) fn check(context: &Context<'_>, behavior: &Element) -> Result<(), ApiError> {
    let functions = behavior.items_of("FunctionAssociations");
    let lambdas = behavior.items_of("LambdaFunctionAssociations");
    context.within("TooManyFunctionAssociations", functions.len())?;
    context.within("TooManyLambdaFunctionAssociations", lambdas.len())?;
    let all = functions.iter().chain(lambdas);
    unique(
        all.map(|one| one.text_of("EventType").to_owned()),
        "event type of a cache behavior",
    )?;
    functions
        .iter()
        .try_for_each(|function| check_function(context, function))?;
    lambdas
        .iter()
        .try_for_each(|lambda| check_lambda(context, lambda))
}

fn check_function(context: &Context<'_>, function: &Element) -> Result<(), ApiError> {
    let code = "InvalidFunctionAssociation";
    let viewer = function.text_of("EventType").starts_with("viewer-");
    ensure(
        viewer,
        code,
        "A CloudFront function runs on viewer-request and viewer-response only.",
    )?;
    let message = "The CloudFront function association is not valid: there is no such function.";
    context.known(
        Family::Function,
        function.text_of("FunctionARN"),
        (code, message),
    )
}

fn check_lambda(context: &Context<'_>, lambda: &Element) -> Result<(), ApiError> {
    let code = "InvalidLambdaFunctionAssociation";
    let arn = lambda.text_of("LambdaFunctionARN");
    let is_version =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let versioned = arn.rsplit(':').next().is_some_and(is_version);
    ensure(
        versioned,
        code,
        "The function ARN must reference a specific function version.",
    )?;
    let message =
        "The specified Lambda function association is not valid: there is no such function.";
    context.known(Family::LambdaFunction, arn, (code, message))
}
