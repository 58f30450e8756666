//! Verification of AWS Signature Version 4, written from the AWS documentation and not from a signer.

mod authorization;
mod canonical;
mod keyring;

pub(crate) use authorization::Authorization;
pub(crate) use canonical::SignedRequest;
pub(crate) use keyring::{AccessKey, Keyring};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{civil::DateTime, tz::TimeZone};
use sha2::{Digest, Sha256};

use self::{
    authorization::{ALGORITHM, header_text},
    canonical::{canonical_request, hex},
};
use crate::{
    clock::Millis,
    error::ApiError,
    switches::{Switch, Switches},
};

/// The maximum difference between the time of a signature and the server's time.
const MAX_CLOCK_SKEW: Millis = 5 * 60 * 1000;

/// The scope that a signature must have, and the time of its verification.
pub(crate) struct SignatureScope<'a> {
    pub(crate) service: &'a str,
    /// The region; `None` accepts any region.
    pub(crate) region: Option<&'a str>,
    /// The time that signatures are compared with. Advances of the simulated clock do not change it.
    pub(crate) signing_time: Millis,
    /// The simulated time, which decides whether a session token has expired.
    pub(crate) now: Millis,
    pub(crate) switches: &'a Switches,
}

/// Verifies the signature of a request and returns the access key that signed it.
pub(crate) fn verify<'k>(
    request: &SignedRequest<'_>,
    keyring: &'k Keyring,
    scope: &SignatureScope<'_>,
) -> Result<&'k AccessKey, ApiError> {
    let authorization = Authorization::from_headers(request.headers)?;
    let key = keyring
        .find(authorization.access_key)
        .ok_or_else(unknown_key)?;
    check_token(request, key, scope.now)?;
    check_scope(&authorization, scope)?;
    let time = header_text(request.headers, "x-amz-date").unwrap_or_default();
    check_time(time, &authorization, scope)?;
    let canonical = canonical_request(request, authorization.signed_headers)?;
    if signature(&key.secret, time, &authorization, &canonical) == authorization.signature {
        Ok(key)
    } else {
        Err(ApiError::signature_mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        ))
    }
}

fn check_token(request: &SignedRequest<'_>, key: &AccessKey, now: Millis) -> Result<(), ApiError> {
    if key.token.as_deref() != header_text(request.headers, "x-amz-security-token") {
        return Err(unknown_key());
    }
    if key.expires.is_some_and(|expires| expires <= now) {
        let message = "The security token included in the request is expired";
        return Err(ApiError::with_status(403, "ExpiredToken", message));
    }
    Ok(())
}

fn check_scope(
    authorization: &Authorization<'_>,
    scope: &SignatureScope<'_>,
) -> Result<(), ApiError> {
    if authorization.service != scope.service {
        return Err(ApiError::signature_mismatch(&format!(
            "Credential should be scoped to correct service: '{}'.",
            scope.service
        )));
    }
    match scope.region {
        Some(region) if region != authorization.region => {
            Err(ApiError::signature_mismatch(&format!(
                "Credential should be scoped to a valid region, not '{}'.",
                authorization.region
            )))
        }
        _ => Ok(()),
    }
}

fn check_time(
    time: &str,
    authorization: &Authorization<'_>,
    scope: &SignatureScope<'_>,
) -> Result<(), ApiError> {
    let signed_at = parse_amz_date(time).ok_or_else(|| {
        ApiError::with_status(
            400,
            "IncompleteSignature",
            "Date must be in ISO-8601 'basic format' in X-Amz-Date.",
        )
    })?;
    if !time.starts_with(authorization.date) {
        return Err(ApiError::signature_mismatch(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date",
        ));
    }
    let age = scope.signing_time - signed_at;
    if age.abs() <= MAX_CLOCK_SKEW {
        return Ok(());
    }
    let problem = if age > 0 {
        "expired"
    } else {
        "not yet current"
    };
    let message =
        format!("Signature {problem}: {time} is more than 5 min. away from the server's time.");
    if scope.switches.is_on(Switch::SkewIsRequestTimeTooSkewed) {
        return Err(ApiError::with_status(403, "RequestTimeTooSkewed", message));
    }
    Err(ApiError::signature_mismatch(&message))
}

fn parse_amz_date(text: &str) -> Option<Millis> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(
        time.to_zoned(TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_millisecond(),
    )
}

fn signature(
    secret: &str,
    time: &str,
    authorization: &Authorization<'_>,
    canonical: &str,
) -> String {
    let credential_scope = format!(
        "{}/{}/{}/aws4_request",
        authorization.date, authorization.region, authorization.service
    );
    let to_sign = format!(
        "{ALGORITHM}\n{time}\n{credential_scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [
        authorization.date,
        authorization.region,
        authorization.service,
        "aws4_request",
        &to_sign,
    ] {
        key = keyed_hash(&key, part);
    }
    hex(&key)
}

fn keyed_hash(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn unknown_key() -> ApiError {
    let message = "The security token included in the request is invalid.";
    ApiError::with_status(403, "InvalidClientTokenId", message)
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use super::*;

    /// Test vector "get-vanilla-query-order-key-case" of the AWS test suite for Signature Version 4.
    #[test]
    fn the_signature_of_the_published_test_vector_is_computed() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "example.amazonaws.com".parse().unwrap());
        headers.insert("x-amz-date", "20150830T123600Z".parse().unwrap());
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders=host;x-amz-date, \
                     Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
        headers.insert("authorization", header.parse().unwrap());
        let request = SignedRequest {
            method: "GET",
            path: "/",
            query: "Param2=value2&Param1=value1",
            headers: &headers,
            body: b"",
        };
        let authorization = Authorization::from_headers(&headers).unwrap();
        let canonical = canonical_request(&request, authorization.signed_headers).unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assert_eq!(
            signature(secret, "20150830T123600Z", &authorization, &canonical),
            authorization.signature
        );
    }
}
