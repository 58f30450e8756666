//! Rules about members that a connection mode forbids. Sources: CloudFront's API model, and "Understand how multi-tenant distributions
//! work" in the Amazon CloudFront Developer Guide.

use crate::kinds::validation::Rule;

/// The names of the members of the spec that are set and that a tenant-only distribution cannot have, in a list.
macro_rules! unsupported_members {
    () => {
        "[has(self.aliases) && size(self.aliases) > 0 ? 'aliases' : '', \
         self.priceClass in ['PriceClass_100', 'PriceClass_200'] ? 'priceClass' : '', \
         self.isIPV6Enabled ? 'isIPV6Enabled' : '', \
         has(self.anycastIpListId) && self.anycastIpListId != '' ? 'anycastIpListId' : '', \
         has(self.continuousDeploymentPolicyId) && self.continuousDeploymentPolicyId != '' ? 'continuousDeploymentPolicyId' : '', \
         has(self.continuousDeploymentPolicyRef) ? 'continuousDeploymentPolicyRef' : '', \
         has(self.staging) && self.staging ? 'staging' : '', \
         has(self.logging) && self.logging.enabled ? 'logging' : '', \
         has(self.viewerCertificate) && has(self.viewerCertificate.iamCertificateId) && self.viewerCertificate.iamCertificateId != '' ? 'viewerCertificate.iamCertificateId' : '']\
         .filter(name, name != '')"
    };
}

/// An expression that is true if a behavior has a member that a tenant-only distribution cannot have. The TTLs require `forwardedValues`.
macro_rules! has_unsupported_member {
    ($behavior:literal) => {
        concat!(
            "(has(",
            $behavior,
            ".smoothStreaming) && ",
            $behavior,
            ".smoothStreaming || has(",
            $behavior,
            ".trustedSigners) && ",
            $behavior,
            ".trustedSigners.enabled || has(",
            $behavior,
            ".forwardedValues))"
        )
    };
}

/// An expression that is true unless only tenants use the distribution.
macro_rules! is_standard {
    () => {
        "!has(self.connectionMode) || self.connectionMode != 'tenant-only' || "
    };
}

pub(super) const SPEC: [Rule; 5] = [
    Rule::expression(
        concat!(is_standard!(), "size(", unsupported_members!(), ") == 0"),
        concat!(
            "'a tenant-only distribution cannot have %s: remove these fields, which belong to connection groups and tenants'.format([",
            unsupported_members!(),
            "])"
        ),
    )
    .at(".connectionMode"),
    Rule::text(
        concat!(
            is_standard!(),
            "!",
            has_unsupported_member!("self.defaultCacheBehavior")
        ),
        "a tenant-only distribution cannot have smoothStreaming, trustedSigners and forwardedValues: remove them from defaultCacheBehavior, \
         and use trustedKeyGroups and a cache policy",
    )
    .at(".defaultCacheBehavior")
    .forbidden(),
    Rule::expression(
        concat!(
            is_standard!(),
            "!self.cacheBehaviors.exists(b, ",
            has_unsupported_member!("b"),
            ")"
        ),
        concat!(
            "'a tenant-only distribution cannot have smoothStreaming, trustedSigners and forwardedValues: remove them from behavior \"%s\", \
             and use trustedKeyGroups and a cache policy'.format([self.cacheBehaviors.filter(b, ",
            has_unsupported_member!("b"),
            ")[0].pathPattern])"
        ),
    )
    .at(".cacheBehaviors")
    .forbidden(),
    Rule::expression(
        concat!(
            is_standard!(),
            "self.origins.all(o, !has(o.s3OriginConfig) || !has(o.s3OriginConfig.originAccessIdentityRef) \
             && (!has(o.s3OriginConfig.originAccessIdentity) || o.s3OriginConfig.originAccessIdentity == ''))"
        ),
        "'a tenant-only distribution cannot have an origin access identity: remove it from origin \"%s\", and set originAccessControlId'\
         .format([self.origins.filter(o, has(o.s3OriginConfig) && (has(o.s3OriginConfig.originAccessIdentityRef) \
         || has(o.s3OriginConfig.originAccessIdentity) && o.s3OriginConfig.originAccessIdentity != ''))[0].id])",
    )
    .at(".origins")
    .forbidden(),
    Rule::text(
        "!has(self.tenantConfig) || !has(self.connectionMode) || self.connectionMode == 'tenant-only'",
        "tenantConfig is not possible with connectionMode direct: set connectionMode to tenant-only, or remove tenantConfig",
    )
    .at(".tenantConfig")
    .forbidden(),
];
