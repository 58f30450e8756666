//! The identity that the credentials belong to: the one STS request that this client makes itself.

use super::{AttemptError, SignedTransport, SigningScope, UnsignedRequest, signing::Region};
use crate::{
    cloudfront::{
        CloudFrontError, Endpoint,
        http::{RawResponse, describe, request_id},
    },
    xml::Element,
};
use bytes::Bytes;
use std::time::Duration;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

const OPERATION: &str = "GetCallerIdentity";
const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// Maximum wait for STS where its response is optional.
const STS_TIMEOUT: Duration = Duration::from_secs(5);
/// Delay before STS is asked again after a failure.
const ACCOUNT_RETRY: Duration = Duration::from_mins(10);

/// The identity that the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account id: twelve digits.
    pub account: String,
    /// The ARN of the user or the assumed role. Empty if the response has none.
    pub arn: String,
}

/// Caches the account id of the current access key.
#[derive(Default)]
pub(in crate::cloudfront) struct AccountCache(Mutex<Option<CachedAccount>>);

/// The result of the last request for an access key.
struct CachedAccount {
    access_key_id: String,
    requested_at: Instant,
    account: Option<String>,
}

impl AccountCache {
    /// Returns the account id of a key. Awaits `fetch` once for each key, and again some minutes after a failure.
    pub(in crate::cloudfront) async fn get(
        &self,
        access_key_id: &str,
        fetch: impl Future<Output = Result<String, CloudFrontError>>,
    ) -> Option<String> {
        let mut state = self.0.lock().await;
        if let Some(cached) = state
            .as_ref()
            .filter(|cached| cached.access_key_id == access_key_id)
            && (cached.account.is_some() || cached.requested_at.elapsed() < ACCOUNT_RETRY)
        {
            return cached.account.clone();
        }
        let fetched = timeout(STS_TIMEOUT, fetch).await;
        let account = fetched.ok().and_then(Result::ok);
        *state = Some(CachedAccount {
            access_key_id: access_key_id.to_owned(),
            requested_at: Instant::now(),
            account: account.clone(),
        });
        account
    }
}

/// Asks STS for the identity that the credentials belong to.
pub(in crate::cloudfront) async fn caller_identity(
    transport: &SignedTransport,
    region: &str,
    allow_insecure_http: bool,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<CallerIdentity, CloudFrontError> {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    let default = format!("https://sts.{region}.amazonaws.com{suffix}");
    let endpoint = Endpoint::find("STS", None, &default, allow_insecure_http, environment)?;
    let result = match exchange(transport, &endpoint, region).await {
        Err(attempt) if attempt.retry_now => exchange(transport, &endpoint, region).await,
        result => result,
    };
    read_identity(&result.map_err(|attempt| attempt.error)?)
}

async fn exchange(
    transport: &SignedTransport,
    endpoint: &Endpoint,
    region: &str,
) -> Result<RawResponse, AttemptError> {
    let credentials = transport.credentials.get().await?;
    transport
        .exchange(unsigned_request(endpoint, region)?, &credentials)
        .await
}

fn unsigned_request<'a>(
    endpoint: &Endpoint,
    region: &'a str,
) -> Result<UnsignedRequest<'a>, CloudFrontError> {
    let request = http::Request::post(endpoint.url("/"))
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body(Bytes::from_static(BODY.as_bytes()));
    Ok(UnsignedRequest {
        operation: OPERATION.into(),
        is_write: false,
        may_send: None,
        scope: SigningScope {
            service: "sts",
            region: Region::One(region),
        },
        request: request.map_err(|error| CloudFrontError::Configuration {
            detail: format!("AWS_REGION: {error}"),
        })?,
    })
}

fn read_identity(raw: &RawResponse) -> Result<CallerIdentity, CloudFrontError> {
    let document = Element::parse(&raw.body).ok();
    let root = document.as_ref();
    let result = root.and_then(|document| document.child("GetCallerIdentityResult"));
    let text = |name: &str| Some(result?.text_of(name)?.trim());
    match text("Account") {
        Some(account) if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(CallerIdentity {
                account: account.to_owned(),
                arn: text("Arn").unwrap_or_default().to_owned(),
            })
        }
        _ => Err(CloudFrontError::InvalidResponse {
            is_too_large: false,
            operation: OPERATION.into(),
            detail: describe(raw),
            request_id: request_id(raw),
            outcome_unknown: false,
        }),
    }
}
