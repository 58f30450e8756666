//! Implements [`Kind`] for distributions.

use super::{
    Distribution, DistributionConfig, absent_defaults::ABSENT_DEFAULTS,
    bucket_policies::bucket_policies, certificate, elements, external_values, multi_tenant,
    observed::ObservedDistribution, required,
};
use crate::{
    engine::{
        Hooks, InputField, Kind, ManagementSpec, ResolvedReferences, ResourceApi, TagSupport,
        ValueFormat,
    },
    kinds::shared::{
        fields::{self, Aliases, IDENTITY_PREFIX},
        managed_policies::{CACHE_POLICIES, ORIGIN_REQUEST_POLICIES, RESPONSE_HEADERS_POLICIES},
        parent::{DISTRIBUTION_KIND, distribution},
    },
    xml::{self, Element},
};
use std::collections::BTreeMap;

/// The member with the continuous deployment policy. Without it an update leaves the policy as it is, and an empty text detaches it.
const POLICY: &str = "ContinuousDeploymentPolicyId";

impl Kind for Distribution {
    const KIND: &'static str = "Distribution";
    const API: &'static ResourceApi = &ResourceApi {
        tags: TagSupport::OwnOperation,
        has_staging: true,
        ..ResourceApi::managed(
            "Distribution",
            "Distributions",
            "distribution",
            "DistributionConfig",
        )
    };
    const MINIMAL_SPEC: &'static str = r#"{
        "origins": [],
        "defaultCacheBehavior": {"targetOriginId": "", "viewerProtocolPolicy": "allow-all"}
    }"#;
    const HOOKS: Hooks = Hooks {
        absent_defaults: ABSENT_DEFAULTS,
        unique_values: Aliases::unique_values_in,
        prune_for_create,
        prune_for_update: multi_tenant::strip_for_update,
        prune_observed: elements::remove_replaced,
        complete_update,
        disable,
    };
    const INPUTS: &'static [InputField] = &[
        InputField::prefixed(
            "origins[].s3OriginConfig.originAccessIdentity",
            "OriginAccessIdentity",
            IDENTITY_PREFIX,
        ),
        InputField::reference("continuousDeploymentPolicyId", "ContinuousDeploymentPolicy"),
        InputField::deployed("stagingDistributionId", DISTRIBUTION_KIND),
        InputField::reference("origins[].originAccessControlId", "OriginAccessControl"),
        InputField::text(
            "origins[].customHeaders[].headerValue",
            ValueFormat::SingleLine,
        ),
        InputField::checked("origins[].domainName", external_values::host_name),
        InputField::checked(
            "origins[].customOriginConfig.originMtlsConfig.clientCertificateArn",
            external_values::acm_arn,
        ),
        InputField::checked(
            "viewerCertificate.acmCertificateArn",
            external_values::acm_arn,
        ),
        InputField::checked("webACLId", external_values::web_acl),
        InputField::checked("logging.bucket", external_values::log_bucket),
        InputField::checked(
            "defaultCacheBehavior.lambdaFunctionAssociations[].lambdaFunctionARN",
            external_values::lambda_arn,
        ),
        InputField::checked(
            "cacheBehaviors[].lambdaFunctionAssociations[].lambdaFunctionARN",
            external_values::lambda_arn,
        ),
        InputField::reference("defaultCacheBehavior.cachePolicyId", "CachePolicy"),
        InputField::reference("cacheBehaviors[].cachePolicyId", "CachePolicy"),
        InputField::named(
            "defaultCacheBehavior.cachePolicyId",
            "managedCachePolicy",
            CACHE_POLICIES,
        ),
        InputField::named(
            "cacheBehaviors[].cachePolicyId",
            "managedCachePolicy",
            CACHE_POLICIES,
        ),
        InputField::reference(
            "defaultCacheBehavior.originRequestPolicyId",
            "OriginRequestPolicy",
        ),
        InputField::reference(
            "cacheBehaviors[].originRequestPolicyId",
            "OriginRequestPolicy",
        ),
        InputField::named(
            "defaultCacheBehavior.originRequestPolicyId",
            "managedOriginRequestPolicy",
            ORIGIN_REQUEST_POLICIES,
        ),
        InputField::named(
            "cacheBehaviors[].originRequestPolicyId",
            "managedOriginRequestPolicy",
            ORIGIN_REQUEST_POLICIES,
        ),
        InputField::reference(
            "defaultCacheBehavior.responseHeadersPolicyId",
            "ResponseHeadersPolicy",
        ),
        InputField::reference(
            "cacheBehaviors[].responseHeadersPolicyId",
            "ResponseHeadersPolicy",
        ),
        InputField::named(
            "defaultCacheBehavior.responseHeadersPolicyId",
            "managedResponseHeadersPolicy",
            RESPONSE_HEADERS_POLICIES,
        ),
        InputField::named(
            "cacheBehaviors[].responseHeadersPolicyId",
            "managedResponseHeadersPolicy",
            RESPONSE_HEADERS_POLICIES,
        ),
        InputField::references("defaultCacheBehavior.trustedKeyGroups.items", "KeyGroup"),
        InputField::references("cacheBehaviors[].trustedKeyGroups.items", "KeyGroup"),
        InputField::reference(
            "defaultCacheBehavior.fieldLevelEncryptionId",
            "FieldLevelEncryptionConfig",
        ),
        InputField::reference(
            "cacheBehaviors[].fieldLevelEncryptionId",
            "FieldLevelEncryptionConfig",
        ),
        InputField::arn(
            "defaultCacheBehavior.realtimeLogConfigArn",
            "RealtimeLogConfig",
        ),
        InputField::arn("cacheBehaviors[].realtimeLogConfigArn", "RealtimeLogConfig"),
        InputField::published(
            "defaultCacheBehavior.functionAssociations[].functionARN",
            "Function",
        ),
        InputField::published(
            "cacheBehaviors[].functionAssociations[].functionARN",
            "Function",
        ),
    ];

    type ObservedFields = ObservedDistribution;

    fn management(&self) -> &ManagementSpec {
        &self.spec.management
    }

    fn unique_values(&self) -> Vec<String> {
        self.spec.config.aliases.unique_values()
    }

    fn config(&self, ids: &ResolvedReferences) -> Result<Element, xml::XmlError> {
        let mut config = self.resolved(ids)?.spec.config;
        external_values::check_buckets(&self.spec.config.origins, &config.origins)?;
        config.apply_defaults();
        if let Some(account) = self.account() {
            config.use_self_keyword(account);
        }
        let mut config = xml::to_element(Self::API.config, &config)?;
        multi_tenant::strip(&mut config);
        Ok(config)
    }

    fn arn(&self) -> Option<&str> {
        self.status.as_ref()?.observed_fields.arn.as_deref()
    }

    fn staging_id(&self, references: &ResolvedReferences) -> Option<String> {
        let spec = &self.spec;
        let id = spec.staging_distribution_id.as_deref();
        let staging = distribution(spec.staging_distribution_ref.as_ref(), id, references);
        staging.map(|it| it.id)
    }

    fn observed_fields(document: &Element) -> Result<ObservedDistribution, xml::XmlError> {
        let (bucket_policies, bucket_policy_count) = bucket_policies(document);
        Ok(ObservedDistribution {
            bucket_policies,
            bucket_policy_count,
            ..xml::from_element(document)?
        })
    }

    fn tags(&self) -> BTreeMap<String, String> {
        self.spec.tags.clone()
    }
}

