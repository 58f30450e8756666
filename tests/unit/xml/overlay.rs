//! Desired state over observed state: single elements and structures.

use super::sample::{Config, Logging, lines, live, parse, want};
use cloudfront_operator::xml::{Drift, Element, to_element};
use serde::Serialize;

/// Lays a wish over a document and checks what differed, what comes of it, and that a second time nothing does.
#[track_caller]
pub(super) fn check<T: Serialize>(observed: &str, wish: &T, drift: &[&str], result: &str) {
    let wish = to_element("C", wish).unwrap();
    let mut live = parse(observed);
    assert_eq!(lines(&live.overlay(&wish)), drift);
    assert_eq!(live.to_string(), result);
    assert_eq!(live.overlay(&wish), []);
    assert_eq!(live.to_string(), result);
}

#[derive(Default, Serialize)]
struct Comment {
    comment: Option<&'static str>,
}

#[test]
fn a_text_that_differs_is_replaced() {
    let wish = Comment {
        comment: Some("new"),
    };
    check(
        "<C><Comment>old</Comment><Else>stays</Else></C>",
        &wish,
        &["comment: desired new, observed old"],
        "<C><Comment>new</Comment><Else>stays</Else></C>",
    );
    check(
        "<C/>",
        &wish,
        &["comment: desired new, observed nothing"],
        "<C><Comment>new</Comment></C>",
    );
}

#[test]
fn white_space_around_a_text_is_no_difference() {
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
fn an_absent_option_takes_out_what_is_there() {
    check(
        "<C><Comment>old</Comment><Else>stays</Else></C>",
        &Comment::default(),
        &["comment: desired nothing, observed old"],
        "<C><Else>stays</Else></C>",
    );
}

#[test]
fn an_absent_option_and_a_blank_element_agree() {
    check(
        "<C><Comment/></C>",
        &Comment::default(),
        &[],
        "<C><Comment></Comment></C>",
    );
}

#[test]
fn a_blank_wish_is_added_in_silence_and_clears_with_notice() {
    let wish = Comment { comment: Some("") };
    check("<C/>", &wish, &[], "<C><Comment></Comment></C>");
    check(
        "<C><Comment>old</Comment></C>",
        &wish,
        &["comment: desired \"\", observed old"],
        "<C><Comment></Comment></C>",
    );
}

#[test]
fn a_skipped_field_is_left_to_others() {
    let mut config = Config {
        web_acl_id: Some("theirs".into()),
        ..Config::default()
    };
    let mut live = live(&config);
    config.web_acl_id = None;
    assert_eq!(live.overlay(&want(&config)), []);
    assert_eq!(live.text_of("WebACLId"), Some("theirs"));
    config.web_acl_id = Some("ours".into());
    assert_eq!(
        lines(&live.overlay(&want(&config))),
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
fn a_structure_that_is_off_and_an_absent_one_agree() {
    let off = "<C><Enabled>true</Enabled><Logging><Enabled>false</Enabled><IncludeCookies>false</IncludeCookies>\
        <Bucket></Bucket></Logging><GrpcConfig><Enabled>false</Enabled></GrpcConfig></C>";
    let absent = Switches {
        enabled: true,
        logging: None,
        grpc_config: None,
    };
    check(off, &absent, &[], off);
    let wish = Switches {
        logging: Some(Logging::default()),
        grpc_config: Some(Grpc { enabled: false }),
        ..absent
    };
    check("<C><Enabled>true</Enabled></C>", &wish, &[], off);
}

#[test]
fn two_ways_to_say_nothing_agree_and_the_observed_one_is_completed() {
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
fn switching_on_and_off_is_drift() {
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
fn a_switch_of_the_kind_of_origin_never_sends_both() {
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
fn a_long_value_is_cut() {
    let wish = Element::new("C").with(Element::leaf("Comment", "ä".repeat(1000)));
    let drift = parse("<C/>").overlay(&wish);
    let desired = drift[0].desired.as_deref().unwrap();
    assert_eq!(desired.chars().count(), 256);
    assert!(desired.ends_with("ä…"));
}

#[test]
fn drift_of_a_whole_document_that_is_text_is_told_by_its_name() {
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
