//! Get and list requests for the resources of one kind.

use crate::{
    cloudfront::{Client, CloudFrontError, Priority, Request, Response},
    engine::{
        remote::{
            page_size::PageSize,
            resource::{Remote, incomplete_response},
            staged_code::set_code,
        },
        resource_api::{ResourceApi, Stage},
    },
    xml::Element,
};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The caller references that searches have read, by resource id. A caller reference never changes, so a repeated search reads only
/// new resources.
#[derive(Debug, Default)]
pub(crate) struct CallerReferenceCache(Mutex<HashMap<String, Box<str>>>);

/// Reads the resources of one kind.
#[derive(Clone, Debug)]
pub struct RemoteReader {
    api: &'static ResourceApi,
    client: Client,
    page_size: Arc<PageSize>,
}

/// One page of a list.
pub(crate) struct Page {
    items: Vec<Element>,
}

/// The pages of a list, one request each.
pub(crate) struct Pages<'a> {
    reader: &'a RemoteReader,
    collection: &'a str,
    priority: Priority,
    next: NextPage,
    /// The markers of the pages that were read. A list in which one repeats has no end.
    markers: HashSet<String>,
}

enum NextPage {
    First,
    At(String),
    None,
}

impl RemoteReader {
    /// Returns a reader that sends its requests through this client.
    pub fn new(api: &'static ResourceApi, client: Client) -> Self {
        Self {
            api,
            client,
            page_size: Arc::default(),
        }
    }

    /// Reads a resource. `None`: CloudFront responds that it does not exist, or that the id is not valid.
    pub async fn get(
        &self,
        collection: &str,
        id: &str,
        priority: Priority,
    ) -> Result<Option<Remote>, CloudFrontError> {
        match self.get_document(collection, id, priority).await? {
            Some(remote) => self.with_code(remote, None, priority).await,
            None => Ok(None),
        }
    }

    /// Reads a resource without its code.
    pub(crate) async fn get_document(
        &self,
        collection: &str,
        id: &str,
        priority: Priority,
    ) -> Result<Option<Remote>, CloudFrontError> {
        let request = self.api.get_request(collection, id).priority(priority);
        match self.client.send(&request).await {
            Err(error) if error.is_not_found() || error.is_invalid_request() => Ok(None),
            Err(error) => Err(error),
            Ok(response) => Remote::from_response(self.api, &request, response)
                .map(Some)
                .ok_or_else(|| incomplete_response(&request)),
        }
    }

    /// Reads the code of a resource, and which version of it is published, unless `known` is the same version and has both. `None`: the
    /// resource was deleted meanwhile.
    pub(crate) async fn with_code(
        &self,
        mut remote: Remote,
        known: Option<&Remote>,
        priority: Priority,
    ) -> Result<Option<Remote>, CloudFrontError> {
        if self.api.code.is_none() {
            return Ok(Some(remote));
        }
        if let Some(known) = known.filter(|known| is_same_version(known, &remote)) {
            remote.document = known.document.clone();
            if remote.live_etag().is_some() {
                return Ok(Some(remote));
            }
            return self.with_live_version(remote, priority).await.map(Some);
        }
        let request = self.api.code_requests().code(&remote.id).priority(priority);
        let response = match self.client.send(&request).await {
            Err(error) if error.is_not_found() => return Ok(None),
            response => response?,
        };
        let is_same_version = response.etag.as_deref() == Some(&remote.etag);
        let Some(bytes) = response.bytes.filter(|_| is_same_version) else {
            return Err(changed_meanwhile(&request));
        };
        set_code(self.api, &mut remote.document, &bytes);
        self.with_live_version(remote, priority).await.map(Some)
    }

    /// Reads which version of the code is published.
    async fn with_live_version(
        &self,
        mut remote: Remote,
        priority: Priority,
    ) -> Result<Remote, CloudFrontError> {
        let live = self.api.code_requests().describe(&remote.id, Stage::Live);
        let live = live.priority(priority);
        match self.client.send(&live).await {
            Err(error) if error.is_not_found() => {}
            response => {
                let etag = response?.etag.ok_or_else(|| incomplete_response(&live))?;
                remote.set_live_etag(&etag);
            }
        }
        Ok(remote)
    }

    /// Whether the list contains a resource. Get and list requests are eventually consistent independently of each other. If the
    /// parent of the collection does not exist, the resource does not exist either.
    pub async fn list_contains(
        &self,
        collection: &str,
        id: &str,
        priority: Priority,
    ) -> Result<bool, CloudFrontError> {
        let mut pages = self.pages(collection, priority);
        loop {
            let page = match pages.next().await {
                Err(error) if error.is_not_found() => return Ok(false),
                page => page?,
            };
            match page {
                None => return Ok(false),
                Some(page) if page.ids().any(|listed| listed == id) => return Ok(true),
                Some(_) => {}
            }
        }
    }

