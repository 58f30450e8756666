//! Every code of CloudFront's has a class, and the class is right.

use cloudfront_operator::cloudfront::{Class, Error};
use std::collections::BTreeMap;

/// The codes of the service model 2020-05-31 with their HTTP status, as of 2026.
const MODELLED: &str = include_str!("errors.json");

/// Codes that occur and are not in the model: seen in logs, in the sources of SDKs, or common to all services with SigV4.
const UNMODELLED: &[(&str, u16, Class)] = &[
    ("Throttling", 400, Class::Throttled),
    ("ThrottlingException", 400, Class::Throttled),
    ("TooManyRequestsException", 429, Class::Throttled),
    ("RequestLimitExceeded", 503, Class::Throttled),
    ("SlowDown", 503, Class::Throttled),
    ("PriorRequestNotComplete", 400, Class::Throttled),
    ("ServiceUnavailable", 503, Class::Unreachable),
    ("InternalFailure", 500, Class::Unreachable),
    ("RequestTimeout", 400, Class::Unreachable),
    ("MalformedXML", 400, Class::Terminal),
    ("MalformedInput", 400, Class::Terminal),
    ("InvalidURI", 400, Class::Terminal),
    ("SignatureDoesNotMatch", 403, Class::Denied),
    ("InvalidClientTokenId", 403, Class::Denied),
    ("ExpiredToken", 403, Class::Denied),
    ("MissingAuthenticationToken", 403, Class::Denied),
    ("RequestTimeTooSkewed", 403, Class::Denied),
    ("IncompleteSignature", 400, Class::Denied),
    ("OptInRequired", 403, Class::Denied),
    ("InvalidationBatchAlreadyExists", 409, Class::AlreadyExists),
];

fn modelled() -> BTreeMap<String, u16> {
    serde_json::from_str(MODELLED).unwrap()
}

fn class(operation: &'static str, status: u16, code: &str) -> Class {
    Error::refused(operation, status, code, "").class()
}

#[test]
fn the_table_names_all_152_modelled_codes() {
    let codes = modelled();
    assert_eq!(codes.len(), 152);
    for (code, status) in &codes {
        let error = Error::refused("UpdateDistribution", *status, code, "");
        assert_eq!(error.label(), code, "{code} is judged by its status alone");
    }
}

/// Restates the table by what the names say, so that a slip in it shows.
fn by_name(code: &str, status: u16) -> Class {
    match code {
        "CNAMEAlreadyExists" => Class::Terminal,
        "InvalidViewerCertificate" => Class::Settling,
        "PreconditionFailed" | "InvalidIfMatchVersion" => Class::Conflict,
        "AccessDenied" => Class::Denied,
        "TooManyInvalidationsInProgress" => Class::InUse,
        "InvalidOrigin" | "InvalidOriginAccessControl" | "InvalidOriginAccessIdentity" => {
            Class::Missing
        }
        _ if code.ends_with("DoesNotExist") || status == 404 => Class::Missing,
        _ if code.ends_with("AlreadyExists") => Class::AlreadyExists,
        _ if code.contains("InUse") || code.ends_with("NotDisabled") => Class::InUse,
        _ => Class::Terminal,
    }
}

#[test]
fn a_code_means_what_its_name_says() {
    for (code, status) in modelled() {
        assert_eq!(
            class("CreateThing", status, &code),
            by_name(&code, status),
            "{code}"
        );
    }
    for (code, status, expected) in UNMODELLED {
        let error = Error::refused("UpdateDistribution", *status, *code, "");
        assert_eq!(error.class(), *expected, "{code}");
        assert_eq!(error.label(), *code, "{code} is judged by its status alone");
    }
}

#[test]
fn a_code_from_the_future_is_judged_by_its_status() {
    let check = |status, expected| {
        assert_eq!(
            class("UpdateDistribution", status, "NewIn2031"),
            expected,
            "{status}"
        );
    };
    check(400, Class::Terminal);
    check(401, Class::Denied);
    check(403, Class::Denied);
    check(404, Class::Missing);
    check(409, Class::Conflict);
    check(412, Class::Conflict);
    check(413, Class::Terminal);
    check(429, Class::Throttled);
    check(500, Class::Unreachable);
    check(503, Class::Unreachable);
    assert_eq!(class("GetDistribution", 404, "NewIn2031"), Class::NotFound);
}

