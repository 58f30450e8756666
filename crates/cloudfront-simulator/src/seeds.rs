//! IDs of resources that are not created through the API, so that references to them can be validated.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The type of a resource that a distribution can refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceType {
    /// Identified by ID. The managed policies of AWS exist without a seed.
    CachePolicy,
    /// Identified by ID. The managed policies of AWS exist without a seed.
    OriginRequestPolicy,
    /// Identified by ID. The managed policies of AWS exist without a seed.
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

/// The IDs of the seeded resources, by type.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seeds(BTreeMap<ResourceType, BTreeSet<String>>);

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
