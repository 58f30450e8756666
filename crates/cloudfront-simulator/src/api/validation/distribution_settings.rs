//! Distribution settings: default root object, web ACL, and references to other resources.

use super::{context::ValidationContext, rules::ensure};
use crate::{error::ApiError, seeds::ResourceType, xml::Element};

/// The characters of a default root object other than letters and digits (developer guide, "Distribution settings").
const ROOT_OBJECT_CHARACTERS: &str = r#"_-.*$/~"'&"#;
const GLOBAL_WEB_ACL: &str = "arn:aws:wafv2:us-east-1:";

pub(super) fn check(context: &ValidationContext<'_>, config: &Element) -> Result<(), ApiError> {
    check_root_object(config.text_of("DefaultRootObject"))?;
    check_web_acl(config.text_of("WebACLId"))?;
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
    context.check_reference(ResourceType::ConnectionFunction, function, error)
}

fn check_root_object(name: &str) -> Result<(), ApiError> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ROOT_OBJECT_CHARACTERS.contains(c);
    let is_valid = !name.starts_with('/') && name.len() <= 255 && name.chars().all(is_allowed);
    let message = "The default root object file name is too big or contains an invalid character.";
    ensure(is_valid, "InvalidDefaultRootObject", message)
}

/// Rejects the ARN of anything but a global web ACL of AWS WAF. An ID names a web ACL of AWS WAF Classic.
fn check_web_acl(id: &str) -> Result<(), ApiError> {
    let is_global = id.starts_with(GLOBAL_WEB_ACL) && id.contains(":global/webacl/");
    let message =
        "A web ACL ID specified is not valid: use the ARN of a global web ACL in us-east-1.";
    ensure(
        is_global || !id.starts_with("arn:"),
        "InvalidWebACLId",
        message,
    )
}
