//! Values from Secrets: they are read in each reconciliation, sent to CloudFront and not stored.

use crate::{cloudfront::redact_values, engine::api::pairs::Pairs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// A key of a Secret.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct SecretKey {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253), extend("x-kubernetes-validations" = [object_name_rule()]))]
    pub name: String,
    /// Key in the `data` of the Secret.
    #[schemars(length(min = 1, max = 253), extend("x-kubernetes-validations" = [key_rule("Secret")]))]
    pub key: String,
}

/// The key that stands for all of the data, as a document with pairs. No Secret and no ConfigMap can have such a key.
pub(crate) const WHOLE: &str = "*";

impl SecretKey {
    /// Names the key in a message.
    pub(crate) fn describe(&self) -> String {
        describe_key("Secret", &self.name, &self.key)
    }
}

/// Names a key of an object, or the object, in a message.
pub(super) fn describe_key(kind: &str, name: &str, key: &str) -> String {
    if key == WHOLE {
        format!("{kind} {name}")
    } else {
        format!("key {key} of {kind} {name}")
    }
}

/// Returns the validation rule of the name of an object: no object can have another name.
pub(super) fn object_name_rule() -> serde_json::Value {
    serde_json::json!({
        "rule": "!self.matches('^[.-]|[.-]$|[^a-z0-9.-]')",
        "messageExpression": "'\"%s\" is not the name of an object: use lower-case letters and digits, with - and . between them'.format([self])",
        "reason": "FieldValueInvalid",
    })
}

/// Returns the validation rule of a key of a Secret or of a ConfigMap.
pub(super) fn key_rule(kind: &str) -> serde_json::Value {
    serde_json::json!({
        "rule": "self.matches('^[a-zA-Z0-9._-]+$')",
        "messageExpression": format!("'\"%s\" is not a key of a {kind}: use letters, digits, -, _ and . only'.format([self])"),
        "reason": "FieldValueInvalid",
    })
}

/// The values of the Secret keys that a spec references. `Debug` shows only the keys.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Secrets(BTreeMap<SecretKey, String>);

impl Secrets {
    /// Returns the value of a key. The engine reads all keys that the kind lists. `None`: the kind did not list the key.
    pub fn value(&self, key: &SecretKey) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Returns the message without the values, and without those in documents with pairs, which an error of CloudFront may quote. Values of
    /// less than six characters are no secrets.
    pub(crate) fn redact(&self, message: &str) -> String {
        let mut pairs = Pairs::default();
        for text in self.0.values() {
            // A value that is no document has no pairs.
            let _ = pairs.add_document("", text);
        }
        let in_documents = pairs.iter().map(|(_, value)| value);
        let values = self.0.values().map(String::as_str);
        redact_values(message, values.chain(in_documents))
    }
}

impl FromIterator<(SecretKey, String)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (SecretKey, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let key = SecretKey {
            name: "origin".into(),
            key: "token".into(),
        };
        [(key, "hunter2".to_owned())].into_iter().collect()
    }

    #[test]
    fn a_value_is_neither_in_debug_text_nor_in_a_message() {
        assert!(!format!("{:?}", secrets()).contains("hunter2"));
        let message = secrets().redact("the parameter HeaderValue hunter2 is not valid");
        assert_eq!(message, "the parameter HeaderValue (redacted) is not valid");
    }

    #[test]
    fn a_value_in_a_document_is_not_in_a_message() {
        let document = r#"{"/old": "hunter2", "/new": "hunter3"}"#.to_owned();
        let key = SecretKey {
            name: "tokens".into(),
            key: WHOLE.into(),
        };
        let secrets: Secrets = [(key, document)].into_iter().collect();
        let message = secrets.redact("hunter3 is too long");
        assert_eq!(message, "(redacted) is too long");
    }

    #[test]
    fn a_short_value_leaves_the_message_readable() {
        let key = SecretKey {
            name: "origin".into(),
            key: "token".into(),
        };
        let secrets: Secrets = [(key, "x".to_owned())].into_iter().collect();
        let message = "is there a proxy in between?";
        assert_eq!(secrets.redact(message), message);
    }
}
