//! The error of step `observe`.

use crate::{
    cloudfront::CloudFrontError,
    engine::{
        api::{outcome::Outcome, reason::Reason},
        reconcile::name_taken::NameTaken,
    },
};

/// Why the resource of an object is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObserveError {
    /// CloudFront refused, or could not be reached.
    #[error(transparent)]
    CloudFront(#[from] CloudFrontError),
    /// The read waits for the rate limiter, or is not needed any more.
    #[error("the read waits for the rate limiter")]
    NotSent(Outcome),
    /// A read returned a version that is earlier than a known one.
    #[error(
        "CloudFront still returns {kind} {id} as it was before the last update. It is read again."
    )]
    Outdated {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// A read matches the spec, and a known version may be later.
    #[error(
        "CloudFront may still return {kind} {id} as it was before the last update. It is read again, for a minute at most."
    )]
    PossiblyOutdated {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// A recorded id is not found, and reads are eventually consistent.
    #[error("CloudFront does not find {kind} {id}. It is read again before {next_action}.")]
    NotFoundYet {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
        /// The action that a confirmed absence leads to.
        next_action: &'static str,
    },
    /// An object without an id may have a resource, which the list does not show yet.
    #[error(
        "A create request may have succeeded without a response. CloudFront is searched for the {kind} before {next_action}."
    )]
    CreateUnresolved {
        /// The kind.
        kind: &'static str,
        /// The action that a confirmed absence leads to.
        next_action: &'static str,
    },
    /// A resource of another owner has the name in the spec.
    #[error(transparent)]
    NameTaken(NameTaken),
    /// `spec.adoptId` names no resource.
    #[error(
        "{kind} {id}, named by spec.adoptId, does not exist in this account. Delete this object, and create one with the correct id or without adoptId."
    )]
    AdoptedNotFound {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// The resource was created for another object.
    #[error(
        "{kind} {id}, recorded in the status, was not created for this object. Set spec.adoptId to adopt it, or clear status.id to create a new one."
    )]
    NotOwned {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// Another object created the resource, or has adopted it.
    #[error("{kind} {id} is already managed by {owner}. Delete one of the two objects.")]
    SharedOwner {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
        /// The object that manages it.
        owner: String,
    },
    /// Not all objects that may manage the resource are listed.
    #[error(
        "The objects of kind {kind} cannot all be listed, so another one may manage {id}. Check that the operator has the permissions list and watch in all watched namespaces."
    )]
    HoldersUnknown {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// The credentials belong to another AWS account, in which every id is absent.
    #[error(
        "{kind} {id} is in AWS account {account}, but the credentials of the operator belong to account {present}. Use credentials of account {account}."
    )]
    OtherAccount {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
        /// The account of the resource.
        account: String,
        /// The account of the credentials.
        present: String,
    },
    /// A resource is not found, and it is not known in which AWS account it was created.
    #[error(
        "CloudFront does not find {kind} {id}, and its AWS account is not recorded because AWS STS was not available. Check that the credentials belong to its account. If it was deleted there, set spec.deletionPolicy to Retain and create this object again."
    )]
    AccountUnknown {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// A one-shot resource was deleted before it completed.
    #[error(
        "CloudFront does not find {kind} {id} any more: it or its parent was deleted before it was observed as completed."
    )]
    OneShotGone {
        /// The kind.
        kind: &'static str,
        /// The id.
        id: String,
    },
}

impl ObserveError {
    /// Returns the error of a request, if CloudFront caused it.
    pub(super) fn cloudfront(&self) -> Option<&CloudFrontError> {
        match self {
            Self::CloudFront(error) => Some(error),
            _ => None,
        }
    }

    /// Whether CloudFront's responses are not conclusive yet, so that the next read decides.
    pub(super) fn is_inconclusive(&self) -> bool {
        matches!(
            self,
            Self::Outdated { .. }
                | Self::PossiblyOutdated { .. }
                | Self::NotFoundYet { .. }
                | Self::CreateUnresolved { .. }
                | Self::HoldersUnknown { .. }
        )
    }

    /// Returns the reason of a refusal to continue.
    pub(super) fn refusal(&self) -> Option<Reason> {
        match self {
            Self::AdoptedNotFound { .. } | Self::OneShotGone { .. } => Some(Reason::NotFound),
            Self::NotOwned { .. } | Self::SharedOwner { .. } | Self::NameTaken(_) => {
                Some(Reason::OwnershipConflict)
            }
            Self::OtherAccount { .. } | Self::AccountUnknown { .. } => Some(Reason::AccessDenied),
            _ => None,
        }
    }
}
