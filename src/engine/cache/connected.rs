//! The objects of a kind that an object of another kind connects, such as the two distributions of a continuous deployment policy.

use crate::engine::{
    api::sources::{used_object, used_resource},
    cache::{kind_store::ReferenceTarget, object_registry::ObjectRegistry},
};
use std::{collections::BTreeSet, sync::Arc};

impl ObjectRegistry {
    /// Returns the names and the ids of the objects of `kind` in a namespace that the resource with this id connects: those that its object
    /// references, and those whose resources use it. `connecting` has the kind of its object, and its id.
    pub(crate) fn connected(
        &self,
        kind: &'static str,
        connecting: (&'static str, &str),
        namespace: &str,
    ) -> Vec<(String, String)> {
        let (connecting_kind, id) = connecting;
        let objects = self.objects_naming_now(connecting_kind, id).into_iter();
        let objects = objects.filter(|it| it.namespace == namespace);
        let mut used = vec![used_resource(connecting_kind, id)];
        let mut names = BTreeSet::new();
        let prefix = used_object(kind, namespace, "");
        for object in objects {
            used.push(used_object(connecting_kind, namespace, &object.name));
            let values = self.used_by(connecting_kind, namespace, &object.name);
            let referenced = values.iter().filter_map(|it| it.strip_prefix(&prefix));
            names.extend(referenced.map(str::to_owned));
        }
        let users = self.users(&used).into_iter();
        let users = users.filter(|it| it.kind == kind && it.namespace == namespace);
        names.extend(users.map(|it| it.name));
        let ids = names.into_iter().filter_map(|name| {
            let id = self.find_now(kind, namespace, &name)?.id?;
            Some((name, id))
        });
        ids.collect()
    }

    /// Returns what an object uses, in the form of [`users`](Self::users).
    fn used_by(&self, kind: &str, namespace: &str, name: &str) -> Vec<Arc<str>> {
        let uses = self.uses.read();
        let uses = uses.iter().filter(|(other, _)| *other == kind);
        uses.flat_map(|(_, it)| it.wanted_by(namespace, name))
            .collect()
    }

    /// Returns an object that is listed.
    fn find_now(&self, kind: &str, namespace: &str, name: &str) -> Option<ReferenceTarget> {
        let mut stores = self.of_kind(kind).into_iter();
        stores.find_map(|it| it.find(namespace, name))
    }
}
