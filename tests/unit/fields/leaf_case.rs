//! One leaf in its context, and the specs with the leaf in its states.

use super::{
    schema::Schema,
    spec_edit,
    tables::{FieldValues, KindTables, Leaf, With},
};
use serde_json::Value;

/// The state of a leaf in a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Absent,
    First,
    /// The first value, a list, in reverse.
    Reversed,
    Second,
    /// The default is set explicitly.
    Default,
    /// The value that removes an unmanaged value.
    Cleared,
    /// An empty text, which AWS prints for an optional member without a value. It means the same as absence.
    Empty,
}

/// Optional texts that cannot be empty, with the reasons.
const NEVER_EMPTY: [(&str, &str); 12] = [
    (
        "distributionId",
        "it is not a member of CloudFront's configuration, and requires the absence of `distributionRef`",
    ),
    (
        "encodedKey",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "roleARN",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "streamARN",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "sourceARN",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "origins[0].domainName",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "lambdaFunctionARN",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "clientCertificateArn",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "functionCode",
        "CloudFront requires the member, and a Secret or a ConfigMap can have the value",
    ),
    (
        "headerValue",
        "an empty value is a value, beside which no Secret can be named",
    ),
    (
        "originShield.originShieldRegion",
        "the service model requires one character",
    ),
    (
        "stringSchema.defaultValue",
        "the service model requires one character",
    ),
];

/// One leaf at one path of a context.
#[derive(Clone)]
pub(super) struct LeafCase {
    /// For example `origins[0].domainName`.
    pub(super) path: String,
    pub(super) context: String,
    pub(super) leaf: Leaf,
    base: Value,
}

impl LeafCase {
    /// All cases in the tables of a kind.
    pub(super) fn all(folder: &KindTables) -> Vec<Self> {
        let contexts = folder.contexts();
        let mut all = vec![];
        for section in folder.sections() {
            let base = contexts.get(&section.context);
            let base = base.unwrap_or_else(|| panic!("there is no context {}", section.context));
            for below in &section.below {
                all.extend(section.leaves.iter().map(|leaf| {
                    let leaf = absolute(leaf, below);
                    Self {
                        path: leaf.path.clone(),
                        context: section.context.clone(),
                        base: with_fields(base, &leaf.always),
                        leaf,
                    }
                }));
            }
        }
        all
    }

    /// The context with the leaf in this state. `None` if the leaf cannot have it.
    pub(super) fn spec(&self, state: State, schema: &Schema) -> Option<Value> {
        let mut spec = self.base.clone();
        self.apply(&mut spec, state, schema).then_some(spec)
    }

    /// Changes a spec so that the leaf has this state. Returns whether it can have it.
    pub(super) fn apply(&self, spec: &mut Value, state: State, schema: &Schema) -> bool {
        set_all(spec, &self.leaf.always);
        let value = match self.value(state) {
            Some(value) if state != State::Empty && Some(&value) != self.leaf.default.as_ref() => {
                value
            }
            value => {
                return self.remove(spec, schema)
                    && value.is_none_or(|value| {
                        spec_edit::set(spec, &self.path, &value);
                        true
                    });
            }
        };
        let with = self.with(state);
        for path in self
            .leaf
            .without
            .keys()
            .filter(|it| !with.contains_key(*it))
        {
            spec_edit::remove(spec, path, schema);
        }
        spec_edit::set(spec, &self.path, &value);
        set_all(spec, with);
        true
    }

    fn remove(&self, spec: &mut Value, schema: &Schema) -> bool {
        let is_possible = spec_edit::remove(spec, &self.path, schema);
        for path in self.with(State::First).keys() {
            if !self.leaf.without.contains_key(path) && !self.leaf.always.contains_key(path) {
                spec_edit::remove(spec, path, schema);
            }
        }
        set_all(spec, &self.leaf.always);
        set_all(spec, &self.leaf.without);
        is_possible
    }

    fn with(&self, state: State) -> &FieldValues {
        match &self.leaf.with {
            With::Both(with) => with,
            With::Each([_, second]) if state == State::Second => second,
            With::Each([first, _]) => first,
        }
    }

    /// The value of the leaf in this state.
    pub(super) fn value(&self, state: State) -> Option<Value> {
        let [first, second] = &self.leaf.values;
        match state {
            State::Absent => None,
            State::First => Some(first.clone()),
            State::Reversed => Some(reversed(first)),
            State::Second => Some(second.clone()),
            State::Default => self.leaf.default.clone(),
            State::Cleared => self.leaf.clear_value.clone(),
            State::Empty => Some("".into()),
        }
    }

