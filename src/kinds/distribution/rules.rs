//! Validation rules of distributions. The message of each rule has the invalid value and the fix.
//!
//! The API server computes the cost of a rule from the maximum lengths of lists and strings in the schema.

use super::{member_rules, mode_rules};
use crate::kinds::{
    shared::rules::{NO_CONTROL_CHARACTERS, is_bucket_host_name, is_set},
    validation::{Rule, with_management},
};

pub(super) fn spec_rules() -> Vec<Rule> {
    with_management(
        &[
            &TARGETS[..],
            &UNIQUE_IDS,
            &SPEC,
            &member_rules::SPEC,
            &mode_rules::SPEC,
        ]
        .concat(),
    )
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
    )
    .at(".defaultCacheBehavior.targetOriginId"),
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
    )
    .at(".cacheBehaviors"),
    Rule::expression(
        "[self.origins.map(o, o.id)].all(ids, self.originGroups.all(g, g.members.all(m, m.originId in ids)))",
        concat!(
            "[self.origins.map(o, o.id)].map(ids, [self.originGroups.filter(g, !g.members.all(m, m.originId in ids))[0]]\
             .map(it, 'origin group \"%s\" has members \"%s\" and \"%s\"; %s%s'\
             .format([it.id, it.members[0].originId, it.members[1].originId, ",
            known_targets!(),
            "]))[0])[0]"
        ),
    )
    .at(".originGroups"),
];

const UNIQUE_IDS: [Rule; 1] = [Rule::expression(
    "[self.origins.map(o, o.id)].all(ids, self.originGroups.all(g, !(g.id in ids)))",
    "'\"%s\" is the ID of an origin and of an origin group: rename one of them'.format([\
     self.originGroups.filter(g, self.origins.exists(o, o.id == g.id))[0].id])",
)
.at(".originGroups")];

/// For the list of cache behaviors. The cost grows with the square of the length, and exceeds the API server's limit for long lists. They
/// are not checked. CloudFront's quota is 75, unless raised.
pub(super) const UNIQUE_PATTERNS: [Rule; 1] = [Rule::expression(
    "size(self) > 120 || [self.map(b, b.pathPattern)].all(paths, paths.all(path, paths.indexOf(path) == paths.lastIndexOf(path)))",
    "[self.map(b, b.pathPattern)].map(paths, 'path pattern \"%s\" has more than one behavior, but CloudFront applies only the first: \
     remove the others'.format([paths.filter(path, paths.indexOf(path) != paths.lastIndexOf(path))[0]]))[0]",
)];

const SPEC: [Rule; 4] = [
    // Old distributions have aliases on CloudFront's own certificate. CloudFront refuses it for new ones.
    Rule::expression(
        concat!(
            "!has(self.aliases) || size(self.aliases) == 0 || has(self.adoptId) || (has(self.viewerCertificate) && (",
            is_set!("self.viewerCertificate.acmCertificateArn"),
            " || has(self.viewerCertificate.acmCertificateArnFrom) || ",
            is_set!("self.viewerCertificate.iamCertificateId"),
            " || ",
            is_set!("self.viewerCertificate.certificate"),
            "))"
        ),
        "'alias \"%s\" requires a certificate that covers it: set viewerCertificate.acmCertificateArn, \
         acmCertificateArnFrom or iamCertificateId, or remove the alias'.format([self.aliases[0]])",
    )
    .at(".viewerCertificate")
    .required(),
    Rule::expression(
        "(has(self.staging) && self.staging) == (has(oldSelf.staging) && oldSelf.staging)",
        "'staging is %s and cannot be changed: create another distribution'\
         .format([has(oldSelf.staging) && oldSelf.staging])",
    )
    .at(".staging")
    .forbidden(),
    // Observed: RJPearson94/terraform-aws-open-next#75. Viewers reach a staging distribution by the host names of the primary one.
    Rule::expression(
        "!has(self.staging) || !self.staging || !has(self.aliases) || size(self.aliases) == 0",
        "'a staging distribution cannot have aliases such as \"%s\": viewers reach it by those of the primary distribution; \
         remove them'.format([self.aliases[0]])",
    )
    .at(".aliases")
    .forbidden(),
    Rule::text(
        "!has(self.staging) || !self.staging || !(has(self.stagingDistributionRef) || has(self.stagingDistributionId))",
        "a staging distribution cannot take over the configuration of another one: remove stagingDistributionRef and stagingDistributionId",
    )
    .at(".stagingDistributionRef")
    .forbidden(),
];

