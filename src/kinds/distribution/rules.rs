//! Validation rules of distributions. The message of each rule has the invalid value and the fix.
//!
//! The API server computes the cost of a rule from the maximum lengths of lists and strings in the schema.

use crate::kinds::{
    shared::rules::{TAGS, is_bucket_host_name},
    validation::{Rule, with_management},
};

pub(super) fn spec_rules() -> Vec<Rule> {
    with_management(&[&TARGETS[..], &UNIQUE_NAMES, &SPEC, &TAGS].concat())
}

/// Arguments of a message that lists the valid targets. `ids` are the ids of the origins. The API server drops a message of more than
/// 5 kB, so a long list is replaced by its length.
macro_rules! known_targets {
    () => {
        "(size(ids) > 20 ? 'there are %d origins'.format([size(ids)]) : 'known origins: %s'.format([ids])), \
         (size(self.originGroups) == 0 || size(self.originGroups) > 10 ? '' \
         : '; known origin groups: %s'.format([self.originGroups.map(g, g.id)]))"
    };
}

/// Targets must exist. An expression names an intermediate result by a list that has it as its only item. `in` on this result costs much
/// less than comparing strings in a nested `exists`, which exceeds the cost limit of a rule at 250 origins and 250 behaviors.
const TARGETS: [Rule; 3] = [
    Rule::expression(
        "self.origins.exists(o, o.id == self.defaultCacheBehavior.targetOriginId) \
         || self.originGroups.exists(g, g.id == self.defaultCacheBehavior.targetOriginId)",
        concat!(
            "[self.origins.map(o, o.id)].map(ids, 'defaultCacheBehavior targets origin \"%s\"; %s%s'\
             .format([self.defaultCacheBehavior.targetOriginId, ",
            known_targets!(),
            "]))[0]"
        ),
    ),
    Rule::expression(
        "[self.origins.map(o, o.id)].all(ids, [self.originGroups.map(g, g.id)].all(groups, \
         self.cacheBehaviors.all(b, b.targetOriginId in ids || b.targetOriginId in groups)))",
        concat!(
            "[self.origins.map(o, o.id)].map(ids, [self.cacheBehaviors.filter(b, !(b.targetOriginId in ids) \
             && !self.originGroups.exists(g, g.id == b.targetOriginId))[0]]\
             .map(b, 'behavior \"%s\" targets origin \"%s\"; %s%s'.format([b.pathPattern, b.targetOriginId, ",
            known_targets!(),
            "]))[0])[0]"
        ),
    ),
    Rule::expression(
        "[self.origins.map(o, o.id)].all(ids, self.originGroups.all(g, g.members.all(m, m.originId in ids)))",
        concat!(
            "[self.origins.map(o, o.id)].map(ids, [self.originGroups.filter(g, !g.members.all(m, m.originId in ids))[0]]\
             .map(it, 'origin group \"%s\" has members \"%s\" and \"%s\"; %s%s'\
             .format([it.id, it.members[0].originId, it.members[1].originId, ",
            known_targets!(),
            "]))[0])[0]"
        ),
    ),
];

const UNIQUE_NAMES: [Rule; 2] = [
    Rule::expression(
        "[self.origins.map(o, o.id)].all(ids, self.originGroups.all(g, !(g.id in ids)))",
        "'\"%s\" is the id of an origin and of an origin group: rename one of them'.format([\
         self.originGroups.filter(g, self.origins.exists(o, o.id == g.id))[0].id])",
    ),
    Rule::expression(
        "[self.cacheBehaviors.map(b, b.pathPattern)].all(paths, \
         paths.all(path, paths.indexOf(path) == paths.lastIndexOf(path)))",
        "[self.cacheBehaviors.map(b, b.pathPattern)].map(paths, 'path pattern \"%s\" has more than one behavior, of which only \
         the first would apply: remove the others'.format([\
         paths.filter(path, paths.indexOf(path) != paths.lastIndexOf(path))[0]]))[0]",
    ),
];

