//! One leaf in its context, and the specs in which it is said in one way or another.

use super::{
    edit,
    schema::Schema,
    table::{Folder, Leaf, Nothing, Sayings, Stays, With},
};
use serde_json::Value;

/// In what way a leaf is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Absent,
    First,
    /// The first value, a list, in reverse.
    Reversed,
    Second,
    /// What absence stands for, said.
    Default,
    /// What takes away that which absence would leave.
    Cleared,
}

/// One leaf at one place of a context.
#[derive(Clone)]
pub(super) struct Entry {
    /// The place: `origins[0].domainName`.
    pub(super) path: String,
    pub(super) context: String,
    pub(super) leaf: Leaf,
    base: Value,
}

impl Entry {
    /// All entries of a kind's tables.
    pub(super) fn all(folder: &Folder) -> Vec<Self> {
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
                        base: said(base, &leaf.beside),
                        leaf,
                    }
                }));
            }
        }
        all
    }

    /// The context with the leaf said in this way; nothing where it cannot be.
    pub(super) fn spec(&self, state: State, schema: &Schema) -> Option<Value> {
        let mut spec = self.base.clone();
        self.say(&mut spec, state, schema).then_some(spec)
    }

    /// Says the leaf in this way.
    pub(super) fn say(&self, spec: &mut Value, state: State, schema: &Schema) -> bool {
        say_all(spec, &self.leaf.beside);
        let value = match self.value(state) {
            Some(value) if Some(&value) != self.leaf.default.as_ref() => value,
            value => {
                return self.unsay(spec, schema)
                    && value.is_none_or(|value| {
                        edit::set(spec, &self.path, &value);
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
            edit::remove(spec, path, schema);
        }
        edit::set(spec, &self.path, &value);
        say_all(spec, with);
        true
    }

    fn unsay(&self, spec: &mut Value, schema: &Schema) -> bool {
        let is_possible = edit::remove(spec, &self.path, schema);
        for path in self.with(State::First).keys() {
            if !self.leaf.without.contains_key(path) && !self.leaf.beside.contains_key(path) {
                edit::remove(spec, path, schema);
            }
        }
        say_all(spec, &self.leaf.beside);
        say_all(spec, &self.leaf.without);
        is_possible
    }

    fn with(&self, state: State) -> &Sayings {
        match &self.leaf.with {
            With::Both(with) => with,
            With::Each([_, second]) if state == State::Second => second,
            With::Each([first, _]) => first,
        }
    }

    /// What is said in this way.
    pub(super) fn value(&self, state: State) -> Option<Value> {
        let [first, second] = &self.leaf.values;
        match state {
            State::Absent => None,
            State::First => Some(first.clone()),
            State::Reversed => Some(reversed(first)),
            State::Second => Some(second.clone()),
            State::Default => self.leaf.default.clone(),
            State::Cleared => self.leaf.clears.clone(),
        }
    }

    /// What CloudFront has once the leaf was said so, and `held` before; nothing for the default.
    pub(super) fn meaning(&self, state: State, held: Option<Value>) -> Option<Value> {
        let is_default = |value: &Value| {
            let default = self.leaf.default.as_ref();
            default.is_some_and(|default| sorted(default) == sorted(value))
        };
        match state {
            _ if self.leaf.costs == Some(Nothing::Nothing) => None,
            State::Absent if self.leaf.absent == Some(Stays::Stays) => held,
            State::Absent | State::Default | State::Cleared => None,
            State::First | State::Reversed => {
                Some(self.leaf.values[0].clone()).filter(|value| !is_default(value))
            }
            State::Second => Some(self.leaf.values[1].clone()).filter(|value| !is_default(value)),
        }
    }

    /// The texts that CloudFront gets for it.
    pub(super) fn sends(&self, state: State) -> Vec<String> {
        let place = usize::from(state == State::Second);
        match &self.leaf.sends {
            Some(sends) => sends[place].clone(),
            None => texts(&self.leaf.values[place]),
        }
    }

    /// The ways in which the leaf is said, one after the other.
    pub(super) fn course(&self, schema: &Schema) -> Vec<State> {
        use State::{Absent, Cleared, Default, First, Reversed, Second};
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
        let rest: &[State] = match (&self.leaf.default, &self.leaf.clears) {
            (Some(_), _) => &[Default, Absent],
            (_, Some(_)) => &[Cleared, Absent, First, Cleared],
            _ => &[],
        };
        [&[Absent], first, &[Second, First, Absent], rest].concat()
    }

    /// Whether two leaves can be said in the same spec, each in any way.
    pub(super) fn goes_with(&self, other: &Self, schema: &Schema) -> bool {
        let clashes = self.leaf.clash.is_some() && self.leaf.clash == other.leaf.clash;
        let meets = |one: &Self, other: &Self| {
            let others: Vec<&str> = other.changes(schema);
            let beside = other.leaf.beside.keys().map(String::as_str);
            let all = others.into_iter().chain(beside);
            let own = one.changes(schema);
            all.into_iter()
                .any(|path| own.iter().any(|own| overlaps(own, path)))
        };
        let differs = |(path, value): (&String, &Value)| {
            let others = other.leaf.beside.get(path);
            others.is_some_and(|other| other != value)
        };
        !clashes
            && !meets(self, other)
            && !meets(other, self)
            && !self.leaf.beside.iter().any(differs)
    }

    /// All places that saying the leaf in one way or another changes.
    fn changes<'a>(&'a self, schema: &Schema) -> Vec<&'a str> {
        let said = [&self.leaf.without, self.with(State::First)];
        let paths = said.into_iter().flat_map(Sayings::keys).chain([&self.path]);
        paths
            .map(|path| edit::removed_with(path, schema).unwrap_or(path))
            .collect()
    }
}

/// Whether one place is the other, or in it.
fn overlaps(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        let rest = inner.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    within(one, other) || within(other, one)
}

/// A list without its order.
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

fn said(spec: &Value, sayings: &Sayings) -> Value {
    let mut spec = spec.clone();
    say_all(&mut spec, sayings);
    spec
}

fn say_all(spec: &mut Value, sayings: &Sayings) {
    for (path, value) in sayings {
        edit::set(spec, path, value);
    }
}

/// The leaf with paths from the spec on.
fn absolute(leaf: &Leaf, below: &str) -> Leaf {
    let path = |path: &str| match path.strip_prefix("spec.") {
        Some(path) => path.to_owned(),
        None if below.is_empty() => path.to_owned(),
        None => format!("{below}.{path}"),
    };
    let sayings = |all: &Sayings| -> Sayings {
        let all = all.iter();
        all.map(|(name, value)| (path(name), value.clone()))
            .collect()
    };
    Leaf {
        path: path(&leaf.path),
        with: match &leaf.with {
            With::Both(both) => With::Both(sayings(both)),
            With::Each([first, second]) => With::Each([sayings(first), sayings(second)]),
        },
        without: sayings(&leaf.without),
        beside: sayings(&leaf.beside),
        ..leaf.clone()
    }
}
