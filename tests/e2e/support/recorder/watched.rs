//! The lists and the watch of the objects of one type.

use super::{
    PAUSE, lock,
    recording::{Recorded, Recording},
};
use futures::TryStreamExt;
use kube::{
    Api, Client, Error, Resource,
    api::{ApiResource, DynamicObject, ListParams, ObjectList, Request, WatchEvent, WatchParams},
};
use std::{
    pin::pin,
    sync::{Arc, Mutex},
};
use tokio::time::sleep;

/// The objects of one type in one namespace.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) client: Client,
    pub(super) namespace: String,
    pub(super) resource: ApiResource,
    pub(super) recording: Arc<Mutex<Recording>>,
}

impl Watched {
    /// Returns the versions of the objects that exist, by uid.
    pub(super) async fn versions(&self) -> Result<Vec<(String, String)>, Error> {
        let objects: Api<DynamicObject> =
            Api::namespaced_with(self.client.clone(), &self.namespace, &self.resource);
        let list = objects.list_metadata(&ListParams::default()).await?;
        let metadata = list.items.into_iter().map(|it| it.metadata);
        let versions = metadata.filter_map(|it| it.uid.zip(it.resource_version));
        Ok(versions.collect())
    }

    /// Records the objects that exist, and returns the version of the list. Tries again until the API server lists them.
    pub(super) async fn list(&self) -> String {
        loop {
            match self.try_list().await {
                Ok(version) => return version,
                Err(error) => self.record_error(&error),
            }
            sleep(PAUSE).await;
        }
    }

    /// Records the changes of the objects after a version. Never returns.
    pub(super) async fn record(self, mut after: String) {
        loop {
            // The API server ends a watch after some minutes.
            if let Err(error) = self.watch(&mut after).await {
                // The version has expired if the API server has begun to serve the type later, or serves a changed
                // CustomResourceDefinition: it does not remember earlier changes.
                self.record_error(&error);
                after = self.list().await;
            }
            sleep(PAUSE).await;
        }
    }

    async fn try_list(&self) -> Result<String, Error> {
        let request = self.request().list(&ListParams::default());
        let request = request.map_err(Error::BuildRequest)?;
        let mut list: ObjectList<Recorded> = self.client.request(request).await?;
        for object in &mut list.items {
            // The API server names the kind of its own types only in the list.
            object.kind.clone_from(&self.resource.kind);
        }
        lock(&self.recording).replace(&self.resource.kind, &self.namespace, list.items);
        Ok(list.metadata.resource_version.unwrap_or_default())
    }

    /// Records the changes after a version until the watch ends.
    async fn watch(&self, after: &mut String) -> Result<(), Error> {
        let request = self.request().watch(&WatchParams::default(), after);
        let request = request.map_err(Error::BuildRequest)?;
        let events = self.client.request_events::<Recorded>(request).await?;
        let mut events = pin!(events);
        while let Some(event) = events.try_next().await? {
            let (object, is_removed) = match event {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => (object, false),
                WatchEvent::Deleted(object) => (object, true),
                WatchEvent::Bookmark(bookmark) => {
                    *after = bookmark.metadata.resource_version;
                    continue;
                }
                WatchEvent::Error(status) => return Err(Error::Api(status)),
            };
            after.clone_from(&object.metadata.resource_version);
            lock(&self.recording).add(object, is_removed);
        }
        Ok(())
    }

    fn request(&self) -> Request {
        let namespace = Some(self.namespace.as_str());
        Request::new(DynamicObject::url_path(&self.resource, namespace))
    }

    fn record_error(&self, error: &Error) {
        lock(&self.recording).last_error = Some(format!("{}: {error}", self.resource.plural));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::TIMEOUT, *};
    use campaign::{KindResource, What};
    use cloudfront_simulator::{InProcessSimulator, Options};
    use http::{Request, Response};
    use kube::client::Body;
    use serde_json::{Value, json};
    use std::convert::Infallible;
    use tokio::time::timeout;

    fn identity(uid: &str, version: &str) -> Value {
        json!({
            "kind": "OriginAccessIdentity",
            "metadata": { "name": uid, "namespace": "test", "uid": uid, "resourceVersion": version },
        })
    }

    /// Returns a client of an API server on which `first` was replaced by `second`, and the versions before that have expired.
    fn client() -> Client {
        let service = tower::service_fn(|request: Request<Body>| async move {
            let query = request.uri().query().unwrap_or_default();
            let body = if !query.contains("watch=true") {
                let items = [identity("second", "7")];
                json!({ "metadata": { "resourceVersion": "8" }, "items": items }).to_string()
            } else if query.contains("resourceVersion=8") {
                json!({ "type": "MODIFIED", "object": identity("second", "9") }).to_string()
            } else {
                let status = json!({ "status": "Failure", "code": 410, "reason": "Expired" });
                json!({ "type": "ERROR", "object": status }).to_string()
            };
            Ok::<_, Infallible>(Response::new(Body::from(body.into_bytes())))
        });
        Client::new(service, "test")
    }

    #[tokio::test]
    async fn a_watch_whose_version_has_expired_lists_the_objects_and_continues() {
        let simulator = InProcessSimulator::new(&Options::default()).expect("a simulator");
        let mut recording = Recording::new(simulator.control());
        let first = serde_json::from_value(identity("first", "3")).expect("an object");
        recording.add(first, false);
        let recording = Arc::new(Mutex::new(recording));
        let kind = KindResource::of_kind("OriginAccessIdentity").expect("the kind exists");
        let watched = Watched {
            client: client(),
            namespace: "test".into(),
            resource: kind.api.clone(),
            recording: recording.clone(),
        };
        let records = tokio::spawn(watched.record("3".into()));
        let last = [("second".to_owned(), "9".to_owned())].into();
        let recorded = async {
            while lock(&recording).last_versions() != last {
                sleep(PAUSE).await;
            }
        };
        let recorded = timeout(TIMEOUT, recorded).await;
        recorded.expect("the watch continues after the list");
        records.abort();
        let found = lock(&recording).take();
        let versions = found.iter().filter_map(|it| match it {
            What::Version(version) => Some((version.name(), version.is_removed)),
            _ => None,
        });
        let versions: Vec<(String, bool)> = versions.collect();
        let expected = [
            ("first", false),
            ("first", true),
            ("second", false),
            ("second", false),
        ];
        let expected =
            expected.map(|(name, is_removed)| (format!("OriginAccessIdentity/{name}"), is_removed));
        assert_eq!(versions, expected);
    }
}
