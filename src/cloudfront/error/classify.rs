//! Assigns an [`ErrorClass`] to a refusal.

use super::{ErrorClass, error_codes::find};

/// Returns the class of a refusal, from its code, its message, the operation and the HTTP status.
pub(in crate::cloudfront) fn classify(
    operation: &str,
    status: u16,
    code: &str,
    message: &str,
) -> ErrorClass {
    match code {
        // The deletion of a distribution under a pricing plan always fails with this code. Source: ekristen/aws-nuke#1024.
        "PreconditionFailed" if message.to_lowercase().contains("pricing plan") => {
            ErrorClass::Terminal
        }
        // CloudFront sends this where its documentation says InvalidationBatchAlreadyExists. Source: aws/aws-cdk#3878.
        "InvalidArgument" if message.contains("used for a previous invalidation batch") => {
            ErrorClass::AlreadyExists
        }
        // Source: `aws-kv-keys.go` of sst.
        "ValidationException" if message.to_lowercase().contains("pre-condition failed") => {
            ErrorClass::Conflict
        }
        // Another policy has the staging distribution, possibly that of an earlier create.
        "StagingDistributionInUse" if operation == "CreateContinuousDeploymentPolicy" => {
            ErrorClass::AlreadyExists
        }
        _ => match find(code).map_or_else(|| by_status(status), |(_, class)| class) {
            ErrorClass::NotFound if !names_target(operation, code) => ErrorClass::MissingDependency,
            class => class,
        },
    }
}

/// Whether an operation only reads, as its name shows. A few reads are POSTs.
pub fn is_read(operation: &str) -> bool {
    const VERBS: [&str; 5] = ["Get", "List", "Describe", "Verify", "Test"];
    VERBS.iter().any(|verb| operation.starts_with(verb))
}

/// Returns the class of a code that is not in the table, from its HTTP status.
fn by_status(status: u16) -> ErrorClass {
    match status {
        401 | 403 => ErrorClass::AccessDenied,
        404 => ErrorClass::NotFound,
        409 | 412 => ErrorClass::Conflict,
        429 => ErrorClass::Throttled,
        408 | 500.. => ErrorClass::Unreachable,
        _ => ErrorClass::Terminal,
    }
}

/// Returns whether a "not found" code refers to the target of the operation rather than to a resource that its document refers to.
///
/// `NoSuchCachePolicy` means a missing target for `UpdateCachePolicy` and a wrong configuration for `UpdateDistribution`.
fn names_target(operation: &str, code: &str) -> bool {
    const READS_AND_DELETES: [&str; 4] = ["Get", "List", "Describe", "Delete"];
    let starts_with = |verbs: &[&str]| verbs.iter().any(|verb| operation.starts_with(verb));
    let resource = code.trim_start_matches("NoSuch").trim_end_matches("Exists");
    // If the target's type has a specific code, the generic one refers to another resource, such as a VPC origin.
    let target = operation.strip_prefix("Update").unwrap_or_default();
    let is_generic = matches!(code, "NoSuchResource" | "EntityNotFound")
        && find(&format!("NoSuch{target}")).is_none();
    starts_with(&READS_AND_DELETES)
        || (!starts_with(&["Create", "Copy"]) && (is_generic || operation.contains(resource)))
}
