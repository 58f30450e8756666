//! Sets, changes and removes one leaf.

use super::{
    flat_config::FlatConfig,
    harness::{Harness, TestObject},
    leaf_case::{LeafCase, State},
    schema::Schema,
};
use cloudfront_operator::engine::Kind;
use serde_json::Value;

/// Takes a leaf through all its states, first from an object without it and then from one created with it. Returns the problems.
pub(super) async fn check<K: Kind>(
    harness: &Harness,
    schema: &Schema,
    case: &LeafCase,
) -> Vec<String> {
    let created_with_it = [State::First, State::Absent];
    let mut problems = vec![];
    for states in [&case.states(schema)[..], &created_with_it] {
        let mut lifecycle = LeafLifecycle::<K> {
            object: harness.object(),
            case,
            expected: None,
            last: None,
            at_default: None,
        };
        let states = states
            .iter()
            .take_while(|state| case.spec(**state, schema).is_some());
        for state in states {
            if let Err(problem) = lifecycle.enter(*state, schema).await {
                problems.push(format!(
                    "{} in {}, {state:?}: {problem}",
                    case.path, case.context
                ));
                break;
            }
        }
    }
    problems
}

struct LeafLifecycle<'a, K: Kind> {
    object: TestObject<'a, K>,
    case: &'a LeafCase,
    /// The value that CloudFront should have. `None` is the default.
    expected: Option<Value>,
    /// The last configuration.
    last: Option<FlatConfig>,
    /// The configuration with the leaf at its default.
    at_default: Option<FlatConfig>,
}

impl<K: Kind> LeafLifecycle<'_, K> {
    async fn enter(&mut self, state: State, schema: &Schema) -> Result<(), String> {
        let spec = self
            .case
            .spec(state, schema)
            .ok_or("the leaf cannot have this state")?;
        let expected = self.case.expected_value(state, self.expected.clone());
        let is_new = self.last.is_none();
        let converged = self.object.converge(&spec).await?;
        let (create, update) = (format!("Create{}", K::API.name), K::API.update_operation());
        let operations = match is_new {
            true if expected.is_some() && !self.case.leaf.on_create => vec![create, update],
            true => vec![create],
            false if expected == self.expected => vec![],
            false => vec![update],
        };
        if converged.write_operations() != operations {
            return Err(format!(
                "{:?} instead of {operations:?}",
                converged.write_operations()
            ));
        }
        let now = FlatConfig::of(&converged.config);
        self.check_new_value(state, expected.as_ref(), &now)?;
        self.check_default(expected.as_ref(), &now)?;
        (self.expected, self.last) = (expected, Some(now));
        Ok(())
    }

    /// A new value is at the expected path, and the configuration has changed.
    fn check_new_value(
        &self,
        state: State,
        expected: Option<&Value>,
        now: &FlatConfig,
    ) -> Result<(), String> {
        if expected.is_none() || expected == self.expected.as_ref() {
            return Ok(());
        }
        let field = self.case.leaf.sent_as.as_ref().unwrap_or(&self.case.path);
        for text in self.case.sent_texts(state) {
            let text = self.object.substitute(&text);
            if !now.has(field, &text) {
                return Err(format!("CloudFront has no {text} at {field}: {now:?}"));
            }
        }
        match &self.last {
            Some(last) if now.without(last).is_empty() && last.without(now).is_empty() => {
                Err("nothing changed".into())
            }
            _ => Ok(()),
        }
    }

    /// With the leaf at its default again, the configuration is the same as before.
    fn check_default(&mut self, expected: Option<&Value>, now: &FlatConfig) -> Result<(), String> {
        if expected.is_some() {
            return Ok(());
        }
        let before = self.at_default.get_or_insert_with(|| now.clone());
        let (added, lost) = (now.without(before), before.without(now));
        if added.is_empty() && lost.is_empty() {
            Ok(())
        } else {
            Err(format!("left behind {added:?}, lost {lost:?}"))
        }
    }
}
