//! Decodes elements into Rust values.

use super::element::NodeKind;
use super::list_form::ListForm;
use super::names::{ITEMS, QUANTITY, plain_name, wire_name};
use super::{Element, XmlError};
use compact_str::CompactString;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor, value::StrDeserializer,
};
use serde::forward_to_deserialize_any;
use std::slice;

/// Decodes an element into a value: the inverse of [`to_element`](super::to_element).
///
/// Ignores elements that the type does not know. A missing element is `None`, or the field's default. Text keeps its white space, except
/// around booleans and numbers. Maps and tuples are not supported. An error names the field.
pub fn from_element<T: DeserializeOwned>(element: &Element) -> Result<T, XmlError> {
    T::deserialize(Decoder {
        element,
        path: None,
    })
    .map_err(|error| error.at_field(element.name()))
}

/// The `Items` that CloudFront omits beside a `Quantity` of 0.
static NO_ITEMS: Element = Element {
    name: CompactString::const_new(""),
    text: CompactString::const_new(""),
    children: Vec::new(),
    kind: NodeKind::List,
    form: ListForm::UNKNOWN,
};

#[derive(Clone, Copy)]
struct Decoder<'de> {
    element: &'de Element,
    /// The wire path of the items, set by the newtype around a list.
    path: Option<&'static str>,
}

impl<'de> Decoder<'de> {
    fn text(&self) -> Result<&'de str, XmlError> {
        if self.element.present().next().is_some() {
            return Err(XmlError::mapping("text was expected, not further elements"));
        }
        Ok(&self.element.text)
    }

    fn items(&self) -> Result<ItemAccess<'de>, XmlError> {
        let path = self.path.ok_or_else(|| {
            XmlError::mapping("a list needs a newtype that names its items, such as `Items/CNAME`")
        })?;
        let (has_quantity, name, _) = ListForm::of_name(path);
        let parent = match self.element.child(ITEMS) {
            Some(items) if has_quantity => items,
            None if has_quantity && self.element.name != ITEMS => &NO_ITEMS,
            _ => self.element,
        };
        Ok(ItemAccess {
            name,
            rest: parent.children.iter(),
            index: 0,
        })
    }
}

macro_rules! parse_text { ($($method:ident: $visit:ident,)*) => { $(
    fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        let value = self.text()?.trim().parse();
        visitor.$visit(value.map_err(|error| XmlError::mapping(format!("{error}")))?)
    }
)* } }

fn unsupported<T>(what: &str) -> Result<T, XmlError> {
    Err(XmlError::mapping(format!("{what} cannot be read from XML")))
}

impl<'de> de::Deserializer<'de> for Decoder<'de> {
    type Error = XmlError;

    parse_text! {
        deserialize_bool: visit_bool, deserialize_i8: visit_i8, deserialize_i16: visit_i16,
        deserialize_i32: visit_i32, deserialize_i64: visit_i64, deserialize_u8: visit_u8,
        deserialize_u16: visit_u16, deserialize_u32: visit_u32, deserialize_u64: visit_u64,
        deserialize_f32: visit_f32, deserialize_f64: visit_f64,
    }

    /// Without a type hint every value is text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, XmlError> {
        visitor.visit_enum(StrDeserializer::<XmlError>::new(self.text()?.trim()))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        path: &'static str,
        visitor: V,
    ) -> Result<V::Value, XmlError> {
        visitor.visit_newtype_struct(Decoder {
            path: Some(path),
            ..self
        })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_seq(self.items()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, XmlError> {
        visitor.visit_map(FieldAccess {
            element: self.element,
            rest: fields.iter(),
            value: None,
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_unit()
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, XmlError> {
        unsupported("a map")
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, XmlError> {
        unsupported("a tuple")
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, XmlError> {
        unsupported("a tuple")
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct identifier
    }
}

/// Iterates over the fields of a structure that have an element.
struct FieldAccess<'de> {
    element: &'de Element,
    rest: slice::Iter<'static, &'static str>,
    value: Option<(&'static str, &'de Element)>,
}

impl<'de> FieldAccess<'de> {
    fn find(&self, field: &str) -> Option<&'de Element> {
        let name = wire_name(field);
        let is_omitted = || name == ITEMS && self.element.child(QUANTITY).is_some();
        self.element
            .child(&name)
            .or_else(|| self.element.child(&plain_name(field)))
            .or_else(|| is_omitted().then_some(&NO_ITEMS))
    }
}

impl<'de> MapAccess<'de> for FieldAccess<'de> {
    type Error = XmlError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, XmlError> {
        while let Some(field) = self.rest.next() {
            if let Some(element) = self.find(field) {
                self.value = Some((field, element));
                return seed.deserialize(StrDeserializer::new(field)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, XmlError> {
        let (field, element) = self
            .value
            .take()
            .ok_or_else(|| XmlError::mapping("a value was asked for before its key"))?;
        let decoder = Decoder {
            element,
            path: None,
        };
        seed.deserialize(decoder)
            .map_err(|error| error.within(field))
    }
}

/// Iterates over the items of a list, and skips other elements.
struct ItemAccess<'de> {
    name: &'static str,
    rest: slice::Iter<'de, Element>,
    index: usize,
}

impl<'de> SeqAccess<'de> for ItemAccess<'de> {
    type Error = XmlError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, XmlError> {
        let name = self.name;
        let Some(element) = self
            .rest
            .find(|item| item.name == name && !item.is_absent())
        else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        let decoder = Decoder {
            element,
            path: None,
        };
        seed.deserialize(decoder)
            .map(Some)
            .map_err(|error| error.within(&format!("[{index}]")))
    }
}
