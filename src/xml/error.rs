use super::parse::MAX_DOCUMENT;
use std::fmt::Display;

/// Why a document could not be read, or a value not be mapped to or from one.
///
/// None of these passes by itself: the same input fails the same way again. Messages hold names, and no text of the
/// document except a word that an enum does not know.
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
    /// A value has no place in XML, or an element does not fit the type it is read into.
    #[error("cannot map `{field}`: {reason}")]
    Mapping {
        /// Where, in the notation of the spec: `origins[0].domainName`.
        field: String,
        /// Why, and what would be accepted instead.
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

    /// Says that the error happened inside of `outer`, so that in the end it carries its full path.
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

    /// Names the root when the value that failed is the whole document.
    pub(super) fn in_root(self, root: &str) -> Self {
        match &self {
            Self::Mapping { field, .. } if field.is_empty() => self.within(root),
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
