//! Observation: the one place through which a pass learns what CloudFront has.

use crate::{
    cloudfront::{Client, CloudFrontError, Priority},
    engine::{
        kind::Kind,
        remote::resource::{Remote, incomplete_response},
    },
    xml::Element,
};
use std::{
    collections::{HashMap, HashSet},
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

/// The keys of the remotes that searches have looked at, by id. No remote ever changes its key, so that a search that is repeated only
/// looks at what has come since.
#[derive(Debug, Default)]
pub(crate) struct CallerReferenceCache(Mutex<HashMap<String, Box<str>>>);

/// Looks at the remotes of one kind.
#[derive(Clone, Debug)]
pub struct RemoteReader<K> {
    client: Client,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> RemoteReader<K> {
    /// An observer that looks through this client.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            kind: PhantomData,
        }
    }

    /// The remote of an id; `None` on CloudFront's word that there is none.
    pub async fn get(
        &self,
        collection: &str,
        id: &str,
        priority: Priority,
    ) -> Result<Option<Remote>, CloudFrontError> {
        let request = K::get(collection, id).priority(priority);
        match self.client.send(&request).await {
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => Remote::from_response::<K>(answer)
                .map(Some)
                .ok_or_else(|| incomplete_response(&request)),
        }
    }

    /// Whether the list has an id: a list may lag behind a get, and the other way round. What the collection is inside of may be gone
    /// on CloudFront's word, and the id with it.
    pub async fn list_contains(&self, collection: &str, id: &str) -> Result<bool, CloudFrontError> {
        let mut marker = None;
        loop {
            let page = self.page(collection, marker.as_deref(), Priority::Interactive);
            let page = match page.await {
                Err(error) if error.is_not_found() => return Ok(false),
                page => page?,
            };
            if page.ids().any(|listed| listed == id) {
                return Ok(true);
            }
            match page.next {
                Some(next) => marker = Some(next),
                None => return Ok(false),
            }
        }
    }

    /// The remote whose key is one of ours, looked for among all but the `known` ids.
    ///
    /// No list carries the key, so this costs one call for each unknown remote of the account, the first time. It is only needed when
    /// a create's answer was lost and CloudFront does not name the id.
    pub(crate) async fn find(
        &self,
        collection: &str,
        ours: impl Fn(&str) -> bool,
        known: &HashSet<String>,
        caller_references: &CallerReferenceCache,
    ) -> Result<Option<Remote>, CloudFrontError> {
        let mut marker = None;
        loop {
            let page = self
                .page(collection, marker.as_deref(), Priority::Interactive)
                .await?;
            for id in page.ids().filter(|id| !known.contains(*id)) {
                if caller_references.get(id).is_some_and(|key| !ours(&key)) {
                    continue;
                }
                let remote = self.get(collection, id, Priority::Interactive).await?;
                let key = remote.as_ref().and_then(Remote::caller_reference::<K>);
                caller_references.note(id, key);
                if key.is_some_and(&ours) {
                    return Ok(remote);
                }
            }
            match page.next {
                Some(next) => marker = Some(next),
                None => return Ok(None),
            }
        }
    }

    /// One page of the list.
    pub(crate) async fn page(
        &self,
        collection: &str,
        marker: Option<&str>,
        priority: Priority,
    ) -> Result<Page, CloudFrontError> {
        let request = K::list(collection, marker).priority(priority);
        let answer = self.client.send(&request).await?;
        let document = answer
            .document
            .ok_or_else(|| incomplete_response(&request))?;
        // `IsTruncated` is missing from some lists: the marker alone tells whether there is more.
        let next = document
            .text_of("NextMarker")
            .filter(|next| !next.is_empty() && Some(*next) != marker)
            .map(str::to_owned);
        Ok(Page { document, next })
    }
}

impl CallerReferenceCache {
    fn get(&self, id: &str) -> Option<Box<str>> {
        self.lock().get(id).cloned()
    }

    fn note(&self, id: &str, key: Option<&str>) {
        if let Some(key) = key {
            self.lock().insert(id.to_owned(), key.into());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Box<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One page of a list.
pub(crate) struct Page {
    document: Element,
    /// Where the next one starts, if there is one.
    pub(crate) next: Option<String>,
}

impl Page {
    /// The remotes on it, as far as a list tells of them.
    pub(crate) fn items(&self) -> &[Element] {
        let items = self.document.child("Items");
        items.map_or(&[][..], |items| items.children())
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.items().iter().filter_map(|item| item.text_of("Id"))
    }
}