const SPEC: [Rule; 2] = [
    Rule::expression(
        "!has(self.aliases) || size(self.aliases) == 0 || (has(self.viewerCertificate) && (has(self.viewerCertificate.acmCertificateArn) \
         || has(self.viewerCertificate.iamCertificateId) || has(self.viewerCertificate.certificate)))",
        "'alias \"%s\" needs a certificate that covers it: set viewerCertificate.acmCertificateArn or \
         viewerCertificate.iamCertificateId, or remove the alias'.format([self.aliases[0]])",
    ),
    Rule::expression(
        "(has(self.staging) && self.staging) == (has(oldSelf.staging) && oldSelf.staging)",
        "'staging is %s and cannot be changed: create another distribution'\
         .format([has(oldSelf.staging) && oldSelf.staging])",
    ),
];

pub(super) const ORIGIN: [Rule; 3] = [
    Rule::expression(
        concat!(
            "has(self.customOriginConfig) || has(self.vpcOriginConfig) || (",
            is_bucket_host_name!(),
            ")"
        ),
        "'origin \"%s\" is read as an S3 bucket, but \"%s\" is not the host name of one: set customOriginConfig for a web server or a \
         website endpoint, or a name such as site.s3.eu-west-1.amazonaws.com'.format([self.id, self.domainName])",
    ),
    Rule::expression(
        "(has(self.s3OriginConfig) ? 1 : 0) + (has(self.customOriginConfig) ? 1 : 0) + (has(self.vpcOriginConfig) ? 1 : 0) <= 1",
        "'origin \"%s\" is of more than one type: keep one of s3OriginConfig, customOriginConfig and vpcOriginConfig'\
         .format([self.id])",
    ),
    Rule::expression(
        "!has(self.originAccessControlId) || !has(self.s3OriginConfig) || !(has(self.s3OriginConfig.originAccessIdentityRef) \
         || (has(self.s3OriginConfig.originAccessIdentity) && self.s3OriginConfig.originAccessIdentity != ''))",
        "'origin \"%s\" has an origin access identity beside origin access control \"%s\": keep one of them, best the control'\
         .format([self.id, self.originAccessControlId])",
    ),
];

pub(super) const ORIGIN_SHIELD: [Rule; 1] = [Rule::text(
    "!self.enabled || has(self.originShieldRegion)",
    "an enabled originShield needs originShieldRegion: set it to the region closest to the origin, for example us-east-1",
)];

pub(super) const ORIGIN_GROUP: [Rule; 1] = [Rule::expression(
    "self.members.size() < 2 || self.members[0].originId != self.members[1].originId",
    "'origin group \"%s\" has origin \"%s\" twice: name another origin as second member'\
     .format([self.id, self.members[0].originId])",
)];

pub(super) const BEHAVIOR: [Rule; 6] = [
    Rule::expression(
        "!(has(self.cachePolicyId) && has(self.forwardedValues))",
        "'cachePolicyId \"%s\" and forwardedValues exclude each other: remove forwardedValues, which is deprecated'\
         .format([self.cachePolicyId])",
    ),
    Rule::expression(
        "has(self.cachePolicyId) || has(self.forwardedValues)",
        "'the behavior that targets origin \"%s\" does not say what to cache: set cachePolicyId, for example to \
         658327ea-f89d-4fab-a63d-7e88639e58f6 (Managed-CachingOptimized)'.format([self.targetOriginId])",
    ),
    Rule::expression(
        "!has(self.cachePolicyId) || !(has(self.minTTL) || has(self.defaultTTL) || has(self.maxTTL))",
        "'minTTL, defaultTTL and maxTTL are not possible beside cachePolicyId \"%s\", which has its own: remove them'\
         .format([self.cachePolicyId])",
    ),
    Rule::expression(
        "!(has(self.minTTL) && has(self.defaultTTL)) || self.minTTL <= self.defaultTTL",
        "'defaultTTL %d is below minTTL %d: raise it or lower minTTL'.format([self.defaultTTL, self.minTTL])",
    ),
    Rule::expression(
        "!(has(self.defaultTTL) && has(self.maxTTL)) || self.defaultTTL <= self.maxTTL",
        "'maxTTL %d is below defaultTTL %d: raise it or lower defaultTTL'.format([self.maxTTL, self.defaultTTL])",
    ),
    Rule::expression(
        "!(has(self.minTTL) && has(self.maxTTL)) || self.minTTL <= self.maxTTL",
        "'maxTTL %d is below minTTL %d: raise it or lower minTTL'.format([self.maxTTL, self.minTTL])",
    ),
];

