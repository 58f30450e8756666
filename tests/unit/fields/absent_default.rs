//! A member that CloudFront leaves out of a response has its default. It is no drift while the spec has that default too. Distributions that
//! were created before a member existed lack it, and so do those in China.

use super::{
    leaf_case::{LeafCase, State},
    schema::Schema,
    tables::KindTables,
};
use cloudfront_operator::{
    engine::{Desired, Kind, Plan, Remote, ResolvedReferences, plan},
    for_each_kind,
    xml::Element,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Members that every response has, with the reasons.
const ALWAYS_PRESENT: [(&str, &str); 3] = [
    (
        "S3OriginConfig",
        "its presence makes an origin an S3 bucket",
    ),
    ("ACMCertificateArn", "`certificate` can name it"),
    ("IAMCertificateId", "`certificate` can name it"),
];

/// A position in a configuration: the names of the elements, and the index of an item.
type Position = Vec<(String, usize)>;

/// Returns the positions of all members that the spec does not mention.
fn unmentioned(config: &Element, spec: Option<&Value>, at: &Position, found: &mut Vec<Position>) {
    for (index, child) in config.children().iter().enumerate() {
        let name = child.name();
        let position: Position = [&at[..], &[(name.to_owned(), index)]].concat();
        let is_exempt = ALWAYS_PRESENT.iter().any(|(member, _)| *member == name);
        if name == "Items" || config.name() == "Items" || name == "member" {
            let spec = match spec {
                Some(Value::Array(items)) if name != "Items" => items.get(index),
                other => other,
            };
            unmentioned(child, spec, &position, found);
        } else if let Some(spec) = mentioned(spec, name) {
            unmentioned(child, Some(spec), &position, found);
        } else if !is_exempt && name != "Quantity" && !child.is_absent() {
            found.push(position);
        }
    }
}

/// Returns the field of a spec for an element.
fn mentioned<'a>(spec: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    let mut fields = spec?.as_object()?.iter();
    let found = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// Returns a configuration without the element at a position.
fn without(config: &Element, position: &[(String, usize)]) -> Element {
    let (index, rest) = (position[0].1, &position[1..]);
    let mut changed = Element::new(config.name());
    for (number, child) in config.children().iter().enumerate() {
        match (number == index, rest.is_empty()) {
            (true, true) => {}
            (true, false) => changed.push(without(child, rest)),
            (false, _) => changed.push(child.clone()),
        }
    }
    changed
}

/// Returns the plan for a spec if CloudFront lacks the member at a position.
fn plan_without<K: Kind>(desired: &Element, live: &Element, position: &[(String, usize)]) -> Plan {
    let desired = Desired::Present {
        config: desired.clone(),
        identity: "uid".into(),
        write: true,
        ignored: vec![],
        publish: false,
    };
    let remote = Remote {
        id: "E1".into(),
        etag: "ETAG".into(),
        document: Element::new(K::API.name).with(without(live, position)),
    };
    plan(K::DEFINITION, &desired, Some(&remote))
}

/// Returns the problems of one spec with members that no earlier spec had.
fn check<K: Kind>(spec: &Value, checked: &mut BTreeSet<String>) -> Vec<String> {
    let object = json!({
        "apiVersion": "cloudfront-operator.dev/v1alpha1",
        "kind": K::KIND,
        "metadata": {"name": "www"},
        "spec": spec,
    });
    let object: K = serde_json::from_value(object).unwrap();
    let Ok(desired) = object.config(&ResolvedReferences::default()) else {
        return vec![];
    };
    let live = Element::parse(desired.to_string().as_bytes()).unwrap();
    let mut positions = vec![];
    unmentioned(&live, Some(spec), &vec![], &mut positions);
    let mut problems = vec![];
    for position in positions {
        let names: Vec<&str> = position.iter().map(|(name, _)| name.as_str()).collect();
        let path = names.join("/");
        if !checked.insert(path.clone()) {
            continue;
        }
        let plan = plan_without::<K>(&desired, &live, &position);
        if plan != Plan::UpToDate {
            problems.push(format!("{path}: {plan:?}"));
        }
    }
    problems
}

#[track_caller]
fn assert_absent_defaults<K: Kind>() {
    if K::HOOKS.absent_defaults.is_empty() {
        return;
    }
    let (schema, tables) = (Schema::of::<K>(), KindTables::of::<K>());
    let (mut checked, mut problems) = (BTreeSet::new(), vec![]);
    // A name of a policy becomes another member, which such a spec does not mention.
    let cases = LeafCase::all(&tables).into_iter();
    for case in cases.filter(|it| it.leaf.sent_as.is_none()) {
        for state in [State::Absent, State::First] {
            if let Some(spec) = case.spec(state, &schema) {
                problems.extend(check::<K>(&spec, &mut checked));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    println!("{}: {} members left out", K::KIND, checked.len());
    // The policy has three such members and a comment.
    let minimum = if K::KIND == "ResponseHeadersPolicy" {
        4
    } else {
        6
    };
    let minimum = K::HOOKS.absent_defaults.len().max(minimum);
    assert!(checked.len() >= minimum, "{checked:?}");
}

#[test]
fn a_default_that_cloudfront_leaves_out_is_no_drift() {
    for_each_kind!(assert_absent_defaults);
}
