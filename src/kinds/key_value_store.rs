//! Key-value stores, from which functions of CloudFront Functions read data.

use super::{
    shared::{
        self, policies,
        rules::NO_CONTROL_CHARACTERS,
        types::{self, string_enum},
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        DocumentForm, FlatDocuments, Identity, InputField, Kind, ListRevision, ManagementSpec,
        PairSource, Pairs, ResolvedReferences, ResourceApi, Status, TagSupport, UpdatePath,
        ValueFormat, ValueSource,
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
    status = "Status<ObservedKeyValueStore>",
    printcolumn(name = "Items", type_ = "integer", json_path = ".status.itemCount")
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

    /// Pairs: a value of up to 1,024 bytes for each key of up to 512 bytes. All pairs of the store are those of `items` and `itemsFrom`:
    /// others are removed, those of an import as well. With neither field, the operator does not read or write pairs. Values are not
    /// confidential here: use `itemsFrom` with a Secret for those that are.
    #[schemars(extend(
        "maxProperties" = 1000,
        "additionalProperties" = {"type": "string", "maxLength": 1024},
        "x-kubernetes-validations" = ITEMS
    ))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<BTreeMap<String, String>>,

    /// ConfigMaps or Secrets with further pairs, or keys of them with pairs in JSON: an object of texts, or a file that CloudFront can
    /// import. A later entry replaces values of an earlier one and of `items`. The operator reads them in each reconciliation and at least
    /// every minute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        transform = types::without_default,
        length(max = 20),
        extend("x-kubernetes-list-type" = "atomic")
    )]
    pub items_from: Vec<PairSource>,

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

    /// Number of pairs, if the operator manages them and all were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_count: Option<i64>,

    /// Size of these pairs in bytes, as CloudFront reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_size_in_bytes: Option<i64>,

    /// ETag of the pairs at that time. It differs from the ETag of the store.
    #[serde(rename = "itemsETag", skip_serializing_if = "Option::is_none")]
    pub items_etag: Option<String>,
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

/// Source: "Quotas" in the Amazon CloudFront Developer Guide. Editors do not show control characters, so that they are mistakes in a manifest.
const ITEMS: [Rule; 2] = [
    Rule::expression(
        "self.all(k, size(k) > 0 && size(k) <= 512)",
        "'key \"%s\" is not valid: use 1 to 512 characters'.format([self.filter(k, !(size(k) > 0 && size(k) <= 512))[0]])",
    ),
    Rule::expression(
        "!self.exists(k, self[k].matches('[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]'))",
        "'the value of key \"%s\" contains a control character: remove it, or use itemsFrom'.format([\
         self.filter(k, self[k].matches('[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]'))[0]])",
    ),
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
        has_pairs: true,
        ..ResourceApi::managed(
            "KeyValueStore",
            "KeyValueStores",
            "key-value-store",
            "CreateKeyValueStoreRequest",
        )
    };
    const INPUTS: &'static [InputField] = &[
        InputField::documents("items"),
        InputField::text("importSource.sourceARN", ValueFormat::SingleLine),
    ];

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

    fn pairs(&self, references: &ResolvedReferences) -> Result<Option<Pairs>, xml::XmlError> {
        let KeyValueStoreSpec {
            items, items_from, ..
        } = &self.spec;
        if items.is_none() && items_from.is_empty() {
            return Ok(None);
        }
        let mut pairs: Pairs = items.clone().unwrap_or_default().into_iter().collect();
        for source in items_from {
            let document = source.document();
            pairs.add_document(&document.describe(), references.text(&document)?)?;
        }
        pairs.check()?;
        Ok(Some(pairs))
    }

    fn tags(&self) -> BTreeMap<String, String> {
        self.spec.tags.clone()
    }
}
