//! The three calls of the Security Token Service that clients of `CloudFront` make for credentials.
//!
//! Wire form: the query protocol of STS, version 2011-06-15, as botocore's `sts` model has it.

mod session;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    error::ApiError,
    server::{Received, Reply},
    sigv4::Key,
    world::World,
    xml::Element,
};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Who may assume a role. A role that is not listed may be assumed by anyone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The external id that `AssumeRole` must name.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Refuses everyone.
    #[serde(default)]
    pub denied: bool,
}

/// STS has one path; `CloudFront` has none of that name.
pub(crate) fn is_for_sts(request: &Received) -> bool {
    request.path == "/"
}

/// Whether an action is called without a signature.
pub(crate) fn is_anonymous(action: &str) -> bool {
    action == "AssumeRoleWithWebIdentity"
}

pub(crate) fn action(request: &Received) -> String {
    parameters(request)
        .remove("Action")
        .unwrap_or_else(|| "Unknown".to_owned())
}

/// Carries out a call whose signature, if it needs one, has been verified.
pub(crate) fn answer(
    world: &mut World,
    request: &Received,
    action: &str,
    access_key: Option<&str>,
    request_id: &str,
) -> Result<Reply, ApiError> {
    let parameters = parameters(request);
    let caller = access_key
        .and_then(|key| world.kept.keyring.find(key))
        .cloned();
    let result = match (action, caller) {
        ("GetCallerIdentity", Some(caller)) => identity(&caller),
        ("AssumeRole", Some(caller)) => {
            check_trust(world, &parameters, &caller.arn)?;
            session::assume(world, &parameters, "AssumeRole")?
        }
        ("AssumeRoleWithWebIdentity", _) => session::with_web_identity(world, &parameters)?,
        _ => {
            return Err(ApiError::new(
                "InvalidAction",
                format!("Could not find operation {action} for version 2011-06-15"),
            ));
        }
    };
    let metadata = Element::new("ResponseMetadata").with(Element::leaf("RequestId", request_id));
    let document = Element::new(&format!("{action}Response"))
        .with(result)
        .with(metadata)
        .to_document(NAMESPACE);
    Ok(Reply::xml(200, request_id, document))
}

fn parameters(request: &Received) -> BTreeMap<String, String> {
    let form = String::from_utf8_lossy(&request.body);
    Received::pairs(&request.query)
        .into_iter()
        .chain(Received::pairs(&form))
        .collect()
}

fn identity(caller: &Key) -> Element {
    Element::new("GetCallerIdentityResult")
        .with(Element::leaf("Arn", &caller.arn))
        .with(Element::leaf("UserId", &caller.id))
        .with(Element::leaf("Account", &caller.account))
}

fn check_trust(
    world: &World,
    parameters: &BTreeMap<String, String>,
    caller: &str,
) -> Result<(), ApiError> {
    let arn = parameters.get("RoleArn").map_or("", String::as_str);
    let trusted = world.kept.roles.get(arn).is_none_or(|role| {
        !role.denied
            && role
                .external_id
                .as_ref()
                .is_none_or(|id| parameters.get("ExternalId") == Some(id))
    });
    if trusted {
        return Ok(());
    }
    let message =
        format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}");
    Err(ApiError::with_status(403, "AccessDenied", message))
}
