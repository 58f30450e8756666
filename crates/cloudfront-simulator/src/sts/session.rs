//! Temporary credentials.

use std::collections::BTreeMap;

use super::check_trust;
use crate::{
    clock::{iso, real_now},
    error::ApiError,
    sigv4::Key,
    world::World,
    xml::Element,
};

pub(super) fn with_web_identity(
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
    let result = assume(world, parameters, "AssumeRoleWithWebIdentity")?;
    Ok(result.with(Element::leaf(
        "SubjectFromWebIdentityToken",
        "system:serviceaccount:simulated",
    )))
}

/// Makes temporary credentials in the role's account.
pub(super) fn assume(
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
    let seconds = seconds(parameter("DurationSeconds"))?;
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{session}");
    let key = key(world, account, &arn, seconds);
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

fn seconds(text: &str) -> Result<i64, ApiError> {
    if text.is_empty() {
        return Ok(3600);
    }
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (900..=43_200).contains(seconds));
    seconds.ok_or_else(|| invalid("durationSeconds", text))
}

fn key(world: &mut World, account: &str, arn: &str, seconds: i64) -> Key {
    let ids = &mut world.kept.ids;
    Key {
        id: ids.temporary_key(),
        secret: ids.canonical_user()[..40].to_owned(),
        account: account.to_owned(),
        arn: arn.to_owned(),
        token: Some(format!("simulated-session-{}", ids.canonical_user())),
        expires: Some(world.now() + seconds * 1000),
    }
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
