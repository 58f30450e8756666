//! The classes of CloudFront's error codes.

use cloudfront_operator::cloudfront::{CloudFrontError, ErrorClass};
use std::collections::BTreeMap;

/// The codes of the service model 2020-05-31 with their HTTP status, as of 2026.
const MODELLED: &str = include_str!("errors.json");

/// Codes that are not in the model: from logs, from the sources of SDKs, or common to all services with SigV4.
const UNMODELLED: &[(&str, u16, ErrorClass)] = &[
    ("Throttling", 400, ErrorClass::Throttled),
    ("ThrottlingException", 400, ErrorClass::Throttled),
    ("TooManyRequestsException", 429, ErrorClass::Throttled),
    ("RequestLimitExceeded", 503, ErrorClass::Throttled),
    ("SlowDown", 503, ErrorClass::Throttled),
    ("PriorRequestNotComplete", 400, ErrorClass::Throttled),
    ("ServiceUnavailable", 503, ErrorClass::Unreachable),
    ("InternalFailure", 500, ErrorClass::Unreachable),
    ("RequestTimeout", 400, ErrorClass::Unreachable),
    ("MalformedXML", 400, ErrorClass::Terminal),
    ("MalformedInput", 400, ErrorClass::Terminal),
    ("InvalidURI", 400, ErrorClass::Terminal),
    ("SignatureDoesNotMatch", 403, ErrorClass::AccessDenied),
    ("InvalidClientTokenId", 403, ErrorClass::AccessDenied),
    ("ExpiredToken", 403, ErrorClass::AccessDenied),
    ("MissingAuthenticationToken", 403, ErrorClass::AccessDenied),
    ("RequestTimeTooSkewed", 403, ErrorClass::AccessDenied),
    ("IncompleteSignature", 400, ErrorClass::AccessDenied),
    ("OptInRequired", 403, ErrorClass::AccessDenied),
    (
        "InvalidationBatchAlreadyExists",
        409,
        ErrorClass::AlreadyExists,
    ),
];

fn modelled() -> BTreeMap<String, u16> {
    serde_json::from_str(MODELLED).unwrap()
}

fn class(operation: &'static str, status: u16, code: &str) -> ErrorClass {
    CloudFrontError::refused(operation, status, code, "").class()
}

#[test]
fn the_table_has_all_152_modelled_codes() {
    let codes = modelled();
    assert_eq!(codes.len(), 152);
    for (code, status) in &codes {
        let error = CloudFrontError::refused("UpdateDistribution", *status, code, "");
        assert_eq!(error.label(), code, "{code} is not in the table");
    }
}

/// Derives the class from the name of a code, as a check of the table.
fn by_name(code: &str, status: u16) -> ErrorClass {
    match code {
        "CNAMEAlreadyExists" => ErrorClass::Terminal,
        "InvalidViewerCertificate" => ErrorClass::TransientRefusal,
        "PreconditionFailed" | "InvalidIfMatchVersion" => ErrorClass::Conflict,
        "AccessDenied" => ErrorClass::AccessDenied,
        "TooManyInvalidationsInProgress" => ErrorClass::InUse,
        "InvalidOrigin" | "InvalidOriginAccessControl" | "InvalidOriginAccessIdentity" => {
            ErrorClass::MissingDependency
        }
        _ if code.ends_with("DoesNotExist") || status == 404 => ErrorClass::MissingDependency,
        _ if code.ends_with("AlreadyExists") => ErrorClass::AlreadyExists,
        _ if code.contains("InUse") || code.ends_with("NotDisabled") => ErrorClass::InUse,
        _ => ErrorClass::Terminal,
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
        let error = CloudFrontError::refused("UpdateDistribution", *status, *code, "");
        assert_eq!(error.class(), *expected, "{code}");
        assert_eq!(error.label(), *code, "{code} is not in the table");
    }
}

#[test]
fn an_unknown_code_is_classified_by_its_status() {
    let check = |status, expected| {
        assert_eq!(
            class("UpdateDistribution", status, "NewIn2031"),
            expected,
            "{status}"
        );
    };
    check(400, ErrorClass::Terminal);
    check(401, ErrorClass::AccessDenied);
    check(403, ErrorClass::AccessDenied);
    check(404, ErrorClass::MissingDependency);
    check(409, ErrorClass::Conflict);
    check(412, ErrorClass::Conflict);
    check(413, ErrorClass::Terminal);
    check(429, ErrorClass::Throttled);
    check(500, ErrorClass::Unreachable);
    check(503, ErrorClass::Unreachable);
    assert_eq!(
        class("GetDistribution", 404, "NewIn2031"),
        ErrorClass::NotFound
    );
}