    /// The value that CloudFront has in this state, after `expected` in the previous state. `None` is the default.
    pub(super) fn expected_value(&self, state: State, expected: Option<Value>) -> Option<Value> {
        let is_default = |value: &Value| {
            let default = self.leaf.default.as_ref();
            default.is_some_and(|default| sorted(default) == sorted(value))
        };
        match state {
            _ if self.leaf.no_update => None,
            State::Absent | State::Empty if self.leaf.unmanaged => expected,
            State::Absent | State::Default | State::Cleared | State::Empty => None,
            State::First | State::Reversed => {
                Some(self.leaf.values[0].clone()).filter(|value| !is_default(value))
            }
            State::Second => Some(self.leaf.values[1].clone()).filter(|value| !is_default(value)),
        }
    }

    /// The texts that CloudFront receives.
    pub(super) fn sent_texts(&self, state: State) -> Vec<String> {
        let index = usize::from(state == State::Second);
        match &self.leaf.sent_texts {
            Some(texts) => texts[index].clone(),
            None => texts(&self.leaf.values[index]),
        }
    }

    /// The states to go through, in order.
    pub(super) fn states(&self, schema: &Schema) -> Vec<State> {
        use State::{Absent, Cleared, Default, Empty, First, Reversed, Second};
        let is_list = self.leaf.values[0]
            .as_array()
            .is_some_and(|it| it.len() > 1);
        let first: &[State] = if is_list {
            &[First, Reversed]
        } else {
            &[First]
        };
        if self.spec(Absent, schema).is_none() {
            return [first, &[Second, First]].concat();
        }
        let last: &[State] = match (&self.leaf.default, &self.leaf.clear_value) {
            (Some(_), _) => &[Default, Absent],
            (_, Some(_)) => &[Cleared, Absent, First, Cleared],
            _ if self.can_be_empty(schema) => &[Empty, First, Empty],
            _ => &[],
        };
        [&[Absent], first, &[Second, First, Absent], last].concat()
    }

    /// Whether the leaf is an optional text of CloudFront without a list of values.
    fn can_be_empty(&self, schema: &Schema) -> bool {
        let is_listed = |(ending, _): &(&str, &str)| self.path.ends_with(ending);
        let node = schema.at(&self.path);
        node["type"] == "string"
            && node["enum"].is_null()
            && !self.leaf.no_update
            && !schema.requires(&self.path)
            && !NEVER_EMPTY.iter().any(is_listed)
    }

    /// Whether two leaves can be in the same spec, each in any state.
    pub(super) fn is_compatible_with(&self, other: &Self, schema: &Schema) -> bool {
        let is_exclusive = self.leaf.exclusive_group.is_some()
            && self.leaf.exclusive_group == other.leaf.exclusive_group;
        let overlap = |one: &Self, other: &Self| {
            let others: Vec<&str> = other.changed_paths(schema);
            let always = other.leaf.always.keys().map(String::as_str);
            let all = others.into_iter().chain(always);
            let own = one.changed_paths(schema);
            all.into_iter()
                .any(|path| own.iter().any(|own| overlaps(own, path)))
        };
        let differs = |(path, value): (&String, &Value)| {
            let others = other.leaf.always.get(path);
            others.is_some_and(|other| other != value)
        };
        !is_exclusive
            && !overlap(self, other)
            && !overlap(other, self)
            && !self.leaf.always.iter().any(differs)
    }

    /// All paths that a state of the leaf changes.
    fn changed_paths<'a>(&'a self, schema: &Schema) -> Vec<&'a str> {
        let fields = [&self.leaf.without, self.with(State::First)];
        let paths = fields
            .into_iter()
            .flat_map(FieldValues::keys)
            .chain([&self.path]);
        paths
            .map(|path| spec_edit::removal_path(path, schema).unwrap_or(path))
            .collect()
    }
}

/// Whether one path is the other, or inside of it.
fn overlaps(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        let rest = inner.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    within(one, other) || within(other, one)
}

/// Sorts a list.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Array(items) = &mut value {
        items.sort_by_key(ToString::to_string);
    }
    value
}

fn reversed(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Array(items) = &mut value {
        items.reverse();
    }
    value
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}

fn with_fields(spec: &Value, values: &FieldValues) -> Value {
    let mut spec = spec.clone();
    set_all(&mut spec, values);
    spec
}

fn set_all(spec: &mut Value, values: &FieldValues) {
    for (path, value) in values {
        spec_edit::set(spec, path, value);
    }
}

/// The leaf with paths that begin at the spec.
fn absolute(leaf: &Leaf, below: &str) -> Leaf {
    let path = |path: &str| match path.strip_prefix("spec.") {
        Some(path) => path.to_owned(),
        None if below.is_empty() => path.to_owned(),
        None => format!("{below}.{path}"),
    };
    let absolute_values = |all: &FieldValues| -> FieldValues {
        let all = all.iter();
        all.map(|(name, value)| (path(name), value.clone()))
            .collect()
    };
    Leaf {
        path: path(&leaf.path),
        with: match &leaf.with {
            With::Both(both) => With::Both(absolute_values(both)),
            With::Each([first, second]) => {
                With::Each([absolute_values(first), absolute_values(second)])
            }
        },
        without: absolute_values(&leaf.without),
        always: absolute_values(&leaf.always),
        ..leaf.clone()
    }
}
