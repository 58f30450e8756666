//! Checks of AWS: the endpoint, the credentials, the allowed read actions, and the clock.

use super::check_result::CheckResult;
use crate::{
    cloudfront::{
        self, CallerIdentity, Client, CloudFrontError, ErrorClass, Request, Service, encode_segment,
    },
    operator::{cli::options::RunArgs, iam, registry::selected_kinds},
};
use futures::future::join_all;
use std::{collections::BTreeSet, time::Duration};

/// A well-formed id that no resource has. CloudFront checks the permission before it looks the id up.
const NONEXISTENT_ID: &str = "E00000DOCTOR00";

/// The id of a key-value store in ARNs that no store has.
const NONEXISTENT_STORE: &str = "00000000-0000-4000-8000-00000000d0c7";

/// The largest clock skew that passes. Leases suffer from a larger one, and AWS rejects signatures that are five minutes off.
const MAX_SKEW: Duration = Duration::from_mins(1);

/// Grants the role of the operator the actions that it needs.
const FIX_PERMISSIONS: &str = "cloudfront-operator iam-policy > policy.json && aws iam put-role-policy --role-name ROLE --policy-name cloudfront-operator --policy-document file://policy.json";

/// What the service with the pairs of key-value stores responds to a session token that it does not accept.
const UNAUTHENTICATED: &str = "Authentication failed";

/// Opens the network path to AWS.
const FIX_NETWORK: &str = "allow the connection (NetworkPolicy, HTTPS_PROXY and NO_PROXY, SSL_CERT_FILE), or correct --endpoint-url and AWS_ENDPOINT_URL_STS";

/// Opens the network path to the service with the pairs of key-value stores.
const FIX_NETWORK_OF_PAIRS: &str = "allow the connection to ACCOUNT.cloudfront-kvs.global.api.aws (NetworkPolicy, HTTPS_PROXY and NO_PROXY, SSL_CERT_FILE), or correct AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE";

/// Replaces session tokens that are valid in one Region only. The service with the pairs of key-value stores rejects them.
const FIX_TOKENS: &str = "temporary credentials must come from a regional endpoint of AWS STS (AWS_STS_REGIONAL_ENDPOINTS=regional where they are issued), or the account must issue tokens that are valid in all Regions: aws iam set-security-token-service-preferences --global-endpoint-token-version v2Token";

/// Runs the checks of AWS.
pub(super) async fn run(options: &RunArgs) -> Vec<CheckResult> {
    let client = Client::new(cloudfront::Options {
        endpoint: options.endpoint_url.clone(),
        allow_insecure_http: options.allow_insecure_http,
        request_timeout: Duration::from_secs(10),
        ..cloudfront::Options::default()
    });
    let client = match client.await {
        Ok(client) => client,
        Err(error) => {
            return vec![CheckResult::failed(
                "endpoint",
                format!("{error}."),
                "set --endpoint-url (CLOUDFRONT_OPERATOR_ENDPOINT_URL), and for plain HTTP --allow-insecure-http",
            )];
        }
    };
    let mut results = vec![CheckResult::ok("endpoint", client.endpoint().to_string())];
    let identity = client.caller_identity().await;
    results.push(check_credentials(&identity));
    let account = identity.as_ref().ok().map(|it| it.account.as_str());
    results.extend(check_actions(&client, options, account).await);
    results.push(check_clock(client.clock_skew()));
    results
}

