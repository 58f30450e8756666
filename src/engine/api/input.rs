//! The fields of a spec that can take their value from another object or from a name. A kind declares each once. What a spec references,
//! the resolution, the validation rules and the table in the docs derive from it.

use crate::xml::XmlError;
use serde::{de::DeserializeOwned, ser::Error as _};
use serde_json::{Map, Value};

/// A field that can take its value from another object or from a name.
///
/// A sibling names the source: `cachePolicyRef` or `managedCachePolicy` beside `cachePolicyId`, `headerValueFrom` beside `headerValue`. At
/// most one of them is set. A field with two siblings is declared twice.
#[derive(Clone, Copy, Debug)]
pub struct InputField {
    /// The path of the field in the spec, such as `origins[].originAccessControlId`.
    pub path: &'static str,
    /// What has the value.
    pub source: InputSource,
}

/// What has the value of a field.
#[derive(Clone, Copy, Debug)]
pub enum InputSource {
    /// An object: the value names its resource.
    Object {
        /// The kind of the object.
        kind: &'static str,
        /// What of the resource is in the value.
        attribute: Attribute,
        /// The text before it in the value.
        prefix: &'static str,
        /// What the object needs before its id is used.
        ready_when: ReadyWhen,
    },
    /// Objects: what names their resources is in the list, in addition to the texts that the list has.
    Objects {
        /// The kind of the objects.
        kind: &'static str,
        /// What of the resources is in the list.
        attribute: Attribute,
    },
    /// A key of a Secret or of a ConfigMap.
    Value(ValueFormat),
    /// Keys of Secrets or of ConfigMaps with documents, which the kind itself adds to the value.
    Documents,
    /// One of these names.
    Name {
        /// The sibling with the name.
        sibling: &'static str,
        /// The names and their values.
        values: &'static [(&'static str, &'static str)],
    },
}

/// The form of a value from a Secret or a ConfigMap.
#[derive(Clone, Copy, Debug)]
pub enum ValueFormat {
    /// One line, without control characters.
    SingleLine,
    /// Lines of text.
    MultiLine,
    /// One line, not empty, that passes a check.
    Checked(ValueCheck),
}

/// Checks a value as the validation rules check the field itself. Fails with what the value is not, and the fix, without the value, which
/// may be confidential.
pub type ValueCheck = fn(&str) -> Result<(), &'static str>;

/// What names a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// Its id.
    Id,
    /// Its ARN, whose last part after a slash is the id.
    Arn,
    /// Its domain name, which does not contain the id.
    DomainName,
}

/// What a referenced object needs before its resource is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyWhen {
    /// An id.
    Exists,
    /// An id, and a deployed resource.
    Deployed,
    /// An id, and published code. It stays published while a later version of the code is not.
    Published,
    /// An id, and the status of a resource that CloudFront has created completely. Later changes do not matter.
    Provided,
}

impl InputField {
    /// A field with the id of a resource.
    pub const fn reference(path: &'static str, kind: &'static str) -> Self {
        Self::prefixed(path, kind, "")
    }

    /// A field with the id of a resource after another text.
    pub const fn prefixed(path: &'static str, kind: &'static str, prefix: &'static str) -> Self {
        Self::object(path, kind, Attribute::Id, prefix, ReadyWhen::Exists)
    }

    /// A field with the id of a resource that must be deployed.
    pub const fn deployed(path: &'static str, kind: &'static str) -> Self {
        Self::object(path, kind, Attribute::Id, "", ReadyWhen::Deployed)
    }

    /// A field with the ARN of a resource whose code must be published.
    pub const fn published(path: &'static str, kind: &'static str) -> Self {
        Self::object(path, kind, Attribute::Arn, "", ReadyWhen::Published)
    }

    /// A field with the ARN of a resource.
    pub const fn arn(path: &'static str, kind: &'static str) -> Self {
        Self::object(path, kind, Attribute::Arn, "", ReadyWhen::Exists)
    }

    /// A field with the ARN of a resource that CloudFront must have created completely.
    pub const fn provided(path: &'static str, kind: &'static str) -> Self {
        Self::object(path, kind, Attribute::Arn, "", ReadyWhen::Provided)
    }

    const fn object(
        path: &'static str,
        kind: &'static str,
        attribute: Attribute,
        prefix: &'static str,
        ready_when: ReadyWhen,
    ) -> Self {
        let source = InputSource::Object {
            kind,
            attribute,
            prefix,
            ready_when,
        };
        Self { path, source }
    }

    /// A list with the ids of resources.
    pub const fn references(path: &'static str, kind: &'static str) -> Self {
        Self::objects(path, kind, Attribute::Id)
    }

    /// A list with the domain names of distributions.
    pub const fn domain_names(path: &'static str, kind: &'static str) -> Self {
        Self::objects(path, kind, Attribute::DomainName)
    }

    const fn objects(path: &'static str, kind: &'static str, attribute: Attribute) -> Self {
        let source = InputSource::Objects { kind, attribute };
        Self { path, source }
    }

