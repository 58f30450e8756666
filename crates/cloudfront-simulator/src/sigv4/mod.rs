//! Verification of AWS Signature Version 4, written from its documentation and not from a signer.

mod authorization;
mod canonical;
mod keyring;

pub(crate) use authorization::Authorization;
pub(crate) use keyring::{Key, Keyring};

use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use jiff::{civil::DateTime, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::{
    clock::Millis,
    error::ApiError,
    switches::{Switch, Switches},
};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TOLERATED_SKEW: Millis = 5 * 60 * 1000;

/// The parts of a request that a signature covers.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What the signature must be for, and when it is looked at.
pub(crate) struct Expectation<'a> {
    pub(crate) service: &'a str,
    /// `None` accepts any region.
    pub(crate) region: Option<&'a str>,
    /// The clock signatures are compared with; advancing the simulation does not move it.
    pub(crate) signing_time: Millis,
    /// The simulation's time, by which session tokens expire.
    pub(crate) now: Millis,
    pub(crate) switches: &'a Switches,
}

/// Checks a request; the key it was signed with on success.
pub(crate) fn verify<'k>(
    request: &Request<'_>,
    keyring: &'k Keyring,
    expectation: &Expectation<'_>,
) -> Result<&'k Key, ApiError> {
    let authorization = Authorization::of(request.headers)?;
    let key = keyring
        .find(authorization.access_key)
        .ok_or_else(unknown_key)?;
    check_token(request, key, expectation.now)?;
    check_scope(&authorization, expectation)?;
    let time = header(request.headers, "x-amz-date").unwrap_or_default();
    check_time(time, &authorization, expectation)?;
    let canonical = canonical::request(request, authorization.signed_headers)?;
    if signature(&key.secret, time, &authorization, &canonical) == authorization.signature {
        Ok(key)
    } else {
        Err(mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        ))
    }
}

fn check_token(request: &Request<'_>, key: &Key, now: Millis) -> Result<(), ApiError> {
    if key.token.as_deref() != header(request.headers, "x-amz-security-token") {
        return Err(unknown_key());
    }
    if key.expires.is_some_and(|expires| expires <= now) {
        let message = "The security token included in the request is expired";
        return Err(ApiError::with_status(403, "ExpiredToken", message));
    }
    Ok(())
}

fn check_scope(given: &Authorization<'_>, wanted: &Expectation<'_>) -> Result<(), ApiError> {
    if given.service != wanted.service {
        return Err(mismatch(&format!(
            "Credential should be scoped to correct service: '{}'.",
            wanted.service
        )));
    }
    match wanted.region {
        Some(region) if region != given.region => Err(mismatch(&format!(
            "Credential should be scoped to a valid region, not '{}'.",
            given.region
        ))),
        _ => Ok(()),
    }
}

fn check_time(
    time: &str,
    given: &Authorization<'_>,
    wanted: &Expectation<'_>,
) -> Result<(), ApiError> {
    let signed_at = parse_time(time).ok_or_else(|| {
        ApiError::with_status(
            400,
            "IncompleteSignature",
            "Date must be in ISO-8601 'basic format' in X-Amz-Date.",
        )
    })?;
    if !time.starts_with(given.date) {
        return Err(mismatch(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date",
        ));
    }
    let age = wanted.signing_time - signed_at;
    if age.abs() <= TOLERATED_SKEW {
        return Ok(());
    }
    let what = if age > 0 {
        "expired"
    } else {
        "not yet current"
    };
    let message =
        format!("Signature {what}: {time} is more than 5 min. away from the server's time.");
    if wanted.switches.on(Switch::SkewIsRequestTimeTooSkewed) {
        return Err(ApiError::with_status(403, "RequestTimeTooSkewed", message));
    }
    Err(mismatch(&message))
}

fn parse_time(text: &str) -> Option<Millis> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(
        time.to_zoned(TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_millisecond(),
    )
}

fn signature(secret: &str, time: &str, given: &Authorization<'_>, canonical: &str) -> String {
    let scope = format!(
        "{}/{}/{}/aws4_request",
        given.date, given.region, given.service
    );
    let to_sign = format!(
        "{ALGORITHM}\n{time}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [
        given.date,
        given.region,
        given.service,
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

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn unknown_key() -> ApiError {
    let message = "The security token included in the request is invalid.";
    ApiError::with_status(403, "InvalidClientTokenId", message)
}

fn mismatch(message: &str) -> ApiError {
    ApiError::with_status(403, "SignatureDoesNotMatch", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS's published test vector "get-vanilla-query-order-key-case" of the Signature Version 4 test suite.
    #[test]
    fn the_signature_of_the_published_test_vector_is_found() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "example.amazonaws.com".parse().unwrap());
        headers.insert("x-amz-date", "20150830T123600Z".parse().unwrap());
        let given = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders=host;x-amz-date, \
                     Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
        headers.insert("authorization", given.parse().unwrap());
        let request = Request {
            method: "GET",
            path: "/",
            query: "Param2=value2&Param1=value1",
            headers: &headers,
            body: b"",
        };
        let authorization = Authorization::of(&headers).unwrap();
        let canonical = canonical::request(&request, authorization.signed_headers).unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assert_eq!(
            signature(secret, "20150830T123600Z", &authorization, &canonical),
            authorization.signature
        );
    }
}
