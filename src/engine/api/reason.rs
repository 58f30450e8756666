//! The closed set of words that explain a state.

use std::fmt;

/// Why a condition is as it is, or what an event tells. The variant's name is the word users see, and the metric's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The operator has not looked yet.
    Pending,
    /// The resource was created (event).
    Created,
    /// The resource's configuration was replaced (event).
    Updated,
    /// What others had changed in CloudFront was undone (event).
    Reverted,
    /// The resource's tags were changed (event).
    Tagged,
    /// The resource is being disabled, so that it may be deleted.
    Retiring,
    /// The resource is gone (event).
    Deleted,
    /// The object is gone, and the resource was left as it is (event).
    Retained,
    /// CloudFront is bringing the last change to its edges.
    Deploying,
    /// The resource is as the spec asks, and deployed.
    InSync,
    /// The resource differs from the spec and is left so, as a policy asks.
    Drifted,
    /// `spec.suspend` is set.
    Suspended,
    /// An object that the spec names is not there yet, or has no id yet.
    ReferenceNotReady,
    /// The budget, or CloudFront itself, takes only so many at once, and others were first.
    Queued,
    /// The work is done.
    Completed,
    /// Something else in CloudFront still uses the resource.
    InUse,
    /// CloudFront accepted the same update twice and still differs.
    NotConverging,
    /// CloudFront refused the configuration.
    Rejected,
    /// CloudFront asks for fewer calls.
    Throttled,
    /// AWS refused the credentials, or what they may do.
    Denied,
    /// CloudFront could not be reached, or did not answer sensibly.
    Unreachable,
    /// The object cannot be read or encoded by this version of the operator.
    Invalid,
    /// Somebody else keeps changing the resource while it is being updated.
    Conflict,
    /// The resource belongs to another object.
    OwnedElsewhere,
    /// The resource named by `spec.adoptId` does not exist.
    NotFound,
    /// The operator runs with `--mode observe`, and something would have to be written.
    Withheld,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
