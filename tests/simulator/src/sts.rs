//! The three calls of the Security Token Service that clients of `CloudFront` make for credentials.
//!
//! Wire form: the query protocol of STS, version 2011-06-15, as botocore's `sts` model has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    clock::{iso, real_now},
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
            session(world, &parameters, "AssumeRole")?
        }
        ("AssumeRoleWithWebIdentity", _) => with_web_identity(world, &parameters)?,
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

fn with_web_identity(
    world: &mut World,
    parameters: &BTreeMap<String, String>,
) -> Result<Element, ApiError> {
    let token = parameters
        .get("WebIdentityToken")
        .map_or("", |token| token.trim());
    if token.is_empty() {
        return Err(ApiError::new(
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT.",
        ));
    }
    check_trust(world, parameters, "web identity")?;
    let result = session(world, parameters, "AssumeRoleWithWebIdentity")?;
    Ok(result.with(Element::leaf(
        "SubjectFromWebIdentityToken",
        "system:serviceaccount:simulated",
    )))
}

/// Makes temporary credentials in the role's account.
fn session(
    world: &mut World,
    parameters: &BTreeMap<String, String>,
    action: &str,
) -> Result<Element, ApiError> {
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    let (role_arn, session) = (parameter("RoleArn"), parameter("RoleSessionName"));
    let (account, role) = parse_role(role_arn).ok_or_else(|| invalid("roleArn", role_arn))?;
    if !(2..=64).contains(&session.len()) {
        return Err(invalid("roleSessionName", session));
    }
    let seconds = match parameter("DurationSeconds") {
        "" => 3600,
        text => text
            .parse()
            .ok()
            .filter(|s| (900..=43_200).contains(s))
            .ok_or_else(|| invalid("durationSeconds", text))?,
    };
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{session}");
    let key = Key {
        id: world.kept.ids.temporary_key(),
        secret: world.kept.ids.canonical_user()[..40].to_owned(),
        account: account.to_owned(),
        arn: arn.clone(),
        token: Some(format!(
            "simulated-session-{}",
            world.kept.ids.canonical_user()
        )),
        expires: Some(world.now() + seconds * 1000),
    };
    let user = Element::new("AssumedRoleUser")
        .with(Element::leaf(
            "AssumedRoleId",
            format!("AROASIMULATOR:{session}"),
        ))
        .with(Element::leaf("Arn", arn));
    let result = Element::new(&format!("{action}Result"))
        .with(credentials(&key, seconds))
        .with(user);
    world.account_mut(account);
    world.kept.keyring.add(key);
    world.dirty = true;
    Ok(result)
}

/// Clients compare the expiration with their own clock, which the simulation's advances do not move.
fn credentials(key: &Key, seconds: i64) -> Element {
    Element::new("Credentials")
        .with(Element::leaf("AccessKeyId", &key.id))
        .with(Element::leaf("SecretAccessKey", &key.secret))
        .with(Element::leaf(
            "SessionToken",
            key.token.as_deref().unwrap_or_default(),
        ))
        .with(Element::leaf(
            "Expiration",
            iso(real_now() + seconds * 1000),
        ))
}

/// The account and the name of `arn:aws:iam::ACCOUNT:role/NAME`.
fn parse_role(arn: &str) -> Option<(&str, &str)> {
    let (account, role) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let name = role.rsplit('/').next().filter(|name| !name.is_empty())?;
    is_account.then_some((account, name))
}

fn invalid(name: &str, value: &str) -> ApiError {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint"
    );
    ApiError::new("ValidationError", message)
}