#[test]
fn a_not_found_code_refers_to_the_target_or_to_a_dependency() {
    let check = |operation, code: &str, expected| {
        assert_eq!(class(operation, 404, code), expected, "{operation}: {code}");
    };
    check(
        "GetDistribution",
        "NoSuchDistribution",
        ErrorClass::NotFound,
    );
    check(
        "DeleteDistribution",
        "NoSuchDistribution",
        ErrorClass::NotFound,
    );
    check(
        "UpdateDistribution",
        "NoSuchDistribution",
        ErrorClass::NotFound,
    );
    check(
        "UpdateDistribution",
        "NoSuchCachePolicy",
        ErrorClass::MissingDependency,
    );
    check(
        "UpdateDistribution",
        "NoSuchOrigin",
        ErrorClass::MissingDependency,
    );
    check(
        "UpdateDistribution",
        "NoSuchFunctionExists",
        ErrorClass::MissingDependency,
    );
    check(
        "CreateDistributionWithTags",
        "NoSuchContinuousDeploymentPolicy",
        ErrorClass::MissingDependency,
    );
    check("GetCachePolicy", "NoSuchCachePolicy", ErrorClass::NotFound);
    check(
        "UpdateCachePolicy",
        "NoSuchCachePolicy",
        ErrorClass::NotFound,
    );
    check(
        "PublishFunction",
        "NoSuchFunctionExists",
        ErrorClass::NotFound,
    );
    check("UpdateKeyGroup", "NoSuchResource", ErrorClass::NotFound);
    check(
        "UpdateKeyGroup",
        "NoSuchPublicKey",
        ErrorClass::MissingDependency,
    );
    check(
        "CreateKeyGroup",
        "NoSuchResource",
        ErrorClass::MissingDependency,
    );
    check(
        "CreateInvalidation",
        "NoSuchDistribution",
        ErrorClass::MissingDependency,
    );
    check(
        "GetInvalidation",
        "NoSuchDistribution",
        ErrorClass::NotFound,
    );
    check(
        "UpdateDistribution",
        "EntityNotFound",
        ErrorClass::MissingDependency,
    );
    check(
        "UpdateDistributionTenant",
        "EntityNotFound",
        ErrorClass::NotFound,
    );
    check(
        "UpdateCloudFrontOriginAccessIdentity",
        "NoSuchCloudFrontOriginAccessIdentity",
        ErrorClass::NotFound,
    );
}

#[test]
fn a_pricing_plan_is_terminal_and_not_a_conflict() {
    let plan = "Distribution is subscribed to a Pricing Plan and cannot be deleted";
    let error = CloudFrontError::refused("DeleteDistribution", 412, "PreconditionFailed", plan);
    assert_eq!(error.class(), ErrorClass::Terminal);
    let stale = "The request failed because it didn't meet the preconditions in one or more request-header fields.";
    assert!(
        CloudFrontError::refused("DeleteDistribution", 412, "PreconditionFailed", stale)
            .is_conflict()
    );
}

#[test]
fn in_use_is_not_the_same_as_not_disabled() {
    let refused = |code: &str| CloudFrontError::refused("DeleteDistribution", 409, code, "");
    assert!(refused("OriginAccessControlInUse").is_in_use());
    assert!(refused("CannotDeleteEntityWhileInUse").is_in_use());
    assert!(!refused("DistributionNotDisabled").is_in_use());
    assert_eq!(
        refused("DistributionNotDisabled").class(),
        ErrorClass::InUse
    );
}

#[test]
fn the_id_of_the_existing_resource_is_read_from_the_message() {
    let id = |code: &str, text: &str| {
        let error = CloudFrontError::refused("CreateDistribution", 409, code, text);
        error.existing_id().map(str::to_owned)
    };
    let existing_id = |tail: &str| {
        let text = format!(
            "The caller reference that you are using to create a distribution is associated with another distribution. Already exists: {tail}"
        );
        id("DistributionAlreadyExists", &text)
    };
    assert_eq!(existing_id("E1SX23ABC").as_deref(), Some("E1SX23ABC"));
    assert_eq!(existing_id("E1SX23ABC.").as_deref(), Some("E1SX23ABC"));
    assert_eq!(
        existing_id(" E1SX23ABC (Service: CloudFront)").as_deref(),
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
        assert_eq!(existing_id(hostile), None, "{hostile}");
    }
    assert_eq!(id("InvalidArgument", "Already exists: E1"), None);
    assert_eq!(id("DistributionAlreadyExists", "no id here"), None);
}

#[test]
fn a_repeated_invalidation_already_exists_despite_its_code() {
    let text = "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.";
    let error = CloudFrontError::refused("CreateInvalidation", 400, "InvalidArgument", text);
    assert!(error.is_already_exists());
    assert_eq!(
        class("CreateInvalidation", 400, "InvalidArgument"),
        ErrorClass::Terminal
    );
}
