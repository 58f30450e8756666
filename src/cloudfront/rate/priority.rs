/// How urgent a request is: those that a user waits for pass the [`RateLimiter`](super::RateLimiter) more often than the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// A user changed a spec.
    #[default]
    Interactive,
    /// A user deleted an object.
    Deletion,
    /// Checks whether a change is deployed.
    DeploymentPoll,
    /// Checks whether the resource differs from the spec.
    DriftCheck,
}
