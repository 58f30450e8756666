//! The identity under which a process holds the Lease.

use k8s_openapi::api::core::v1::ObjectReference;
use std::{
    env,
    hash::{BuildHasher, RandomState},
    sync::OnceLock,
};

/// Names a process, and the pod that it runs in if that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::operator) struct Identity {
    /// The name and the UID of the pod. Both are the same for all containers that the kubelet starts in it, one after the other.
    pod: Option<String>,
    holder: String,
}

impl Identity {
    /// Returns the identity of this process. `POD_UID` is set by the chart; without it, the pod is not known.
    pub(in crate::operator) fn of_this_process() -> &'static Self {
        static IDENTITY: OnceLock<Identity> = OnceLock::new();
        IDENTITY.get_or_init(|| {
            let (name, uid) = pod_of_this_process();
            let nonce = RandomState::new().hash_one(std::process::id());
            Self::new(&name, &uid, nonce)
        })
    }

    /// Returns the identity of a process in a pod. The number is different for each process.
    pub(super) fn new(name: &str, uid: &str, nonce: u64) -> Self {
        if uid.is_empty() {
            return Self {
                pod: None,
                holder: format!("{name}_{nonce:016x}"),
            };
        }
        let pod = format!("{name}_{uid}_");
        Self {
            holder: format!("{pod}{nonce:016x}"),
            pod: Some(pod),
        }
    }

    /// Returns the pod of this process, which is in this namespace, as the object of an event.
    pub(in crate::operator) fn pod(namespace: &str) -> Option<ObjectReference> {
        let (name, uid) = pod_of_this_process();
        (!uid.is_empty()).then(|| ObjectReference {
            api_version: Some("v1".into()),
            kind: Some("Pod".into()),
            name: Some(name),
            namespace: Some(namespace.into()),
            uid: Some(uid),
            ..ObjectReference::default()
        })
    }

    /// Returns the text that names this process in a Lease.
    pub(in crate::operator) fn holder(&self) -> &str {
        &self.holder
    }

    /// Whether the holder of a Lease is this process, or a process that has certainly ended: that of an earlier container of this pod.
    pub(super) fn replaces(&self, holder: &str) -> bool {
        let is_same_pod = self.pod.as_ref().is_some_and(|pod| holder.starts_with(pod));
        is_same_pod || holder == self.holder
    }
}

/// Returns the name and the UID of the pod of this process. The UID is empty if the pod is not known.
fn pod_of_this_process() -> (String, String) {
    let name = env::var("HOSTNAME").unwrap_or_else(|_| "local".into());
    (name, env::var("POD_UID").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_replaces_an_earlier_container_of_its_own_pod_only() {
        let first = Identity::new("operator-0", "8f3c", 1);
        let second = Identity::new("operator-0", "8f3c", 2);
        assert!(second.replaces(first.holder()));
        for other in [
            Identity::new("operator-0", "77aa", 1),
            Identity::new("operator-1", "8f3c", 1),
            Identity::new("operator-0", "", 1),
        ] {
            assert!(!second.replaces(other.holder()), "{other:?}");
        }
    }

    #[test]
    fn without_a_pod_uid_a_process_replaces_no_other() {
        let first = Identity::new("local", "", 1);
        let second = Identity::new("local", "", 2);
        assert!(!second.replaces(first.holder()));
        assert!(first.replaces(first.holder()));
    }
}
