//! IDs of resources that are not simulated, so that references to them can be validated.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The type of a resource that a distribution can refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceType {
    /// Identified by ID. The managed policies of AWS exist from the start.
    CachePolicy,
    /// Identified by ID. The managed policies of AWS exist from the start.
    OriginRequestPolicy,
    /// Identified by ID. The managed policies of AWS exist from the start.
    ResponseHeadersPolicy,
    /// Identified by ID.
    OriginAccessControl,
    /// Identified by ID.
    KeyGroup,
    /// Identified by ARN.
    Function,
    /// Identified by ARN with a version.
    LambdaFunction,
    /// Identified by ACM ARN or by IAM server certificate ID.
    Certificate,
    /// Identified by WAFv2 ARN or by WAF Classic ID.
    WebAcl,
    /// Identified by ID.
    FieldLevelEncryptionConfig,
    /// Identified by ARN.
    RealtimeLogConfig,
    /// Identified by ID.
    ContinuousDeploymentPolicy,
    /// Identified by ID.
    VpcOrigin,
    /// Identified by ID.
    AnycastIpList,
    /// Identified by ID.
    TrustStore,
    /// Identified by ID.
    ConnectionFunction,
}

/// The managed policies in the `CloudFront` developer guide ("Use managed cache policies" and the following pages).
const MANAGED_POLICIES: [(ResourceType, &[&str]); 3] = [
    (
        ResourceType::CachePolicy,
        &[
            "2e54312d-136d-493c-8eb9-b001f22f67d2", // Amplify
            "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", // CachingDisabled
            "658327ea-f89d-4fab-a63d-7e88639e58f6", // CachingOptimized
            "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", // CachingOptimizedForUncompressedObjects
            "08627262-05a9-4f76-9ded-b50ca2e3a84f", // Elemental-MediaPackage
            "83da9c7e-98b4-4e11-a168-04f0df8e2c65", // UseOriginCacheControlHeaders
            "4cc15a8a-d715-48a4-82b8-cc0b614638fe", // UseOriginCacheControlHeaders-QueryStrings
        ],
    ),
    (
        ResourceType::OriginRequestPolicy,
        &[
            "216adef6-5c7f-47e4-b989-5492eafa07d3", // AllViewer
            "33f36d7e-f396-46d9-90e0-52428a34d9dc", // AllViewerAndCloudFrontHeaders-2022-06
            "b689b0a8-53d0-40ab-baf2-68738e2966ac", // AllViewerExceptHostHeader
            "59781a5b-3903-41f3-afcb-af62929ccde1", // CORS-CustomOrigin
            "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", // CORS-S3Origin
            "775133bc-15f2-49f9-abea-afb2e0bf67d2", // Elemental-MediaTailor-PersonalizedManifests
            "acba4595-bd28-49b8-b9fe-13317c0390fa", // UserAgentRefererHeaders
        ],
    ),
    (
        ResourceType::ResponseHeadersPolicy,
        &[
            "e61eb60c-9c35-4d20-a928-2b84e02af89c", // CORS-and-SecurityHeadersPolicy
            "5cc3b908-e619-4b99-88e5-2cf7f45965bd", // CORS-With-Preflight
            "eaab4381-ed33-4a86-88ca-d9558dc6cd63", // CORS-with-preflight-and-SecurityHeadersPolicy
            "67f7725c-6f97-4210-82d7-5512b31e9d03", // SecurityHeadersPolicy
            "60669652-455b-4ae9-85a4-c4c02393f86c", // SimpleCORS
        ],
    ),
];

/// The IDs of the seeded resources, by type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Seeds(BTreeMap<ResourceType, BTreeSet<String>>);

impl Default for Seeds {
    fn default() -> Self {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Self(
            MANAGED_POLICIES
                .iter()
                .map(|(resource_type, ids)| (*resource_type, owned(ids)))
                .collect(),
        )
    }
}

impl Seeds {
    pub(crate) fn contains(&self, resource_type: ResourceType, id: &str) -> bool {
        self.0
            .get(&resource_type)
            .is_some_and(|ids| ids.contains(id))
    }

    pub(crate) fn add(&mut self, resource_type: ResourceType, id: &str) {
        self.0
            .entry(resource_type)
            .or_default()
            .insert(id.to_owned());
    }

    /// Removes an ID. Returns false if it does not exist.
    pub(crate) fn remove(&mut self, resource_type: ResourceType, id: &str) -> bool {
        self.0
            .get_mut(&resource_type)
            .is_some_and(|ids| ids.remove(id))
    }
}
