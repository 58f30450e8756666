//! From Rust values to elements.

use super::element::Form;
use super::names::{ITEMS, QUANTITY, is_char, is_name, wire_name};
use super::{Element, XmlError};
use serde::{Serialize, ser};

/// The desired state that `value` describes, as an element of this name.
///
/// Absent options become [absent](Element::is_absent) children, skipped fields nothing at all. Supported are structures,
/// lists in a newtype that names their items, options, newtypes, unit variants, strings, booleans and numbers. Anything
/// else, and text with characters that XML 1.0 excludes, is an error that names the field.
pub fn to_element<T: Serialize + ?Sized>(name: &str, value: &T) -> Result<Element, XmlError> {
    let whole = Encoder { name, path: None };
    value
        .serialize(whole)
        .and_then(|mut elements| match elements.pop() {
            Some(only) if elements.is_empty() && !only.is_absent() => Ok(only),
            _ => Err(XmlError::mapping("not a value with an element of its own")),
        })
        .map_err(|error| error.in_root(name))
}

/// What one value stands for: no element, one, or the `Quantity` and `Items` of a list with siblings.
type Elements = Vec<Element>;
type Never = ser::Impossible<Elements, XmlError>;

struct Encoder<'a> {
    name: &'a str,
    /// The wire path of the items, once the newtype around a list has told it.
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

macro_rules! leaves { ($($method:ident: $type:ty,)*) => { $(
    fn $method(self, value: $type) -> Result<Elements, XmlError> {
        self.leaf(value.to_string())
    }
)* } }

impl<'a> ser::Serializer for Encoder<'a> {
    type Ok = Elements;
    type Error = XmlError;
    type SerializeSeq = List<'a>;
    type SerializeStruct = Structure<'a>;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStructVariant = Never;

    leaves! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char,
        serialize_str: &str,
    }

    fn serialize_none(self) -> Result<Elements, XmlError> {
        Ok(vec![Element::formed(self.name, Form::Absent)])
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

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, XmlError> {
        let path = self.path.ok_or_else(|| {
            XmlError::mapping("a list needs a newtype that names its items, such as `Items/CNAME`")
        })?;
        let (counted, item) = items_of(path);
        Ok(List {
            name: self.name,
            counted,
            item,
            items: vec![],
            seen: 0,
        })
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Structure<'a>, XmlError> {
        Ok(Structure {
            name: self.name,
            local: is_local(name),
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

    fn serialize_tuple(self, _: usize) -> Result<Never, XmlError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, XmlError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, XmlError> {
        unsupported("an enum variant with content")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Never, XmlError> {
        unsupported("a map")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, XmlError> {
        unsupported("an enum variant with content")
    }
}

/// Whether a type of that serde name is for Kubernetes only.
fn is_local(name: &str) -> bool {
    name == "-"
}

/// Whether a list of that serde name has a `Quantity`, and what its items are called.
pub(super) fn items_of(path: &str) -> (bool, &str) {
    match path.strip_prefix("Items/") {
        Some(item) => (true, item),
        None => (false, path),
    }
}

struct Structure<'a> {
    name: &'a str,
    local: bool,
    children: Elements,
}

impl ser::SerializeStruct for Structure<'_> {
    type Ok = Elements;
    type Error = XmlError;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), XmlError> {
        if self.local {
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
        if self.local {
            return Ok(vec![]);
        }
        Ok(vec![Element {
            children: self.children,
            ..Element::formed(self.name, Form::Structure)
        }])
    }
}

struct List<'a> {
    name: &'a str,
    counted: bool,
    item: &'static str,
    items: Elements,
    seen: usize,
}

impl ser::SerializeSeq for List<'_> {
    type Ok = Elements;
    type Error = XmlError;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), XmlError> {
        let place = format!("[{}]", self.seen);
        self.seen += 1;
        if !is_name(self.item) {
            return Err(XmlError::mapping("not a name for an item").within(&place));
        }
        let elements = value
            .serialize(Encoder {
                name: self.item,
                path: None,
            })
            .map_err(|error| error.within(&place))?;
        let present = elements.into_iter().filter(|item| !item.is_absent());
        self.items.extend(present);
        Ok(())
    }

    fn end(self) -> Result<Elements, XmlError> {
        if !self.counted {
            return Ok(vec![list(self.name, Form::List, self.items)]);
        }
        // CloudFront wants no `Items` beside a `Quantity` of 0.
        let form = if self.items.is_empty() {
            Form::Absent
        } else {
            Form::List
        };
        let quantity = Element::leaf(QUANTITY, self.items.len().to_string());
        let counted = vec![quantity, list(ITEMS, form, self.items)];
        if self.name == ITEMS {
            return Ok(counted);
        }
        Ok(vec![list(self.name, Form::Structure, counted)])
    }
}

fn list(name: &str, form: Form, children: Elements) -> Element {
    Element {
        children,
        ..Element::formed(name, form)
    }
}
