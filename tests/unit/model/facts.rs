//! CloudFront's model.

use cloudfront_operator::xml::Element;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

static SHAPES: LazyLock<BTreeMap<String, Shape>> = LazyLock::new(|| {
    let facts: Facts = serde_json::from_str(include_str!("facts.json")).unwrap();
    assert!(facts.source.starts_with("botocore 1.44.5"));
    facts.shapes
});

#[derive(Deserialize)]
struct Facts {
    source: String,
    shapes: BTreeMap<String, Shape>,
}

/// A type of the model.
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
    item: Option<String>,
    #[serde(default, rename = "enum")]
    pub(super) words: Vec<String>,
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

/// What a shape is in the spec.
pub(super) enum Form<'a> {
    Structure,
    /// With its `Quantity` or not, the element of its items, and their shape.
    List {
        counted: bool,
        item: &'a str,
        of: &'a str,
    },
    Leaf(&'a str),
}

pub(super) fn shape(name: &str) -> &'static Shape {
    SHAPES
        .get(name)
        .unwrap_or_else(|| panic!("facts.json has no {name}"))
}

impl Shape {
    pub(super) fn form(&self) -> Form<'_> {
        if let Some(member) = &self.member {
            let item = self.item.as_deref().unwrap();
            let of = &member.shape;
            return Form::List {
                counted: false,
                item,
                of,
            };
        }
        if self.type_ != "structure" {
            return Form::Leaf(&self.type_);
        }
        match (self.members.len(), self.members.get("Items")) {
            (2, Some(items)) if self.members.contains_key("Quantity") => {
                shape(&items.shape).form().counted()
            }
            _ => Form::Structure,
        }
    }

    /// The members that are fields of the spec: `Quantity` is computed. The items of a list with siblings are counted.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &Member)> {
        let fields = self.members.iter().filter(|(name, _)| *name != "Quantity");
        fields.map(|(name, member)| (name.as_str(), member))
    }
}

impl Form<'_> {
    fn counted(self) -> Self {
        match self {
            Self::List { item, of, .. } => Self::List {
                counted: true,
                item,
                of,
            },
            other => other,
        }
    }
}

/// The field of the spec for a member of the model, as the XML layer names it.
pub(super) fn field(member: &str) -> String {
    let wanted = Element::new("Any").with(Element::leaf(member, "x"));
    let drift = Element::new("Any").overlay(&wanted);
    drift[0].path.clone()
}
