//! Evaluates the cases with a second implementation of the Common Expression Language (CEL). Both implementations must agree.

use super::{
    coverage::{constant_parts, contains_in_order, rules},
    tables::{self, Case},
};
use cloudfront_operator::{
    engine::{Kind, crd},
    for_each_kind,
    kinds::{distribution::Distribution, origin_access_identity::OriginAccessIdentity},
};
use kube_cel::{ErrorKind, ValidationErrors, Validator, compile_schema, estimate_rule_cost};
use serde_json::{Value, json};

/// Rules that the two implementations evaluate differently, with the reasons.
const DIFFERENT: [(&str, &str); 0] = [];

/// Beginnings of rules for which the offline estimate is too high. These rules name an intermediate result by a list with one item. The
/// estimate assumes as many items as in any list of the schema. The API server knows that the list has one item.
const OVERESTIMATED: [(&str, &str); 5] = [
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
        "[self.originGroups.map(g, g.id)].all(groups, self.cacheBehaviors.all(b, ",
        "methods of behaviors that target groups",
    ),
    (
        "size(self) > 120 || [self.map(b, b.pathPattern)].all(",
        "path patterns",
    ),
];

fn schema<K: Kind>() -> Value {
    let definition = serde_json::to_value(crd::<K>()).unwrap();
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
}

/// A violation of a rule.
struct Violation {
    path: String,
    message: String,
}

impl Violation {
    /// Whether the API server's message is about this violation. It has the path, the value and the text, or a part of them.
    fn matches(&self, message: &str) -> bool {
        self.message.contains(message)
            || message.starts_with(&self.path) && message.ends_with(&self.message)
    }
}

fn violations(schema: &Value, object: &Value, before: Option<&Value>) -> Vec<Violation> {
    let result = Validator::new().validate(schema, object, before);
    let errors = result
        .err()
        .into_iter()
        .flat_map(ValidationErrors::into_vec);
    errors
        .map(|error| Violation {
            message: match error.kind {
                ErrorKind::ValidationFailure => error.message,
                kind => format!("{kind:?}: {} ({})", error.message, error.rule),
            },
            path: error.field_path,
        })
        .collect()
}

fn messages(violations: &[Violation]) -> Vec<&str> {
    violations.iter().map(|it| it.message.as_str()).collect()
}

/// The differences from the API server's result of a case.
fn problems(schema: &Value, found: &[&Value], case: &Case) -> Vec<String> {
    let existing = case.existing();
    let accepted = violations(schema, &case.accepted(), existing.as_ref());
    let rejected = violations(schema, &case.rejected(), existing.as_ref());
    let by_a_rule = found
        .iter()
        .any(|rule| contains_in_order(&case.message, &constant_parts(rule)));
    let as_expected = rejected.iter().any(|it| it.matches(&case.message));
    let mut problems = vec![];
    if !accepted.is_empty() {
        let messages = messages(&accepted);
        problems.push(format!("{}: accepted, but {messages:?}", case.name));
    }
    if by_a_rule && !as_expected {
        let messages = messages(&rejected);
        problems.push(format!(
            "{}: {:?}, but {messages:?}",
            case.name, case.message
        ));
    }
    problems
}

#[track_caller]
fn assert_equal_results<K: Kind>() {
    let schema = schema::<K>();
    let mut found = vec![];
    rules(&schema, &mut found);
    found.retain(|rule| {
        let different = |(other, _): &(&str, &str)| rule["rule"] == **other;
        !DIFFERENT.iter().any(different)
    });
    let cases = tables::cases::<K>();
    let problems: Vec<String> = cases
        .iter()
        .flat_map(|case| problems(&schema, &found, case))
        .collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn the_cases_of_each_kind_have_equal_results() {
    for_each_kind!(assert_equal_results);
}

#[test]
fn an_object_can_only_adopt_the_resource_that_it_has() {
    let schema = schema::<OriginAccessIdentity>();
    let object = |id: &str| json!({"spec": {"adoptId": id}, "status": {"id": "E1"}});
    assert_eq!(
        messages(&violations(&schema, &object("E1"), None)),
        Vec::<&str>::new()
    );
    assert_eq!(
        messages(&violations(&schema, &object("E2"), None)),
        [
            "adoptId is \"E2\", and this object has \"E1\" already: create another object to adopt another resource"
        ]
    );
}

/// Calls `visit` for every rule with its schema.
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

/// The rules for which the estimate has a warning.
fn expensive_rules<K: Kind>() -> Vec<String> {
    let mut expensive = vec![];
    each_rule(&schema::<K>(), &mut |schema, rule| {
        let compiled = compile_schema(schema);
        assert!(!compiled.has_errors(), "{rule}");
        let found = estimate_rule_cost(rule, &compiled);
        expensive.extend(found.into_iter().map(|warning| warning.rule));
    });
    expensive
}

#[test]
fn every_rule_is_cheap_and_its_input_is_bounded() {
    let mut expensive = for_each_kind!(expensive_rules).concat();
    expensive.retain(|rule| {
        !OVERESTIMATED
            .iter()
            .any(|(beginning, _)| rule.starts_with(beginning))
    });
    assert_eq!(expensive, Vec::<String>::new());
}

#[test]
fn every_exception_is_still_needed() {
    let schema = schema::<Distribution>();
    let mut found = vec![];
    rules(&schema, &mut found);
    for (beginning, name) in DIFFERENT.iter().chain(&OVERESTIMATED) {
        let exists = |rule: &&Value| rule["rule"].as_str().unwrap().starts_with(beginning);
        assert!(found.iter().any(exists), "{name}");
    }
}
