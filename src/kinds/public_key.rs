//! Public keys, with which CloudFront verifies signatures or encrypts fields.

use super::{
    shared::{self, pem, policies},
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        InputField, Kind, ListRevision, ManagementSpec, NameMember, ResolvedReferences,
        ResourceApi, Status, ValueFormat, ValueSource,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, ser::Error as _};

/// A public key lets CloudFront verify signed URLs and signed cookies, or encrypt fields of requests. Add it to a key group, or to a
/// profile of field-level encryption. CloudFront can change only the comment of a key. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "PublicKey",
    plural = "publickeys",
    shortname = "cfpk",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedPublicKey>",
    printcolumn(name = "Comment", type_ = "string", json_path = ".spec.comment")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct PublicKeySpec {
    /// Name of the key, which no other public key of the AWS account has: at most 128 letters, digits, `-` and `_`. It cannot change.
    /// If a key with this name exists, it stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets
    /// one from the namespace, the name and the UID of this object. With `adoptId`, the key then keeps its name.
    #[schemars(length(min = 1, max = 128), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// The public key in PEM format, from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`. CloudFront accepts RSA keys with 2048
    /// bits and ECDSA keys on the curve P-256; field-level encryption requires RSA. It cannot change, apart from white space at its end.
    /// Exactly one of `encodedKey` and `encodedKeyFrom` is required.
    #[schemars(length(max = 4096), extend("x-kubernetes-validations" = pem::PUBLIC_KEY))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoded_key: Option<String>,

    /// Source of the key outside this object. The operator reads it in each reconciliation and at least every minute. Since CloudFront
    /// cannot change a key, another value changes nothing: this object then reports `Immutable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoded_key_from: Option<ValueSource>,

    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// The fields that CloudFront assigns to a public key, apart from the id and the ETag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedPublicKey {
    /// When the key was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<String>,
}

/// CloudFront's `PublicKeyConfig` without `CallerReference` and `Name`, which the engine sets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicKeyConfig<'a> {
    encoded_key: String,
    comment: &'a str,
}

const IMMUTABLE: &str = "CloudFront cannot change a public key: create another PublicKey, add it to the key group, then remove this one";

/// Source: `CannotChangeImmutablePublicKeyFields` among the errors of `UpdatePublicKey`.
const SPEC: [Rule; 3] = [
    Rule::text(
        "has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",
        IMMUTABLE,
    )
    .at(".name")
    .forbidden(),
    Rule::text(
        "!has(self.encodedKey) || !has(oldSelf.encodedKey) || self.encodedKey.trim() == oldSelf.encodedKey.trim()",
        IMMUTABLE,
    )
    .at(".encodedKey")
    .forbidden(),
    Rule::text(
        "has(self.encodedKey) || has(self.encodedKeyFrom)",
        "the public key is missing: set encodedKey or encodedKeyFrom",
    )
    .at(".encodedKey")
    .required(),
];

impl Kind for PublicKey {
    const KIND: &'static str = "PublicKey";
    const API: &'static ResourceApi = &ResourceApi {
        additional_name: Some(NameMember {
            member: "Name",
            max_length: 128,
        }),
        immutable: &["Name", "EncodedKey"],
        revision: ListRevision::Members(&["Comment", "EncodedKey", "Name"]),
        ..ResourceApi::managed("PublicKey", "PublicKeys", "public-key", "PublicKeyConfig")
    };
    const INPUTS: &'static [InputField] = &[InputField::text("encodedKey", ValueFormat::MultiLine)];

    type ObservedFields = ObservedPublicKey;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let field = match self.spec.encoded_key_from {
            Some(_) => "the value of encodedKeyFrom",
            None => "encodedKey",
        };
        let spec = self.resolved(references)?.spec;
        let key = spec.encoded_key.as_deref().and_then(pem::normalized);
        let encoded_key =
            key.ok_or_else(|| xml::XmlError::custom(format!("{field} {}", pem::NOT_PUBLIC_KEY)))?;
        let comment = &spec.comment;
        let config = PublicKeyConfig {
            encoded_key,
            comment,
        };
        xml::to_element(Self::API.config, &config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ConfigMapKey;
    use serde_json::{Value, json};

    const KEY: &str = "-----BEGIN PUBLIC KEY-----\nMFkw\nAQAB\n-----END PUBLIC KEY-----\n";

    fn public_key(spec: Value) -> PublicKey {
        PublicKey::new("signer", serde_json::from_value(spec).unwrap())
    }

    fn sent_key(spec: Value, value: &str) -> Result<String, String> {
        let name = "signer".to_owned();
        let key = "pem".to_owned();
        let mut references = ResolvedReferences::default();
        let values = &mut references.config_maps;
        values.insert(ConfigMapKey { name, key }, value.to_owned());
        let config = public_key(spec).config(&references);
        config
            .map(|config| config.text_of("EncodedKey").unwrap().to_owned())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_is_sent_with_one_newline_at_its_end() {
        let lines = KEY.trim_end();
        let from =
            json!({ "encodedKeyFrom": { "configMapKeyRef": { "name": "signer", "key": "pem" } } });
        for text in [
            lines.to_owned(),
            KEY.to_owned(),
            format!("{KEY}\n \n"),
            KEY.replace('\n', "\r\n"),
        ] {
            let inline = sent_key(json!({ "encodedKey": text }), "");
            assert_eq!(inline.as_deref(), Ok(KEY), "{text:?}");
            assert_eq!(
                sent_key(from.clone(), &text).as_deref(),
                Ok(KEY),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_private_key_or_another_text_is_never_sent_nor_quoted() {
        let from =
            json!({ "encodedKeyFrom": { "configMapKeyRef": { "name": "signer", "key": "pem" } } });
        for text in [
            &KEY.replace("PUBLIC", "PRIVATE"),
            &format!("{}\n{KEY}", KEY.replace("PUBLIC", "PRIVATE")),
            &KEY.replace("AQAB", ""),
            &KEY.replace("AQAB", "A Q"),
            "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
            "",
        ] {
            let error = sent_key(from.clone(), text).unwrap_err();
            assert!(
                error.contains("the value of encodedKeyFrom is not"),
                "{error}"
            );
            assert!(!error.contains("MFkw"), "{error}");
        }
        let error = sent_key(json!({}), "").unwrap_err();
        assert!(error.contains("encodedKey is not a public key"), "{error}");
    }

    #[test]
    fn white_space_at_the_end_of_a_key_is_no_drift() {
        let config = public_key(json!({ "encodedKey": KEY }));
        let desired = config.config(&ResolvedReferences::default()).unwrap();
        for observed in [KEY.trim_end(), KEY, &format!("{KEY}\n")] {
            let mut remote = desired.clone();
            remote.set_text("EncodedKey", observed);
            assert_eq!(remote.overlay(&desired), [], "{observed:?}");
        }
        let mut remote = desired.clone();
        remote.set_text("EncodedKey", &KEY.replace("AQAB", "AQAC"));
        assert_eq!(remote.overlay(&desired).len(), 1);
    }
}
