//! Whose credentials are these? The one call of STS that we make ourselves.

use super::{Failed, Outgoing, Scope, Wire};
use crate::{
    cloudfront::{
        Endpoint, Error,
        http::{Reply, describe, request_id},
    },
    xml::Element,
};
use bytes::Bytes;

const OPERATION: &str = "GetCallerIdentity";
const QUESTION: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// Whose credentials these are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's id: twelve digits.
    pub account: String,
    /// The user or the assumed role. Empty where STS does not say.
    pub arn: String,
}

/// Whose credentials these are.
pub(in crate::cloudfront) async fn caller_identity(
    wire: &Wire,
    region: &str,
    allow_plain_http: bool,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Identity, Error> {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    let default = format!("https://sts.{region}.amazonaws.com{suffix}");
    let endpoint = Endpoint::find("STS", None, &default, allow_plain_http, environment)?;
    let result = match ask(wire, &endpoint, region).await {
        Err(failed) if failed.repaired => ask(wire, &endpoint, region).await,
        result => result,
    };
    read(&result.map_err(|failed| failed.error)?)
}

async fn ask(wire: &Wire, endpoint: &Endpoint, region: &str) -> Result<Reply, Failed> {
    let credentials = wire.credentials.get().await?;
    wire.exchange(question(endpoint, region)?, &credentials)
        .await
}

fn question<'a>(endpoint: &Endpoint, region: &'a str) -> Result<Outgoing<'a>, Error> {
    let request = http::Request::post(endpoint.url("/"))
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body(Bytes::from_static(QUESTION.as_bytes()));
    Ok(Outgoing {
        operation: OPERATION.into(),
        write: false,
        scope: Scope {
            service: "sts",
            region,
        },
        request: request.map_err(|error| Error::Configuration {
            detail: format!("AWS_REGION: {error}"),
        })?,
    })
}

fn read(reply: &Reply) -> Result<Identity, Error> {
    let document = Element::parse(&reply.body).ok();
    let found = document.as_ref();
    let result = found.and_then(|document| document.child("GetCallerIdentityResult"));
    let text = |name: &str| Some(result?.text_of(name)?.trim());
    match text("Account") {
        Some(account) if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(Identity {
                account: account.to_owned(),
                arn: text("Arn").unwrap_or_default().to_owned(),
            })
        }
        _ => Err(Error::Garbled {
            operation: OPERATION.into(),
            detail: describe(reply),
            request_id: request_id(reply),
            commit_unknown: false,
        }),
    }
}
