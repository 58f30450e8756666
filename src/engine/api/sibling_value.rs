//! The value of a field, of which a sibling names the source.

use crate::{
    engine::api::{
        input::{Attribute, InputField, InputSource, ValueFormat, parse},
        reference::{LocalReference, LocalReferences, ReferenceName, ResolvedReferences},
        value_source::ValueSource,
    },
    xml::XmlError,
};
use serde::ser::Error as _;
use serde_json::Value;

impl InputField {
    /// Returns the value that a sibling stands for. `own`: the value that the field has itself.
    pub(super) fn value(
        &self,
        sibling_value: Value,
        own: Option<&Value>,
        resolved: &ResolvedReferences,
    ) -> Result<Value, XmlError> {
        match self.source {
            InputSource::Object {
                kind,
                attribute,
                prefix,
                ..
            } => {
                let LocalReference(reference) = parse(sibling_value)?;
                let value = value_of(kind, &reference, attribute, resolved)?;
                Ok(format!("{prefix}{value}").into())
            }
            InputSource::Objects { kind, attribute } => {
                let LocalReferences(references) = parse(sibling_value)?;
                let mut texts = own.and_then(Value::as_array).cloned().unwrap_or_default();
                for reference in references {
                    let text = Value::from(value_of(kind, &reference, attribute, resolved)?);
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
                Ok(texts.into())
            }
            InputSource::Value(format) => {
                let source: ValueSource = parse(sibling_value)?;
                let origin = source.describe();
                let Some(value) = source.value(&resolved.secrets, &resolved.config_maps) else {
                    let message = format!("{origin} is not available: add it");
                    return Err(XmlError::custom(message));
                };
                format.check(value, &origin)?;
                Ok(value.into())
            }
            InputSource::Documents => Ok(own.cloned().unwrap_or_default()),
            InputSource::Name { sibling, values } => {
                let name: String = parse(sibling_value)?;
                let value = values.iter().find(|(known, _)| *known == name);
                value.map(|(_, value)| Value::from(*value)).ok_or_else(|| {
                    XmlError::custom(format!(
                        "{sibling} {name} is not known to this version of the operator: upgrade it, or use the ID"
                    ))
                })
            }
        }
    }
}

/// Returns what names the resource of an object.
fn value_of<'a>(
    kind: &'static str,
    ReferenceName { name }: &ReferenceName,
    attribute: Attribute,
    resolved: &'a ResolvedReferences,
) -> Result<&'a str, XmlError> {
    resolved.value(kind, name, attribute).ok_or_else(|| {
        let message = format!("{kind} {name} has no ID yet: wait until it is ready");
        XmlError::custom(message)
    })
}

impl ValueFormat {
    /// Fails if a value has another form. The message does not contain the value, which may be confidential.
    fn check(self, value: &str, origin: &str) -> Result<(), XmlError> {
        let is_multi_line = matches!(self, Self::MultiLine);
        let is_allowed = |c: char| is_multi_line && matches!(c, '\n' | '\r' | '\t');
        if value.contains(|c: char| c.is_control() && !is_allowed(c)) {
            return Err(XmlError::custom(match self {
                Self::SingleLine | Self::Checked(_) => format!(
                    "{origin} is not a single line of text. A Secret created from a file often ends with a line break: create it without one."
                ),
                Self::MultiLine => {
                    format!(
                        "{origin} has control characters that are not line breaks: remove them."
                    )
                }
            }));
        }
        match self {
            Self::Checked(_) if value.is_empty() => Err(XmlError::custom(format!(
                "{origin} is empty: store a value in it"
            ))),
            Self::Checked(check) => {
                check(value).map_err(|problem| XmlError::custom(format!("{origin} {problem}")))
            }
            Self::SingleLine | Self::MultiLine => Ok(()),
        }
    }
}
