//! Key-value stores, from which functions of CloudFront Functions read data.

use super::{
    shared::{self, policies, rules::NO_CONTROL_CHARACTERS, types::string_enum},
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        DocumentForm, FlatDocuments, Identity, InputField, Kind, ListRevision, ManagementSpec,
        ResolvedReferences, ResourceApi, Status, TagSupport, UpdatePath, ValueFormat, ValueSource,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A key-value store has data that functions of CloudFront Functions read, so that the data changes without a change of the code. Reference
/// it from a `Function` with runtime `cloudfront-js-2.0`. CloudFront charges for reads by functions and for requests about pairs. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "KeyValueStore",
    plural = "keyvaluestores",
    shortname = "cfkvs",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedKeyValueStore>"
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct KeyValueStoreSpec {
    /// Name of the store, which no other key-value store of the AWS account has: at most 64 letters, digits, `-` and `_`. It cannot change.
    /// If a store with this name exists, it stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets
    /// one from the namespace, the name and the UID of this object. With `adoptId`, the store then keeps its name, which is its ID.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: KeyValueStoreMembers,

    /// Tags of the store in AWS, at most 50. The create request sets them, and the operator applies later changes. Tags that other clients
    /// set are kept. Default: none. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/tagging.html>.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend(
        "maxProperties" = 50,
        "additionalProperties" = {"type": "string", "maxLength": 256},
        "x-kubernetes-validations" = shared::rules::TAGS
    ))]
    pub tags: BTreeMap<String, String>,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `CreateKeyValueStoreRequest` without `Name` and `Tags`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyValueStoreMembers {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// A file with the first pairs. CloudFront imports it once, when it creates the store, so that the field cannot change and has no
    /// effect with `adoptId`. Default: the store is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_source: Option<ImportSource>,
}

/// A file with pairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = IMPORT_SOURCE))]
pub struct ImportSource {
    /// Where the file is. Default: `S3`, an object in Amazon S3.
    #[serde(default)]
    pub source_type: ImportSourceType,

    /// ARN of the object in Amazon S3, which the credentials of the operator can read. It is JSON in the form that CloudFront documents at
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-create-s3-kvp.html>. Exactly one of
    /// `sourceARN` and `sourceARNFrom` is required.
    #[serde(rename = "sourceARN", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048), extend("x-kubernetes-validations" = SOURCE_ARN))]
    pub source_arn: Option<String>,

    /// Source of that ARN outside this object, such as a ConfigMap that an infrastructure tool writes. A change of the value after the
    /// creation of the store has no effect.
    #[serde(rename = "sourceARNFrom", skip_serializing_if = "Option::is_none")]
    pub source_arn_from: Option<ValueSource>,
}

string_enum! {
    /// Where a file with pairs is.
    ImportSourceType: "S3" = "S3"
}

/// The fields that CloudFront assigns to a key-value store, apart from the id and the ETag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedKeyValueStore {
    /// ARN of the store. It contains an ID that differs from the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// CloudFront's status of the store: `PROVISIONING` while CloudFront creates it and imports pairs, then `READY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// When the store was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,
}

/// Source: `UpdateKeyValueStore` in the Amazon CloudFront API Reference.
const SPEC: [Rule; 2] = [
    Rule::text(
        "has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",
        "CloudFront cannot change the name of a key-value store: create another KeyValueStore, use it in place of this one, then delete \
         this one",
    )
    .at(".name")
    .forbidden(),
    Rule::text(
        "has(self.importSource) == has(oldSelf.importSource) && (!has(self.importSource) || self.importSource == oldSelf.importSource)",
        "CloudFront imports pairs only when it creates a key-value store: create another KeyValueStore with this importSource, or restore \
         the former importSource",
    )
    .at(".importSource")
    .forbidden(),
];

const IMPORT_SOURCE: [Rule; 1] = [Rule::text(
    "has(self.sourceARN) || has(self.sourceARNFrom)",
    "the file is missing: set sourceARN or sourceARNFrom",
)
.at(".sourceARN")
.required()];

/// Source: "Resource types defined by Amazon S3" in the Service Authorization Reference.
const SOURCE_ARN: [Rule; 2] = [
    Rule::expression(
        "self.matches('^arn:[a-z-]+:s3:::[A-Za-z0-9._-]+/(?s:.+)$')",
        "'\"%s\" is not the ARN of an object in Amazon S3, such as arn:aws:s3:::shop-edge/redirects.json'.format([self])",
    ),
    NO_CONTROL_CHARACTERS,
];

impl Kind for KeyValueStore {
    const KIND: &'static str = "KeyValueStore";
    const API: &'static ResourceApi = &ResourceApi {
        form: DocumentForm::Flat(FlatDocuments {
            element: None,
            config: &["Name", "Comment"],
            assigned: &[
                ("Name", "Id"),
                ("ARN", "ARN"),
                ("Status", "Status"),
                ("LastModifiedTime", "LastModifiedTime"),
            ],
        }),
        read_verb: "Describe",
        identity: Identity::UniqueName {
            member: "Name",
            max_length: 64,
        },
        immutable: &["Name"],
        create_only: &["ImportSource"],
        revision: ListRevision::LastModified,
        update: UpdatePath::Resource,
        deploying_status: Some("PROVISIONING"),
        deployed_status: "READY",
        tags: TagSupport::Member,
        ..ResourceApi::managed(
            "KeyValueStore",
            "KeyValueStores",
            "key-value-store",
            "CreateKeyValueStoreRequest",
        )
    };
    const INPUTS: &'static [InputField] = &[InputField::text(
        "importSource.sourceARN",
        ValueFormat::SingleLine,
    )];

    type ObservedFields = ObservedKeyValueStore;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        xml::to_element(Self::API.config, &self.resolved(references)?.spec.config)
    }

    fn arn(&self) -> Option<&str> {
        self.status.as_ref()?.observed_fields.arn.as_deref()
    }

    fn tags(&self) -> BTreeMap<String, String> {
        self.spec.tags.clone()
    }
}
