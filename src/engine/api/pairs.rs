//! The pairs of a key-value store. Their values may be confidential.

use crate::xml::XmlError;
use serde::{Deserialize, ser::Error as _};
use std::{collections::BTreeMap, fmt};

/// The bytes of a key that CloudFront accepts. Source: "Quotas" in the Amazon CloudFront Developer Guide.
const MAX_KEY: usize = 512;

/// The bytes of a value that CloudFront accepts. Source: the same.
const MAX_VALUE: usize = 1024;

/// The values of the keys. `Debug` shows only the number of pairs.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Pairs(BTreeMap<String, String>);

/// A document with pairs: an object with a value for each key, or a file that CloudFront can import.
#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    File { data: Vec<FilePair> },
    Object(BTreeMap<String, String>),
}

#[derive(Deserialize)]
struct FilePair {
    key: String,
    value: String,
}

impl Pairs {
    /// Adds the pairs of a document in JSON. A value replaces an earlier one of its key.
    ///
    /// Fails if the document has another form. The error names the source, and no value.
    pub fn add_document(&mut self, source: &str, text: &str) -> Result<(), XmlError> {
        let refuse = || {
            XmlError::custom(format!(
                "{source} is not JSON with pairs: it needs an object of texts, such as {{\"/old\": \"/new\"}}, or a file that CloudFront can \
                 import"
            ))
        };
        match serde_json::from_str(text).map_err(|_| refuse())? {
            Document::File { data } => {
                let pairs = data.into_iter().map(|pair| (pair.key, pair.value));
                self.0.extend(pairs);
            }
            Document::Object(pairs) => self.0.extend(pairs),
        }
        Ok(())
    }

    /// Fails if CloudFront would refuse a key or a value. The error names the key.
    pub fn check(&self) -> Result<(), XmlError> {
        let is_invalid = |(key, value): &(&String, &String)| {
            key.is_empty() || key.len() > MAX_KEY || value.len() > MAX_VALUE
        };
        let Some((key, value)) = self.0.iter().find(is_invalid) else {
            return Ok(());
        };
        let shown: String = key.chars().take(64).collect();
        let (part, size, limit) = if value.len() > MAX_VALUE {
            ("the value of the key", value.len(), MAX_VALUE)
        } else {
            ("the key", key.len(), MAX_KEY)
        };
        Err(XmlError::custom(format!(
            "{part} {shown:?} has {size} bytes, and CloudFront accepts 1 to {limit} bytes of a key and up to {MAX_VALUE} of a value"
        )))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub(crate) fn insert(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }
}

impl FromIterator<(String, String)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pairs", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Pairs, String> {
        let mut pairs = Pairs::from_iter([("/a".to_owned(), "first".to_owned())]);
        let added = pairs.add_document("key a of ConfigMap b", text);
        added.map(|()| pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn a_document_is_an_object_of_texts_or_a_file_of_an_import() {
        for text in [
            r#"{"/a": "second", "/b": ""}"#,
            r#"{"data": [{"key": "/a", "value": "second"}, {"key": "/b", "value": ""}]}"#,
        ] {
            let pairs = parsed(text).unwrap();
            assert_eq!(
                (pairs.get("/a"), pairs.get("/b")),
                (Some("second"), Some(""))
            );
            assert_eq!(format!("{pairs:?}"), "2 pairs");
        }
        for text in [
            "hunter2",
            "[]",
            r#"{"/a": 1}"#,
            r#"{"/a": {"b": "hunter2"}}"#,
        ] {
            let error = parsed(text).unwrap_err();
            assert!(
                error.contains("key a of ConfigMap b is not JSON with pairs"),
                "{error}"
            );
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_key_and_a_value_have_a_maximum_size_in_bytes() {
        let check = |key: &str, value: String| {
            let pairs = Pairs::from_iter([(key.to_owned(), value)]);
            pairs.check().map_err(|error| error.to_string())
        };
        assert_eq!(check(&"k".repeat(512), "v".repeat(1024)), Ok(()));
        assert!(check("", String::new()).is_err());
        let error = check(&"ü".repeat(257), String::new()).unwrap_err();
        assert!(error.contains("has 514 bytes"), "{error}");
        let error = check("/a", "secret".repeat(200)).unwrap_err();
        assert!(
            error.contains("the value of the key \"/a\" has 1200 bytes"),
            "{error}"
        );
        assert!(!error.contains("secret"), "{error}");
    }
}