    /// Searches for the resource with a caller reference that `is_own` accepts, among all except those with `known` ids.
    ///
    /// Lists do not contain caller references, so the first search costs one get request for each unknown resource of the account.
    /// It is only needed if the response to a create was lost and CloudFront's error does not name the id.
    pub(crate) async fn find(
        &self,
        collection: &str,
        is_own: impl Fn(&str) -> bool,
        known: &HashSet<String>,
        cache: &CallerReferenceCache,
        priority: Priority,
    ) -> Result<Option<Remote>, CloudFrontError> {
        let mut pages = self.pages(collection, priority);
        while let Some(page) = pages.next().await? {
            for id in page.ids().filter(|id| !known.contains(*id)) {
                if cache.get(id).is_some_and(|reference| !is_own(&reference)) {
                    continue;
                }
                let remote = self.get(collection, id, priority).await?;
                let reference = remote.as_ref().and_then(|it| it.identity(self.api));
                cache.insert(id, reference);
                if reference.is_some_and(&is_own) {
                    return Ok(remote);
                }
            }
        }
        Ok(None)
    }

    /// Returns the ids of all resources of a kind with unique names, by name.
    pub(super) async fn names(
        &self,
        collection: &str,
        priority: Priority,
    ) -> Result<HashMap<String, String>, CloudFrontError> {
        let mut ids = HashMap::new();
        let mut pages = self.pages(collection, priority);
        while let Some(page) = pages.next().await? {
            let named = page.items().filter_map(|item| {
                let id = item.text_of("Id")?;
                Some((self.api.key_of(item)?.to_owned(), id.to_owned()))
            });
            ids.extend(named);
        }
        Ok(ids)
    }

    /// Returns the pages of the list. A family without a list has none.
    pub(crate) fn pages<'a>(&'a self, collection: &'a str, priority: Priority) -> Pages<'a> {
        Pages {
            reader: self,
            collection,
            priority,
            next: NextPage::First,
            markers: HashSet::new(),
        }
    }
}

impl Pages<'_> {
    /// Reads the next page. `None`: all were read.
    pub(crate) async fn next(&mut self) -> Result<Option<Page>, CloudFrontError> {
        let marker = match std::mem::replace(&mut self.next, NextPage::None) {
            NextPage::First => None,
            NextPage::At(marker) => Some(marker),
            NextPage::None => return Ok(None),
        };
        let Some((request, response)) = self.read(marker.as_deref()).await? else {
            return Ok(None);
        };
        let document = response
            .document
            .ok_or_else(|| incomplete_response(&request))?;
        // Some lists lack `IsTruncated`, so only the marker shows whether there is another page.
        let next = document
            .text_of("NextMarker")
            .filter(|next| !next.is_empty() && Some(*next) != marker.as_deref())
            .map(str::to_owned);
        self.markers.extend(marker);
        if let Some(next) = next {
            if self.markers.contains(&next) {
                return Err(endless_list(&request));
            }
            self.next = NextPage::At(next);
        }
        let api = self.reader.api;
        let items = document.child("Items").map_or(&[][..], Element::children);
        let items = items.iter().map(|item| api.listed(item).into_owned());
        Ok(Some(Page {
            items: items.collect(),
        }))
    }

    /// Reads the page at a marker, with fewer items if it is too large. `None`: CloudFront has no list.
    async fn read(
        &self,
        marker: Option<&str>,
    ) -> Result<Option<(Request, Response)>, CloudFrontError> {
        let RemoteReader {
            api,
            client,
            page_size,
        } = self.reader;
        loop {
            let items = page_size.get();
            let Some(request) = api.list_request(self.collection, marker, items) else {
                return Ok(None);
            };
            let request = request.priority(self.priority);
            match client.send(&request).await {
                Err(error) if error.is_too_large() && items > 1 => page_size.shrink(items),
                result => return result.map(|response| Some((request, response))),
            }
        }
    }

    /// Whether all pages were read.
    pub(crate) fn is_at_end(&self) -> bool {
        matches!(self.next, NextPage::None)
    }
}

/// Whether two documents are of the same version. A function that is created again has the ETags of the former one.
fn is_same_version(known: &Remote, remote: &Remote) -> bool {
    let times = ["CreatedTime", "LastModifiedTime"];
    known.etag == remote.etag
        && times
            .iter()
            .all(|it| known.document.text_of(it) == remote.document.text_of(it))
}

/// Returns the error of a resource that changed between the reads of its configuration and of its code.
fn changed_meanwhile(request: &Request) -> CloudFrontError {
    CloudFrontError::InvalidResponse {
        is_too_large: false,
        operation: request.operation.clone(),
        detail: "the code has another version than the configuration".into(),
        request_id: None,
        outcome_unknown: false,
    }
}

/// Returns the error of a list whose markers repeat.
fn endless_list(request: &Request) -> CloudFrontError {
    CloudFrontError::InvalidResponse {
        is_too_large: false,
        operation: request.operation.clone(),
        detail: "the list has no end, because the marker of a page repeats".into(),
        request_id: None,
        outcome_unknown: false,
    }
}

impl Page {
    /// Returns the resources of the page.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Element> {
        self.items.iter()
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.items().filter_map(|item| item.text_of("Id"))
    }
}

impl CallerReferenceCache {
    pub(crate) fn get(&self, id: &str) -> Option<Box<str>> {
        self.0.lock().get(id).cloned()
    }

    pub(crate) fn insert(&self, id: &str, caller_reference: Option<&str>) {
        if let Some(reference) = caller_reference {
            self.0.lock().insert(id.to_owned(), reference.into());
        }
    }
}
