//! Rules for the policies of a behavior.

use crate::kinds::{shared::rules::is_set, validation::Rule};

/// An expression that is true if the behavior `self` has a cache policy.
macro_rules! has_cache_policy {
    () => {
        concat!(
            "(",
            is_set!("self.cachePolicyId"),
            " || has(self.cachePolicyRef) || has(self.managedCachePolicy))"
        )
    };
}

/// The field of the behavior `self` that names its cache policy, with its value.
macro_rules! cache_policy {
    () => {
        "has(self.managedCachePolicy) ? 'managedCachePolicy ' + self.managedCachePolicy : has(self.cachePolicyRef) \
         ? 'cachePolicyRef \"' + self.cachePolicyRef.name + '\"' : 'cachePolicyId \"' + self.cachePolicyId + '\"'"
    };
}

/// Source of the last rule: "Understand how origin request policies and cache policies work together" in the Amazon CloudFront Developer
/// Guide.
pub(super) const BEHAVIOR: [Rule; 4] = [
    Rule::expression(
        concat!("!(", has_cache_policy!(), " && has(self.forwardedValues))"),
        concat!(
            "'%s and forwardedValues are mutually exclusive: remove forwardedValues, which is deprecated'.format([",
            cache_policy!(),
            "])"
        ),
    )
    .at(".forwardedValues")
    .forbidden(),
    Rule::expression(
        concat!(has_cache_policy!(), " || has(self.forwardedValues)"),
        "'the behavior that targets origin \"%s\" has no cache policy: set managedCachePolicy, for example to CachingOptimized'\
         .format([self.targetOriginId])",
    )
    .at(".managedCachePolicy")
    .required(),
    Rule::expression(
        concat!(
            "!",
            has_cache_policy!(),
            " || !(has(self.minTTL) || has(self.defaultTTL) || has(self.maxTTL))"
        ),
        concat!(
            "'minTTL, defaultTTL and maxTTL are not possible with %s, which has its own TTLs: remove them'.format([",
            cache_policy!(),
            "])"
        ),
    )
    .at(".cachePolicyId"),
    Rule::expression(
        concat!(
            "!(",
            is_set!("self.originRequestPolicyId"),
            " || has(self.originRequestPolicyRef) || has(self.managedOriginRequestPolicy)) || ",
            has_cache_policy!()
        ),
        "'%s requires a cache policy: set managedCachePolicy, for example to CachingOptimized, instead of forwardedValues'\
         .format([has(self.managedOriginRequestPolicy) ? 'managedOriginRequestPolicy ' + self.managedOriginRequestPolicy \
         : has(self.originRequestPolicyRef) ? 'originRequestPolicyRef \"' + self.originRequestPolicyRef.name + '\"' \
         : 'originRequestPolicyId \"' + self.originRequestPolicyId + '\"'])",
    )
    .at(".originRequestPolicyId")
    .forbidden(),
];
