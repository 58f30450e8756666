//! Encodes Rust values as elements.

use super::element::NodeKind;
use super::list_form::ListForm;
use super::names::{ITEMS, QUANTITY, is_char, is_name, wire_name};
use super::{Element, XmlError};
use serde::{Serialize, ser};

/// Encodes a value as desired state, in an element of this name.
///
/// A `None` becomes an [absent](Element::is_absent) child, and a skipped field no child. Supported are structures, lists in a newtype that
/// names their items, options, newtypes, unit variants, strings, booleans and numbers. Other types, and text with characters that XML 1.0
/// excludes, are errors that name the field.
pub fn to_element<T: Serialize + ?Sized>(name: &str, value: &T) -> Result<Element, XmlError> {
    let encoder = Encoder { name, path: None };
    value
        .serialize(encoder)
        .and_then(|mut elements| match elements.pop() {
            Some(only) if elements.is_empty() && !only.is_absent() => Ok(only),
            _ => Err(XmlError::mapping("not a value with an element of its own")),
        })
        .map_err(|error| error.at_field(name))
}

/// The elements of one value: none, one, or the `Quantity` and `Items` of a list with siblings.
type Elements = Vec<Element>;
type Unsupported = ser::Impossible<Elements, XmlError>;

struct Encoder<'a> {
    name: &'a str,
    /// The wire path of the items, set by the newtype around a list.
    path: Option<&'static str>,
}

impl Encoder<'_> {
    fn leaf(self, text: impl Into<String>) -> Result<Elements, XmlError> {
        let text = text.into();
        match text.chars().find(|c| !is_char(*c)) {
            None => Ok(vec![Element::leaf(self.name, text)]),
            Some(c) => Err(XmlError::mapping(format!(
                "the character U+{:04X} cannot be sent to CloudFront; remove it",
                u32::from(c)
            ))),
        }
    }
}

fn unsupported<T>(what: &str) -> Result<T, XmlError> {
    Err(XmlError::mapping(format!(
        "{what} cannot be written as XML"
    )))
}

macro_rules! encode_text { ($($method:ident: $type:ty,)*) => { $(
    fn $method(self, value: $type) -> Result<Elements, XmlError> {
        self.leaf(value.to_string())
    }
)* } }

impl<'a> ser::Serializer for Encoder<'a> {
    type Ok = Elements;
    type Error = XmlError;
    type SerializeSeq = ListEncoder<'a>;
    type SerializeStruct = StructEncoder<'a>;
    type SerializeTuple = Unsupported;
    type SerializeTupleStruct = Unsupported;
    type SerializeTupleVariant = Unsupported;
    type SerializeMap = Unsupported;
    type SerializeStructVariant = Unsupported;

    encode_text! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char,
        serialize_str: &str,
    }

    fn serialize_none(self) -> Result<Elements, XmlError> {
        Ok(vec![Element::with_kind(self.name, NodeKind::Absent)])
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Elements, XmlError> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Elements, XmlError> {
        self.leaf(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        path: &'static str,
        value: &T,
    ) -> Result<Elements, XmlError> {
        if is_local(path) {
            return Ok(vec![]);
        }
        value.serialize(Encoder {
            path: Some(path),
            ..self
        })
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<ListEncoder<'a>, XmlError> {
        let path = self.path.ok_or_else(|| {
            XmlError::mapping("a list needs a newtype that names its items, such as `Items/CNAME`")
        })?;
        let (has_quantity, item, form) = ListForm::of_name(path);
        Ok(ListEncoder {
            name: self.name,
            has_quantity,
            item,
            form,
            items: vec![],
            index: 0,
        })
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<StructEncoder<'a>, XmlError> {
        Ok(StructEncoder {
            name: self.name,
            is_local: is_local(name),
            children: vec![],
        })
    }

    fn serialize_unit(self) -> Result<Elements, XmlError> {
        unsupported("a unit")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Elements, XmlError> {
        unsupported("a unit")
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Elements, XmlError> {
        unsupported("raw bytes")
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Elements, XmlError> {
        unsupported("an enum variant with content")
    }

    fn serialize_tuple(self, _: usize) -> Result<Unsupported, XmlError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Unsupported, XmlError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Unsupported, XmlError> {
        unsupported("an enum variant with content")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Unsupported, XmlError> {
        unsupported("a map")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Unsupported, XmlError> {
        unsupported("an enum variant with content")
    }
}

/// Returns whether a type of that serde name exists in Kubernetes only.
fn is_local(name: &str) -> bool {
    name == "-"
}

struct StructEncoder<'a> {
    name: &'a str,
    is_local: bool,
    children: Elements,
}

impl ser::SerializeStruct for StructEncoder<'_> {
    type Ok = Elements;
    type Error = XmlError;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), XmlError> {
        if self.is_local {
            return Ok(());
        }
        let name = &*wire_name(key);
        if !is_name(name) {
            return Err(XmlError::mapping("not a name for an element").within(key));
        }
        let elements = value
            .serialize(Encoder { name, path: None })
            .map_err(|error| error.within(key))?;
        self.children.extend(elements);
        Ok(())
    }

    fn end(self) -> Result<Elements, XmlError> {
        if self.is_local {
            return Ok(vec![]);
        }
        Ok(vec![Element {
            children: self.children,
            ..Element::with_kind(self.name, NodeKind::Structure)
        }])
    }
}

struct ListEncoder<'a> {
    name: &'a str,
    has_quantity: bool,
    item: &'static str,
    form: ListForm,
    items: Elements,
    index: usize,
}

impl ser::SerializeSeq for ListEncoder<'_> {
    type Ok = Elements;
    type Error = XmlError;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), XmlError> {
        let index = format!("[{}]", self.index);
        self.index += 1;
        if !is_name(self.item) {
            return Err(XmlError::mapping("not a name for an item").within(&index));
        }
        let elements = value
            .serialize(Encoder {
                name: self.item,
                path: None,
            })
            .map_err(|error| error.within(&index))?;
        let present = elements.into_iter().filter(|item| !item.is_absent());
        self.items.extend(present);
        Ok(())
    }

    fn end(self) -> Result<Elements, XmlError> {
        if !self.has_quantity {
            return Ok(vec![list(self.name, NodeKind::List, self.form, self.items)]);
        }
        // CloudFront rejects `Items` beside a `Quantity` of 0.
        let kind = if self.items.is_empty() {
            NodeKind::Absent
        } else {
            NodeKind::List
        };
        let quantity = Element::leaf(QUANTITY, self.items.len().to_string());
        let with_quantity = vec![quantity, list(ITEMS, kind, self.form, self.items)];
        if self.name == ITEMS {
            return Ok(with_quantity);
        }
        let (kind, form) = (NodeKind::Structure, ListForm::UNKNOWN);
        Ok(vec![list(self.name, kind, form, with_quantity)])
    }
}

fn list(name: &str, kind: NodeKind, form: ListForm, children: Elements) -> Element {
    Element {
        children,
        form,
        ..Element::with_kind(name, kind)
    }
}