pub(super) const ORIGIN: [Rule; 4] = [
    Rule::expression(
        "has(self.domainName) || has(self.domainNameFrom)",
        "'origin \"%s\" has no domain name: set domainName or domainNameFrom'.format([self.id])",
    )
    .at(".domainName")
    .required(),
    // The operator checks the domain name from another source.
    Rule::expression(
        concat!(
            "has(self.customOriginConfig) || has(self.vpcOriginConfig) || !has(self.domainName) || (",
            is_bucket_host_name!(),
            ")"
        ),
        "'origin \"%s\" is an S3 origin, but \"%s\" is not the domain name of an S3 bucket: set customOriginConfig for a web server or a \
         website endpoint, or use a name such as site.s3.eu-west-1.amazonaws.com'.format([self.id, self.domainName])",
    )
    .at(".domainName"),
    Rule::expression(
        "(has(self.s3OriginConfig) ? 1 : 0) + (has(self.customOriginConfig) ? 1 : 0) + (has(self.vpcOriginConfig) ? 1 : 0) <= 1",
        "'origin \"%s\" has more than one type: keep one of s3OriginConfig, customOriginConfig and vpcOriginConfig'\
         .format([self.id])",
    )
    .forbidden(),
    Rule::expression(
        concat!(
            "!(has(self.originAccessControlRef) || ",
            is_set!("self.originAccessControlId"),
            ") || !has(self.s3OriginConfig) || !(has(self.s3OriginConfig.originAccessIdentityRef) || ",
            is_set!("self.s3OriginConfig.originAccessIdentity"),
            ")"
        ),
        "'origin \"%s\" has an origin access identity and origin access control \"%s\": remove the identity, or the control'\
         .format([self.id, has(self.originAccessControlRef) ? self.originAccessControlRef.name : self.originAccessControlId])",
    )
    .at(".originAccessControlId")
    .forbidden(),
];

pub(super) const ORIGIN_SHIELD: [Rule; 1] = [Rule::text(
    "!self.enabled || has(self.originShieldRegion)",
    "an enabled originShield requires originShieldRegion: set it to the AWS Region with the lowest latency to the origin, for example us-east-1",
)
.at(".originShieldRegion")
.required()];

pub(super) const ORIGIN_GROUP: [Rule; 1] = [Rule::expression(
    "self.members.size() < 2 || self.members[0].originId != self.members[1].originId",
    "'origin group \"%s\" has origin \"%s\" twice: use another origin as the second member'\
     .format([self.id, self.members[0].originId])",
)
.at(".members")];

pub(super) const BEHAVIOR: [Rule; 3] = [
    Rule::expression(
        "!(has(self.minTTL) && has(self.defaultTTL)) || self.minTTL <= self.defaultTTL",
        "'defaultTTL %d is below minTTL %d: raise it or lower minTTL'.format([self.defaultTTL, self.minTTL])",
    )
    .at(".defaultTTL"),
    Rule::expression(
        "!(has(self.defaultTTL) && has(self.maxTTL)) || self.defaultTTL <= self.maxTTL",
        "'maxTTL %d is below defaultTTL %d: raise it or lower defaultTTL'.format([self.maxTTL, self.defaultTTL])",
    )
    .at(".maxTTL"),
    Rule::expression(
        "!(has(self.minTTL) && has(self.maxTTL)) || self.minTTL <= self.maxTTL",
        "'maxTTL %d is below minTTL %d: raise it or lower minTTL'.format([self.maxTTL, self.minTTL])",
    )
    .at(".maxTTL"),
];