pub(super) fn check_credentials(identity: &Result<CallerIdentity, CloudFrontError>) -> CheckResult {
    let check = "credentials";
    match identity {
        Ok(CallerIdentity { account, arn }) if arn.is_empty() || arn.starts_with("arn:aws:") => {
            CheckResult::ok(check, format!("account {account}, {arn}"))
        }
        Ok(CallerIdentity { arn, .. }) => CheckResult::failed(
            check,
            format!("{arn} is in a partition that this version does not manage."),
            "give the operator credentials of an account in partition aws",
        ),
        Err(error @ CloudFrontError::Refused { .. }) => CheckResult::failed(
            check,
            format!("{error}."),
            "provide valid AWS credentials: aws.existingSecret in the chart, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        Err(error @ CloudFrontError::NoCredentials { .. }) => CheckResult::failed(
            check,
            format!("{error}."),
            "give the ServiceAccount a role (EKS Pod Identity, or serviceAccount.annotations.\"eks.amazonaws.com/role-arn\"), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        Err(error) => CheckResult::failed(check, format!("{error}."), FIX_NETWORK),
    }
}

/// Sends every read that the operator may send. The actions of writes are only listed, and only if the operator may write.
async fn check_actions(
    client: &Client,
    options: &RunArgs,
    account: Option<&str>,
) -> Vec<CheckResult> {
    let kinds = selected_kinds(&options.kinds);
    let requests = kinds.iter().flat_map(|entry| entry.api.operations());
    let (writes, reads): (Vec<_>, Vec<_>) = requests.partition(Request::is_write);
    let checks = reads
        .into_iter()
        .map(|request| check_read(client, request, account));
    let mut results = join_all(checks).await;
    if !options.read_only {
        let names: BTreeSet<String> = writes
            .iter()
            .flat_map(iam::permissions)
            .map(|(action, _)| action)
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        results.push(CheckResult::skipped(
            "writes",
            format!(
                "write permissions cannot be tested without writing ({}); compare the role with `cloudfront-operator iam-policy`",
                names.join(", ")
            ),
        ));
    }
    results
}

pub(super) async fn check_read(
    client: &Client,
    request: Request,
    account: Option<&str>,
) -> CheckResult {
    let resource = request.query.iter().find(|(name, _)| name == "Resource");
    let type_ = resource.and_then(|(_, value)| value.as_deref()?.split('/').next());
    let suffix = type_
        .map(|type_| format!(" of a {type_}"))
        .unwrap_or_default();
    let is_about_pairs = request.service != Service::CloudFront;
    let service = if is_about_pairs {
        "cloudfront-keyvaluestore"
    } else {
        "cloudfront"
    };
    let check = format!("{service}:{}{suffix}", request.operation);
    let Some(account) = account else {
        return CheckResult::skipped(check, "no request can be sent without credentials");
    };
    match client.send(&with_nonexistent_id(request, account)).await {
        Ok(_) => CheckResult::ok(check, "allowed"),
        Err(error @ CloudFrontError::Refused { .. }) => match error.class() {
            ErrorClass::AccessDenied => {
                let message = format!("{error}.");
                let is_token = is_about_pairs && message.contains(UNAUTHENTICATED);
                let fix = if is_token {
                    FIX_TOKENS
                } else {
                    FIX_PERMISSIONS
                };
                CheckResult::failed(check, message, fix)
            }
            ErrorClass::Throttled => CheckResult::skipped(check, error.to_string()),
            _ => CheckResult::ok(check, "allowed"),
        },
        Err(error) if is_about_pairs => {
            CheckResult::failed(check, format!("{error}."), FIX_NETWORK_OF_PAIRS)
        }
        Err(error) => CheckResult::failed(check, format!("{error}."), FIX_NETWORK),
    }
}

/// Returns the request with the id of a resource that does not exist.
fn with_nonexistent_id(mut request: Request, account: &str) -> Request {
    if request.service != Service::CloudFront {
        let arn = format!("arn:aws:cloudfront::{account}:key-value-store/{NONEXISTENT_STORE}");
        request.path = request.path.replace("%2A", &encode_segment(&arn));
        return request.about_pairs(account);
    }
    request.path = request
        .path
        .replace("%2A", NONEXISTENT_ID)
        .replace('*', NONEXISTENT_ID);
    for (_, value) in request
        .query
        .iter_mut()
        .filter(|(name, _)| name == "Resource")
    {
        *value = value.take().map(|resource| {
            format!(
                "arn:aws:cloudfront::{account}:{}",
                resource.replace('*', NONEXISTENT_ID)
            )
        });
    }
    request
}

pub(super) fn check_clock(skew: Option<jiff::SignedDuration>) -> CheckResult {
    let check = "clock";
    let Some(skew) = skew else {
        return CheckResult::skipped(check, "AWS has not responded, so its time is unknown");
    };
    let seconds = skew.as_secs();
    if skew.unsigned_abs() <= MAX_SKEW {
        return CheckResult::ok(check, format!("within {} s of AWS's", MAX_SKEW.as_secs()));
    }
    let direction = if seconds > 0 { "behind" } else { "ahead of" };
    let seconds = seconds.unsigned_abs();
    CheckResult::failed(
        check,
        format!(
            "this machine's clock is {seconds} s {direction} AWS's; signatures are corrected for that, Leases and events are not."
        ),
        "timedatectl set-ntp true (on the node)",
    )
}
