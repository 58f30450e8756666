//! Origin access identities.

use crate::{
    api::family::table::{CallerReference, Family, User},
    ids::IdGenerator,
    switches::Switch,
};

pub(in crate::api) static ORIGIN_ACCESS_IDENTITY: Family = Family {
    config: "CloudFrontOriginAccessIdentityConfig",
    noun: "CloudFront origin access identity",
    plural: "origin access identities",
    quota: "TooManyCloudFrontOriginAccessIdentities",
    has_counted_tags: false,
    attribute: Some(("S3CanonicalUserId", IdGenerator::next_canonical_user_id)),
    caller_reference: Some(CallerReference {
        refuse_replay: Switch::RefuseIdentityReplay,
        conflict: "The caller reference you are using to create the CloudFront origin access identity is associated with another identity.",
    }),
    reference_prefix: "origin-access-identity/cloudfront/",
    used_by: &[
        (
            User::Distribution,
            "Origins/Items/*/S3OriginConfig/OriginAccessIdentity",
        ),
        (User::StreamingDistribution, "S3Origin/OriginAccessIdentity"),
    ],
    in_use: "The CloudFront origin access identity is still being used.",
    ..Family::EMPTY
};
