//! Rules between members of a distribution, with their sources: pages of the Amazon CloudFront Developer Guide, where nothing else stands.

use crate::kinds::{shared::rules::is_set, validation::Rule};

/// An expression that is true if a behavior accepts POST. The sets of methods that CloudFront accepts have it together with PUT, PATCH
/// and DELETE.
macro_rules! accepts_post {
    ($behavior:literal) => {
        concat!(
            "(has(",
            $behavior,
            ".allowedMethods) && 'POST' in ",
            $behavior,
            ".allowedMethods.items)"
        )
    };
}

/// An expression that is true if the behavior `self` has functions of CloudFront Functions.
macro_rules! has_functions {
    () => {
        "(has(self.functionAssociations) && size(self.functionAssociations) > 0)"
    };
}

/// An expression that is true if the behavior `self` has Lambda@Edge functions.
macro_rules! has_lambda {
    () => {
        "(has(self.lambdaFunctionAssociations) && size(self.lambdaFunctionAssociations) > 0)"
    };
}

/// Sources: "Restrictions on all edge functions", the API model's text of `MinTTL`, "Using gRPC with CloudFront distributions" and "Use
/// field-level encryption to help protect sensitive data".
pub(super) const BEHAVIOR: [Rule; 5] = [
    Rule::expression(
        concat!(
            "!",
            has_functions!(),
            " || !has(self.lambdaFunctionAssociations) || !self.lambdaFunctionAssociations.exists(l, l.eventType.startsWith('viewer-'))"
        ),
        "'the behavior that targets origin \"%s\" has a function of CloudFront Functions, and Lambda@Edge at \"%s\": use only one of the \
         two for viewer events'.format([self.targetOriginId, self.lambdaFunctionAssociations.filter(l, l.eventType.startsWith('viewer-'))[0].eventType])",
    )
    .at(".lambdaFunctionAssociations")
    .forbidden(),
    Rule::expression(
        concat!(
            "!has(self.smoothStreaming) || !self.smoothStreaming || !(",
            has_functions!(),
            " || ",
            has_lambda!(),
            ")"
        ),
        "'the behavior that targets origin \"%s\" has smoothStreaming and edge functions: set smoothStreaming to false, or remove the \
         functions'.format([self.targetOriginId])",
    )
    .at(".smoothStreaming")
    .forbidden(),
    Rule::expression(
        "!has(self.minTTL) || self.minTTL == 0 || !has(self.forwardedValues) || !has(self.forwardedValues.headers) \
         || !('*' in self.forwardedValues.headers)",
        "'minTTL %d is not possible with header *, which disables caching: set minTTL to 0, or list the headers'.format([self.minTTL])",
    )
    .at(".minTTL"),
    Rule::expression(
        concat!(
            "!has(self.grpcConfig) || !self.grpcConfig.enabled || ",
            accepts_post!("self")
        ),
        "'gRPC requires the method POST, which the behavior that targets origin \"%s\" does not accept: set allowedMethods.items to all \
         seven methods'.format([self.targetOriginId])",
    )
    .at(".grpcConfig"),
    Rule::expression(
        concat!(
            "!(",
            is_set!("self.fieldLevelEncryptionId"),
            " || has(self.fieldLevelEncryptionRef)) || (self.viewerProtocolPolicy != 'allow-all' && ",
            accepts_post!("self"),
            ")"
        ),
        "'field-level encryption \"%s\" requires HTTPS and the method POST: set viewerProtocolPolicy to https-only or redirect-to-https, \
         and allowedMethods.items to all seven methods'.format([has(self.fieldLevelEncryptionRef) ? self.fieldLevelEncryptionRef.name \
         : self.fieldLevelEncryptionId])",
    )
    .at(".fieldLevelEncryptionId"),
];

/// Source: the API model's text of `QueryStringCacheKeys`.
pub(super) const FORWARDED_VALUES: [Rule; 1] = [Rule::expression(
    "self.queryString || !has(self.queryStringCacheKeys) || size(self.queryStringCacheKeys) == 0",
    "'queryStringCacheKeys %s require query strings: set queryString to true, or remove the keys'.format([self.queryStringCacheKeys])",
)
.at(".queryStringCacheKeys")
.forbidden()];

/// Source: "Cache content based on request headers".
pub(super) const HEADERS: [Rule; 1] = [Rule::expression(
    "!('*' in self) || size(self) == 1",
    "'header * stands for all headers and cannot be combined with others: keep * alone, or remove it. There are %d headers'\
     .format([size(self)])",
)];

/// Source: the API model's text of `ResponseCompletionTimeout`. The read timeout of every type of origin is 30 unless it is set.
pub(super) const ORIGIN: [Rule; 1] = [Rule::expression(
    "!has(self.responseCompletionTimeout) || self.responseCompletionTimeout >= (\
     has(self.customOriginConfig) && has(self.customOriginConfig.originReadTimeout) ? self.customOriginConfig.originReadTimeout \
     : has(self.vpcOriginConfig) && has(self.vpcOriginConfig.originReadTimeout) ? self.vpcOriginConfig.originReadTimeout \
     : has(self.s3OriginConfig) && has(self.s3OriginConfig.originReadTimeout) ? self.s3OriginConfig.originReadTimeout : 30)",
    "'origin \"%s\" has responseCompletionTimeout %d, which is below its originReadTimeout (30 unless it is set): raise it, or lower \
     originReadTimeout'.format([self.id, self.responseCompletionTimeout])",
)
.at(".responseCompletionTimeout")];

