//! An object of any kind.

use crate::engine::{
    api::{reference::ResolvedReferences, status::Status},
    definition::{KindDefinition, TypedObject, impl_resource},
    resource_api::{ListRevision, NameMember, ResourceApi},
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use std::sync::Arc;

/// An object of any kind.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    definition: &'static KindDefinition,
    metadata: ObjectMeta,
    status: Option<Status>,
    /// The object with the types of its kind. Its metadata are those that it had when it was read.
    pub(crate) typed: Arc<dyn TypedObject>,
}

impl Object {
    /// Parses the spec and the status in `body`, a JSON object. Its metadata are ignored.
    pub(crate) fn parse(
        definition: &'static KindDefinition,
        metadata: &ObjectMeta,
        body: &[u8],
    ) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct WithStatus {
            status: Option<Status>,
        }
        Ok(Self {
            definition,
            metadata: metadata.clone(),
            typed: (definition.parse)(body, metadata)?,
            status: serde_json::from_slice::<WithStatus>(body)?.status,
        })
    }

    /// Returns the kind.
    pub(crate) fn definition(&self) -> &'static KindDefinition {
        self.definition
    }

    /// Returns CloudFront's API of the resources of the kind.
    pub(crate) fn api(&self) -> &'static ResourceApi {
        self.definition.api
    }

    /// Returns the collection of the resource. Resources that are identified by their parents have one for all parents.
    pub(crate) fn collection(&self, references: &ResolvedReferences) -> String {
        self.api().collection_of(self.typed.parent(references))
    }

    /// Returns the status.
    pub(crate) fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    /// Returns the revision in the status, as of the last observation of the resource in sync.
    pub(crate) fn recorded_revision(&self) -> Option<String> {
        match self.api().revision {
            ListRevision::ETag | ListRevision::Configuration | ListRevision::Constant => {
                self.status()?.etag.clone()
            }
            ListRevision::LastModified => self.status()?.modified_time().map(str::to_owned),
            ListRevision::Members(_) => {
                let mut config = self.typed.config(&ResolvedReferences::default()).ok()?;
                if let Some(NameMember { member, .. }) = self.api().name_member() {
                    config.set_text(member, self.status()?.name.as_deref()?);
                }
                self.api().revision_of(&config, None)
            }
        }
    }
}

impl_resource!(Object);
