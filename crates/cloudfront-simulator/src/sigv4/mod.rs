//! Verification of AWS Signature Version 4 and 4A, written from the AWS documentation and not from a signer.

mod asymmetric;
mod authorization;
mod canonical;
mod keyring;

pub(crate) use authorization::{Algorithm, Authorization};
pub(crate) use canonical::SignedRequest;
pub(crate) use keyring::{AccessKey, Keyring};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{civil::DateTime, tz::TimeZone};
use sha2::{Digest, Sha256};

use self::{
    authorization::{header_text, incomplete},
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
    pub(crate) algorithm: Algorithm,
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
    check_scope(request, &authorization, scope)?;
    let time = header_text(request.headers, "x-amz-date").unwrap_or_default();
    check_time(time, &authorization, scope)?;
    let canonical = canonical_request(request, authorization.signed_headers)?;
    let to_sign = text_to_sign(time, &authorization, &canonical);
    if is_signed_by(&key.secret, &authorization, &to_sign) {
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
    request: &SignedRequest<'_>,
    authorization: &Authorization<'_>,
    scope: &SignatureScope<'_>,
) -> Result<(), ApiError> {
    match (scope.algorithm, authorization.algorithm) {
        (Algorithm::Hmac, Algorithm::Ecdsa) => return Err(incomplete()),
        (Algorithm::Ecdsa, Algorithm::Hmac) => return Err(invalid_region(authorization.region)),
        _ => {}
    }
    if authorization.service != scope.service {
        return Err(ApiError::signature_mismatch(&format!(
            "Credential should be scoped to correct service: '{}'.",
            scope.service
        )));
    }
    let region = match scope.algorithm {
        Algorithm::Hmac => authorization.region,
        Algorithm::Ecdsa => region_set(request, authorization),
    };
    match scope.region {
        Some(expected) if expected != region => Err(invalid_region(region)),
        _ => Ok(()),
    }
}

/// Returns the regions in the header of Signature Version 4A, which must be signed.
fn region_set<'r>(request: &SignedRequest<'r>, authorization: &Authorization<'_>) -> &'r str {
    let header = "x-amz-region-set";
    let mut signed = authorization.signed_headers.split(';');
    let set = header_text(request.headers, header).filter(|_| signed.any(|name| name == header));
    set.unwrap_or_default()
}

fn invalid_region(region: &str) -> ApiError {
    ApiError::signature_mismatch(&format!(
        "Credential should be scoped to a valid region, not '{region}'."
    ))
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

fn text_to_sign(time: &str, authorization: &Authorization<'_>, canonical: &str) -> String {
    format!(
        "{}\n{time}\n{}\n{}",
        authorization.algorithm.name(),
        authorization.scope,
        hex(&Sha256::digest(canonical))
    )
}

/// Whether the signature is that of the text by the access key with this secret.
fn is_signed_by(secret: &str, authorization: &Authorization<'_>, to_sign: &str) -> bool {
    let signature = authorization.signature;
    if authorization.algorithm == Algorithm::Ecdsa {
        let hash = Sha256::digest(to_sign);
        return asymmetric::is_valid(authorization.access_key, secret, &hash, signature);
    }
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in authorization.scope.split('/').chain([to_sign]) {
        key = keyed_hash(&key, part.as_bytes());
    }
    hex(&key) == signature
}

fn keyed_hash(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data);
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
        let to_sign = text_to_sign("20150830T123600Z", &authorization, &canonical);
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assert!(is_signed_by(secret, &authorization, &to_sign));
        assert!(!is_signed_by("other", &authorization, &to_sign));
    }
}