/// Source: "Enable origin mutual TLS for CloudFront distributions".
pub(super) const CUSTOM_ORIGIN: [Rule; 1] = [Rule::text(
    "!has(self.originMtlsConfig) || self.originProtocolPolicy != 'http-only'",
    "originMtlsConfig requires HTTPS to the origin: set originProtocolPolicy to https-only, or remove originMtlsConfig",
)
.at(".originMtlsConfig")
.forbidden()];

/// Source: "Distribution settings".
pub(super) const CERTIFICATE: [Rule; 1] = [Rule::expression(
    "!has(self.sslSupportMethod) || !has(self.minimumProtocolVersion) || (self.sslSupportMethod != 'sni-only' \
     || self.minimumProtocolVersion != 'SSLv3') && (self.sslSupportMethod != 'vip' || self.minimumProtocolVersion in ['SSLv3', 'TLSv1'])",
    "'minimumProtocolVersion \"%s\" is not possible with sslSupportMethod \"%s\": use sni-only with TLSv1 or a newer version'\
     .format([self.minimumProtocolVersion, self.sslSupportMethod])",
)
.at(".minimumProtocolVersion")];

/// Source: "Additional validation modes".
pub(super) const VIEWER_MTLS: [Rule; 1] = [Rule::expression(
    "has(self.trustStoreConfig) || (has(self.mode) && self.mode == 'passthrough')",
    "'mutual TLS in mode \"%s\" requires a trust store: set trustStoreConfig, or mode to passthrough'\
     .format([has(self.mode) ? self.mode : 'required'])",
)
.at(".trustStoreConfig")
.required()];

/// Sources: aws/aws-cdk#32450, "Using gRPC with CloudFront distributions", "Enable mutual TLS for CloudFront distributions" and "Quotas and
/// other considerations for continuous deployment".
pub(super) const SPEC: [Rule; 6] = [
    Rule::expression(
        concat!(
            "!self.originGroups.exists(g, g.id == self.defaultCacheBehavior.targetOriginId) || !",
            accepts_post!("self.defaultCacheBehavior")
        ),
        "'defaultCacheBehavior targets origin group \"%s\" and accepts POST, but CloudFront fails over only for GET, HEAD and OPTIONS: \
         target an origin, or remove the other methods'.format([self.defaultCacheBehavior.targetOriginId])",
    )
    .at(".defaultCacheBehavior.allowedMethods"),
    Rule::expression(
        concat!(
            "[self.originGroups.map(g, g.id)].all(groups, self.cacheBehaviors.all(b, !(b.targetOriginId in groups) || !",
            accepts_post!("b"),
            "))"
        ),
        concat!(
            "[self.cacheBehaviors.filter(b, self.originGroups.exists(g, g.id == b.targetOriginId) && ",
            accepts_post!("b"),
            ")[0]].map(b, 'behavior \"%s\" targets origin group \"%s\" and accepts POST, but CloudFront fails over only for GET, HEAD and \
             OPTIONS: target an origin, or remove the other methods'.format([b.pathPattern, b.targetOriginId]))[0]"
        ),
    )
    .at(".cacheBehaviors"),
    Rule::expression(
        "self.httpVersion in ['http2', 'http2and3'] \
         || !(has(self.defaultCacheBehavior.grpcConfig) && self.defaultCacheBehavior.grpcConfig.enabled \
         || self.cacheBehaviors.exists(b, has(b.grpcConfig) && b.grpcConfig.enabled))",
        "'httpVersion %s is not possible with gRPC, which requires HTTP/2: use http2 or http2and3'.format([self.httpVersion])",
    )
    .at(".httpVersion"),
    Rule::expression(
        "!has(self.viewerMtlsConfig) || !(self.httpVersion in ['http3', 'http2and3'])",
        "'httpVersion %s is not possible with viewerMtlsConfig, which does not support HTTP/3: use http2'.format([self.httpVersion])",
    )
    .at(".httpVersion"),
    Rule::text(
        "!has(self.viewerMtlsConfig) || (self.defaultCacheBehavior.viewerProtocolPolicy != 'allow-all' \
         && self.cacheBehaviors.all(b, b.viewerProtocolPolicy != 'allow-all'))",
        "viewerMtlsConfig requires HTTPS in every behavior: set viewerProtocolPolicy to https-only or redirect-to-https",
    )
    .at(".viewerMtlsConfig")
    .forbidden(),
    Rule::expression(
        "!(has(self.continuousDeploymentPolicyRef) || has(self.continuousDeploymentPolicyId) && self.continuousDeploymentPolicyId != '') \
         || !(self.httpVersion in ['http3', 'http2and3'])",
        "'httpVersion %s is not possible with continuous deployment, which does not support HTTP/3: use http2'.format([self.httpVersion])",
    )
    .at(".httpVersion"),
];