pub(super) const METHODS: [Rule; 2] = [
    Rule::expression(
        "'GET' in self.items && 'HEAD' in self.items \
         && (size(self.items) == 2 || size(self.items) == 7 || (size(self.items) == 3 && 'OPTIONS' in self.items))",
        "'allowed methods %s are not a set that CloudFront supports: use [HEAD, GET], [HEAD, GET, OPTIONS] or all seven'\
         .format([self.items])",
    )
    .at(".items"),
    Rule::expression(
        "!has(self.cachedMethods) || ('GET' in self.cachedMethods && 'HEAD' in self.cachedMethods \
         && (size(self.cachedMethods) == 2 \
         || (size(self.cachedMethods) == 3 && 'OPTIONS' in self.cachedMethods && 'OPTIONS' in self.items)))",
        "'cached methods %s are not valid: use [HEAD, GET], or [HEAD, GET, OPTIONS] if OPTIONS is an allowed method'\
         .format([self.cachedMethods])",
    )
    .at(".cachedMethods"),
];

pub(super) const TRUSTED_KEY_GROUPS: [Rule; 1] = [Rule::expression(
    "self.enabled == ((has(self.items) && size(self.items) > 0) || (has(self.itemRefs) && size(self.itemRefs) > 0))",
    "'trustedKeyGroups has enabled %s with items %s and itemRefs %s: set enabled to true and list key groups, or to false and remove them'\
     .format([self.enabled, has(self.items) ? self.items : [], has(self.itemRefs) ? self.itemRefs.map(it, it.name) : []])",
)
.at(".enabled")];

pub(super) const LAMBDA_ARN: [Rule; 1] = [Rule::expression(
    "self.matches('^arn:[^:]+:lambda:us-east-1:[0-9]{12}:function:[^:]+:[0-9]+$')",
    "'\"%s\" is not a published version of a function in us-east-1: use the ARN that ends in the version number'.format([self])",
)];

pub(super) const LAMBDA_ASSOCIATION: [Rule; 2] = [
    Rule::expression(
        "!has(self.includeBody) || !self.includeBody || self.eventType.endsWith('-request')",
        "'includeBody is not possible for event \"%s\": remove it, or use a request event'.format([self.eventType])",
    )
    .at(".includeBody")
    .forbidden(),
    Rule::expression(
        "has(self.lambdaFunctionARN) || has(self.lambdaFunctionARNFrom)",
        "'the Lambda@Edge function at event \"%s\" is missing: set lambdaFunctionARN or lambdaFunctionARNFrom'.format([self.eventType])",
    )
    .at(".lambdaFunctionARN")
    .required(),
];

pub(super) const FUNCTION_ASSOCIATION: [Rule; 2] = [
    Rule::expression(
        "self.eventType.startsWith('viewer-')",
        "'a function of CloudFront Functions cannot run at event \"%s\": use viewer-request, viewer-response or a Lambda@Edge function'\
         .format([self.eventType])",
    )
    .at(".eventType"),
    Rule::expression(
        concat!(is_set!("self.functionARN"), " || has(self.functionRef)"),
        "'the function at event \"%s\" is missing: set functionRef to an object of kind Function, or functionARN'.format([self.eventType])",
    )
    .at(".functionRef")
    .required(),
];

pub(super) const COOKIES: [Rule; 1] = [Rule::expression(
    "(self.forward == 'whitelist') == (has(self.whitelistedNames) && size(self.whitelistedNames) > 0)",
    "'cookies.forward is \"%s\": set whitelistedNames if it is whitelist, and remove them otherwise'.format([self.forward])",
)
.at(".whitelistedNames")];

pub(super) const ACM_ARN: [Rule; 2] = [
    Rule::expression(
        "!self.startsWith('arn:aws:acm:') || self.startsWith('arn:aws:acm:us-east-1:')",
        "'certificate \"%s\" is in another region, but CloudFront accepts only certificates in us-east-1: request or import it there'\
         .format([self])",
    ),
    NO_CONTROL_CHARACTERS,
];

