//! The steps of a case.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A step of a case. `$NAME` in a text stands for the id that a step has saved as `$NAME`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) enum Step {
    /// `kubectl apply` accepts a manifest.
    Apply(String),
    /// The API server rejects a manifest, and the message has these parts.
    Rejected {
        manifest: String,
        messages: Vec<String>,
    },
    /// kubectl succeeds, or fails with an error that contains this text.
    Kubectl {
        arguments: Vec<String>,
        /// The standard input. `LAST`: the last applied manifest.
        #[serde(default)]
        input: String,
        error: Option<String>,
    },
    /// The objects become ready for their current generation.
    Ready(Vec<String>),
    /// The objects become ready, CloudFront has accepted each of their requests, and the last manifest changes nothing when it is applied
    /// again, also server-side.
    AtRest(Vec<String>),
    /// A condition of an object gets this status and reason, and its message contains this text.
    Condition {
        object: String,
        #[serde(rename = "type")]
        type_: String,
        status: String,
        reason: Option<String>,
        #[serde(default)]
        message: String,
    },
    /// A field of an object gets this value. Null: it is absent.
    Field {
        object: String,
        pointer: String,
        value: Value,
    },
    /// The objects are gone.
    Gone(Vec<String>),
    /// The objects' requests that changed CloudFront since the last change of an object in this case, after two more lists.
    Writes(BTreeMap<String, Vec<String>>),
    /// Requests a fresh read of an object, and waits for it.
    Reconcile(String),
    /// Saves the id of an object's resource.
    SaveId {
        object: String,
        #[serde(rename = "as")]
        name: String,
    },
    /// CloudFront leaves members out of its responses.
    LeaveOut {
        object: String,
        members: Vec<String>,
    },
}