pub(super) const METHODS: [Rule; 2] = [
    Rule::expression(
        "'GET' in self.items && 'HEAD' in self.items \
         && (size(self.items) == 2 || size(self.items) == 7 || (size(self.items) == 3 && 'OPTIONS' in self.items))",
        "'allowed methods %s are not a set that CloudFront offers: use [HEAD, GET], [HEAD, GET, OPTIONS] or all seven'\
         .format([self.items])",
    ),
    Rule::expression(
        "!has(self.cachedMethods) || ('GET' in self.cachedMethods && 'HEAD' in self.cachedMethods \
         && (size(self.cachedMethods) == 2 \
         || (size(self.cachedMethods) == 3 && 'OPTIONS' in self.cachedMethods && 'OPTIONS' in self.items)))",
        "'cached methods %s are not possible: use [HEAD, GET], or [HEAD, GET, OPTIONS] where OPTIONS is allowed'\
         .format([self.cachedMethods])",
    ),
];

pub(super) const TRUSTED_KEY_GROUPS: [Rule; 1] = [Rule::expression(
    "self.enabled == (has(self.items) && size(self.items) > 0)",
    "'trustedKeyGroups has enabled %s with items %s: set enabled to true and name key groups, or to false and name none'\
     .format([self.enabled, has(self.items) ? self.items : []])",
)];

pub(super) const LAMBDA_ASSOCIATION: [Rule; 2] = [
    Rule::expression(
        "self.lambdaFunctionARN.matches('^arn:[^:]+:lambda:us-east-1:[0-9]{12}:function:[^:]+:[0-9]+$')",
        "'\"%s\" is not a published version of a function in us-east-1: use the ARN that ends in the number of a version'\
         .format([self.lambdaFunctionARN])",
    ),
    Rule::expression(
        "!has(self.includeBody) || !self.includeBody || self.eventType.endsWith('-request')",
        "'includeBody is for requests only, not for event \"%s\": remove it'.format([self.eventType])",
    ),
];

pub(super) const FUNCTION_ASSOCIATION: [Rule; 1] = [Rule::expression(
    "self.eventType.startsWith('viewer-')",
    "'a CloudFront function cannot run at event \"%s\": use viewer-request or viewer-response, or a Lambda@Edge function'\
     .format([self.eventType])",
)];

pub(super) const COOKIES: [Rule; 1] = [Rule::expression(
    "(self.forward == 'whitelist') == (has(self.whitelistedNames) && size(self.whitelistedNames) > 0)",
    "'cookies are forwarded as \"%s\": name cookies in whitelistedNames with whitelist, and only then'.format([self.forward])",
)];

pub(super) const CERTIFICATE: [Rule; 5] = [
    Rule::text(
        "(has(self.cloudFrontDefaultCertificate) && self.cloudFrontDefaultCertificate ? 1 : 0) \
         + (has(self.acmCertificateArn) ? 1 : 0) + (has(self.iamCertificateId) ? 1 : 0) + (has(self.certificate) ? 1 : 0) <= 1",
        "viewerCertificate names more than one certificate: keep one of acmCertificateArn, iamCertificateId and \
         cloudFrontDefaultCertificate",
    ),
    Rule::expression(
        "has(self.certificate) == (has(self.certificateSource) && self.certificateSource != 'cloudfront')",
        "'certificate and certificateSource \"%s\" do not fit together: use acmCertificateArn or iamCertificateId instead of them'\
         .format([has(self.certificateSource) ? self.certificateSource : ''])",
    ),
    Rule::expression(
        "!has(self.acmCertificateArn) || !self.acmCertificateArn.startsWith('arn:aws:acm:') \
         || self.acmCertificateArn.startsWith('arn:aws:acm:us-east-1:')",
        "'certificate \"%s\" is in another region, but CloudFront takes certificates from us-east-1 only: request or import it \
         there'.format([self.acmCertificateArn])",
    ),
    Rule::expression(
        "has(self.sslSupportMethod) || !(has(self.acmCertificateArn) || has(self.iamCertificateId) || has(self.certificate))",
        "'certificate \"%s\" needs sslSupportMethod: set it to sni-only, unless viewers cannot send the name they ask for'.format([\
         has(self.acmCertificateArn) ? self.acmCertificateArn \
         : has(self.iamCertificateId) ? self.iamCertificateId : self.certificate])",
    ),
    Rule::text(
        "has(self.acmCertificateArn) || has(self.iamCertificateId) || has(self.certificate) \
         || ((!has(self.sslSupportMethod) || self.sslSupportMethod == 'vip') \
         && (!has(self.minimumProtocolVersion) || self.minimumProtocolVersion == 'TLSv1'))",
        "sslSupportMethod and minimumProtocolVersion cannot be chosen for CloudFront's own certificate: remove them, or name a \
         certificate of your own in acmCertificateArn",
    ),
];

