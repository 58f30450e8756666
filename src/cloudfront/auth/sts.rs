//! Whose credentials are these? The one call of STS that we make ourselves.

use super::{AttemptError, SignedTransport, SigningScope, UnsignedRequest};
use crate::{
    cloudfront::{
        CloudFrontError, Endpoint,
        http::{RawResponse, describe, request_id},
    },
    xml::Element,
};
use bytes::Bytes;

const OPERATION: &str = "GetCallerIdentity";
const QUESTION: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// Whose credentials these are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account's id: twelve digits.
    pub account: String,
    /// The user or the assumed role. Empty where STS does not say.
    pub arn: String,
}

/// Whose credentials these are.
pub(in crate::cloudfront) async fn caller_identity(
    wire: &SignedTransport,
    region: &str,
    allow_plain_http: bool,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<CallerIdentity, CloudFrontError> {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    let default = format!("https://sts.{region}.amazonaws.com{suffix}");
    let endpoint = Endpoint::find("STS", None, &default, allow_plain_http, environment)?;
    let result = match ask(wire, &endpoint, region).await {
        Err(failed) if failed.retry_now => ask(wire, &endpoint, region).await,
        result => result,
    };
    read(&result.map_err(|failed| failed.error)?)
}

async fn ask(
    wire: &SignedTransport,
    endpoint: &Endpoint,
    region: &str,
) -> Result<RawResponse, AttemptError> {
    let credentials = wire.credentials.get().await?;
    wire.exchange(question(endpoint, region)?, &credentials)
        .await
}

fn question<'a>(
    endpoint: &Endpoint,
    region: &'a str,
) -> Result<UnsignedRequest<'a>, CloudFrontError> {
    let request = http::Request::post(endpoint.url("/"))
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body(Bytes::from_static(QUESTION.as_bytes()));
    Ok(UnsignedRequest {
        operation: OPERATION.into(),
        write: false,
        scope: SigningScope {
            service: "sts",
            region,
        },
        request: request.map_err(|error| CloudFrontError::Configuration {
            detail: format!("AWS_REGION: {error}"),
        })?,
    })
}

fn read(reply: &RawResponse) -> Result<CallerIdentity, CloudFrontError> {
    let document = Element::parse(&reply.body).ok();
    let found = document.as_ref();
    let result = found.and_then(|document| document.child("GetCallerIdentityResult"));
    let text = |name: &str| Some(result?.text_of(name)?.trim());
    match text("Account") {
        Some(account) if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(CallerIdentity {
                account: account.to_owned(),
                arn: text("Arn").unwrap_or_default().to_owned(),
            })
        }
        _ => Err(CloudFrontError::InvalidResponse {
            operation: OPERATION.into(),
            detail: describe(reply),
            request_id: request_id(reply),
            outcome_unknown: false,
        }),
    }
}
