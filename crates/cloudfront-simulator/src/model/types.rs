//! The types of the service model.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The service model of CloudFront.
#[derive(Deserialize)]
pub(crate) struct Model {
    pub(crate) operations: BTreeMap<String, Operation>,
    /// Operations that the simulator does not implement.
    pub(super) not_simulated: BTreeMap<String, Address>,
    shapes: BTreeMap<String, Shape>,
    errors: BTreeMap<String, u16>,
}

impl Model {
    /// Returns the HTTP status of an error code.
    pub(crate) fn status_of(&self, code: &str) -> Option<u16> {
        self.errors.get(code).copied()
    }

    /// Returns the patterns of all shapes and query parameters.
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

    /// Returns the shape with a name that the model contains.
    pub(crate) fn shape(&self, name: &str) -> &Shape {
        self.shapes
            .get(name)
            .expect("extract.py includes every shape that another shape refers to")
    }
}

/// An operation of the API.
#[derive(Deserialize)]
pub(crate) struct Operation {
    #[serde(flatten)]
    pub(crate) address: Address,
    /// The HTTP status of a successful response.
    pub(crate) status: u16,
    pub(crate) errors: Vec<String>,
    pub(crate) body_root: Option<String>,
    pub(crate) body_shape: Option<String>,
    /// The root element of the response, which has the name of its shape.
    pub(crate) response_root: Option<String>,
    /// The response header with the entity tag.
    pub(crate) etag: Option<String>,
    /// Whether the response has a `Location`.
    #[serde(default)]
    pub(crate) has_location: bool,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, QueryParameter>,
}

/// The HTTP method and the path pattern of an operation.
#[derive(Deserialize)]
pub(crate) struct Address {
    pub(crate) method: String,
    pub(crate) path: String,
}

/// The constraints of a query parameter.
#[derive(Deserialize)]
pub(crate) struct QueryParameter {
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) pattern: Option<String>,
    #[serde(default, rename = "enum")]
    pub(crate) allowed_values: Vec<String>,
}

/// The type of an element, with its constraints.
#[derive(Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: ShapeKind,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default)]
    pub(crate) members: Members,
    pub(crate) item: Option<ListItem>,
    #[serde(default, rename = "enum")]
    pub(crate) allowed_values: Vec<String>,
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
    #[serde(alias = "float")]
    Double,
    Boolean,
    Timestamp,
    /// Bytes in Base64.
    Blob,
}

/// The element of a list item.
#[derive(Deserialize)]
pub(crate) struct ListItem {
    /// The element name, for example `CNAME` in `Aliases`.
    pub(crate) name: String,
    pub(crate) shape: String,
}

/// Member names and shape names in the order of the model, which is also the order in responses.
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
