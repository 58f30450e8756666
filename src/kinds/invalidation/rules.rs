//! Validation rules of invalidations.

use crate::kinds::validation::Rule;

pub(super) const SPEC: [Rule; 3] = [
    Rule::text(
        "has(self.distributionRef) != has(self.distributionId)",
        "set exactly one of distributionRef (the name of a Distribution object here) and distributionId (CloudFront's id)",
    ),
    Rule::text(
        "self == oldSelf",
        "an Invalidation cannot be changed, since CloudFront has begun it: create another one, with metadata.generateName for a new name",
    ),
    Rule::expression(
        "self.paths.filter(p, p.endsWith('*')).size() <= 15",
        "'%d of the paths are wildcards, and CloudFront takes 15: use fewer or broader ones, such as \"/*\", or several Invalidations'.format([self.paths.filter(p, p.endsWith('*')).size()])",
    ),
];

/// AWS's documentation of `InvalidationBatch` requires percent-encoding as in RFC 1738. CloudFront rejects a `~`, and accepts `%7E`
/// without effect. Source: aws-sdk#525. The pattern of the first rule is at the API server's cost limit for 3,000 paths.
pub(super) const PATH: [Rule; 5] = [
    Rule::expression(
        "self.startsWith('#') || !self.matches('[^!$-;=?-Z_a-z~]')",
        "'path \"%s\" has a character that a URL cannot have as it is, such as a space, a bracket or one that is not ASCII: percent-encode it'.format([self])",
    ),
    Rule::expression(
        "self.startsWith('#') || !self.contains('~')",
        "'path \"%s\" has a ~, which CloudFront does not take: end the path before it with a *, such as \"/js/vendors*\"'.format([self])",
    ),
    Rule::expression(
        "self.startsWith('/') || self.startsWith('#')",
        "'path \"%s\" begins with neither / nor #: write \"/%s\" for a path, or \"#%s\" for a cache tag'.format([self, self, self])",
    ),
    Rule::expression(
        "self.startsWith('#') || self.indexOf('*') < 0 || self.indexOf('*') == size(self) - 1",
        "'path \"%s\" has a * that is not its last character: CloudFront takes wildcards only at the end of a path, such as \"/images/*\"'.format([self])",
    ),
    Rule::expression(
        "!self.startsWith('#') || !self.contains('*')",
        "'cache tag \"%s\" has a *: CloudFront takes wildcards in paths only, so name each tag in full'.format([self])",
    ),
];
