/// What the caller of a failed request can do about it.
///
/// `Display` writes the names that the error documentation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display)]
pub enum ErrorClass {
    /// A user must act: edit the spec or raise a quota.
    Terminal,
    /// CloudFront does not know a new certificate yet. Passes within minutes; after that, handled as [`ErrorClass::Terminal`].
    TransientRefusal,
    /// The resource has changed: read it again before the next write.
    Conflict,
    /// The request rate is too high: send fewer requests.
    Throttled,
    /// No response, or a server error: retry later. After a write, read first
    /// ([`CloudFrontError::outcome_unknown`](super::CloudFrontError::outcome_unknown)).
    Unreachable,
    /// Credentials, permissions or the clock are wrong: an administrator must act.
    AccessDenied,
    /// The resource that the request names does not exist.
    NotFound,
    /// The caller reference or the name is taken, possibly by this operator.
    AlreadyExists,
    /// Another resource or a deployment must finish first.
    InUse,
    /// The configuration refers to something that does not exist. Handled as [`ErrorClass::Terminal`], but checked again, because it may be created.
    MissingDependency,
    /// The response is not one of the CloudFront API: check the network path, such as a proxy.
    InvalidResponse,
    /// Another replica leads and does the work.
    NotLeader,
}
