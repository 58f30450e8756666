//! Implements [`Kind`] for streaming distributions.

use super::{ObservedStreamingDistribution, StreamingDistribution};
use crate::{
    engine::{
        Hooks, InputField, Kind, ListRevision, ManagementSpec, ResolvedReferences, ResourceApi,
        TagSupport,
    },
    kinds::shared::fields::{self, Aliases, IDENTITY_PREFIX},
    xml::{self, Element},
};
use std::collections::BTreeMap;

impl Kind for StreamingDistribution {
    const KIND: &'static str = "StreamingDistribution";
    const API: &'static ResourceApi = &ResourceApi {
        revision: ListRevision::LastModified,
        tags: TagSupport::OwnOperation,
        ..ResourceApi::managed(
            "StreamingDistribution",
            "StreamingDistributions",
            "streaming-distribution",
            "StreamingDistributionConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{"s3Origin": {"domainName": ""}}"#;
    const HOOKS: Hooks = Hooks {
        absent_defaults: &[("enabled", "true"), ("priceClass", "PriceClass_All")],
        unique_values: Aliases::unique_values_in,
        disable: fields::disable,
        ..Hooks::NONE
    };
    const INPUTS: &'static [InputField] = &[InputField::prefixed(
        "s3Origin.originAccessIdentity",
        "OriginAccessIdentity",
        IDENTITY_PREFIX,
    )];

    type ObservedFields = ObservedStreamingDistribution;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_values(&self) -> Vec<String> {
        self.spec.config.aliases.unique_values()
    }

    fn config(&self, ids: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let mut config = self.resolved(ids)?.spec.config;
        config.apply_defaults();
        if let (Some(signers), Some(account)) = (&mut config.trusted_signers, self.account()) {
            signers.use_self_keyword(account);
        }
        xml::to_element(Self::API.config, &config)
    }

    fn arn(&self) -> Option<&str> {
        self.status.as_ref()?.observed_fields.arn.as_deref()
    }

    fn tags(&self) -> BTreeMap<String, String> {
        self.spec.tags.clone()
    }
}
