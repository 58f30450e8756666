//! The types of objects that the server knows.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps,
};
use std::sync::Arc;

/// A namespaced type.
#[derive(Debug)]
pub(super) struct ResourceType {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) plural: String,
    pub(super) kind: String,
    /// Whether the status is written by a subresource only, and the generation counts changes of everything else.
    pub(super) has_status: bool,
    /// The schema of a custom resource, from which defaults come.
    pub(super) schema: Option<JSONSchemaProps>,
}

/// All types of a server.
#[derive(Debug)]
pub(super) struct ResourceTypes(Vec<Arc<ResourceType>>);

/// Group, version, plural and kind of the built-in types that controllers use.
const BUILT_IN: [(&str, &str, &str, &str); 4] = [
    ("", "v1", "secrets", "Secret"),
    ("", "v1", "configmaps", "ConfigMap"),
    ("coordination.k8s.io", "v1", "leases", "Lease"),
    ("events.k8s.io", "v1", "events", "Event"),
];

impl ResourceTypes {
    pub(super) fn new(crds: &[CustomResourceDefinition]) -> Self {
        let built_in = BUILT_IN.map(|(group, version, plural, kind)| ResourceType {
            group: group.into(),
            version: version.into(),
            plural: plural.into(),
            kind: kind.into(),
            has_status: false,
            schema: None,
        });
        let custom = crds.iter().flat_map(custom_types);
        Self(built_in.into_iter().chain(custom).map(Arc::new).collect())
    }

    /// Returns the types of custom resources.
    pub(super) fn custom(&self) -> impl Iterator<Item = &Arc<ResourceType>> {
        self.0.iter().filter(|it| it.schema.is_some())
    }

    pub(super) fn find(
        &self,
        group: &str,
        version: &str,
        plural: &str,
    ) -> Option<Arc<ResourceType>> {
        let found = self
            .0
            .iter()
            .find(|it| it.group == group && it.version == version && it.plural == plural);
        found.cloned()
    }
}

impl ResourceType {
    pub(super) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Returns the name in error messages: `distributions.cloudfront-operator.dev`.
    pub(super) fn qualified_name(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }
}

/// Returns a type for each version that is served.
fn custom_types(crd: &CustomResourceDefinition) -> impl Iterator<Item = ResourceType> {
    let spec = &crd.spec;
    let served = spec.versions.iter().filter(|version| version.served);
    served.map(|version| ResourceType {
        group: spec.group.clone(),
        version: version.name.clone(),
        plural: spec.names.plural.clone(),
        kind: spec.names.kind.clone(),
        has_status: version
            .subresources
            .as_ref()
            .is_some_and(|it| it.status.is_some()),
        schema: version
            .schema
            .as_ref()
            .and_then(|it| it.open_api_v3_schema.clone()),
    })
}