pub(super) const GEO_RESTRICTION: [Rule; 2] = [
    Rule::expression(
        "self.restrictionType != 'none' || size(self.items) == 0",
        "'restrictionType none takes no countries, but items has %s: use whitelist or blacklist, or remove them'\
         .format([self.items])",
    ),
    Rule::expression(
        "self.restrictionType == 'none' || size(self.items) > 0",
        "'restrictionType %s needs countries: list them in items, or use none'.format([self.restrictionType])",
    ),
];

pub(super) const ERROR_RESPONSE: [Rule; 1] = [Rule::expression(
    "has(self.responsePagePath) == has(self.responseCode)",
    "'the response to error %d has only one of responsePagePath and responseCode: set both or none'.format([self.errorCode])",
)];

/// Source: AWS's documentation of custom error pages.
pub(super) const ERROR_CODE: [Rule; 1] = [Rule::expression(
    "self in [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]",
    "'error %d has no response of its own: CloudFront takes 400, 403, 404, 405, 414, 416 and 500 to 504'.format([self])",
)];

/// Source: AWS's documentation of `CustomOriginConfig`.
pub(super) const PORT: [Rule; 1] = [Rule::expression(
    "self == 80 || self == 443 || self >= 1024",
    "'port %d is not possible: CloudFront reaches origins at 80, 443 and 1024 to 65535'.format([self])",
)];

/// For paths that CloudFront prepends to a request's path, or uses instead of it.
pub(super) const PATH: [Rule; 1] = [Rule::text(
    "!self.matches('[\\x00-\\x1F\\x7F]')",
    "a path cannot have control characters, such as a line break: remove them",
)];

/// Source: CloudFront's error message, `The parameter globPattern can only contain these characters`.
pub(super) const PATH_PATTERN: [Rule; 1] = [Rule::expression(
    "self.matches('^[a-zA-Z0-9_.*$/~\\\\x22\\\\x27&@:?+\\\\x5C-]*$')",
    "'path pattern \"%s\" has a character that CloudFront does not take: use letters, digits, quotes and _ - . * $ / ~ & @ : ? + only; \
     put ? or * in place of a space'.format([self])",
)];

/// Source: AWS's documentation of custom headers.
pub(super) const HEADER_NAME: [Rule; 1] = [Rule::expression(
    "!self.lowerAscii().startsWith('x-amz-') && !self.lowerAscii().startsWith('x-edge-') && !(self.lowerAscii() in [\
     'cache-control', 'connection', 'content-length', 'cookie', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', \
     'if-unmodified-since', 'max-forwards', 'pragma', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'range', \
     'request-range', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'via', 'x-real-ip'])",
    "'header \"%s\" cannot be added to requests, since CloudFront sets or removes it: use a name of your own, such as \
     X-Origin-Verify'.format([self])",
)];

/// A header has exactly one value, without line breaks. The message does not contain the value, which may be a secret. `\pC` matches
/// control and invisible characters. A longer expression would exceed the API server's cost limit for all headers of all origins.
pub(super) const HEADER: [Rule; 2] = [
    Rule::expression(
        "has(self.headerValue) != has(self.headerValueFrom)",
        "'header \"%s\": set exactly one of headerValue and headerValueFrom'.format([self.headerName])",
    ),
    Rule::expression(
        "!has(self.headerValue) || !self.headerValue.matches('\\\\pC')",
        "'the value of header \"%s\" has a control or an invisible character, such as a line break: remove it'.format([self.headerName])",
    ),
];