/// Disables a distribution, and detaches its policy, which could not be deleted otherwise. A staging distribution keeps the id of its
/// policy: CloudFront requires it in each update.
fn disable(config: &mut Element) -> bool {
    let is_staging = config.text_of("Staging") == Some("true");
    let policy = config.text_of(POLICY).unwrap_or_default();
    let is_attached = !policy.is_empty() && !is_staging;
    if is_attached {
        config.set_text(POLICY, "");
    }
    fields::disable(config) || is_attached
}

/// CloudFront rejects a create request with a continuous deployment policy.
fn prune_for_create(config: &mut Element) {
    config.remove(POLICY);
}

fn complete_update(config: &mut Element) {
    certificate::drop_derived_fields(config);
    required::complete(config);
    multi_tenant::strip(config);
}

impl DistributionConfig {
    /// Adds CloudFront's documented defaults that depend on other fields, and those of whole structures. All others are in the schema.
    ///
    /// With these defaults an update has every field that CloudFront requires, and a field that is removed from the spec returns to its
    /// default. A default equals the value that CloudFront adds itself, or is left out where CloudFront may choose.
    fn apply_defaults(&mut self) {
        self.logging.get_or_insert_default().apply_defaults();
        self.restrictions.get_or_insert_default();
        self.viewer_certificate
            .get_or_insert_default()
            .apply_defaults();
        self.default_cache_behavior.apply_defaults();
        for behavior in &mut self.cache_behaviors.0 {
            behavior.apply_defaults();
        }
        for origin in &mut self.origins.0 {
            origin.apply_defaults();
        }
        // CloudFront returns `Staging` only sometimes if it is false. The value cannot change after creation.
        self.staging = self.staging.filter(|staging| *staging);
    }

    /// Replaces the number of the distribution's own account among the trusted signers by `self`, as CloudFront does.
    fn use_self_keyword(&mut self, account: &str) {
        let others = self
            .cache_behaviors
            .0
            .iter_mut()
            .map(|it| &mut it.trusted_signers);
        let all = others.chain([&mut self.default_cache_behavior.trusted_signers]);
        for signers in all.flatten() {
            signers.use_self_keyword(account);
        }
    }
}
