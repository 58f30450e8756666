//! The error of parsing and mapping.

use std::fmt::Display;

/// Maximum size in bytes of a document that is parsed.
pub const MAX_DOCUMENT: usize = 8 * 1024 * 1024;

/// Why a document cannot be parsed, or a value cannot be mapped to or from a document.
///
/// All variants are permanent: the same input fails the same way again. Messages contain names, and from the document only a value
/// that is not a variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// The document exceeds [`MAX_DOCUMENT`].
    #[error("document of {size} bytes exceeds the limit of {MAX_DOCUMENT} bytes")]
    TooLarge {
        /// The size of the document in bytes.
        size: usize,
    },
    /// The document is not XML, or uses a part of XML that is refused on purpose.
    #[error("document refused near byte {at}: {reason}")]
    Document {
        /// The offset in bytes up to which the document was read.
        at: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A value has no form in XML, or an element does not fit its type.
    #[error("cannot map `{field}`: {reason}")]
    Mapping {
        /// The path of the field in the spec: `origins[0].domainName`.
        field: String,
        /// Why, and what is valid instead.
        reason: String,
    },
}

impl XmlError {
    pub(super) fn mapping(reason: impl Into<String>) -> Self {
        Self::Mapping {
            field: String::new(),
            reason: reason.into(),
        }
    }

    /// Prepends `outer` to the path of the field.
    pub(super) fn within(self, outer: &str) -> Self {
        match self {
            Self::Mapping { field, reason } => {
                let dot = if field.is_empty() || field.starts_with('[') {
                    ""
                } else {
                    "."
                };
                Self::Mapping {
                    field: format!("{outer}{dot}{field}"),
                    reason,
                }
            }
            other => other,
        }
    }

    /// Sets the path of the field if it is not known. That of a whole document is the name of the root element.
    pub(crate) fn at_field(self, path: &str) -> Self {
        match &self {
            Self::Mapping { field, .. } if field.is_empty() => self.within(path),
            _ => self,
        }
    }
}

impl serde::ser::Error for XmlError {
    fn custom<T: Display>(message: T) -> Self {
        Self::mapping(message.to_string())
    }
}

impl serde::de::Error for XmlError {
    fn custom<T: Display>(message: T) -> Self {
        Self::mapping(message.to_string())
    }
}
