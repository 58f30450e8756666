//! The Kubernetes API of the operator: policies, references, Secrets, ConfigMaps, status, conditions, reasons and well-known names.

pub(super) mod condition;
pub(super) mod input;
pub(super) mod message;
pub(super) mod outcome;
pub(super) mod pair_source;
pub(crate) mod pairs;
pub(super) mod policy;
pub(super) mod publication;
pub(super) mod reason;
pub(super) mod reference;
pub(super) mod secret;
mod sibling_value;
pub(super) mod sources;
pub(super) mod status;
pub(super) mod substitution;
pub(super) mod value_source;

use serde::Serialize;
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
};

/// The finalizer that keeps an object until the operator has dealt with its CloudFront resource.
pub const FINALIZER: &str = "cloudfront-operator.dev/finalizer";

/// The field manager of the operator's writes to objects.
pub const FIELD_MANAGER: &str = "cloudfront-operator";

/// The annotation that requests a reconciliation now. Any new value counts; `status.lastHandledReconcileAt` returns its first 256
/// characters.
pub const RECONCILE_REQUESTED_AT: &str = "cloudfront-operator.dev/reconcile-requested-at";

/// The annotation that counts how often the CloudFront resource was recreated. It is not in the status, which a client may clear.
pub const RECREATE_COUNT: &str = "cloudfront-operator.dev/recreate-count";

/// The annotation with the keys of the tags in the first create, as a JSON list. It is stored with the finalizer, so that it needs no
/// write of its own. Keys that the spec gets later are added before the tags are set.
pub(crate) const CREATED_TAGS: &str = "cloudfront-operator.dev/created-tags";

/// The annotation with the names that the resource of an object may have, as JSON, for kinds with unique names. It is stored with the
/// finalizer, so that it needs no write of its own. The id of the resource is added when it is known.
pub(crate) const CREATED_AS: &str = "cloudfront-operator.dev/created-as";

/// Returns the hash of a value. It is not stable across builds.
pub(crate) fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Returns the hash of a value's JSON, without the text in memory. It is not stable across builds.
pub(crate) fn hash_of_json(value: &impl Serialize) -> u64 {
    struct HashWriter(DefaultHasher);

    impl Write for HashWriter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut writer = HashWriter(DefaultHasher::new());
    // A status has only text keys, so its serialization cannot fail.
    let _ = serde_json::to_writer(&mut writer, value);
    writer.0.finish()
}
