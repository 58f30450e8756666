//! Profiles of field-level encryption, which name the fields and the keys that encrypt them.

use super::{
    shared::{
        self,
        policies::ObservedPolicy,
        rules::{NO_CONTROL_CHARACTERS, is_set},
        types::{absent_if_empty, item_rules},
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        InputField, Kind, ListRevision, LocalReference, ManagementSpec, NameMember,
        ResolvedReferences, ResourceApi, Status,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A profile of field-level encryption names fields of submitted forms, and the public key that encrypts them. Reference it from a
/// `FieldLevelEncryptionConfig`. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/field-level-encryption.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "FieldLevelEncryptionProfile",
    plural = "fieldlevelencryptionprofiles",
    shortname = "cfflep",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedPolicy>",
    printcolumn(name = "Comment", type_ = "string", json_path = ".spec.comment")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&[])))]
pub struct FieldLevelEncryptionProfileSpec {
    /// Name of the profile, which no other profile of the AWS account has: at most 128 characters. If one with this name exists, it stays
    /// unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets one from the namespace, the name and the UID
    /// of this object. With `adoptId`, the profile then keeps its name.
    #[schemars(length(min = 1, max = 128))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: FieldLevelEncryptionProfileConfig,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `FieldLevelEncryptionProfileConfig` without `CallerReference` and `Name`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldLevelEncryptionProfileConfig {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Keys, and the fields that they encrypt. CloudFront's quota is 10 fields in a profile, unless raised.
    pub encryption_entities: EncryptionEntities,
}

/// Keys and fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/EncryptionEntity:PublicKeyId")]
#[schemars(extend("x-kubernetes-list-type" = "atomic", "minItems" = 1, "maxItems" = 10, "x-kubernetes-validations" = ENTITIES))]
pub struct EncryptionEntities(pub Vec<EncryptionEntity>);

/// A key, and the fields that it encrypts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = ENTITY))]
pub struct EncryptionEntity {
    /// ID of the public key, which must be an RSA key. Exactly one of `publicKeyId` and `publicKeyRef` is required.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub public_key_id: Option<String>,

    /// `PublicKey` object in the same namespace whose key encrypts the fields. Replaces `publicKeyId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_ref: Option<LocalReference>,

    /// Name of the provider of the key, which your application uses to find the private key: at most 128 characters.
    #[schemars(length(min = 1, max = 128))]
    pub provider_id: String,

    /// Names of the fields, each at most 128 characters. A `*` at the end stands for any text. The case matters. A field matches only one
    /// pattern of the profile.
    pub field_patterns: FieldPatterns,
}

/// Names of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/FieldPattern")]
#[schemars(extend(
    "x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 20, "x-kubernetes-validations" = PATTERNS
))]
pub struct FieldPatterns(
    #[schemars(inner(length(min = 1, max = 128)), transform = item_rules(&PATTERN))] pub Vec<String>,
);

const ENTITY: [Rule; 1] = [Rule::text(
    concat!(
        is_set!("self.publicKeyId"),
        " || has(self.publicKeyRef)"
    ),
    "the public key is missing: set publicKeyRef to an object of kind PublicKey, or publicKeyId to the ID of a public key",
)
.at(".publicKeyRef")
.required()];

/// Source of the last rule and of the following one: "Use field-level encryption to help protect sensitive data" in the Amazon CloudFront
/// Developer Guide.
const PATTERN: [Rule; 2] = [
    NO_CONTROL_CHARACTERS,
    Rule::expression(
        "!self.contains('*') || self.indexOf('*') == size(self) - 1",
        "'field pattern \"%s\" has a * that is not its last character: CloudFront accepts it only there, such as card*'.format([self])",
    ),
];

/// An expression that is true if pattern `p` of the list has a `*` and matches a field of another pattern.
macro_rules! overlaps {
    () => {
        "p.endsWith('*') && self.exists(q, q != p && q.startsWith(p.substring(0, size(p) - 1)))"
    };
}

const PATTERNS: [Rule; 1] = [Rule::expression(
    concat!("!self.exists(p, ", overlaps!(), ")"),
    concat!(
        "'field pattern \"%s\" matches fields of another pattern: remove one of them'.format([self.filter(p, ",
        overlaps!(),
        ")[0]])"
    ),
)];

/// CloudFront also rejects patterns of two keys that overlap and are not equal. A rule for them would be too expensive.
const ENTITIES: [Rule; 1] = [Rule::text(
    "self.all(e, e.fieldPatterns.all(p, self.exists_one(f, p in f.fieldPatterns)))",
    "two keys of the profile have the same field pattern: remove it from one of them",
)];

impl Kind for FieldLevelEncryptionProfile {
    const KIND: &'static str = "FieldLevelEncryptionProfile";
    const API: &'static ResourceApi = &ResourceApi {
        additional_name: Some(NameMember {
            member: "Name",
            max_length: 128,
        }),
        revision: ListRevision::LastModified,
        ..ResourceApi::managed(
            "FieldLevelEncryptionProfile",
            "FieldLevelEncryptionProfiles",
            "field-level-encryption-profile",
            "FieldLevelEncryptionProfileConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"encryptionEntities": []}"#;
    const INPUTS: &'static [InputField] = &[InputField::reference(
        "encryptionEntities[].publicKeyId",
        "PublicKey",
    )];

    type ObservedFields = ObservedPolicy;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        xml::to_element(Self::API.config, &self.resolved(references)?.spec.config)
    }
}
