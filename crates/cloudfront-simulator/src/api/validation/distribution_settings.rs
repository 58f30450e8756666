//! Distribution settings: default root object, custom error responses, restrictions, logging and web ACL.

use super::{
    context::ValidationContext,
    rules::{ensure, ensure_unique},
};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

/// The status codes of an origin that a custom error response can replace.
const ERROR_CODES: [i64; 11] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

pub(super) fn check(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    check_root_object(config.text_of("DefaultRootObject"))?;
    check_error_responses(config)?;
    check_geo_restriction(config)?;
    check_logging(config)?;
    check_references(context, config)
}

fn check_references(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    for (member, resource_type, code) in [
        ("WebACLId", ResourceType::WebAcl, "InvalidWebACLId"),
        (
            "ContinuousDeploymentPolicyId",
            ResourceType::ContinuousDeploymentPolicy,
            "NoSuchContinuousDeploymentPolicy",
        ),
        (
            "AnycastIpListId",
            ResourceType::AnycastIpList,
            "EntityNotFound",
        ),
    ] {
        context.check_reference(
            resource_type,
            config.text_of(member),
            (code, &format!("What {member} names does not exist.")),
        )?;
    }
    let function = config
        .child("ConnectionFunctionAssociation")
        .map_or("", |function| function.text_of("Id"));
    let error = ("EntityNotFound", "The connection function does not exist.");
    context.check_reference(ResourceType::ConnectionFunction, function, error)?;
    let store = config
        .descendant(&["ViewerMtlsConfig", "TrustStoreConfig"])
        .map_or("", |store| store.text_of("TrustStoreId"));
    context.check_reference(
        ResourceType::TrustStore,
        store,
        ("EntityNotFound", "The trust store does not exist."),
    )
}

fn check_root_object(name: &str) -> Result<(), ApiError> {
    let message = "The default root object file name is too big or contains an invalid character.";
    ensure(
        !name.starts_with('/') && name.len() <= 255,
        "InvalidDefaultRootObject",
        message,
    )
}

fn check_error_responses(config: &Element) -> Result<(), ApiError> {
    let responses = config.items_of("CustomErrorResponses");
    ensure_unique(
        responses
            .iter()
            .map(|response| response.text_of("ErrorCode").to_owned()),
        "custom error response",
    )?;
    responses.iter().try_for_each(check_error_response)
}

fn check_error_response(response: &Element) -> Result<(), ApiError> {
    let code = response.number("ErrorCode").unwrap_or(0);
    let message = format!("An invalid error code was specified: {code}.");
    ensure(ERROR_CODES.contains(&code), "InvalidErrorCode", &message)?;
    let (page_path, response_code) = (
        response.text_of("ResponsePagePath"),
        response.text_of("ResponseCode"),
    );
    let message = "ResponsePagePath and ResponseCode must be given together.";
    ensure(
        page_path.is_empty() == response_code.is_empty(),
        "InvalidArgument",
        message,
    )?;
    if response_code.is_empty() {
        return Ok(());
    }
    let is_known = response_code == "200"
        || response_code
            .parse()
            .is_ok_and(|code| ERROR_CODES.contains(&code));
    ensure(
        is_known,
        "InvalidResponseCode",
        &format!("A response code is not valid: {response_code}."),
    )?;
    let message =
        "The relative path is too big, is not URL-encoded, or does not begin with a slash (/).";
    ensure(
        page_path.starts_with('/') && page_path.len() <= 4096,
        "InvalidRelativePath",
        message,
    )
}

fn check_geo_restriction(config: &Element) -> Result<(), ApiError> {
    let Some(geo) = config.descendant(&["Restrictions", "GeoRestriction"]) else {
        return Ok(());
    };
    let is_unrestricted = geo.text_of("RestrictionType") == "none";
    let message = "The specified geo restriction parameter is not valid: locations go with a blacklist or a whitelist.";
    ensure(
        is_unrestricted == geo.items().is_empty(),
        "InvalidGeoRestrictionParameter",
        message,
    )?;
    let is_country =
        |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    ensure(
        geo.items()
            .iter()
            .all(|location| is_country(&location.text)),
        "InvalidLocationCode",
        "The location code specified is not valid: use ISO 3166-1-alpha-2 codes.",
    )
}

fn check_logging(config: &Element) -> Result<(), ApiError> {
    let is_complete = config
        .child("Logging")
        .is_none_or(|l| !l.is_true("Enabled") || !l.text_of("Bucket").is_empty());
    ensure(
        is_complete,
        "InvalidArgument",
        "The parameter Logging Bucket is required when logging is enabled.",
    )
}
