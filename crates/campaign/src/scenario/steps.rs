//! The steps of scenarios, and the fields of a kind on which they depend.

use cloudfront_operator::engine::{KindDefinition, Lifecycle};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaProps;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, time::Duration};

/// What the user, or another client of CloudFront, does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Creates an object, or changes its spec to this one.
    Apply(Value),
    /// Creates an object that adopts the resource that another object had.
    Adopt { manifest: Value, from: String },
    /// Deletes an object: `Kind/name`.
    Delete(String),
    /// Changes the resource of an object in CloudFront.
    ChangeResource {
        object: String,
        path: String,
        value: String,
    },
    /// Changes the pairs of an object's key-value store in CloudFront.
    ChangePairs {
        object: String,
        puts: BTreeMap<String, String>,
        deletes: Vec<String>,
    },
    /// Deletes the resource of an object in CloudFront.
    DeleteResource(String),
    /// Adds an element that the operator does not know to the configuration of an object's resource in CloudFront.
    AddElement { object: String, element: String },
    /// Stores a secret value under a key of a Secret.
    StoreSecret {
        name: String,
        key: String,
        value: String,
    },
    /// Waits until CloudFront has what it had before the last change by another client.
    Restored,
    /// Waits until all objects report that nothing is left to do.
    WaitUntilFinished,
    /// Waits until the status of an object has an id.
    WaitForId(String),
    /// Waits for this time.
    Wait(Duration),
    /// Kills the operator, which then starts again.
    Restart,
    /// Changes the status of an object, which only the operator should write.
    PatchStatus { object: String, status: Value },
    /// Requests a reconciliation by the annotation for it, with this value.
    RequestReconciliation { object: String, value: String },
    /// Lets a fault occur after this many further requests: the one of those that the request can have.
    Fault { after: u32, choice: usize },
    /// No fault occurs any more.
    NoMoreFaults,
}

impl Step {
    /// Returns the object that the step applies.
    pub(crate) fn manifest(&self) -> Option<&Value> {
        match self {
            Self::Apply(manifest) | Self::Adopt { manifest, .. } => Some(manifest),
            _ => None,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply(manifest) | Self::Adopt { manifest, .. } => {
                write!(f, "apply {}", crate::history::name_of(manifest))
            }
            Self::Delete(name) => write!(f, "delete {name}"),
            Self::ChangeResource { object, path, .. } => write!(f, "change {path} of {object}"),
            Self::ChangePairs { object, .. } => write!(f, "change pairs of {object}"),
            Self::DeleteResource(name) => write!(f, "delete the resource of {name}"),
            Self::AddElement { object, element } => write!(f, "add {element} to {object}"),
            Self::StoreSecret { name, key, .. } => write!(f, "store key {key} of Secret {name}"),
            Self::Restored => f.write_str("wait until the change is corrected"),
            Self::WaitUntilFinished => f.write_str("wait until all objects have finished"),
            Self::WaitForId(name) => write!(f, "wait until {name} has an id"),
            Self::Wait(time) => write!(f, "wait for {} s", time.as_secs()),
            Self::Restart => f.write_str("restart the operator"),
            Self::PatchStatus { object, status } => write!(f, "write {status} to {object}"),
            Self::RequestReconciliation { object, .. } => {
                write!(f, "request a reconciliation of {object}")
            }
            Self::Fault { after, choice } => write!(f, "fault {choice} after {after} requests"),
            Self::NoMoreFaults => f.write_str("no more faults"),
        }
    }
}

/// The fields of a kind's spec.
pub(crate) struct Fields {
    properties: BTreeMap<String, JSONSchemaProps>,
    required: Vec<String>,
    can_rename: bool,
    /// Whether the resource runs once, so that its numbers are settings of the operator.
    is_one_shot: bool,
}

