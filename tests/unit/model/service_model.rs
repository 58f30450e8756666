//! AWS's service model of CloudFront.

use cloudfront_operator::xml::Element;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

static MODEL: LazyLock<ServiceModel> = LazyLock::new(|| {
    let model: ServiceModel = serde_json::from_str(include_str!("service_model.json")).unwrap();
    assert!(model.source.starts_with("botocore 1.44.5"));
    model
});

#[derive(Deserialize)]
struct ServiceModel {
    source: String,
    operations: BTreeMap<String, Operation>,
    final_status: BTreeMap<String, Option<String>>,
    shapes: BTreeMap<String, Shape>,
}

/// What a request and its response consist of.
#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) method: String,
    /// The path with `*` in place of each id, and the fixed part of the query.
    pub(super) path: String,
    /// The names of these ids.
    pub(super) parameters: Vec<String>,
    /// The parameters of the query that a caller chooses.
    pub(super) query: Vec<String>,
    pub(super) headers: Vec<String>,
    /// The root element of the request.
    pub(super) body: Option<String>,
    /// The members of the request, if its root is not one of them.
    pub(super) members: Vec<String>,
    /// The shape of the response.
    pub(super) response: Option<String>,
    /// Whether the root of the response is that shape. Otherwise it is an element of the root.
    pub(super) is_payload: bool,
    pub(super) response_headers: Vec<String>,
}

/// A type.
#[derive(Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    type_: String,
    #[serde(default)]
    pub(super) members: BTreeMap<String, Member>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    /// Type of a list's items.
    member: Option<Member>,
    /// Element of a list's items.
    pub(super) item: Option<String>,
    #[serde(default, rename = "enum")]
    pub(super) values: Vec<String>,
    pub(super) min: Option<u64>,
    pub(super) max: Option<u64>,
}

/// A use of a type.
#[derive(Deserialize)]
pub(super) struct Member {
    pub(super) shape: String,
    #[serde(default)]
    pub(super) deprecated: bool,
}

/// The form of a shape in the spec.
pub(super) enum Form<'a> {
    Structure,
    /// A list with or without `Quantity`, with the element name and the shape of its items.
    List {
        has_quantity: bool,
        item: &'a str,
        of: &'a str,
    },
    Leaf(&'a str),
}

/// Returns the operation that lists a collection.
pub(super) fn list_of(collection: &str) -> Option<&'static Operation> {
    let path = format!("/2020-05-31/{collection}");
    let mut operations = MODEL.operations.iter();
    let list = operations.find(|(name, operation)| {
        let own = operation.path.split('?').next();
        name.starts_with("List") && own == Some(&path)
    });
    list.map(|(_, operation)| operation)
}

pub(super) fn operation(name: &str) -> Option<&'static Operation> {
    MODEL.operations.get(name)
}

/// The status of a resource whose last change is complete. `None`: the resource has no status.
pub(super) fn final_status(resource: &str) -> Option<&'static str> {
    MODEL.final_status.get(resource)?.as_deref()
}

pub(super) fn shape(name: &str) -> &'static Shape {
    MODEL
        .shapes
        .get(name)
        .unwrap_or_else(|| panic!("service_model.json has no {name}"))
}

impl Shape {
    /// The structure of the items of a list response.
    pub(super) fn summary(&self) -> Option<&'static Shape> {
        let items = shape(&self.members.get("Items")?.shape);
        Some(shape(&items.member.as_ref()?.shape))
    }

    pub(super) fn form(&self) -> Form<'_> {
        if let Some(member) = &self.member {
            let item = self.item.as_deref().unwrap();
            let of = &member.shape;
            return Form::List {
                has_quantity: false,
                item,
                of,
            };
        }
        if self.type_ != "structure" {
            return Form::Leaf(&self.type_);
        }
        match (self.members.len(), self.members.get("Items")) {
            (2, Some(items)) if self.members.contains_key("Quantity") => {
                shape(&items.shape).form().with_quantity()
            }
            _ => Form::Structure,
        }
    }

    /// The members that are fields of the spec, which are all but the computed `Quantity`.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &Member)> {
        let fields = self.members.iter().filter(|(name, _)| *name != "Quantity");
        fields.map(|(name, member)| (name.as_str(), member))
    }
}

impl Form<'_> {
    fn with_quantity(self) -> Self {
        match self {
            Self::List { item, of, .. } => Self::List {
                has_quantity: true,
                item,
                of,
            },
            other => other,
        }
    }
}

/// The name that the XML layer gives to the field of a member.
pub(super) fn field(member: &str) -> String {
    let desired = Element::new("Any").with(Element::leaf(member, "x"));
    let drift = Element::new("Any").overlay(&desired);
    drift[0].path.clone()
}
