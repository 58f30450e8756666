//! Validation rules of invalidations.

use crate::kinds::validation::Rule;

pub(super) const SPEC: [Rule; 2] = [
    Rule::text(
        "has(self.distributionRef) || has(self.distributionId)",
        "an Invalidation requires a distribution: set distributionRef (the name of a Distribution object) or distributionId (the ID in CloudFront)",
    )
    .at(".distributionRef")
    .required(),
    Rule::text(
        "self.paths == oldSelf.paths && has(self.distributionRef) == has(oldSelf.distributionRef) && has(self.distributionId) == has(oldSelf.distributionId) \
         && (!has(self.distributionRef) || self.distributionRef == oldSelf.distributionRef) && (!has(self.distributionId) || self.distributionId == oldSelf.distributionId)",
        "an Invalidation runs once, so only ttlSecondsAfterFinished can be changed: create another one, with metadata.generateName for a new name",
    )
    .forbidden(),
];

pub(super) const PATHS: [Rule; 1] = [Rule::expression(
    "self.filter(p, p.endsWith('*')).size() <= 15",
    "'%d of the paths are wildcards, and CloudFront accepts 15: use fewer or broader ones, such as \"/*\", or several Invalidations'\
     .format([self.filter(p, p.endsWith('*')).size()])",
)];

/// AWS's documentation of `InvalidationBatch` requires percent-encoding as in RFC 1738. CloudFront rejects a `~`, and accepts `%7E`
/// without effect. Source: aws-sdk#525. The pattern of the first rule is at the API server's cost limit for 3,000 paths.
pub(super) const PATH: [Rule; 6] = [
    Rule::expression(
        "self.startsWith('#') || !self.matches('[^!$-;=?-Z_a-z~]')",
        "'path \"%s\" contains a character that is not allowed in a URL, such as a space, a bracket or a non-ASCII letter: percent-encode it'.format([self])",
    ),
    Rule::expression(
        "self.startsWith('#') || !self.contains('~')",
        "'path \"%s\" contains a ~, which CloudFront does not accept: end the path before it with a *, such as \"/js/vendors*\"'.format([self])",
    ),
    Rule::expression(
        "self.startsWith('/') || self.startsWith('#')",
        "'path \"%s\" begins with neither / nor #: use \"/%s\" for a path, or \"#%s\" for a cache tag'.format([self, self, self])",
    ),
    Rule::expression(
        "self.startsWith('#') || self.indexOf('*') < 0 || self.indexOf('*') == size(self) - 1",
        "'path \"%s\" has a * that is not its last character: CloudFront accepts a wildcard only at the end of a path, such as \"/images/*\"'.format([self])",
    ),
    Rule::expression(
        "!self.startsWith('#') || !self.contains('*')",
        "'cache tag \"%s\" contains a *: CloudFront accepts wildcards only in paths, so list each tag in full'.format([self])",
    ),
    Rule::expression(
        "!self.startsWith('#') || (size(self) <= 257 && !self.contains(','))",
        "'cache tag \"%s\" has a comma or more than 256 characters: list each tag as an item of its own, or use a shorter one'.format([self])",
    ),
];