#[test]
fn no_such_thing_is_about_the_target_or_about_what_it_refers_to() {
    let check = |operation, code: &str, expected| {
        assert_eq!(class(operation, 404, code), expected, "{operation}: {code}");
    };
    check("GetDistribution", "NoSuchDistribution", Class::NotFound);
    check("DeleteDistribution", "NoSuchDistribution", Class::NotFound);
    check("UpdateDistribution", "NoSuchDistribution", Class::NotFound);
    check("UpdateDistribution", "NoSuchCachePolicy", Class::Missing);
    check("UpdateDistribution", "NoSuchOrigin", Class::Missing);
    check("UpdateDistribution", "NoSuchFunctionExists", Class::Missing);
    check(
        "CreateDistributionWithTags",
        "NoSuchContinuousDeploymentPolicy",
        Class::Missing,
    );
    check("GetCachePolicy", "NoSuchCachePolicy", Class::NotFound);
    check("UpdateCachePolicy", "NoSuchCachePolicy", Class::NotFound);
    check("PublishFunction", "NoSuchFunctionExists", Class::NotFound);
    check("UpdateKeyGroup", "NoSuchResource", Class::NotFound);
    check("UpdateKeyGroup", "NoSuchPublicKey", Class::Missing);
    check("CreateKeyGroup", "NoSuchResource", Class::Missing);
    check("CreateInvalidation", "NoSuchDistribution", Class::Missing);
    check("GetInvalidation", "NoSuchDistribution", Class::NotFound);
    check("UpdateDistribution", "EntityNotFound", Class::Missing);
    check(
        "UpdateDistributionTenant",
        "EntityNotFound",
        Class::NotFound,
    );
    check(
        "UpdateCloudFrontOriginAccessIdentity",
        "NoSuchCloudFrontOriginAccessIdentity",
        Class::NotFound,
    );
}

#[test]
fn a_pricing_plan_is_no_conflict() {
    let plan = "Distribution is subscribed to a Pricing Plan and cannot be deleted";
    let error = Error::refused("DeleteDistribution", 412, "PreconditionFailed", plan);
    assert_eq!(error.class(), Class::Terminal);
    let stale = "The request failed because it didn't meet the preconditions in one or more request-header fields.";
    assert!(Error::refused("DeleteDistribution", 412, "PreconditionFailed", stale).is_conflict());
}

#[test]
fn in_use_is_not_the_same_as_not_disabled() {
    let refused = |code: &str| Error::refused("DeleteDistribution", 409, code, "");
    assert!(refused("OriginAccessControlInUse").is_in_use());
    assert!(refused("CannotDeleteEntityWhileInUse").is_in_use());
    assert!(!refused("DistributionNotDisabled").is_in_use());
    assert_eq!(refused("DistributionNotDisabled").class(), Class::InUse);
}

#[test]
fn the_id_of_what_exists_already_is_read_from_the_message() {
    let id = |code: &str, text: &str| {
        let error = Error::refused("CreateDistribution", 409, code, text);
        error.existing_id().map(str::to_owned)
    };
    let said = |tail: &str| {
        let text = format!(
            "The caller reference that you are using to create a distribution is associated with another distribution. Already exists: {tail}"
        );
        id("DistributionAlreadyExists", &text)
    };
    assert_eq!(said("E1SX23ABC").as_deref(), Some("E1SX23ABC"));
    assert_eq!(said("E1SX23ABC.").as_deref(), Some("E1SX23ABC"));
    assert_eq!(
        said(" E1SX23ABC (Service: CloudFront)").as_deref(),
        Some("E1SX23ABC")
    );
    for hostile in [
        "",
        "../x",
        "E1/../E2",
        "e1",
        "E1;DROP",
        "E1É",
        &"E".repeat(65),
    ] {
        assert_eq!(said(hostile), None, "{hostile}");
    }
    assert_eq!(id("InvalidArgument", "Already exists: E1"), None);
    assert_eq!(id("DistributionAlreadyExists", "no id here"), None);
}

#[test]
fn a_repeated_invalidation_exists_already_whatever_the_code_says() {
    let text = "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.";
    let error = Error::refused("CreateInvalidation", 400, "InvalidArgument", text);
    assert!(error.is_already_exists());
    assert_eq!(
        class("CreateInvalidation", 400, "InvalidArgument"),
        Class::Terminal
    );
}
