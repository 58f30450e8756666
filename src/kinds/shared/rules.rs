//! Validation rules of fields that several kinds have.

use crate::kinds::validation::Rule;

/// An expression that is true if key `k` of the tags or its value has a character that AWS does not accept. Source: the pattern of `TagKey`
/// and `TagValue` in CloudFront's API model.
macro_rules! has_foreign_character {
    () => {
        "(k.matches('[^\\\\pL\\\\pZ\\\\pN_.:/=+@-]') || self[k].matches('[^\\\\pL\\\\pZ\\\\pN_.:/=+@-]'))"
    };
}

pub(in crate::kinds) const TAGS: [Rule; 2] = [
    Rule::expression(
        "self.all(k, size(k) > 0 && size(k) <= 128 && !k.startsWith('aws:'))",
        "'tag key \"%s\" is not valid: use 1 to 128 characters that do not begin with aws:'.format([\
         self.filter(k, !(size(k) > 0 && size(k) <= 128 && !k.startsWith('aws:')))[0]])",
    ),
    Rule::expression(
        concat!("!self.exists(k, ", has_foreign_character!(), ")"),
        concat!(
            "'tag \"%s\" with value \"%s\" contains a character that AWS does not accept: use letters, digits, spaces and _ . : / = + - @ \
             only'.format([self.filter(k, ",
            has_foreign_character!(),
            ")[0], self[self.filter(k, ",
            has_foreign_character!(),
            ")[0]]])"
        ),
    ),
];

/// A name that DNS resolves, as CloudFront accepts it.
const NO_URL: Rule = Rule::expression(
    "!self.matches('[/:[:space:][:cntrl:]]')",
    "'\"%s\" is not a host name: remove the scheme, port, path, spaces and control characters'.format([self])",
);
const NO_TRAILING_DOT: Rule = Rule::expression(
    "!self.endsWith('.')",
    "'\"%s\" ends with a dot, which CloudFront does not accept: remove the dot'.format([self])",
);

/// Source: CloudFront's error message, `The parameter origin name cannot be an IP address`. A name that contains an address is accepted.
pub(in crate::kinds) const ORIGIN_HOST_NAME: [Rule; 3] = [
    NO_URL,
    NO_TRAILING_DOT,
    Rule::expression(
        "!self.matches('^[0-9.]+$')",
        "'\"%s\" is an IP address, and CloudFront accepts only host names: use the DNS name of the server'.format([self])",
    ),
];

/// Source: "Use custom URLs by adding alternate domain names (CNAMEs)" in AWS's documentation.
pub(in crate::kinds) const ALIAS: [Rule; 4] = [
    NO_URL,
    NO_TRAILING_DOT,
    Rule::expression(
        "!self.contains('*') || (self.startsWith('*.') && self.lastIndexOf('*') == 0)",
        "'alias \"%s\" has a * that is not its complete first label: CloudFront accepts a wildcard only there, such as *.example.com'\
         .format([self])",
    ),
    Rule::expression(
        "self == self.lowerAscii()",
        "'alias \"%s\" contains capital letters, which CloudFront does not accept: use \"%s\"'.format([self, self.lowerAscii()])",
    ),
];

/// Source: the documentation of `S3OriginConfig`.
pub(in crate::kinds) const IDENTITY_PATH: [Rule; 1] = [Rule::expression(
    "self == '' || self.matches('^origin-access-identity/cloudfront/[A-Za-z0-9_-]+$')",
    "'\"%s\" is not the path of an origin access identity: use origin-access-identity/cloudfront/ followed by its ID, or \
     originAccessIdentityRef for an object'.format([self])",
)];

pub(in crate::kinds) const SIGNER: [Rule; 1] = [Rule::expression(
    "self == 'self' || self.matches('^[0-9]{12}$')",
    "'\"%s\" is not an AWS account: use its number of twelve digits, in quotes, or self'.format([self])",
)];

/// Source: the naming rules of Amazon S3.
pub(in crate::kinds) const LOG_BUCKET: [Rule; 1] = [Rule::expression(
    "!self.contains('..') && !self.startsWith('.') && !self.endsWith('.') && !self.matches('[/:[:space:][:cntrl:]]')",
    "'log bucket \"%s\" is not the name of an S3 bucket: remove the scheme, the path, control characters, and each dot at the end or beside another one'\
     .format([self])",
)];

/// For a text with other rules. A text without rules has this one by default.
pub(in crate::kinds) const NO_CONTROL_CHARACTERS: Rule = Rule::text(
    "!self.matches('[[:cntrl:]]')",
    "a control character, such as a line break, is not possible here: remove it",
);

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

/// For an origin that is always an S3 bucket. Source: `InvalidOrigin` among the errors of `CreateStreamingDistribution`.
pub(in crate::kinds) const S3_ORIGIN: [Rule; 1] = [Rule::expression(
    is_bucket_host_name!(),
    "'\"%s\" is not the domain name of an S3 bucket: use a name such as media.s3.eu-west-1.amazonaws.com'.format([self.domainName])",
)
.at(".domainName")];

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
