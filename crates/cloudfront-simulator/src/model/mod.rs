//! The facts of the service model: operations, shapes and error codes.
//!
//! They come from `model/cloudfront.json`, which `model/distill.py` makes from botocore 1.44.5 (Apache-2.0).

mod route;

pub(crate) use route::{Target, decode};

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

/// The namespace of every document of this API version.
pub(crate) const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// The model, parsed once.
pub(crate) static MODEL: LazyLock<Model> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../model/cloudfront.json"))
        .expect("the embedded model is fixed at build time and parsed by this crate's tests")
});

#[derive(Deserialize)]
pub(crate) struct Model {
    pub(crate) operations: BTreeMap<String, Operation>,
    not_simulated: BTreeMap<String, Address>,
    shapes: BTreeMap<String, Shape>,
    errors: BTreeMap<String, u16>,
}

impl Model {
    /// The HTTP status of a modelled error code.
    pub(crate) fn status_of(&self, code: &str) -> Option<u16> {
        self.errors.get(code).copied()
    }

    /// The patterns of all shapes and query members.
    #[cfg(test)]
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &str> {
        let queries = self
            .operations
            .values()
            .flat_map(|operation| operation.query.values());
        let of_queries = queries.filter_map(|member| member.pattern.as_deref());
        of_queries.chain(
            self.shapes
                .values()
                .filter_map(|shape| shape.pattern.as_deref()),
        )
    }

    pub(crate) fn shape(&self, name: &str) -> &Shape {
        self.shapes
            .get(name)
            .expect("distill.py keeps every shape that another one names")
    }
}

#[derive(Deserialize)]
pub(crate) struct Operation {
    #[serde(flatten)]
    address: Address,
    /// The HTTP status of success.
    pub(crate) status: u16,
    pub(crate) errors: Vec<String>,
    pub(crate) body_root: Option<String>,
    pub(crate) body_shape: Option<String>,
    /// The answer's root element, which is named like its shape.
    #[cfg(test)]
    pub(crate) answer_root: Option<String>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, QueryMember>,
}

#[derive(Deserialize)]
struct Address {
    method: String,
    path: String,
}

#[derive(Deserialize)]
pub(crate) struct QueryMember {
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) pattern: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: ShapeKind,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default)]
    pub(crate) members: Members,
    pub(crate) item: Option<Item>,
    #[serde(default, rename = "enum")]
    pub(crate) allowed: Vec<String>,
    pub(crate) min: Option<usize>,
    pub(crate) max: Option<usize>,
    pub(crate) pattern: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ShapeKind {
    Structure,
    List,
    String,
    Integer,
    Long,
    Boolean,
    Timestamp,
}

#[derive(Deserialize)]
pub(crate) struct Item {
    /// The element's name, `CNAME` in `Aliases`.
    pub(crate) name: String,
    pub(crate) shape: String,
}

/// Members in the model's order, which answers are written in.
#[derive(Default)]
pub(crate) struct Members(pub(crate) Vec<(String, String)>);

impl Members {
    pub(crate) fn shape_of(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, shape)| shape.as_str())
    }

    pub(crate) fn position(&self, name: &str) -> usize {
        self.0
            .iter()
            .position(|(member, _)| member == name)
            .unwrap_or(usize::MAX)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a map of member names to shape names")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_holds_the_22_methods_of_2016_and_five_more() {
        assert_eq!(MODEL.operations.len(), 27);
        assert_eq!(MODEL.operations.len() + MODEL.not_simulated.len(), 167);
    }

    #[test]
    fn every_error_of_every_operation_has_a_status() {
        for operation in MODEL.operations.values() {
            for code in &operation.errors {
                assert!(MODEL.status_of(code).is_some(), "{code}");
            }
        }
    }
}
