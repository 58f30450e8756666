//! Functions of CloudFront Functions, which change requests and responses at the edge.

use super::{
    shared::{
        self, policies,
        rules::is_set,
        types::{self, string_enum},
    },
    validation::{Rule, with_management},
};
use crate::{
    cloudfront::encode_base64,
    engine::{
        CodeTest, DocumentForm, FlatDocuments, Identity, InputField, Kind, ListRevision,
        LocalReference, ManagementSpec, Publication, ResolvedReferences, ResourceApi, Status,
        TagSupport, UpdatePath, ValueFormat, ValueSource,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize, ser::Error as _};
use serde_json::Value;
use std::collections::BTreeMap;

/// A function of CloudFront Functions, written in JavaScript, which changes viewer requests or viewer responses. Reference it from the
/// cache behaviors of distributions. A change of the code is published when all `tests` succeed. CloudFront charges for each invocation. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-functions.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "Function",
    plural = "functions",
    shortname = "cffn",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedFunction>",
    printcolumn(
        name = "Runtime",
        type_ = "string",
        json_path = ".spec.functionConfig.runtime"
    ),
    printcolumn(name = "Published", type_ = "boolean", json_path = ".status.published")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct FunctionSpec {
    /// Name of the function, which no other function of the AWS account has: at most 64 letters, digits, `-` and `_`. It cannot change. If
    /// a function with this name exists, it stays unchanged, and this object reports `OwnershipConflict`. Without a name, CloudFront gets
    /// one from the namespace, the name and the UID of this object. With `adoptId`, the function then keeps its name, which is its ID.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// Settings of the function. Default: the present runtime.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub function_config: FunctionConfig,

    /// JavaScript code with a function `handler`: at most 10,240 characters. CloudFront accepts 10 KB. Exactly one of `functionCode` and
    /// `functionCodeFrom` is required.
    #[schemars(length(min = 1, max = 10_240), extend("x-kubernetes-validations" = CODE))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_code: Option<String>,

    /// Source of the code outside this object. The operator reads it in each reconciliation and at least every minute. A ConfigMap with
    /// another name, as kustomize generates it, takes effect at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_code_from: Option<ValueSource>,

    /// Publishes each change, so that distributions run it. With `false`, changes stay in the stage `DEVELOPMENT`, and a version that was
    /// published before stays published. Default: true.
    #[serde(default = "default_publish")]
    pub publish: bool,

    /// Runs of the code with events, which must all succeed before a change is published. If one fails, the version that was published
    /// before stays published, and this object reports `TestsFailed`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        transform = types::without_default,
        length(max = 20),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
    )]
    pub tests: Vec<FunctionTest>,

    /// Tags of the function in AWS, at most 50. The create request sets them, and the operator applies later changes. Tags that other
    /// clients set are kept. Default: none. See <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/tagging.html>.
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

/// Settings of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = CONFIG))]
pub struct FunctionConfig {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Version of the JavaScript runtime. Default: `cloudfront-js-2.0`.
    #[serde(default)]
    pub runtime: Runtime,

    /// The key-value store that the code reads. Requires `cloudfront-js-2.0`. Default: none.
    #[serde(default)]
    #[schemars(transform = types::without_default)]
    pub key_value_store_associations: KeyValueStoreAssociations,
}

string_enum! {
    /// Version of the JavaScript runtime.
    Runtime: "cloudfront-js-2.0" | "cloudfront-js-1.0" = "cloudfront-js-2.0"
}

/// Key-value stores, at most one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/KeyValueStoreAssociation:KeyValueStoreARN")]
#[schemars(extend("x-kubernetes-list-type" = "atomic", "maxItems" = 1))]
pub struct KeyValueStoreAssociations(pub Vec<KeyValueStoreAssociation>);

/// A key-value store that the code reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = ASSOCIATION))]
pub struct KeyValueStoreAssociation {
    /// ARN of the store, which must be ready. Exactly one of `keyValueStoreARN` and `keyValueStoreRef` is required.
    #[serde(
        default,
        rename = "keyValueStoreARN",
        deserialize_with = "types::absent_if_empty",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(length(max = 85))]
    pub key_value_store_arn: Option<String>,

    /// `KeyValueStore` object in the same namespace. The function waits until the store is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_value_store_ref: Option<LocalReference>,
}

/// A run of the code with an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionTest {
    /// Name of the test.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,

    /// Event that the function gets, in the structure of CloudFront Functions. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html>.
    #[schemars(schema_with = "any_object")]
    pub event: Value,

    /// Members that the output must have, with these values. A list must be equal; other members of the output do not matter.
    #[schemars(schema_with = "any_object")]
    pub expect: Value,
}

