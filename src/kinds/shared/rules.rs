//! Validation rules of fields that several kinds have.

use crate::kinds::validation::Rule;

pub(in crate::kinds) const TAGS: [Rule; 1] = [Rule::expression(
    "!has(self.tags) || self.tags.all(k, size(k) > 0 && size(k) <= 128 && !k.startsWith('aws:'))",
    "'tag key \"%s\" is not possible: use 1 to 128 characters that do not begin with aws:'.format([\
     self.tags.filter(k, !(size(k) > 0 && size(k) <= 128 && !k.startsWith('aws:')))[0]])",
)];

/// XML cannot represent these characters.
pub(in crate::kinds) const COMMENT: [Rule; 1] = [Rule::text(
    "!self.matches('[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]')",
    "a comment cannot have control characters: remove them",
)];

/// An expression that is true if `domainName` is the host name of an S3 bucket. The host name of a website endpoint is not.
macro_rules! is_bucket_host_name {
    () => {
        "self.domainName.lowerAscii().matches('[.]s3[.-].*amazonaws[.]com([.]cn)?$') && !self.domainName.contains('.s3-website')"
    };
}

pub(in crate::kinds) use is_bucket_host_name;

const ONE_IDENTITY: Rule = Rule::expression(
    "!(has(self.originAccessIdentity) && has(self.originAccessIdentityRef))",
    "'originAccessIdentity \"%s\" and originAccessIdentityRef \"%s\" exclude each other: remove one of them'\
     .format([self.originAccessIdentity, self.originAccessIdentityRef.name])",
);

/// For an origin that `s3OriginConfig` makes an S3 bucket.
pub(in crate::kinds) const IDENTITY: [Rule; 1] = [ONE_IDENTITY];

/// For an origin that is always an S3 bucket. Source: `InvalidOrigin` among the errors of `CreateStreamingDistribution`.
pub(in crate::kinds) const S3_ORIGIN: [Rule; 2] = [
    ONE_IDENTITY,
    Rule::expression(
        is_bucket_host_name!(),
        "'\"%s\" is not the host name of an S3 bucket: use a name such as media.s3.eu-west-1.amazonaws.com'.format([self.domainName])",
    ),
];

pub(in crate::kinds) const TRUSTED_SIGNERS: [Rule; 1] = [Rule::expression(
    "self.enabled == (has(self.items) && size(self.items) > 0)",
    "'trustedSigners has enabled %s with items %s: set enabled to true and name accounts, or to false and name none'\
     .format([self.enabled, has(self.items) ? self.items : []])",
)];

pub(in crate::kinds) const LOGGING: [Rule; 2] = [
    Rule::text(
        "!self.enabled || self.bucket != ''",
        "logging is enabled without a bucket: set logging.bucket, for example to logs.s3.amazonaws.com",
    ),
    Rule::expression(
        "self.enabled || (self.bucket == '' && self.prefix == '')",
        "'logging to bucket \"%s\" with prefix \"%s\" is off, and CloudFront would forget both: set enabled to true or remove them'\
         .format([self.bucket, self.prefix])",
    ),
];
