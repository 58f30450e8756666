//! Configurations of field-level encryption, which choose the profile for a request.

use super::{
    shared::{
        self,
        policies::ObservedPolicy,
        rules::is_set,
        types::{absent_if_empty, string_enum},
    },
    validation::{Rule, with_management},
};
use crate::{
    engine::{
        InputField, Kind, ListRevision, LocalReference, ManagementSpec, ResolvedReferences,
        ResourceApi, Status,
    },
    xml::{self, Element},
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A configuration of field-level encryption chooses the profile that encrypts the fields of a request, by the content type and by a query
/// argument. Reference it from the cache behaviors of distributions. See
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/field-level-encryption.html>.
#[derive(Clone, Debug, CustomResource, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "cloudfront-operator.dev",
    version = "v1alpha1",
    kind = "FieldLevelEncryptionConfig",
    plural = "fieldlevelencryptionconfigs",
    shortname = "cfflec",
    category = "cloudfront",
    namespaced,
    status = "Status<ObservedPolicy>",
    printcolumn(name = "Comment", type_ = "string", json_path = ".spec.comment")
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = with_management(&[])))]
pub struct FieldLevelEncryptionConfigSpec {
    /// CloudFront's members.
    #[serde(flatten)]
    pub config: EncryptionConfig,

    /// The operator's policies.
    #[serde(flatten)]
    pub management: ManagementSpec,
}

/// CloudFront's `FieldLevelEncryptionConfig` without `CallerReference`, which the engine sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EncryptionConfig {
    /// Comment for people, shown in the CloudFront console: at most 128 characters. Default: empty.
    #[serde(default)]
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = shared::rules::COMMENT))]
    pub comment: String,

    /// Choice of the profile by the content type of a request.
    pub content_type_profile_config: ContentTypeProfileConfig,

    /// Choice of the profile by the query argument `fle-profile` of a request, which replaces that by the content type.
    pub query_arg_profile_config: QueryArgProfileConfig,
}

/// Choice of the profile by the content type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentTypeProfileConfig {
    /// Forwards requests with another content type to the origin, without encryption. Otherwise CloudFront answers them with an error.
    pub forward_when_content_type_is_unknown: bool,

    /// Content types and their profiles. Default: none.
    #[serde(default)]
    pub content_type_profiles: ContentTypeProfiles,
}

/// Content types and their profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/ContentTypeProfile:ContentType")]
#[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["contentType"], "maxItems" = 50))]
pub struct ContentTypeProfiles(pub Vec<ContentTypeProfile>);

/// A content type and its profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentTypeProfile {
    /// Format of the body. CloudFront knows only this one. Default: `URLEncoded`.
    #[serde(default)]
    pub format: Format,

    /// Content type of requests: `application/x-www-form-urlencoded`.
    #[schemars(length(min = 1, max = 256))]
    pub content_type: String,

    /// ID of the profile. Default: none, so that only a query argument can choose one. At most one of `profileId` and `profileRef` is
    /// allowed.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[schemars(length(max = 64))]
    pub profile_id: Option<String>,

    /// `FieldLevelEncryptionProfile` object in the same namespace. Replaces `profileId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_ref: Option<LocalReference>,
}

string_enum! {
    /// Format of the body.
    Format: "URLEncoded" = "URLEncoded"
}

/// Choice of the profile by the query argument `fle-profile`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueryArgProfileConfig {
    /// Forwards requests with another value of the query argument to the origin, without encryption. Otherwise CloudFront answers them with
    /// an error.
    pub forward_when_query_arg_profile_is_unknown: bool,

    /// Values of the query argument and their profiles. CloudFront's quota is 5, unless raised. Default: none.
    #[serde(default)]
    pub query_arg_profiles: QueryArgProfiles,
}

/// Values of the query argument and their profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Items/QueryArgProfile:QueryArg")]
#[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["queryArg"], "maxItems" = 50))]
pub struct QueryArgProfiles(pub Vec<QueryArgProfile>);

/// A value of the query argument and its profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = QUERY_ARG_PROFILE))]
pub struct QueryArgProfile {
    /// Value of the query argument `fle-profile`.
    #[schemars(length(min = 1, max = 256))]
    pub query_arg: String,

    /// ID of the profile. Exactly one of `profileId` and `profileRef` is required.
    #[serde(default, deserialize_with = "absent_if_empty")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub profile_id: Option<String>,

    /// `FieldLevelEncryptionProfile` object in the same namespace. Replaces `profileId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_ref: Option<LocalReference>,
}

/// Source: `QueryArgProfileEmpty` among the errors of `CreateFieldLevelEncryptionConfig`.
const QUERY_ARG_PROFILE: [Rule; 1] = [Rule::expression(
    concat!(is_set!("self.profileId"), " || has(self.profileRef)"),
    "'query argument \"%s\" has no profile: set profileRef to an object of kind FieldLevelEncryptionProfile, or profileId to an ID'\
     .format([self.queryArg])",
)
.at(".profileRef")
.required()];

impl Kind for FieldLevelEncryptionConfig {
    const KIND: &'static str = "FieldLevelEncryptionConfig";
    const API: &'static ResourceApi = &ResourceApi {
        document: "FieldLevelEncryption",
        revision: ListRevision::LastModified,
        ..ResourceApi::managed(
            "FieldLevelEncryptionConfig",
            "FieldLevelEncryptionConfigs",
            "field-level-encryption",
            "FieldLevelEncryptionConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{
        "contentTypeProfileConfig": {"forwardWhenContentTypeIsUnknown": false},
        "queryArgProfileConfig": {"forwardWhenQueryArgProfileIsUnknown": false}
    }"#;
    const INPUTS: &'static [InputField] = &[
        InputField::reference(
            "contentTypeProfileConfig.contentTypeProfiles[].profileId",
            "FieldLevelEncryptionProfile",
        ),
        InputField::reference(
            "queryArgProfileConfig.queryArgProfiles[].profileId",
            "FieldLevelEncryptionProfile",
        ),
    ];

    type ObservedFields = ObservedPolicy;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn config(&self, references: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        xml::to_element(Self::API.config, &self.resolved(references)?.spec.config)
    }
}
