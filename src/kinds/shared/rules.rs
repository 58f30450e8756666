//! Validation rules of fields that several kinds have.

use crate::kinds::validation::Rule;

pub(in crate::kinds) const TAGS: [Rule; 1] = [Rule::expression(
    "self.all(k, size(k) > 0 && size(k) <= 128 && !k.startsWith('aws:'))",
    "'tag key \"%s\" is not valid: use 1 to 128 characters that do not begin with aws:'.format([\
     self.filter(k, !(size(k) > 0 && size(k) <= 128 && !k.startsWith('aws:')))[0]])",
)];

/// XML cannot represent these characters.
pub(in crate::kinds) const COMMENT: [Rule; 1] = [Rule::text(
    "!self.matches('[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]')",
    "a comment cannot contain control characters: remove them",
)];

/// An expression that is true if `domainName` is the host name of an S3 bucket. The host name of a website endpoint is not.
macro_rules! is_bucket_host_name {
    () => {
        "self.domainName.lowerAscii().matches('[.]s3[.-].*amazonaws[.]com([.]cn)?$') && !self.domainName.contains('.s3-website')"
    };
}

pub(in crate::kinds) use is_bucket_host_name;

/// An expression that is true if an optional text has a value. AWS prints an empty text for a member without a value.
macro_rules! is_set {
    ($field:literal) => {
        concat!("(has(", $field, ") && ", $field, " != '')")
    };
}

pub(in crate::kinds) use is_set;

const ONE_IDENTITY: Rule = Rule::expression(
    concat!("!(", is_set!("self.originAccessIdentity"), " && has(self.originAccessIdentityRef))"),
    "'originAccessIdentity \"%s\" and originAccessIdentityRef \"%s\" are mutually exclusive: remove one of them'\
     .format([self.originAccessIdentity, self.originAccessIdentityRef.name])",
)
.at(".originAccessIdentityRef")
.forbidden();

/// For an origin that `s3OriginConfig` makes an S3 bucket.
pub(in crate::kinds) const IDENTITY: [Rule; 1] = [ONE_IDENTITY];

/// For an origin that is always an S3 bucket. Source: `InvalidOrigin` among the errors of `CreateStreamingDistribution`.
pub(in crate::kinds) const S3_ORIGIN: [Rule; 2] = [
    ONE_IDENTITY,
    Rule::expression(
        is_bucket_host_name!(),
        "'\"%s\" is not the domain name of an S3 bucket: use a name such as media.s3.eu-west-1.amazonaws.com'.format([self.domainName])",
    )
    .at(".domainName"),
];

pub(in crate::kinds) const TRUSTED_SIGNERS: [Rule; 1] = [Rule::expression(
    "self.enabled == (has(self.items) && size(self.items) > 0)",
    "'trustedSigners has enabled %s with items %s: set enabled to true and list accounts, or to false and remove items'\
     .format([self.enabled, has(self.items) ? self.items : []])",
)
.at(".enabled")];

pub(in crate::kinds) const LOGGING: [Rule; 2] = [
    Rule::text(
        "!self.enabled || self.bucket != ''",
        "logging is enabled without a bucket: set bucket, for example to logs.s3.amazonaws.com",
    )
    .at(".bucket")
    .required(),
    Rule::expression(
        "self.enabled || (self.bucket == '' && self.prefix == '')",
        "'logging to bucket \"%s\" with prefix \"%s\" is disabled, and CloudFront does not store these values: \
         set enabled to true, or remove bucket and prefix'.format([self.bucket, self.prefix])",
    )
    .at(".enabled"),
];
