//! Public keys.

use super::policy_rules::ensure;
use crate::{
    api::family::table::{CallerReference, Family, Name},
    error::ApiError,
    ids::IdGenerator,
    switches::{Switch, Switches},
    xml::Element,
};

pub(in crate::api::family) static PUBLIC_KEY: Family = Family {
    config: "PublicKeyConfig",
    noun: "public key",
    plural: "public keys",
    quota: "TooManyPublicKeys",
    id: IdGenerator::next_public_key_id,
    caller_reference: Some(CallerReference {
        refuse_replay: Switch::RefuseKeyReplay,
        conflict: "The caller reference that you are using to create a CloudFront public key is associated with another public key.",
    }),
    name: Some(Name {
        pattern: "[0-9A-Za-z_-]{1,128}",
        conflict: "The name that you are using to create a CloudFront public key is associated with another public key in your account.",
        repeated_if: None,
    }),
    immutable: &["Name", "EncodedKey"],
    in_use: "The Cloudfront public key is currently associated with either Key Group or a field level encryption profile.",
    defaults: end_with_newline,
    rules: check,
    ..Family::EMPTY
};

/// Adds a newline to the end of the key (FACTS.md, keys).
fn end_with_newline(config: &mut Element) {
    if let Some(key) = config.child_mut("EncodedKey") {
        let text = key.text.trim_end();
        key.text = format!("{text}\n");
    }
}

fn check(config: &Element, _: &Switches) -> Result<(), ApiError> {
    let key = config.text_of("EncodedKey").trim();
    let is_pem = key.starts_with("-----BEGIN PUBLIC KEY-----\n")
        && key.ends_with("\n-----END PUBLIC KEY-----");
    ensure(
        is_pem,
        "The parameter EncodedKey is not a public key in PEM format.",
    )
}
