//! The members that concern the whole site: root object, errors, restrictions, logging, web ACL.

use super::{Context, ensure, unique};
use crate::{error::ApiError, seeds::Family, xml::Element};

/// Status codes of an origin that a custom error response can be for.
const ERROR_CODES: [i64; 11] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

pub(super) fn check(context: &Context<'_>, config: &Element) -> Result<(), ApiError> {
    root_object(config.text_of("DefaultRootObject"))?;
    errors(config)?;
    geography(config)?;
    logging(config)?;
    for (member, family, code) in [
        ("WebACLId", Family::WebAcl, "InvalidWebACLId"),
        (
            "ContinuousDeploymentPolicyId",
            Family::ContinuousDeploymentPolicy,
            "NoSuchContinuousDeploymentPolicy",
        ),
        ("AnycastIpListId", Family::AnycastIpList, "EntityNotFound"),
    ] {
        context.known(
            family,
            config.text_of(member),
            (code, &format!("What {member} names does not exist.")),
        )?;
    }
    let function = config
        .child("ConnectionFunctionAssociation")
        .map_or("", |function| function.text_of("Id"));
    let refusal = ("EntityNotFound", "The connection function does not exist.");
    context.known(Family::ConnectionFunction, function, refusal)?;
    let store = config
        .at(&["ViewerMtlsConfig", "TrustStoreConfig"])
        .map_or("", |store| store.text_of("TrustStoreId"));
    context.known(
        Family::TrustStore,
        store,
        ("EntityNotFound", "The trust store does not exist."),
    )
}

pub(super) fn is_domain_name(name: &str) -> bool {
    let label = |label: &str| {
        let inside = label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        inside
            && !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(label)
}

fn root_object(name: &str) -> Result<(), ApiError> {
    let message = "The default root object file name is too big or contains an invalid character.";
    ensure(
        !name.starts_with('/') && name.len() <= 255,
        "InvalidDefaultRootObject",
        message,
    )
}

fn errors(config: &Element) -> Result<(), ApiError> {
    let responses = config.items_of("CustomErrorResponses");
    unique(
        responses
            .iter()
            .map(|response| response.text_of("ErrorCode").to_owned()),
        "custom error response",
    )?;
    responses.iter().try_for_each(error)
}

fn error(response: &Element) -> Result<(), ApiError> {
    let code = response.number("ErrorCode").unwrap_or(0);
    let message = format!("An invalid error code was specified: {code}.");
    ensure(ERROR_CODES.contains(&code), "InvalidErrorCode", &message)?;
    let (page, answer) = (
        response.text_of("ResponsePagePath"),
        response.text_of("ResponseCode"),
    );
    let message = "ResponsePagePath and ResponseCode must be given together.";
    ensure(
        page.is_empty() == answer.is_empty(),
        "InvalidArgument",
        message,
    )?;
    if answer.is_empty() {
        return Ok(());
    }
    let known = answer == "200" || answer.parse().is_ok_and(|code| ERROR_CODES.contains(&code));
    ensure(
        known,
        "InvalidResponseCode",
        &format!("A response code is not valid: {answer}."),
    )?;
    let message =
        "The relative path is too big, is not URL-encoded, or does not begin with a slash (/).";
    ensure(
        page.starts_with('/') && page.len() <= 4096,
        "InvalidRelativePath",
        message,
    )
}

fn geography(config: &Element) -> Result<(), ApiError> {
    let Some(geo) = config.at(&["Restrictions", "GeoRestriction"]) else {
        return Ok(());
    };
    let none = geo.text_of("RestrictionType") == "none";
    let message = "The specified geo restriction parameter is not valid: locations go with a blacklist or a whitelist.";
    ensure(
        none == geo.items().is_empty(),
        "InvalidGeoRestrictionParameter",
        message,
    )?;
    let country =
        |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let all = geo.items().iter().all(|location| country(&location.text));
    ensure(
        all,
        "InvalidLocationCode",
        "The location code specified is not valid: use ISO 3166-1-alpha-2 codes.",
    )
}

fn logging(config: &Element) -> Result<(), ApiError> {
    let complete = config
        .child("Logging")
        .is_none_or(|l| !l.is_true("Enabled") || !l.text_of("Bucket").is_empty());
    ensure(
        complete,
        "InvalidArgument",
        "The parameter Logging Bucket is required when logging is enabled.",
    )
}
