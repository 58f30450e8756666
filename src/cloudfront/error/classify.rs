//! What each code of CloudFront's means to the caller.

/// Who must move next, after a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display)]
pub enum ErrorClass {
    /// A person: edit the spec, raise a quota.
    Terminal,
    /// Nobody, for the first minutes: a new certificate has not reached CloudFront yet. Afterwards like [`ErrorClass::Terminal`].
    #[strum(to_string = "Settling")]
    TransientRefusal,
    /// We: read again, decide again.
    Conflict,
    /// We: fewer calls.
    Throttled,
    /// We: try again later; after a write, look first ([`CloudFrontError::outcome_unknown`](super::CloudFrontError::outcome_unknown)).
    Unreachable,
    /// Whoever grants permissions, or runs the clock and the credentials.
    Denied,
    /// The resource that the call named is gone.
    NotFound,
    /// The caller reference or the name is taken, perhaps by us.
    AlreadyExists,
    /// Another resource, or a deployment, must finish first.
    InUse,
    /// The configuration refers to something that is not there: like [`ErrorClass::Terminal`], but it may appear, so look again.
    #[strum(to_string = "Missing")]
    MissingDependency,
    /// Whoever runs what lies between us and CloudFront: that was no answer of the API.
    #[strum(to_string = "Garbled")]
    InvalidResponse,
    /// Nobody: another replica does the work.
    NotLeader,
}

/// The class of a refusal.
pub(in crate::cloudfront) fn refusal(
    operation: &str,
    status: u16,
    code: &str,
    message: &str,
) -> ErrorClass {
    match code {
        // A distribution under a pricing plan answers this to its deletion, for ever. Source: ekristen/aws-nuke#1024.
        "PreconditionFailed" if message.to_lowercase().contains("pricing plan") => {
            ErrorClass::Terminal
        }
        // What really comes where InvalidationBatchAlreadyExists is documented. Source: aws/aws-cdk#3878.
        "InvalidArgument" if message.contains("used for a previous invalidation batch") => {
            ErrorClass::AlreadyExists
        }
        _ => match known(code).map_or_else(|| by_status(status), |(_, class)| class) {
            ErrorClass::NotFound if !names_target(operation, code) => ErrorClass::MissingDependency,
            class => class,
        },
    }
}

/// The class of a code in the table, and the code itself with a lifetime that suits a metric's label.
pub(in crate::cloudfront) fn known(code: &str) -> Option<(&'static str, ErrorClass)> {
    error_codes().find(|(known, _)| *known == code)
}

/// Every code in the table, with its class there. "Not found" becomes [`ErrorClass::MissingDependency`] where it is not the call's own target.
pub fn error_codes() -> impl Iterator<Item = (&'static str, ErrorClass)> {
    let of = |(class, codes): &'static (ErrorClass, &'static str)| {
        codes.split_whitespace().map(move |code| (code, *class))
    };
    super::error_codes::TABLE.iter().flat_map(of)
}

/// What a code that AWS has invented since means.
fn by_status(status: u16) -> ErrorClass {
    match status {
        401 | 403 => ErrorClass::Denied,
        404 => ErrorClass::NotFound,
        409 | 412 => ErrorClass::Conflict,
        429 => ErrorClass::Throttled,
        408 | 500.. => ErrorClass::Unreachable,
        _ => ErrorClass::Terminal,
    }
}

/// Whether "no such thing" speaks of the very thing that the operation is about, and not of one that its document refers to.
///
/// `NoSuchCachePolicy` tells `UpdateCachePolicy` that its target is gone, and `UpdateDistribution` that its configuration is wrong.
fn names_target(operation: &str, code: &str) -> bool {
    const READS_AND_DELETES: [&str; 4] = ["Get", "List", "Describe", "Delete"];
    let verb = |verbs: &[&str]| verbs.iter().any(|verb| operation.starts_with(verb));
    let thing = code.trim_start_matches("NoSuch").trim_end_matches("Exists");
    // Where the target's kind has a code of its own, the general one speaks of something else, such as a VPC origin.
    let target = operation.strip_prefix("Update").unwrap_or_default();
    let general = matches!(code, "NoSuchResource" | "EntityNotFound")
        && known(&format!("NoSuch{target}")).is_none();
    verb(&READS_AND_DELETES)
        || (!verb(&["Create", "Copy"]) && (general || operation.contains(thing)))
}
