//! Sources of pairs outside the object: Secrets and ConfigMaps as a whole, or keys of them with documents.

use crate::engine::api::{
    reference::ReferenceName,
    secret::{SecretKey, WHOLE},
    value_source::{ConfigMapKey, ValueSource},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The source of pairs outside the object. Exactly one of the fields is set. It is not sent to CloudFront.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "-", rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [one_source_rule()]))]
pub struct PairSource {
    /// ConfigMap in the same namespace: each entry of its `data` is a pair. The operator needs the permission to `get` the ConfigMap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_ref: Option<ReferenceName>,
    /// Secret in the same namespace: each entry of its `data` is a pair. The operator needs the permission to `get` the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<ReferenceName>,
    /// Key of a ConfigMap in the same namespace with pairs in JSON, for keys with characters that a ConfigMap does not allow, such as `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_key_ref: Option<ConfigMapKey>,
    /// Key of a Secret in the same namespace with pairs in JSON, for keys with characters that a Secret does not allow, such as `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretKey>,
}

impl PairSource {
    /// Returns the source of the document with the pairs.
    pub fn document(&self) -> ValueSource {
        let secret = self.secret_ref.clone().map(|it| SecretKey {
            name: it.name,
            key: WHOLE.into(),
        });
        let config_map = self.config_map_ref.clone().map(|it| ConfigMapKey {
            name: it.name,
            key: WHOLE.into(),
        });
        ValueSource {
            secret_key_ref: secret.or_else(|| self.secret_key_ref.clone()),
            config_map_key_ref: config_map.or_else(|| self.config_map_key_ref.clone()),
        }
    }
}

/// Returns the validation rule that pairs have one source.
fn one_source_rule() -> serde_json::Value {
    serde_json::json!({
        "rule": "(has(self.configMapRef) ? 1 : 0) + (has(self.secretRef) ? 1 : 0) + (has(self.configMapKeyRef) ? 1 : 0) \
                 + (has(self.secretKeyRef) ? 1 : 0) == 1",
        "message": "pairs have exactly one source: set one of configMapRef, secretRef, configMapKeyRef and secretKeyRef",
        "reason": "FieldValueInvalid",
        "fieldPath": ".configMapRef",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_source_is_a_whole_object_or_a_key_of_it() {
        let described = |source| {
            let source: PairSource = serde_json::from_value(source).expect("a source");
            source.document().describe()
        };
        let whole = json!({ "configMapRef": { "name": "edge" } });
        assert_eq!(described(whole), "ConfigMap edge");
        let whole = json!({ "secretRef": { "name": "edge" } });
        assert_eq!(described(whole), "Secret edge");
        let key = json!({ "secretKeyRef": { "name": "edge", "key": "pairs" } });
        assert_eq!(described(key), "key pairs of Secret edge");
    }
}