impl Fields {
    pub(crate) fn of(kind: &KindDefinition) -> Self {
        let versions = kind.crd().spec.versions;
        let schema = versions.into_iter().next().and_then(|it| it.schema);
        let schema = schema.and_then(|it| it.open_api_v3_schema);
        let mut properties = schema.and_then(|it| it.properties).unwrap_or_default();
        let spec = properties.remove("spec").unwrap_or_default();
        Self {
            properties: spec.properties.unwrap_or_default(),
            required: spec.required.unwrap_or_default(),
            can_rename: !kind.api.immutable.contains(&"Name"),
            is_one_shot: kind.api.lifecycle == Lifecycle::OneShot,
        }
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.properties.contains_key(field)
    }

    /// Whether the resource has a name that can be changed.
    pub(crate) fn can_rename(&self) -> bool {
        self.has("name") && self.can_rename
    }

    /// Returns a field with a text, a number or a switch of the user's choice, which can be changed.
    pub(crate) fn editable(&self) -> Option<Editable<'_>> {
        let has_type = |schema: &JSONSchemaProps, name| schema.type_.as_deref() == Some(name);
        let is_text = |schema: &JSONSchemaProps| {
            has_type(schema, "string")
                && schema.enum_.is_none()
                && schema.pattern.is_none()
                && schema.format.is_none()
        };
        let is_number = |schema: &JSONSchemaProps| {
            !self.is_one_shot
                && has_type(schema, "integer")
                && schema.minimum.is_some()
                && schema.maximum.is_some()
        };
        let all = self.properties.iter();
        let own = all.filter(|(name, _)| !name.ends_with("Id") && *name != "name");
        let comment = self.properties.get_key_value("comment");
        let text = comment.or_else(|| own.clone().find(|(_, schema)| is_text(schema)));
        let number = || own.clone().find(|(_, schema)| is_number(schema));
        let is_switch = |(name, schema): &(&String, &JSONSchemaProps)| {
            has_type(schema, "boolean") && self.required.contains(name)
        };
        let switch = || own.clone().find(is_switch);
        if let Some((name, schema)) = text.or_else(number).or_else(switch) {
            let path = vec![name.as_str()];
            return Some(Editable { path, schema });
        }
        own.filter(|_| !self.is_one_shot)
            .find_map(|(name, structure)| {
                let mut members = structure.properties.iter().flatten();
                let (member, schema) = members.find(|(_, schema)| schema.enum_.is_some())?;
                let path = vec![name.as_str(), member];
                Some(Editable { path, schema })
            })
    }
}

/// A field with values of the user's choice.
pub(crate) struct Editable<'a> {
    path: Vec<&'a str>,
    schema: &'a JSONSchemaProps,
}

impl Editable<'_> {
    /// Changes the field of a manifest to the value for a text.
    pub(crate) fn set(&self, manifest: &mut Value, text: &str) {
        let mut path = self.path.iter();
        let field = path.try_fold(&mut manifest["spec"], |value, name| Some(&mut value[*name]));
        if let Some(field) = field {
            *field = self.value(text);
        }
    }

    /// Returns the path of CloudFront's element for the field.
    pub(crate) fn element(&self) -> String {
        let names = self.path.iter().map(|name| capitalized(name));
        names.collect::<Vec<_>>().join("/")
    }

    /// Returns the value for a text: the text itself, a number within the bounds that follows from it, a switch, or a value of the
    /// enumeration. The examples have its first value, or a switch that is on, which are those of `second`.
    pub(crate) fn value(&self, text: &str) -> Value {
        if self.schema.type_.as_deref() == Some("boolean") {
            return (text == "second").into();
        }
        if let Some(values) = &self.schema.enum_ {
            let value = if text == "second" {
                values.first()
            } else {
                values.last()
            };
            return value.map_or(Value::Null, |it| it.0.clone());
        }
        let (Some(min), Some(max)) = (self.schema.minimum, self.schema.maximum) else {
            return text.into();
        };
        let sum: u32 = text.bytes().map(u32::from).sum();
        let number = min + f64::from(sum) % (max - min + 1.0);
        format!("{number:.0}").parse().unwrap_or_default()
    }
}

/// Returns the name of CloudFront's element for a field.
fn capitalized(field: &str) -> String {
    let mut rest = field.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// Returns the text of a value in CloudFront's documents.
pub(crate) fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
