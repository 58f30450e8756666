//! Rules about the form of single values of a distribution. Where AWS prints an empty text for a member without a value, it is accepted.

use crate::kinds::{shared::rules::NO_CONTROL_CHARACTERS, validation::Rule};

pub(super) const FUNCTION_ARN: [Rule; 1] = [Rule::expression(
    "self == '' || self.matches('^arn:aws:cloudfront::[0-9]{12}:function/[a-zA-Z0-9_-]{1,64}$')",
    "'\"%s\" is not the ARN of a function of CloudFront Functions: use one such as arn:aws:cloudfront::123456789012:function/NAME'\
     .format([self])",
)];

pub(super) const ACCOUNT_NUMBER: [Rule; 1] = [Rule::expression(
    "self == '' || self.matches('^[0-9]{12}$')",
    "'\"%s\" is not the number of an AWS account: use its twelve digits, in quotes'.format([self])",
)];

pub(super) const REGION: [Rule; 1] = [Rule::expression(
    "self.matches('^[a-z]{2}-[a-z]+-[0-9]$')",
    "'\"%s\" is not the code of an AWS Region: use one such as us-east-1'.format([self])",
)];

/// ISO 3166-1 alpha-2, and `XK`, which geolocation databases use for Kosovo.
pub(super) const COUNTRY: [Rule; 1] = [Rule::expression(
    "self.matches('^(A[DEFGILMOQRSTUWXZ]|B[ABDEFGHIJLMNOQRSTVWYZ]|C[ACDFGHIKLMNORUVWXYZ]|D[EJKMOZ]|E[CEGHRST]|F[IJKMOR]|\
     G[ABDEFGHILMNPQRSTUWY]|H[KMNRTU]|I[DELMNOQRST]|J[EMOP]|K[EGHIMNPRWYZ]|L[ABCIKRSTUVY]|M[ACDEFGHKLMNOPQRSTUVWXYZ]|N[ACEFGILOPRUZ]|\
     OM|P[AEFGHKLMNRSTWY]|QA|R[EOSUW]|S[ABCDEGHIJKLMNORSTVXYZ]|T[CDFGHJKLMNORTVWZ]|U[AGMSYZ]|V[ACEGINU]|W[FS]|XK|Y[ET]|Z[AMW])$')",
    "'\"%s\" is not a country code of ISO 3166-1: use two capital letters, such as GB for the United Kingdom'.format([self])",
)];

pub(super) const PARAMETER_NAME: [Rule; 1] = [Rule::expression(
    "self.matches('^[a-zA-Z0-9_-]+$')",
    "'parameter \"%s\" has a character that CloudFront does not accept: use letters, digits, - and _ only'.format([self])",
)];

/// Source: AWS's documentation of origin failover.
pub(super) const FAILOVER_CODE: [Rule; 1] = [Rule::expression(
    "self in [400, 403, 404, 416, 429, 500, 502, 503, 504]",
    "'status code %d cannot cause failover: use 400, 403, 404, 416, 429, 500, 502, 503 or 504'.format([self])",
)];

/// Source: AWS's documentation of custom error pages. Empty is the same as absent.
pub(super) const RESPONSE_CODE: [Rule; 1] = [Rule::expression(
    "self in ['', '200', '400', '403', '404', '405', '414', '416', '500', '501', '502', '503', '504']",
    "'response code \"%s\" is not supported: use 200, 400, 403, 404, 405, 414, 416 or 500 to 504'.format([self])",
)];

/// Source: `InvalidRelativePath` in CloudFront's API model.
pub(super) const ERROR_PAGE: [Rule; 2] = [
    Rule::expression(
        "self == '' || self.startsWith('/')",
        "'error page \"%s\" does not begin with a slash: use \"/%s\"'.format([self, self])",
    ),
    Rule::expression(
        "!self.matches('[^!-~]')",
        "'error page \"%s\" contains a space, a control character or a non-ASCII letter: percent-encode it'.format([self])",
    ),
];

/// Source: AWS's documentation of the default root object.
pub(super) const ROOT_OBJECT: [Rule; 2] = [
    Rule::expression(
        "!self.startsWith('/')",
        "'defaultRootObject \"%s\" begins with a slash: remove it, as in index.html'.format([self])",
    ),
    Rule::expression(
        "self.matches('^[a-zA-Z0-9_.*$/~\\\\x22\\\\x27&-]*$')",
        "'defaultRootObject \"%s\" contains a character that CloudFront does not accept: use letters, digits, quotes and _ - . * $ / ~ & \
         only'.format([self])",
    ),
];

pub(super) const ORIGIN_PATH: [Rule; 2] = [
    Rule::expression(
        "self == '' || (self.startsWith('/') && !self.endsWith('/'))",
        "'originPath \"%s\" does not begin with a slash, or ends with one: write it as /folder, or leave it empty'.format([self])",
    ),
    Rule::text(
        "!self.matches('[\\x00-\\x1F\\x7F]')",
        "a path cannot contain control characters, such as a line break: remove them",
    ),
];

/// An AWS WAF Classic web ACL has an ID, and any other one has an ARN.
pub(super) const WEB_ACL: [Rule; 2] = [
    Rule::expression(
        "!self.startsWith('arn:') || (self.contains(':wafv2:us-east-1:') && self.contains(':global/webacl/'))",
        "'\"%s\" is not a global web ACL: create the web ACL with scope CLOUDFRONT in us-east-1, and use its ARN'.format([self])",
    ),
    NO_CONTROL_CHARACTERS,
];

/// Source: AWS's documentation of custom headers.
pub(super) const HEADER_NAME: [Rule; 2] = [
    Rule::expression(
        "!self.matches('[^!#-\\\\x27*+.0-9A-Z^-z|~-]')",
        "'header \"%s\" contains a character that is not allowed in the name of a header, such as a space: use letters, digits and - only'\
         .format([self])",
    ),
    Rule::expression(
        "!self.lowerAscii().startsWith('x-amz-') && !self.lowerAscii().startsWith('x-edge-') && !(self.lowerAscii() in [\
         'cache-control', 'connection', 'content-length', 'cookie', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', \
         'if-unmodified-since', 'max-forwards', 'pragma', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'range', \
         'request-range', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'via', 'x-real-ip'])",
        "'header \"%s\" cannot be added to requests because CloudFront sets or removes it: use another name, such as \
         X-Origin-Verify'.format([self])",
    ),
];
