//! What AWS says: who we are, what we may, and what time it is.

use super::check_result::Finding;
use crate::{
    cloudfront::{self, CallerIdentity, Client, CloudFrontError, ErrorClass, Request},
    operator::{
        cli::options::{Mode, Run},
        iam,
        registry::kinds,
    },
};
use futures::future::join_all;
use std::{collections::BTreeSet, time::Duration};

/// Looks like an id of CloudFront's, and is none: CloudFront asks who may look before it looks.
const NOBODY: &str = "E00000DOCTOR00";

/// The most that a clock may differ before signatures and Leases suffer. AWS tolerates five minutes.
const SKEW: Duration = Duration::from_mins(1);

const GRANT: &str = "cloudfront-operator iam-policy > policy.json && aws iam put-role-policy --role-name ROLE --policy-name cloudfront-operator --policy-document file://policy.json";
const REACH: &str = "let the operator reach it (NetworkPolicy, HTTPS_PROXY and NO_PROXY, SSL_CERT_FILE), or correct --endpoint-url and AWS_ENDPOINT_URL_STS";

pub(super) async fn examine(options: &Run) -> Vec<Finding> {
    let client = Client::new(cloudfront::Options {
        endpoint: options.endpoint_url.clone(),
        allow_plain_http: options.allow_plain_http,
        request_timeout: Duration::from_secs(10),
        ..cloudfront::Options::default()
    });
    let client = match client.await {
        Ok(client) => client,
        Err(error) => {
            return vec![Finding::failed(
                "endpoint",
                format!("{error}."),
                "set --endpoint-url (CLOUDFRONT_OPERATOR_ENDPOINT_URL), and for plain HTTP --allow-plain-http",
            )];
        }
    };
    let mut findings = vec![Finding::ok("endpoint", client.endpoint().to_string())];
    let identity = client.caller_identity().await;
    findings.push(credentials(&identity));
    findings.extend(actions(&client, options.mode, identity.as_ref().ok()).await);
    findings.push(clock(client.clock_skew()));
    findings
}

fn credentials(identity: &Result<CallerIdentity, CloudFrontError>) -> Finding {
    let check = "credentials";
    match identity {
        Ok(CallerIdentity { account, arn }) if arn.is_empty() || arn.starts_with("arn:aws:") => {
            Finding::ok(check, format!("account {account}, {arn}"))
        }
        Ok(CallerIdentity { arn, .. }) => Finding::failed(
            check,
            format!("{arn} is in a partition that this version does not manage."),
            "give the operator credentials of an account in partition aws",
        ),
        Err(error @ CloudFrontError::Refused { .. }) => Finding::failed(
            check,
            format!("{error}."),
            "give the operator credentials that AWS takes: aws.existingSecret in the chart, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        Err(error @ CloudFrontError::NoCredentials { .. }) => Finding::failed(
            check,
            format!("{error}."),
            "give the ServiceAccount a role (EKS Pod Identity, or serviceAccount.annotations.\"eks.amazonaws.com/role-arn\"), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        Err(error) => Finding::failed(check, format!("{error}."), REACH),
    }
}

/// Tries every read; lists the writes, unless nothing is to be written.
async fn actions(client: &Client, mode: Mode, identity: Option<&CallerIdentity>) -> Vec<Finding> {
    let calls = kinds().into_iter().flat_map(|entry| (entry.calls)());
    let (writes, reads): (Vec<_>, Vec<_>) = calls.partition(Request::is_write);
    let tried = reads
        .into_iter()
        .map(|call| try_out(client, call, identity));
    let mut findings = join_all(tried).await;
    if mode == Mode::Manage {
        let names: BTreeSet<String> = writes
            .iter()
            .flat_map(iam::permissions)
            .map(|(action, _)| action)
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        findings.push(Finding::not_checked(
            "writes",
            format!(
                "no read shows whether AWS allows {}; `cloudfront-operator iam-policy` does",
                names.join(", ")
            ),
        ));
    }
    findings
}

async fn try_out(client: &Client, call: Request, identity: Option<&CallerIdentity>) -> Finding {
    let tag = call.query.iter().find(|(name, _)| name == "Resource");
    let of = tag.and_then(|(_, value)| value.as_deref()?.split('/').next().map(str::to_owned));
    let of = of.map(|type_| format!(" of a {type_}")).unwrap_or_default();
    let check = format!("cloudfront:{}{of}", call.operation);
    let Some(identity) = identity else {
        return Finding::not_checked(check, "without credentials nothing can be asked");
    };
    match client.send(&harmless(call, &identity.account)).await {
        Ok(_) => Finding::ok(check, "allowed"),
        Err(error @ CloudFrontError::Refused { .. }) => match error.class() {
            ErrorClass::Denied => Finding::failed(check, format!("{error}."), GRANT),
            ErrorClass::Throttled => Finding::not_checked(check, error.to_string()),
            _ => Finding::ok(check, "allowed"),
        },
        Err(error) => Finding::failed(check, format!("{error}."), REACH),
    }
}

/// The same call, about a resource that does not exist.
fn harmless(mut call: Request, account: &str) -> Request {
    call.path = call.path.replace("%2A", NOBODY).replace('*', NOBODY);
    for (_, value) in call.query.iter_mut().filter(|(name, _)| name == "Resource") {
        *value = value.take().map(|resource| {
            format!(
                "arn:aws:cloudfront::{account}:{}",
                resource.replace('*', NOBODY)
            )
        });
    }
    call
}

fn clock(skew: Option<jiff::SignedDuration>) -> Finding {
    let check = "clock";
    let Some(skew) = skew else {
        return Finding::not_checked(check, "AWS was not heard");
    };
    let seconds = skew.as_secs();
    if skew.unsigned_abs() <= SKEW {
        return Finding::ok(check, format!("within {} s of AWS's", SKEW.as_secs()));
    }
    let way = if seconds > 0 { "behind" } else { "ahead of" };
    let seconds = seconds.unsigned_abs();
    Finding::failed(
        check,
        format!(
            "this machine's clock is {seconds} s {way} AWS's; signatures are corrected for that, Leases and events are not."
        ),
        "timedatectl set-ntp true (on the node)",
    )
}
