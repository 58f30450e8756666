//! The table of `plan`, row by row.

use cloudfront_operator::{
    engine::{Desired, Kind, Plan, Remote, plan},
    kinds::origin_access_identity::OriginAccessIdentity,
    xml::Element,
};

const CONFIG: &str = OriginAccessIdentity::API.config;

fn desired(comment: &str, write: bool) -> Desired {
    Desired::Present {
        config: Element::new(CONFIG).with(Element::leaf("Comment", comment)),
        identity: "uid".into(),
        write,
        ignored: vec![],
        publish: false,
    }
}

/// Returns an observed identity. Identities have no deployment status, so this one stands for a kind that has.
fn remote(comment: &str, status: &str) -> Remote {
    let config = Element::new(CONFIG)
        .with(Element::leaf("CallerReference", "uid"))
        .with(Element::leaf("Comment", comment))
        .with(Element::leaf("FromTheFuture", "stays"));
    Remote {
        id: "E1".into(),
        etag: "V1".into(),
        document: Element::new("CloudFrontOriginAccessIdentity")
            .with(Element::leaf("Id", "E1"))
            .with(Element::leaf("Status", status))
            .with(config),
    }
}

fn decide(wanted: &Desired, remote: Option<&Remote>) -> Plan {
    plan(OriginAccessIdentity::DEFINITION, wanted, remote)
}

#[test]
fn an_absent_resource_is_created_with_the_caller_reference() {
    let Plan::Create(config) = decide(&desired("new", true), None) else {
        panic!("a create was expected");
    };
    assert_eq!(config.text_of("CallerReference"), Some("uid"));
    assert_eq!(config.text_of("Comment"), Some("new"));
}

#[test]
fn an_absent_resource_stays_absent_if_writes_are_forbidden() {
    assert_eq!(decide(&desired("new", false), None), Plan::Missing);
}

#[test]
fn a_difference_is_updated_even_while_an_earlier_change_is_deployed() {
    for status in ["Deployed", "InProgress"] {
        let Plan::Update(request, drift) =
            decide(&desired("new", true), Some(&remote("old", status)))
        else {
            panic!("an update was expected while {status}");
        };
        assert_eq!(request.if_match.as_deref(), Some("V1"));
        assert_eq!(drift.len(), 1);
        assert_eq!(drift[0].path, "comment");
        let body = request
            .body
            .expect("an update carries the configuration")
            .to_string();
        assert!(body.contains("<Comment>new</Comment>"), "{body}");
        assert!(
            body.contains("<FromTheFuture>stays</FromTheFuture>"),
            "{body}"
        );
        assert!(
            body.contains("<CallerReference>uid</CallerReference>"),
            "{body}"
        );
    }
}

#[test]
fn a_difference_is_reported_if_writes_are_forbidden() {
    let Plan::Drifted(drift) = decide(&desired("new", false), Some(&remote("old", "Deployed")))
    else {
        panic!("a drift was expected");
    };
    assert_eq!(drift[0].observed.as_deref(), Some("old"));
}

#[test]
fn an_equal_resource_is_up_to_date_once_it_is_deployed() {
    let up_to_date = decide(&desired("same", true), Some(&remote("same", "Deployed")));
    assert_eq!(up_to_date, Plan::UpToDate);
    let waiting = decide(&desired("same", true), Some(&remote("same", "InProgress")));
    assert_eq!(waiting, Plan::WaitForDeployment);
}

#[test]
fn a_removal_waits_for_the_deployment_deletes_and_removes_the_finalizer() {
    let waiting = decide(&Desired::Absent, Some(&remote("any", "InProgress")));
    assert_eq!(waiting, Plan::WaitForDeployment);
    let Plan::Delete(request) = decide(&Desired::Absent, Some(&remote("any", "Deployed"))) else {
        panic!("a delete was expected");
    };
    assert_eq!(request.path, "origin-access-identity/cloudfront/E1");
    assert_eq!(request.if_match.as_deref(), Some("V1"));
    assert_eq!(decide(&Desired::Absent, None), Plan::RemoveFinalizer);
}
