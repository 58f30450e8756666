//! Errors of control requests.

/// A control request cannot be applied.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No account has a resource with this ID.
    #[error("there is no resource '{0}'; GET /_sim/state lists what there is")]
    NoSuchResource(String),
    /// The configuration has no element at this path.
    #[error(
        "the path '{0}' leads nowhere; name elements from the configuration's root on, as Origins/Items/0/DomainName"
    )]
    NoSuchPath(String),
    /// The resource has no stages, so it cannot be published.
    #[error("'{0}' cannot be published; name a function")]
    NoStages(String),
    /// The resource is not a key-value store, so it has no pairs.
    #[error("'{0}' has no pairs; name a key-value store")]
    NoPairs(String),
    /// The text is not a valid XML element.
    #[error("the text is no XML element: {0}")]
    InvalidXml(String),
    /// No quota has this name.
    #[error("there is no quota '{0}'; GET /_sim/quotas lists them")]
    NoSuchQuota(String),
}
