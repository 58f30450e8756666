//! The life of an object of each kind, for runs on the real servers.

use super::{examples::Examples, steps::Fields};
use cloudfront_operator::operator::kinds;
use serde_json::Value;
use std::io;

/// The life of an object: it is created, edited and deleted.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// The kind.
    pub(crate) kind: &'static str,
    /// The objects that the object refers to, each after those that it refers to itself.
    pub(crate) referenced: Vec<Value>,
    pub(crate) created: Value,
    /// `None`: the kind has no text that can be changed.
    pub(crate) edited: Option<Value>,
}

/// Returns the lives of all kinds. Fails if a kind has no example.
pub(crate) fn lives() -> io::Result<Vec<Life>> {
    let examples = Examples::read()?;
    let lives = kinds().into_iter().map(|kind| {
        let example = examples.of(kind)?;
        let fields = Fields::of(kind);
        let edited = fields.editable().map(|field| {
            let mut edited = example.manifest.clone();
            field.set(&mut edited, "edited");
            edited
        });
        Ok(Life {
            kind: kind.kind,
            referenced: example.referenced,
            created: example.manifest,
            edited,
        })
    });
    lives.collect()
}
