//! The resources that specs refer to by a name.

use super::{
    harness::{Harness, pem},
    tables::KindTables,
};
use cloudfront_operator::kinds::{
    cache_policy::CachePolicy, distribution::Distribution,
    field_level_encryption_config::FieldLevelEncryptionConfig,
    field_level_encryption_profile::FieldLevelEncryptionProfile, function::Function,
    key_group::KeyGroup, key_value_store::KeyValueStore,
    origin_access_control::OriginAccessControl, origin_access_identity::OriginAccessIdentity,
    origin_request_policy::OriginRequestPolicy, public_key::PublicKey,
    realtime_log_config::RealtimeLogConfig, response_headers_policy::ResponseHeadersPolicy,
};
use cloudfront_simulator::Switch;
use serde_json::json;

/// The origin access identities that a spec can refer to.
const IDENTITIES: [&str; 2] = ["site", "other"];

/// The origin access controls that a spec can refer to.
const CONTROLS: [&str; 2] = ["signer", "second-signer"];

/// The cache policies that a spec can refer to.
const POLICIES: [&str; 2] = ["static", "pages"];

/// The origin request policies that a spec can refer to.
const ORIGIN_REQUEST_POLICIES: [&str; 2] = ["forward", "viewer"];

/// The response headers policies that a spec can refer to.
const RESPONSE_HEADERS_POLICIES: [&str; 2] = ["secure", "shared"];

/// The public keys that a spec can refer to.
const PUBLIC_KEYS: [&str; 3] = ["signing", "next", "spare"];

/// The key groups that a spec can refer to.
const KEY_GROUPS: [&str; 3] = ["members", "guests", "crew"];

/// The profiles of field-level encryption that a spec can refer to.
const PROFILES: [&str; 2] = ["cards", "vault"];

/// The configurations of field-level encryption that a spec can refer to.
const ENCRYPTIONS: [&str; 2] = ["checkout", "signup"];

/// The key-value stores that a spec can refer to.
const STORES: [&str; 2] = ["redirects", "languages"];

/// The functions that a spec can refer to.
const FUNCTIONS: [&str; 2] = ["rewrite", "redirect"];

/// The real-time log configurations that a spec can refer to.
const LOG_CONFIGS: [&str; 2] = ["sampled", "complete"];

/// The distributions that a spec can refer to.
const DISTRIBUTIONS: [&str; 2] = ["first", "second"];

/// The staging distributions that a spec can refer to.
pub(super) const STAGING_DISTRIBUTIONS: [&str; 3] = ["green", "violet", "amber"];

/// The continuous deployment policies that a spec can refer to.
const DEPLOYMENT_POLICIES: [&str; 2] = ["canary", "rollout"];

/// Starts a simulated CloudFront that has them.
pub(super) async fn start_harness(switches: &[Switch]) -> Harness {
    let mut harness = Harness::start(switches).await;
    for name in IDENTITIES {
        let spec = json!({ "comment": name });
        harness.create::<OriginAccessIdentity>(name, &spec).await;
    }
    let spec = json!({
        "originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
    });
    for name in CONTROLS {
        harness.create::<OriginAccessControl>(name, &spec).await;
    }
    for name in POLICIES {
        let spec = json!({ "minTTL": 1 });
        harness.create::<CachePolicy>(name, &spec).await;
    }
    for name in ORIGIN_REQUEST_POLICIES {
        let spec = json!({});
        harness.create::<OriginRequestPolicy>(name, &spec).await;
    }
    for name in RESPONSE_HEADERS_POLICIES {
        let spec = json!({ "serverTimingHeadersConfig": { "enabled": true } });
        harness.create::<ResponseHeadersPolicy>(name, &spec).await;
    }
    for name in PUBLIC_KEYS {
        let spec = json!({ "encodedKey": pem(name) });
        harness.create::<PublicKey>(name, &spec).await;
    }
    for name in KEY_GROUPS {
        let spec = json!({ "items": ["${signing}"] });
        harness.create::<KeyGroup>(name, &spec).await;
    }
    for name in PROFILES {
        let entity =
            json!({ "publicKeyId": "${signing}", "providerId": "shop", "fieldPatterns": ["card"] });
        let spec = json!({ "encryptionEntities": [entity] });
        harness
            .create::<FieldLevelEncryptionProfile>(name, &spec)
            .await;
    }
    for name in ENCRYPTIONS {
        let spec = json!({
            "contentTypeProfileConfig": { "forwardWhenContentTypeIsUnknown": true },
            "queryArgProfileConfig": { "forwardWhenQueryArgProfileIsUnknown": true },
        });
        harness
            .create::<FieldLevelEncryptionConfig>(name, &spec)
            .await;
    }
    for name in STORES {
        harness.create::<KeyValueStore>(name, &json!({})).await;
    }
    for name in FUNCTIONS {
        let spec = json!({ "functionCode": name });
        harness.create::<Function>(name, &spec).await;
    }
    for name in LOG_CONFIGS {
        let stream =
            json!({ "roleARN": "arn:aws:iam::1:role/a", "streamARN": "arn:aws:kinesis:a" });
        let end_point = json!({ "kinesisStreamConfig": stream });
        let spec = json!({ "samplingRate": 5, "fields": ["timestamp"], "endPoints": [end_point] });
        harness.create::<RealtimeLogConfig>(name, &spec).await;
    }
    let site = KindTables::of::<Distribution>().contexts()["site"].clone();
    for name in DISTRIBUTIONS {
        let mut object = harness.object::<Distribution>();
        object.converge(&site).await.unwrap();
        let id = object.id.unwrap();
        harness.add_id(name, id);
    }
    // The simulator accepts unknown ones. Each policy needs a staging distribution of its own, and each
    // distribution a policy.
    for name in STAGING_DISTRIBUTIONS {
        harness.add_id(name, format!("d{name}${{unique}}.cloudfront.net"));
    }
    for name in DEPLOYMENT_POLICIES {
        harness.add_id(name, format!("cdp-{name}-${{unique}}"));
    }
    harness
}
