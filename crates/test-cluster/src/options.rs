//! The options of a cluster.

/// The optional parts of a cluster.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether the cluster has kube-controller-manager. Without it, the deletion of a namespace does not finish, owner
    /// references have no effect, and no pods are created.
    pub has_controller_manager: bool,
    /// The level of [`crate::Cluster::audit_log`]; `None` disables the log.
    pub audit: Option<AuditLevel>,
}

/// The level of an audit log, as in an audit policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditLevel {
    /// The user, the verb, the object and the response code.
    Metadata,
    /// [`Self::Metadata`] and the request body.
    Request,
}
