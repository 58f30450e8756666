//! Real-time log configurations, which distributions use to send records of their requests to a stream.

use super::{
    shared::policies,
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        Addressing, DocumentForm, FlatDocuments, Identity, InputField, Kind, ListRevision,
        ManagementSpec, ResolvedReferences, ResourceApi, Status, UpdatePath, UsersList,
        ValueFormat, ValueSource,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A real-time log configuration sends records of requests to a stream of Amazon Kinesis Data Streams, within seconds. Reference it from the
/// cache behaviors of distributions. CloudFront charges for each record, and Kinesis for the stream. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "RealtimeLogConfig",
    plural = "realtimelogconfigs",
    shortname = "cfrlc",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedRealtimeLogConfig>",
    printcolumn(name = "Rate", type_ = "integer", json_path = ".spec.samplingRate")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&SPEC)))]
pub struct RealtimeLogConfigSpec {
    /// Name of the configuration, which no other real-time log configuration of the AWS account has: at most 64 letters, digits, `-` and
    /// `_`. It cannot change. If a configuration with this name exists, it stays unchanged, and this object reports `OwnershipConflict`.
    /// Without a name, CloudFront gets one from the namespace, the name and the UID of this object. With `adoptId`, the configuration then
    /// keeps its name, which is its ID.
    #[schemars(length(min = 1, max = 64), extend("x-kubernetes-validations" = policies::NAME))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// CloudFront's members.
    #[serde(flatten)]
    pub config: RealtimeLogConfigMembers,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `CreateRealtimeLogConfigRequest` without `Name`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RealtimeLogConfigMembers {
    /// Percentage of the requests that have a record: 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub sampling_rate: i64,

    /// Names of the fields of a record, such as `timestamp`. CloudFront has an order of its own for them. See
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html#understand-real-time-log-config-fields>.
    pub fields: LogFields,

    /// The streams that get the records. CloudFront documents one.
    pub end_points: EndPoints,
}

/// Names of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Field")]
#[schemars(extend("x-kubernetes-list-type" = "set", "minItems" = 1, "maxItems" = 200))]
pub struct LogFields(#[schemars(inner(length(min = 1, max = 128)))] pub Vec<String>);

/// Streams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "member")]
#[schemars(extend("x-kubernetes-list-type" = "atomic", "minItems" = 1, "maxItems" = 10))]
pub struct EndPoints(pub Vec<EndPoint>);

/// A stream that gets records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndPoint {
    /// Type of the stream. Default: `Kinesis`, the only one.
    #[serde(default = "default_stream_type")]
    #[schemars(length(max = 64), extend("x-kubernetes-validations" = STREAM_TYPE))]
    pub stream_type: String,

    /// The stream, and the role that writes to it.
    pub kinesis_stream_config: KinesisStreamConfig,
}

/// A stream of Kinesis Data Streams, and the role that writes to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = KINESIS))]
pub struct KinesisStreamConfig {
    /// ARN of the IAM role with which CloudFront writes to the stream. The operator needs `iam:PassRole` for it. Exactly one of `roleARN`
    /// and `roleARNFrom` is required.
    #[serde(rename = "roleARN", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048), extend("x-kubernetes-validations" = ROLE_ARN))]
    pub role_arn: Option<String>,

    /// Source of the ARN of the role outside this object, such as a ConfigMap that an infrastructure tool writes. The operator reads it in
    /// each reconciliation and at least every minute.
    #[serde(rename = "roleARNFrom", skip_serializing_if = "Option::is_none")]
    pub role_arn_from: Option<ValueSource>,

    /// ARN of the stream. Exactly one of `streamARN` and `streamARNFrom` is required.
    #[serde(rename = "streamARN", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048), extend("x-kubernetes-validations" = STREAM_ARN))]
    pub stream_arn: Option<String>,

    /// Source of the ARN of the stream outside this object. The operator reads it in each reconciliation and at least every minute.
    #[serde(rename = "streamARNFrom", skip_serializing_if = "Option::is_none")]
    pub stream_arn_from: Option<ValueSource>,
}

/// The fields that CloudFront assigns to a real-time log configuration, apart from the id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedRealtimeLogConfig {
    /// ARN of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

fn default_stream_type() -> String {
    "Kinesis".to_owned()
}

/// Source: `UpdateRealtimeLogConfig` in the Amazon CloudFront API Reference.
const SPEC: [Rule; 1] = [Rule::text(
    "has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)",
    "CloudFront cannot change the name of a real-time log configuration: create another RealtimeLogConfig, use it in place of this one, \
     then delete this one",
)
.at(".name")
.forbidden()];

const KINESIS: [Rule; 2] = [
    Rule::text(
        "has(self.roleARN) || has(self.roleARNFrom)",
        "the role is missing: set roleARN or roleARNFrom",
    )
    .at(".roleARN")
    .required(),
    Rule::text(
        "has(self.streamARN) || has(self.streamARNFrom)",
        "the stream is missing: set streamARN or streamARNFrom",
    )
    .at(".streamARN")
    .required(),
];

/// Source: `EndPoint` in the Amazon CloudFront API Reference.
const STREAM_TYPE: [Rule; 1] = [Rule::expression(
    "self == 'Kinesis'",
    "'\"%s\" is not a type of stream that CloudFront supports: use Kinesis, or remove streamType'.format([self])",
)];

/// Source: "Resource types defined by AWS Identity and Access Management" in the Service Authorization Reference.
const ROLE_ARN: [Rule; 1] = [Rule::expression(
    "self.matches('^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$')",
    "'\"%s\" is not the ARN of a role, such as arn:aws:iam::111122223333:role/logs'.format([self])",
)];

/// Source: "Resource types defined by Amazon Kinesis Data Streams" in the Service Authorization Reference.
const STREAM_ARN: [Rule; 1] = [Rule::expression(
    "self.matches('^arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+$')",
    "'\"%s\" is not the ARN of a stream, such as arn:aws:kinesis:us-east-1:111122223333:stream/logs'.format([self])",
)];

impl Kind for RealtimeLogConfig {
    const KIND: &'static str = "RealtimeLogConfig";
    const API: &'static ResourceApi = &ResourceApi {
        form: DocumentForm::Flat(FlatDocuments {
            element: Some("RealtimeLogConfig"),
            config: &["Name", "SamplingRate", "EndPoints", "Fields"],
            assigned: &[("Name", "Id"), ("ARN", "ARN")],
        }),
        addressing: Addressing::Document {
            get: "get-realtime-log-config",
            delete: "delete-realtime-log-config",
        },
        identity: Identity::UniqueName {
            member: "Name",
            max_length: 64,
        },
        immutable: &["Name"],
        revision: ListRevision::Configuration,
        update: UpdatePath::Collection,
        users: Some(UsersList {
            operation: "ListDistributionsByRealtimeLogConfig",
            collection: "distributionsByRealtimeLogConfig",
        }),
        ..ResourceApi::managed(
            "RealtimeLogConfig",
            "RealtimeLogConfigs",
            "realtime-log-config",
            "CreateRealtimeLogConfigRequest",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"samplingRate":1,"fields":[],"endPoints":[]}"#;
    const INPUTS: &'static [InputField] = &[
        InputField::text(
            "endPoints[].kinesisStreamConfig.roleARN",
            ValueFormat::SingleLine,
        ),
        InputField::text(
            "endPoints[].kinesisStreamConfig.streamARN",
            ValueFormat::SingleLine,
        ),
    ];

    type ObservedFields = ObservedRealtimeLogConfig;

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
}