    /// A field with a text, which may be confidential.
    pub const fn text(path: &'static str, format: ValueFormat) -> Self {
        let source = InputSource::Value(format);
        Self { path, source }
    }

    /// A field with a text of a certain form. An empty text in the field is the same as none.
    pub const fn checked(path: &'static str, check: ValueCheck) -> Self {
        Self::text(path, ValueFormat::Checked(check))
    }

    /// A field to which documents add values, which may be confidential.
    pub const fn documents(path: &'static str) -> Self {
        let source = InputSource::Documents;
        Self { path, source }
    }

    /// A field whose values have names in a sibling.
    pub const fn named(
        path: &'static str,
        sibling: &'static str,
        values: &'static [(&'static str, &'static str)],
    ) -> Self {
        let source = InputSource::Name { sibling, values };
        Self { path, source }
    }

    /// Returns the path of the structure that has the field, and the name of the field. The path of the spec is empty.
    pub fn split(&self) -> (&'static str, &'static str) {
        self.path.rsplit_once('.').unwrap_or(("", self.path))
    }

    /// Returns the name of the sibling.
    pub fn source_name(&self) -> String {
        let (_, name) = self.split();
        match self.source {
            InputSource::Object { .. } => {
                let mut suffixes = ["Id", "ARN", "Arn"].iter();
                let stem = suffixes.find_map(|suffix| name.strip_suffix(suffix));
                format!("{}Ref", stem.unwrap_or(name))
            }
            InputSource::Objects { .. } => {
                let mut suffixes = ["DnsNames", "s"].iter();
                let stem = suffixes.find_map(|suffix| name.strip_suffix(suffix));
                format!("{}Refs", stem.unwrap_or(name))
            }
            InputSource::Value(_) | InputSource::Documents => format!("{name}From"),
            InputSource::Name { sibling, .. } => sibling.to_owned(),
        }
    }

    /// Returns the path of the sibling in the spec.
    pub(super) fn source_path(&self) -> String {
        let (structure, name) = (self.split().0, self.source_name());
        match structure {
            "" => name,
            structure => format!("{structure}.{name}"),
        }
    }

    /// Returns the kind and the id of the resource that a value names.
    pub(super) fn named_resource(&self, value: &str) -> Option<(&'static str, String)> {
        let (kind, attribute, prefix) = match self.source {
            InputSource::Object {
                kind,
                attribute,
                prefix,
                ..
            } => (kind, attribute, prefix),
            InputSource::Objects { kind, attribute } => (kind, attribute, ""),
            InputSource::Value(_) | InputSource::Documents | InputSource::Name { .. } => {
                return None;
            }
        };
        let value = value.strip_prefix(prefix)?;
        let id = match attribute {
            Attribute::Id => Some(value),
            Attribute::Arn => value.rsplit_once('/').map(|(_, id)| id),
            Attribute::DomainName => None,
        };
        let id = id.filter(|id| !id.is_empty())?;
        Some((kind, id.to_owned()))
    }

    /// Whether the field can have a value of its own beside the sibling.
    pub fn adds_to_field(&self) -> bool {
        matches!(
            self.source,
            InputSource::Objects { .. } | InputSource::Documents
        )
    }
}

/// Calls a function with each structure that can have the field at the end of the path.
pub(super) fn visit(value: &mut Value, path: &str, call: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Some((first, rest)) = path.split_once('.') else {
        return value.as_object_mut().into_iter().for_each(call);
    };
    match first.strip_suffix("[]") {
        Some(list) => {
            let items = value.get_mut(list).and_then(Value::as_array_mut);
            for item in items.into_iter().flatten() {
                visit(item, rest, call);
            }
        }
        None => {
            if let Some(member) = value.get_mut(first) {
                visit(member, rest, call);
            }
        }
    }
}

/// Removes a member that has a value.
pub(super) fn take(structure: &mut Map<String, Value>, name: &str) -> Option<Value> {
    structure.remove(name).filter(|it| !it.is_null())
}

pub(super) fn parse<T: DeserializeOwned>(value: Value) -> Result<T, XmlError> {
    serde_json::from_value(value).map_err(XmlError::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sibling_has_the_name_of_the_field_without_the_suffix_of_an_id() {
        for (path, sibling) in [
            ("origins[].originAccessControlId", "originAccessControlRef"),
            ("functionARN", "functionRef"),
            ("realtimeLogConfigArn", "realtimeLogConfigRef"),
            ("s3Origin.originAccessIdentity", "originAccessIdentityRef"),
        ] {
            assert_eq!(InputField::reference(path, "Kind").source_name(), sibling);
        }
        for (path, sibling) in [
            ("a.items", "itemRefs"),
            ("dnsNames", "dnsNameRefs"),
            ("stagingDistributionDnsNames", "stagingDistributionRefs"),
        ] {
            assert_eq!(InputField::references(path, "Kind").source_name(), sibling);
        }
        assert_eq!(
            InputField::text("a.headerValue", ValueFormat::SingleLine).source_name(),
            "headerValueFrom"
        );
    }
}
