//! Values outside the object, in Secrets and ConfigMaps. Those of ConfigMaps are not confidential.

use crate::engine::api::secret::{SecretKey, Secrets, describe_key, key_rule, object_name_rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The source of a value outside the object. Exactly one of the fields is set. It is not sent to CloudFront.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "-", rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [one_source_rule()]))]
pub struct ValueSource {
    /// Key of a Secret in the same namespace. The operator needs the permission to `get` the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<SecretKey>,
    /// Key of a ConfigMap in the same namespace, for a value that is not confidential. The operator needs the permission to `get` the
    /// ConfigMap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_key_ref: Option<ConfigMapKey>,
}

/// A key of a ConfigMap.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct ConfigMapKey {
    /// Name of the ConfigMap.
    #[schemars(length(min = 1, max = 253), extend("x-kubernetes-validations" = [object_name_rule()]))]
    pub name: String,
    /// Key in the `data` of the ConfigMap.
    #[schemars(length(min = 1, max = 253), extend("x-kubernetes-validations" = [key_rule("ConfigMap")]))]
    pub key: String,
}

impl ConfigMapKey {
    /// Names the key in a message.
    pub(crate) fn describe(&self) -> String {
        describe_key("ConfigMap", &self.name, &self.key)
    }
}

/// The values of the ConfigMap keys that a spec references.
pub type ConfigMapValues = BTreeMap<ConfigMapKey, String>;

impl ValueSource {
    /// Names the source in a message.
    pub fn describe(&self) -> String {
        let secret = self.secret_key_ref.iter().map(SecretKey::describe);
        let config_map = self.config_map_key_ref.iter();
        let config_map = config_map.map(ConfigMapKey::describe);
        let sources: Vec<String> = secret.chain(config_map).collect();
        sources.join(" and ")
    }

    /// Returns the value, if it was read.
    pub(super) fn value<'a>(
        &self,
        secrets: &'a Secrets,
        config_maps: &'a ConfigMapValues,
    ) -> Option<&'a str> {
        let secret = self.secret_key_ref.as_ref();
        let config_map = self.config_map_key_ref.as_ref();
        secret
            .and_then(|key| secrets.value(key))
            .or_else(|| config_maps.get(config_map?).map(String::as_str))
    }
}

/// Returns the validation rule that a value has one source.
fn one_source_rule() -> serde_json::Value {
    serde_json::json!({
        "rule": "has(self.secretKeyRef) != has(self.configMapKeyRef)",
        "message": "a value has exactly one source: set either secretKeyRef or configMapKeyRef",
        "reason": "FieldValueInvalid",
        "fieldPath": ".secretKeyRef",
    })
}
