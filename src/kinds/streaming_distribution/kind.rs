//! Implements [`Kind`] for streaming distributions.

use super::{ObservedStreamingDistribution, StreamingDistribution};
use crate::{
    engine::{
        Kind, ListRevision, ManagementSpec, ResolvedReferences, ResourceApi, Status,
        TypedLocalReference,
    },
    kinds::shared::fields::{self, Aliases},
    xml::{self, Element},
};
use std::collections::BTreeMap;

impl Kind for StreamingDistribution {
    const KIND: &'static str = "StreamingDistribution";
    const API: &'static ResourceApi = &ResourceApi {
        revision: ListRevision::LastModified,
        supports_tags: true,
        ..ResourceApi::managed(
            "StreamingDistribution",
            "StreamingDistributions",
            "streaming-distribution",
            "StreamingDistributionConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"s3Origin": {"domainName": ""}}"#;
    const ABSENT_DEFAULTS: &'static [(&'static str, &'static str)] =
        &[("enabled", "true"), ("priceClass", "PriceClass_All")];

    type QueueEntry = ();
    type ObservedFields = ObservedStreamingDistribution;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn status(&self) -> Option<&Status<ObservedStreamingDistribution>> {
        self.status.as_ref()
    }

    fn references(&self) -> Vec<TypedLocalReference> {
        let reference = &self.spec.config.s3_origin.origin_access_identity_ref;
        reference.iter().map(fields::identity_reference).collect()
    }

    fn unique_values(&self) -> Vec<String> {
        self.spec.config.aliases.unique_values()
    }

    fn unique_values_in(document: &Element) -> Vec<String> {
        Aliases::unique_values_in(document)
    }

    fn config(&self, ids: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let mut config = self.spec.config.clone();
        let bucket = &mut config.s3_origin;
        let reference = &mut bucket.origin_access_identity_ref;
        fields::resolve_identity(&mut bucket.origin_access_identity, reference, ids)?;
        config.apply_defaults();
        if let (Some(signers), Some(account)) = (&mut config.trusted_signers, self.account()) {
            signers.use_self_keyword(account);
        }
        xml::to_element(Self::API.config, &config)
    }

    fn arn(&self) -> Option<&str> {
        self.status.as_ref()?.observed_fields.arn.as_deref()
    }

    fn modified_time(fields: &ObservedStreamingDistribution) -> Option<&str> {
        fields.last_modified_time.as_deref()
    }

    fn tags(&self) -> BTreeMap<String, String> {
        self.spec.tags.clone()
    }

    fn disable(config: &mut Element) -> bool {
        fields::disable(config)
    }
}
