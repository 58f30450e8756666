//! The names of all resources of one kind, as of a list.

use crate::{
    cloudfront::{CloudFrontError, Priority},
    engine::remote::reader::RemoteReader,
};
use std::collections::HashMap;
use tokio::{sync::Mutex, time::Instant};

/// The ids of the resources of one kind by name. One list serves all objects that look up a name at the same time.
#[derive(Debug, Default)]
pub(crate) struct NameList(Mutex<Option<Listed>>);

#[derive(Debug)]
struct Listed {
    began: Instant,
    ids: HashMap<String, String>,
}

impl NameList {
    /// Returns the ids of the resources with these names, in the order of the names, as of a list that was begun at this time or later.
    pub(crate) async fn ids_of(
        &self,
        names: &[String],
        since: Instant,
        reader: &RemoteReader,
        collection: &str,
        priority: Priority,
    ) -> Result<Vec<String>, CloudFrontError> {
        let mut listed = self.0.lock().await;
        if listed.as_ref().is_none_or(|it| it.began < since) {
            let began = Instant::now();
            let ids = reader.names(collection, priority).await?;
            *listed = Some(Listed { began, ids });
        }
        let ids = names
            .iter()
            .filter_map(|name| listed.as_ref()?.ids.get(name));
        Ok(ids.cloned().collect())
    }
}
