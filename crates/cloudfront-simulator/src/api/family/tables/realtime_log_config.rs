//! Real-time log configurations.

use super::policy_rules::ensure;
use crate::{
    api::family::table::{Family, Name, User},
    error::ApiError,
    seeds::ResourceType,
    switches::{Switch, Switches},
    xml::Element,
};

pub(in crate::api::family) static REALTIME_LOG_CONFIG: Family = Family {
    config: "CreateRealtimeLogConfigRequest",
    noun: "real-time log configuration",
    plural: "real-time log configurations",
    quota: "TooManyRealtimeLogConfigs",
    is_named: true,
    arn: "realtime-log-config/{id}",
    name: Some(Name {
        pattern: "(?s).+",
        conflict: "A real-time log configuration with this name already exists in your account.",
        repeated_if: None,
    }),
    seeded_as: Some(ResourceType::RealtimeLogConfig),
    used_by: &[
        (
            User::Distribution,
            "DefaultCacheBehavior/RealtimeLogConfigArn",
        ),
        (
            User::Distribution,
            "CacheBehaviors/Items/*/RealtimeLogConfigArn",
        ),
    ],
    list_users: "ListDistributionsByRealtimeLogConfig",
    in_use: "The specified real-time log configuration is associated with a cache behavior.",
    defaults: sort_fields,
    rules: check,
    ..Family::EMPTY
};

/// The fields in the order of responses (FACTS.md, real-time logs).
const FIELDS: [&str; 71] = [
    "timestamp",
    "c-ip",
    "s-ip",
    "time-to-first-byte",
    "sc-status",
    "sc-bytes",
    "cs-method",
    "cs-protocol",
    "cs-host",
    "cs-uri-stem",
    "cs-bytes",
    "x-edge-location",
    "x-edge-request-id",
    "x-host-header",
    "time-taken",
    "cs-protocol-version",
    "c-ip-version",
    "cs-user-agent",
    "cs-referer",
    "cs-cookie",
    "cs-uri-query",
    "x-edge-response-result-type",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-result-type",
    "fle-encrypted-fields",
    "fle-status",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
    "c-port",
    "x-edge-detailed-result-type",
    "c-country",
    "cs-accept-encoding",
    "cs-accept",
    "cache-behavior-path-pattern",
    "cs-headers",
    "cs-header-names",
    "cs-headers-count",
    "primary-distribution-id",
    "primary-distribution-dns-name",
    "origin-fbl",
    "origin-lbl",
    "asn",
    "cmcd-encoded-bitrate",
    "cmcd-buffer-length",
    "cmcd-buffer-starvation",
    "cmcd-content-id",
    "cmcd-object-duration",
    "cmcd-deadline",
    "cmcd-measured-throughput",
    "cmcd-next-object-request",
    "cmcd-next-range-request",
    "cmcd-object-type",
    "cmcd-playback-rate",
    "cmcd-requested-maximum-throughput",
    "cmcd-streaming-format",
    "cmcd-session-id",
    "cmcd-stream-type",
    "cmcd-startup",
    "cmcd-top-bitrate",
    "cmcd-version",
    "r-host",
    "sr-reason",
    "x-edge-mqcs",
    "distribution-tenant-id",
    "connection-id",
    "viewer-request-log-data",
    "viewer-response-log-data",
];

fn sort_fields(config: &mut Element) {
    if let Some(fields) = config.child_mut("Fields") {
        let position = |field: &Element| FIELDS.iter().position(|name| *name == field.text);
        fields
            .children
            .sort_by_key(|field| position(field).unwrap_or(FIELDS.len()));
    }
}

/// Rejects a sampling rate, fields and endpoints outside the documentation (RESTRICTIONS.md).
fn check(config: &Element, switches: &Switches) -> Result<(), ApiError> {
    let rate = config.number("SamplingRate").unwrap_or_default();
    ensure(
        (1..=100).contains(&rate),
        "The parameter SamplingRate must be from 1 to 100.",
    )?;
    let fields = config.texts_at("Fields/*");
    ensure(!fields.is_empty(), "The parameter Fields is required.")?;
    let is_known = fields.iter().all(|field| FIELDS.contains(field));
    ensure(
        is_known || switches.is_on(Switch::AcceptUnknownLogFields),
        "The parameter Fields contains a field that does not exist.",
    )?;
    let endpoints = config
        .child("EndPoints")
        .map_or(&[][..], |all| &all.children);
    ensure(
        !endpoints.is_empty(),
        "The parameter EndPoints is required.",
    )?;
    let is_kinesis = |endpoint: &Element| {
        endpoint.text_of("StreamType") == "Kinesis"
            && endpoint.child("KinesisStreamConfig").is_some()
    };
    ensure(
        endpoints.iter().all(is_kinesis),
        "The parameter EndPoints must have a Kinesis stream.",
    )
}