/// The fields that CloudFront assigns to a function, apart from the id and the ETag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedFunction {
    /// ARN of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// CloudFront's status of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_status: Option<String>,

    /// When the function was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<String>,

    /// When the function was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<String>,

    /// ETag of the published version. Absent if none was published yet.
    #[serde(rename = "liveETag", skip_serializing_if = "Option::is_none")]
    pub live_etag: Option<String>,

    /// Whether the version with the last change is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
}

const fn default_publish() -> bool {
    true
}

fn any_object(_: &mut schemars::SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true })
}

/// CloudFront's `CreateFunctionRequest` without `Name` and `Tags`, which the engine sets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FunctionRequest<'a> {
    function_config: &'a FunctionConfig,
    function_code: String,
}

const SPEC: [Rule; 2] = [
    Rule::text(
        "has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",
        "CloudFront cannot change the name of a function: create another Function, use it in place of this one, then delete this one",
    )
    .at(".name")
    .forbidden(),
    Rule::text(
        "has(self.functionCode) || has(self.functionCodeFrom)",
        "the code is missing: set functionCode or functionCodeFrom",
    )
    .at(".functionCode")
    .required(),
];

const CODE: [Rule; 1] = [Rule::text(
    "!self.matches('[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]')",
    "the code has a control character that is neither a line break nor a tab: remove it",
)];

/// Source: "Amazon CloudFront KeyValueStore" in the Amazon CloudFront Developer Guide.
const CONFIG: [Rule; 1] = [Rule::text(
    "self.runtime == 'cloudfront-js-2.0' || !has(self.keyValueStoreAssociations) || size(self.keyValueStoreAssociations) == 0",
    "runtime cloudfront-js-1.0 cannot read a key-value store: set runtime to cloudfront-js-2.0, or remove keyValueStoreAssociations",
)
.at(".runtime")];

const ASSOCIATION: [Rule; 1] = [Rule::text(
    concat!(is_set!("self.keyValueStoreARN"), " || has(self.keyValueStoreRef)"),
    "the key-value store is missing: set keyValueStoreRef to an object of kind KeyValueStore, or keyValueStoreARN",
)
.at(".keyValueStoreRef")
.required()];

impl Kind for Function {
    const KIND: &'static str = "Function";
    const API: &'static ResourceApi = &ResourceApi {
        document: "FunctionSummary",
        form: DocumentForm::Flat(FlatDocuments {
            element: None,
            config: &["Name", "FunctionConfig"],
            assigned: &[
                ("Name", "Id"),
                ("Status", "FunctionStatus"),
                ("FunctionMetadata/FunctionARN", "ARN"),
                ("FunctionMetadata/CreatedTime", "CreatedTime"),
                ("FunctionMetadata/LastModifiedTime", "LastModifiedTime"),
            ],
        }),
        identity: Identity::UniqueName {
            member: "Name",
            max_length: 64,
        },
        immutable: &["Name"],
        revision: ListRevision::LastModified,
        list_query: &[("Stage", "DEVELOPMENT")],
        update: UpdatePath::Resource,
        tags: TagSupport::Member,
        code: Some("FunctionCode"),
        ..ResourceApi::managed("Function", "Functions", "function", "CreateFunctionRequest")
    };
    const INPUTS: &'static [InputField] = &[
        InputField::text("functionCode", ValueFormat::MultiLine),
        InputField::provided(
            "functionConfig.keyValueStoreAssociations[].keyValueStoreARN",
            "KeyValueStore",
        ),
    ];

    type ObservedFields = ObservedFunction;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_name(&self) -> Option<&str> {
        self.spec.name.as_deref()
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let spec = self.resolved(references)?.spec;
        let code = spec.function_code.filter(|code| !code.is_empty());
        let code =
            code.ok_or_else(|| xml::XmlError::custom("the code of the function is empty"))?;
        let request = FunctionRequest {
            function_config: &spec.function_config,
            function_code: encode_base64(&code),
        };
        xml::to_element(Self::API.config, &request)
    }

    fn arn(&self) -> Option<&str> {
        self.status.as_ref()?.observed_fields.arn.as_deref()
    }

    fn publication(&self) -> Option<Publication> {
        let tests = self.spec.tests.iter().map(|test| CodeTest {
            name: test.name.clone(),
            event: test.event.clone(),
            expected: test.expect.clone(),
        });
        let publication = Publication {
            tests: tests.collect(),
        };
        self.spec.publish.then_some(publication)
    }

    fn tags(&self) -> BTreeMap<String, String> {
        self.spec.tags.clone()
    }
}
