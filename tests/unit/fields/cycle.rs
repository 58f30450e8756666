//! The life of one leaf.

use super::{
    bench::{Bench, Object},
    entry::{Entry, State},
    flat::Flat,
    schema::Schema,
};
use cloudfront_operator::engine::Kind;
use serde_json::Value;

/// Takes an entry through its course, and creates an object with it; what went wrong.
pub(super) async fn live<K: Kind>(bench: &Bench, schema: &Schema, entry: &Entry) -> Vec<String> {
    let begins_with_it = [State::First, State::Absent];
    let mut wrong = vec![];
    for course in [&entry.course(schema)[..], &begins_with_it] {
        let mut life = Life::<K> {
            object: bench.object(),
            entry,
            held: None,
            last: None,
            bare: None,
        };
        let course = course
            .iter()
            .take_while(|state| entry.spec(**state, schema).is_some());
        for state in course {
            if let Err(problem) = life.becomes(*state, schema).await {
                wrong.push(format!(
                    "{} in {}, {state:?}: {problem}",
                    entry.path, entry.context
                ));
                break;
            }
        }
    }
    wrong
}

struct Life<'a, K: Kind> {
    object: Object<'a, K>,
    entry: &'a Entry,
    /// What CloudFront should have; nothing for the default.
    held: Option<Value>,
    /// What CloudFront had last.
    last: Option<Flat>,
    /// What CloudFront had while the leaf was at its default.
    bare: Option<Flat>,
}

impl<K: Kind> Life<'_, K> {
    async fn becomes(&mut self, state: State, schema: &Schema) -> Result<(), String> {
        let spec = self.entry.spec(state, schema).ok_or("it cannot be said")?;
        let held = self.entry.meaning(state, self.held.clone());
        let is_new = self.last.is_none();
        let rest = self.object.converge(&spec).await?;
        let (create, update) = (
            format!("Create{}", K::API_NAME),
            format!("Update{}", K::API_NAME),
        );
        let expected = match is_new {
            true if held.is_some() && !self.entry.leaf.created => vec![create, update],
            true => vec![create],
            false if held == self.held => vec![],
            false => vec![update],
        };
        if rest.writes() != expected {
            return Err(format!("{:?} instead of {expected:?}", rest.writes()));
        }
        let now = Flat::of(&rest.config);
        self.arrived(state, held.as_ref(), &now)?;
        self.returned(held.as_ref(), &now)?;
        (self.held, self.last) = (held, Some(now));
        Ok(())
    }

    /// A new value is where it belongs, and was not there before.
    fn arrived(&self, state: State, held: Option<&Value>, now: &Flat) -> Result<(), String> {
        if held.is_none() || held == self.held.as_ref() {
            return Ok(());
        }
        let field = self
            .entry
            .leaf
            .known_as
            .as_ref()
            .unwrap_or(&self.entry.path);
        for text in self.entry.sends(state) {
            let text = self.object.named(&text);
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

    /// What is at its default again is as it was before.
    fn returned(&mut self, held: Option<&Value>, now: &Flat) -> Result<(), String> {
        if held.is_some() {
            return Ok(());
        }
        let before = self.bare.get_or_insert_with(|| now.clone());
        let (more, less) = (now.without(before), before.without(now));
        if more.is_empty() && less.is_empty() {
            Ok(())
        } else {
            Err(format!("left behind {more:?}, lost {less:?}"))
        }
    }
}