pub(super) const CLIENT_CERTIFICATE: [Rule; 1] = [Rule::text(
    "has(self.clientCertificateArn) || has(self.clientCertificateArnFrom)",
    "the client certificate is missing: set clientCertificateArn or clientCertificateArnFrom",
)
.at(".clientCertificateArn")
.required()];

pub(super) const LOGGING: [Rule; 2] = [
    Rule::text(
        "!self.enabled || self.bucket != '' || has(self.bucketFrom)",
        "logging is enabled without a bucket: set bucket or bucketFrom, for example bucket to logs.s3.amazonaws.com",
    )
    .at(".bucket")
    .required(),
    Rule::expression(
        "self.enabled || (self.bucket == '' && !has(self.bucketFrom) && self.prefix == '')",
        "'logging to bucket \"%s\" with prefix \"%s\" is disabled, and CloudFront does not store these values: \
         set enabled to true, or remove bucket, bucketFrom and prefix'\
         .format([has(self.bucketFrom) ? 'bucketFrom' : self.bucket, self.prefix])",
    )
    .at(".enabled"),
];

pub(super) const GEO_RESTRICTION: [Rule; 2] = [
    Rule::expression(
        "self.restrictionType != 'none' || size(self.items) == 0",
        "'restrictionType none is not possible with items %s: use whitelist or blacklist, or remove items'\
         .format([self.items])",
    )
    .at(".items")
    .forbidden(),
    Rule::expression(
        "self.restrictionType == 'none' || size(self.items) > 0",
        "'restrictionType %s requires countries: list them in items, or use none'.format([self.restrictionType])",
    )
    .at(".items")
    .required(),
];

pub(super) const ERROR_RESPONSE: [Rule; 1] = [Rule::expression(
    concat!(
        is_set!("self.responsePagePath"),
        " == ",
        is_set!("self.responseCode")
    ),
    "'the response to error %d has only one of responsePagePath and responseCode: set both, or remove it'.format([self.errorCode])",
)
.at(".responsePagePath")];

/// Source: AWS's documentation of custom error pages.
pub(super) const ERROR_CODE: [Rule; 1] = [Rule::expression(
    "self in [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]",
    "'error code %d is not supported: use 400, 403, 404, 405, 414, 416 or 500 to 504'.format([self])",
)];

/// Source: AWS's documentation of `CustomOriginConfig`.
pub(super) const PORT: [Rule; 1] = [Rule::expression(
    "self == 80 || self == 443 || self >= 1024",
    "'port %d is not supported: use 80, 443 or 1024 to 65535'.format([self])",
)];

/// Source: CloudFront's error message, `The parameter globPattern can only contain these characters`.
pub(super) const PATH_PATTERN: [Rule; 1] = [Rule::expression(
    "self.matches('^[a-zA-Z0-9_.*$/~\\\\x22\\\\x27&@:?+\\\\x5C-]*$')",
    "'path pattern \"%s\" contains a character that CloudFront does not accept: use letters, digits, quotes and _ - . * $ / ~ & @ : ? + only; \
     use ? or * instead of a space'.format([self])",
)];

/// A header has a value, without line breaks. The message does not contain the value, which may be a secret. `\pC` matches
/// control and invisible characters. A longer expression would exceed the API server's cost limit for all headers of all origins.
pub(super) const HEADER: [Rule; 2] = [
    Rule::expression(
        "has(self.headerValue) || has(self.headerValueFrom)",
        "'header \"%s\" has no value: set headerValue or headerValueFrom'.format([self.headerName])",
    )
    .at(".headerValue")
    .required(),
    Rule::expression(
        "!has(self.headerValue) || !self.headerValue.matches('\\\\pC')",
        "'the value of header \"%s\" contains a control or invisible character, such as a line break: remove it'.format([self.headerName])",
    )
    .at(".headerValue"),
];
