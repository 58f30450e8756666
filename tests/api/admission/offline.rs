//! The cases, judged by another implementation of the Common Expression Language than the API server's: where both agree, a rule says
//! what it seems to say.

use super::{
    cases::{self, Case},
    coverage::{constant_parts, rules, says},
};
use cloudfront_operator::{
    engine::{Kind, crd},
    kinds::{
        distribution::Distribution, invalidation::Invalidation,
        origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    },
};
use kube_cel::{ErrorKind, ValidationErrors, Validator, compile_schema, estimate_rule_cost};
use serde_json::{Value, json};

/// Rules that the two judge differently, and why.
const DIFFERENT: [(&str, &str); 0] = [];

/// How the rules begin that the offline analysis may take for too dear. A list of one list, which is how a rule names an intermediate
/// result, has as many members to it as any other list of the schema. The API server knows that it has one, and accepts them.
const OVERESTIMATED: [(&str, &str); 4] = [
    (
        "[self.origins.map(o, o.id)].all(ids, [self.originGroups.map(g, g.id)].all(",
        "targets of behaviors",
    ),
    (
        "[self.origins.map(o, o.id)].all(ids, self.originGroups.all(g, g.members",
        "members of groups",
    ),
    (
        "[self.origins.map(o, o.id)].all(ids, self.originGroups.all(g, !(",
        "ids of groups",
    ),
    (
        "[self.cacheBehaviors.map(b, b.pathPattern)].all(",
        "path patterns",
    ),
];

fn schema<K: Kind>() -> Value {
    let definition = serde_json::to_value(crd::<K>()).unwrap();
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
}

/// What a rule says against an object.
struct Objection {
    place: String,
    sentence: String,
}

impl Objection {
    /// Whether this is what the API server says: a place, the value and a sentence, or a part of that.
    fn is(&self, message: &str) -> bool {
        self.sentence.contains(message)
            || message.starts_with(&self.place) && message.ends_with(&self.sentence)
    }
}

fn against(schema: &Value, object: &Value, before: Option<&Value>) -> Vec<Objection> {
    let judged = Validator::new().validate(schema, object, before);
    let errors = judged
        .err()
        .into_iter()
        .flat_map(ValidationErrors::into_vec);
    errors
        .map(|error| Objection {
            sentence: match error.kind {
                ErrorKind::ValidationFailure => error.message,
                kind => format!("{kind:?}: {} ({})", error.message, error.rule),
            },
            place: error.field_path,
        })
        .collect()
}

fn sentences(objections: &[Objection]) -> Vec<&str> {
    objections.iter().map(|it| it.sentence.as_str()).collect()
}

/// What is wrong about a case; nothing, if it is judged as the API server does.
fn wrong(schema: &Value, found: &[&Value], case: &Case) -> Vec<String> {
    let before = case.before();
    let accepted = against(schema, &case.accepted(), before.as_ref());
    let refused = against(schema, &case.refused(), before.as_ref());
    let by_a_rule = found
        .iter()
        .any(|rule| says(&case.message, &constant_parts(rule)));
    let as_expected = refused.iter().any(|it| it.is(&case.message));
    let mut wrong = vec![];
    if !accepted.is_empty() {
        let says = sentences(&accepted);
        wrong.push(format!("{}: accepted, but {says:?}", case.name));
    }
    if by_a_rule && !as_expected {
        let says = sentences(&refused);
        wrong.push(format!("{}: {:?}, but {says:?}", case.name, case.message));
    }
    wrong
}

#[track_caller]
fn judged_alike<K: Kind>(folder: &str) {
    let schema = schema::<K>();
    let mut found = vec![];
    rules(&schema, &mut found);
    found.retain(|rule| {
        let different = |(other, _): &(&str, &str)| rule["rule"] == **other;
        !DIFFERENT.iter().any(different)
    });
    let cases = cases::of(folder);
    let wrong: Vec<String> = cases
        .iter()
        .flat_map(|case| wrong(&schema, &found, case))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn cases_of_distributions_are_judged_alike() {
    judged_alike::<Distribution>("distribution");
}

#[test]
fn cases_of_identities_are_judged_alike() {
    judged_alike::<OriginAccessIdentity>("origin_access_identity");
}

#[test]
fn cases_of_invalidations_are_judged_alike() {
    judged_alike::<Invalidation>("invalidation");
}

#[test]
fn cases_of_streaming_distributions_are_judged_alike() {
    judged_alike::<StreamingDistribution>("streaming_distribution");
}

#[test]
fn an_object_adopts_only_what_it_has() {
    let schema = schema::<OriginAccessIdentity>();
    let object = |id: &str| json!({"spec": {"adoptId": id}, "status": {"id": "E1"}});
    assert_eq!(
        sentences(&against(&schema, &object("E1"), None)),
        Vec::<&str>::new()
    );
    assert_eq!(
        sentences(&against(&schema, &object("E2"), None)),
        [
            "adoptId is \"E2\", and this object has \"E1\" already: create another object to take over another resource"
        ]
    );
}

/// Calls `visit` for every rule, with the schema that it is in.
fn each_rule(schema: &Value, visit: &mut impl FnMut(&Value, &str)) {
    match schema {
        Value::Object(keywords) => {
            let own = keywords
                .get("x-kubernetes-validations")
                .and_then(Value::as_array);
            for rule in own.into_iter().flatten() {
                visit(schema, rule["rule"].as_str().unwrap());
            }
            keywords.values().for_each(|inner| each_rule(inner, visit));
        }
        Value::Array(parts) => parts.iter().for_each(|inner| each_rule(inner, visit)),
        _ => {}
    }
}

/// What the analysis warns of, by rule.
fn warnings<K: Kind>() -> Vec<String> {
    let mut dear = vec![];
    each_rule(&schema::<K>(), &mut |schema, rule| {
        let compiled = compile_schema(schema);
        assert!(!compiled.has_errors(), "{rule}");
        let found = estimate_rule_cost(rule, &compiled);
        dear.extend(found.into_iter().map(|warning| warning.rule));
    });
    dear
}

#[test]
fn every_rule_is_cheap_and_works_on_what_is_bounded() {
    let mut dear = [
        warnings::<Distribution>(),
        warnings::<Invalidation>(),
        warnings::<OriginAccessIdentity>(),
        warnings::<StreamingDistribution>(),
    ]
    .concat();
    dear.retain(|rule| {
        !OVERESTIMATED
            .iter()
            .any(|(beginning, _)| rule.starts_with(beginning))
    });
    assert_eq!(dear, Vec::<String>::new());
}

#[test]
fn every_exception_is_still_needed() {
    let schema = schema::<Distribution>();
    let mut found = vec![];
    rules(&schema, &mut found);
    for (beginning, what) in DIFFERENT.iter().chain(&OVERESTIMATED) {
        let is_there = |rule: &&Value| rule["rule"].as_str().unwrap().starts_with(beginning);
        assert!(found.iter().any(is_there), "{what}");
    }
}
