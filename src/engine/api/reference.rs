//! References between objects: a name in a spec instead of an id that only CloudFront knows.

use crate::engine::api::secret::Secrets;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names another object of the same namespace. Never reaches CloudFront: the `-` is how the XML format says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "-")]
pub struct LocalReference(pub ReferenceName);

/// The object that a reference names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceName {
    /// Name of the object, in the same namespace.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
}

/// One object that a spec depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypedLocalReference {
    /// Kind of the object, for example `OriginAccessIdentity`.
    pub kind: &'static str,
    /// Its name, in the namespace of the object that depends on it.
    pub name: String,
}

/// What the names in a spec stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResolvedReferences {
    ids: BTreeMap<TypedLocalReference, String>,
    /// The values of the secret keys that the spec names.
    pub secrets: Secrets,
}

impl ResolvedReferences {
    /// The id behind an object.
    ///
    /// The engine resolves every [`TypedLocalReference`] a kind lists before it asks for the configuration, so `None` means that the kind
    /// did not list it.
    pub fn id(&self, kind: &'static str, name: &str) -> Option<&str> {
        let name = name.to_owned();
        self.ids
            .get(&TypedLocalReference { kind, name })
            .map(String::as_str)
    }
}

impl FromIterator<(TypedLocalReference, String)> for ResolvedReferences {
    fn from_iter<I: IntoIterator<Item = (TypedLocalReference, String)>>(pairs: I) -> Self {
        Self {
            ids: pairs.into_iter().collect(),
            secrets: Secrets::default(),
        }
    }
}
