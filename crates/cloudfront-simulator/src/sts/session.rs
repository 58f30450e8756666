//! Temporary credentials.

use std::collections::BTreeMap;

use crate::{
    clock::{Millis, format_iso8601},
    error::ApiError,
    service::Service,
    sigv4::AccessKey,
    xml::Element,
};

pub(super) fn assume_role(
    service: &mut Service,
    parameters: &BTreeMap<String, String>,
    caller_arn: &str,
) -> Result<Element, ApiError> {
    check_trust(service, parameters, caller_arn)?;
    create_session(service, parameters, "AssumeRole")
}

pub(super) fn assume_role_with_web_identity(
    service: &mut Service,
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
    check_trust(service, parameters, "web identity")?;
    let result = create_session(service, parameters, "AssumeRoleWithWebIdentity")?;
    Ok(result.with(Element::leaf(
        "SubjectFromWebIdentityToken",
        "system:serviceaccount:simulated",
    )))
}

/// Rejects a caller that the role does not trust.
fn check_trust(
    service: &Service,
    parameters: &BTreeMap<String, String>,
    caller: &str,
) -> Result<(), ApiError> {
    let arn = parameters.get("RoleArn").map_or("", String::as_str);
    let is_trusted = service.state.roles.get(arn).is_none_or(|trust| {
        !trust.denied
            && trust
                .external_id
                .as_ref()
                .is_none_or(|id| parameters.get("ExternalId") == Some(id))
    });
    if is_trusted {
        return Ok(());
    }
    let message =
        format!("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}");
    Err(ApiError::with_status(403, "AccessDenied", message))
}

/// Creates temporary credentials in the account of the role.
fn create_session(
    service: &mut Service,
    parameters: &BTreeMap<String, String>,
    action: &str,
) -> Result<Element, ApiError> {
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    let (role_arn, session) = (parameter("RoleArn"), parameter("RoleSessionName"));
    let (account, role) =
        parse_role_arn(role_arn).ok_or_else(|| invalid_parameter("roleArn", role_arn))?;
    if !(2..=64).contains(&session.len()) {
        return Err(invalid_parameter("roleSessionName", session));
    }
    let seconds = parse_duration_seconds(parameter("DurationSeconds"))?;
    let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{session}");
    let key = create_access_key(service, account, &arn, seconds);
    let user = Element::new("AssumedRoleUser")
        .with(Element::leaf(
            "AssumedRoleId",
            format!("AROASIMULATOR:{session}"),
        ))
        .with(Element::leaf("Arn", arn));
    let expires = service.state.clock.real_time() + seconds * 1000;
    let result = Element::new(&format!("{action}Result"))
        .with(render_credentials(&key, expires))
        .with(user);
    service.account_mut(account);
    service.state.keyring.add(key);
    service.is_dirty = true;
    Ok(result)
}

fn parse_duration_seconds(text: &str) -> Result<i64, ApiError> {
    if text.is_empty() {
        return Ok(3600);
    }
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (900..=43_200).contains(seconds));
    seconds.ok_or_else(|| invalid_parameter("durationSeconds", text))
}

fn create_access_key(service: &mut Service, account: &str, arn: &str, seconds: i64) -> AccessKey {
    let has_version_1_token = service.settings.version_1_tokens;
    let ids = &mut service.state.ids;
    AccessKey {
        id: ids.next_temporary_access_key(),
        secret: ids.next_canonical_user_id()[..40].to_owned(),
        account: account.to_owned(),
        arn: arn.to_owned(),
        token: Some(format!(
            "simulated-session-{}",
            ids.next_canonical_user_id()
        )),
        expires: Some(service.now() + seconds * 1000),
        has_version_1_token,
    }
}

/// Renders the credentials. `Expiration` is in real time, because clients compare it with their own clock.
fn render_credentials(key: &AccessKey, expires: Millis) -> Element {
    Element::new("Credentials")
        .with(Element::leaf("AccessKeyId", &key.id))
        .with(Element::leaf("SecretAccessKey", &key.secret))
        .with(Element::leaf(
            "SessionToken",
            key.token.as_deref().unwrap_or_default(),
        ))
        .with(Element::leaf("Expiration", format_iso8601(expires)))
}

/// Returns the account and the name of `arn:aws:iam::ACCOUNT:role/NAME`.
fn parse_role_arn(arn: &str) -> Option<(&str, &str)> {
    let (account, role) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let name = role.rsplit('/').next().filter(|name| !name.is_empty())?;
    is_account.then_some((account, name))
}

fn invalid_parameter(name: &str, value: &str) -> ApiError {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint"
    );
    ApiError::new("ValidationError", message)
}
