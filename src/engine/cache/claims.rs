//! Which objects have, or are to adopt, a CloudFront resource.

use crate::engine::{cache::cached_object::CachedObject, remote::ownership::owns};
use k8s_openapi::jiff::Timestamp;
use kube::{ResourceExt, runtime::reflector::Store};

/// An object that created a resource, or is to adopt it.
///
/// The smallest claim among the adopting objects wins: a recorded id comes before an adoption that was not carried out, then the older
/// object comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteClaim {
    /// Whether only the spec names the resource, so that the object has not adopted it yet.
    pub is_unverified: bool,
    /// The creation time of the object.
    pub created: Option<Timestamp>,
    /// The object's uid.
    pub uid: String,
    /// The object's namespace.
    pub namespace: String,
    /// The object's name.
    pub name: String,
}

/// The objects of one kind that can hold one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteClaims {
    /// The object that the identity of the resource proves to be its owner. If several have recorded its name, the smallest claim wins.
    pub creator: Option<RemoteClaim>,
    /// The objects whose spec adopts the resource.
    pub adopters: Vec<RemoteClaim>,
}

impl RemoteClaims {
    /// Returns the object to which the resource belongs: its creator, as long as that exists, or the first that adopts it.
    pub fn holder(&self) -> Option<&RemoteClaim> {
        self.creator.as_ref().or_else(|| self.adopters.iter().min())
    }

    /// Returns the object that holds the resource at present: an adopting object holds nothing before it has adopted.
    pub fn present_holder(&self) -> Option<&RemoteClaim> {
        let adopters = self.adopters.iter().filter(|it| !it.is_unverified);
        self.creator.as_ref().or_else(|| adopters.min())
    }

    /// Adds the claims of the objects in a store.
    pub(super) fn add(&mut self, objects: &Store<CachedObject>, id: &str, identity: &str) {
        for object in objects.state() {
            if owns(object.definition().api, &*object, identity) {
                let claim = RemoteClaim::of(&object, id);
                let first = self.creator.take();
                self.creator = first.into_iter().chain([claim]).min();
            } else if object.summary().adopt_id.as_deref() == Some(id) {
                self.adopters.push(RemoteClaim::of(&object, id));
            }
        }
    }
}

/// Returns the objects in a store whose status or spec names a resource. Both can be wrong.
pub(super) fn objects_naming(objects: &Store<CachedObject>, id: &str) -> Vec<RemoteClaim> {
    let naming = objects.state_filter(|object| {
        let summary = object.summary();
        [&summary.id, &summary.adopt_id]
            .iter()
            .any(|it| it.as_deref() == Some(id))
    });
    let claims = naming.iter().map(|object| RemoteClaim::of(object, id));
    claims.collect()
}

impl RemoteClaim {
    fn of(object: &CachedObject, id: &str) -> Self {
        Self {
            is_unverified: object.summary().id.as_deref() != Some(id),
            created: object.creation_timestamp().map(|time| time.0),
            uid: object.uid().unwrap_or_default(),
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
        }
    }

    /// Names the object to a user who can read `namespace`.
    pub fn describe_to(&self, namespace: &str) -> String {
        describe_object("", &self.namespace, &self.name, namespace)
    }
}

/// Names an object, with its kind if that is not empty, to a user who can read the namespace `reader`: objects of other namespaces are none
/// of that user's business.
pub(crate) fn describe_object(kind: &str, namespace: &str, name: &str, reader: &str) -> String {
    if namespace == reader {
        format!("{kind} {namespace}/{name}").trim_start().to_owned()
    } else {
        "an object of another namespace".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(name: &str, seconds: i64, is_unverified: bool) -> RemoteClaim {
        RemoteClaim {
            is_unverified,
            created: Timestamp::from_second(seconds).ok(),
            uid: name.into(),
            namespace: "shop".into(),
            name: name.into(),
        }
    }

    #[test]
    fn the_creator_holds_a_resource_and_otherwise_the_first_object_that_adopts_it() {
        let adopters = vec![claim("old", 1, true), claim("recorded", 2, false)];
        let mut claims = RemoteClaims {
            creator: Some(claim("creator", 3, true)),
            adopters,
        };
        let holder = |claims: &RemoteClaims| claims.holder().map(|holder| holder.uid.clone());
        let present = |claims: &RemoteClaims| claims.present_holder().map(|it| it.uid.clone());
        assert_eq!(holder(&claims).as_deref(), Some("creator"));
        assert_eq!(present(&claims).as_deref(), Some("creator"));
        claims.creator = None;
        assert_eq!(holder(&claims).as_deref(), Some("recorded"));
        assert_eq!(present(&claims).as_deref(), Some("recorded"));
        claims.adopters.pop();
        assert_eq!(holder(&claims).as_deref(), Some("old"));
        assert_eq!(present(&claims), None, "it has not adopted it yet");
        assert_eq!(RemoteClaims::default().holder(), None);
    }

    #[test]
    fn an_object_is_named_in_its_own_namespace_only() {
        let claim = claim("www", 1, false);
        assert_eq!(claim.describe_to("shop"), "shop/www");
        assert_eq!(claim.describe_to("blog"), "an object of another namespace");
    }
}
