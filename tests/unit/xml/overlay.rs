//! Overlays of desired state on observed state: single elements and structures.

use super::sample::{Config, Logging, desired, lines, observed, parse};
use cloudfront_operator::xml::{Drift, Element, to_element};
use serde::Serialize;

/// Overlays desired state on a document. Checks the drift and the result, and that a second overlay changes nothing.
#[track_caller]
pub(super) fn check<T: Serialize>(observed: &str, desired: &T, drift: &[&str], result: &str) {
    let desired = to_element("C", desired).unwrap();
    let mut observed = parse(observed);
    assert_eq!(lines(&observed.overlay(&desired)), drift);
    assert_eq!(observed.to_string(), result);
    assert_eq!(observed.overlay(&desired), []);
    assert_eq!(observed.to_string(), result);
}

#[derive(Default, Serialize)]
struct Comment {
    comment: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sampling {
    sampling_rate: f64,
}

#[test]
fn numbers_with_decimals_compare_as_numbers() {
    for observed in ["50", "50.0", "5.0E1"] {
        let observed = format!("<C><SamplingRate>{observed}</SamplingRate></C>");
        let desired = Sampling {
            sampling_rate: 50.0,
        };
        check(&observed, &desired, &[], &observed);
    }
    let desired = Sampling {
        sampling_rate: 0.25,
    };
    check(
        "<C><SamplingRate>0.2</SamplingRate></C>",
        &desired,
        &["samplingRate: desired 0.25, observed 0.2"],
        "<C><SamplingRate>0.25</SamplingRate></C>",
    );
}

#[test]
fn a_text_that_differs_is_replaced() {
    let desired = Comment {
        comment: Some("new"),
    };
    check(
        "<C><Comment>old</Comment><Else>stays</Else></C>",
        &desired,
        &["comment: desired new, observed old"],
        "<C><Comment>new</Comment><Else>stays</Else></C>",
    );
    check(
        "<C/>",
        &desired,
        &["comment: desired new, observed nothing"],
        "<C><Comment>new</Comment></C>",
    );
}

#[test]
fn white_space_around_a_text_is_not_drift() {
    let document = "<C><Comment>\n new\n</Comment></C>";
    check(
        document,
        &Comment {
            comment: Some("new"),
        },
        &[],
        document,
    );
}

#[test]
fn an_absent_option_removes_the_observed_element() {
    check(
        "<C><Comment>old</Comment><Else>stays</Else></C>",
        &Comment::default(),
        &["comment: desired nothing, observed old"],
        "<C><Else>stays</Else></C>",
    );
}

#[test]
fn an_absent_option_equals_an_empty_element() {
    check(
        "<C><Comment/></C>",
        &Comment::default(),
        &[],
        "<C><Comment></Comment></C>",
    );
}

#[test]
fn an_empty_desired_text_is_added_without_drift_and_clears_with_drift() {
    let desired = Comment { comment: Some("") };
    check("<C/>", &desired, &[], "<C><Comment></Comment></C>");
    check(
        "<C><Comment>old</Comment></C>",
        &desired,
        &["comment: desired \"\", observed old"],
        "<C><Comment></Comment></C>",
    );
}

#[test]
fn a_skipped_field_is_unmanaged() {
    let mut config = Config {
        web_acl_id: Some("theirs".into()),
        ..Config::default()
    };
    let mut observed = observed(&config);
    config.web_acl_id = None;
    assert_eq!(observed.overlay(&desired(&config)), []);
    assert_eq!(observed.text_of("WebACLId"), Some("theirs"));
    config.web_acl_id = Some("ours".into());
    assert_eq!(
        lines(&observed.overlay(&desired(&config))),
        ["webACLId: desired ours, observed theirs"]
    );
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Switches {
    enabled: bool,
    logging: Option<Logging>,
    grpc_config: Option<Grpc>,
}
#[derive(Serialize)]
struct Grpc {
    enabled: bool,
}

#[test]
fn a_disabled_structure_equals_an_absent_one() {
    let off = "<C><Enabled>true</Enabled><Logging><Enabled>false</Enabled><IncludeCookies>false</IncludeCookies>\
        <Bucket></Bucket></Logging><GrpcConfig><Enabled>false</Enabled></GrpcConfig></C>";
    let absent = Switches {
        enabled: true,
        logging: None,
        grpc_config: None,
    };
    check(off, &absent, &[], off);
    let desired = Switches {
        logging: Some(Logging::default()),
        grpc_config: Some(Grpc { enabled: false }),
        ..absent
    };
    check("<C><Enabled>true</Enabled></C>", &desired, &[], off);
}

#[test]
fn two_empty_forms_are_equal_and_the_observed_one_is_completed() {
    let off = Switches {
        enabled: true,
        logging: Some(Logging::default()),
        grpc_config: None,
    };
    check(
        "<C><Enabled>true</Enabled><Logging><Bucket/></Logging></C>",
        &off,
        &[],
        "<C><Enabled>true</Enabled><Logging><Bucket></Bucket><Enabled>false</Enabled>\
        <IncludeCookies>false</IncludeCookies></Logging></C>",
    );
    let odd = "<C><Comment><Enabled>false</Enabled></Comment></C>";
    check(odd, &Comment { comment: Some("") }, &[], odd);
}

#[test]
fn enabling_and_disabling_is_drift() {
    let on = Switches {
        enabled: false,
        logging: None,
        grpc_config: Some(Grpc { enabled: true }),
    };
    check(
        "<C><GrpcConfig><Enabled>false</Enabled></GrpcConfig></C>",
        &on,
        &[
            "enabled: desired false, observed nothing",
            "grpcConfig.enabled: desired true, observed false",
        ],
        "<C><GrpcConfig><Enabled>true</Enabled></GrpcConfig><Enabled>false</Enabled></C>",
    );
    check(
        "<C><Enabled>false</Enabled><GrpcConfig><Enabled>true</Enabled></GrpcConfig></C>",
        &Switches {
            grpc_config: None,
            ..on
        },
        &["grpcConfig: desired nothing, observed {enabled: true}"],
        "<C><Enabled>false</Enabled></C>",
    );
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OneOf {
    s3_origin_config: Option<S3>,
    custom_origin_config: Option<Custom>,
}
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct S3 {
    origin_access_identity: &'static str,
}
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Custom {
    http_port: u16,
}

#[test]
fn a_change_of_the_origin_type_never_sends_both() {
    let custom = "<C><CustomOriginConfig><HTTPPort>80</HTTPPort></CustomOriginConfig></C>";
    let s3 =
        "<C><S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></C>";
    check(
        s3,
        &OneOf {
            s3_origin_config: None,
            custom_origin_config: Some(Custom { http_port: 80 }),
        },
        &["customOriginConfig: desired {httpPort: 80}, observed nothing"],
        custom,
    );
    check(
        custom,
        &OneOf {
            s3_origin_config: Some(S3 {
                origin_access_identity: "",
            }),
            custom_origin_config: None,
        },
        &["customOriginConfig: desired nothing, observed {httpPort: 80}"],
        s3,
    );
}

#[test]
fn a_long_value_is_truncated() {
    let desired = Element::new("C").with(Element::leaf("Comment", "ä".repeat(1000)));
    let drift = parse("<C/>").overlay(&desired);
    let desired = drift[0].desired.as_deref().unwrap();
    assert_eq!(desired.chars().count(), 256);
    assert!(desired.ends_with("ä…"));
}

#[test]
fn drift_of_a_root_with_text_has_its_name_as_path() {
    let drift = parse("<Status>a</Status>").overlay(&Element::leaf("Status", "b"));
    let (desired, observed) = (Some("b".into()), Some("a".into()));
    assert_eq!(
        drift,
        [Drift {
            path: "status".into(),
            desired,
            observed
        }]
    );
}
