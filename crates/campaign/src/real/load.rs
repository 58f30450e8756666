//! A user who creates, edits and deletes objects all the time.

use super::{Environment, Error};
use crate::{history::true_condition, objects::GROUP};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The kinds of the load. Each has a comment.
const KINDS: [&str; 3] = [
    "Distribution",
    "OriginAccessIdentity",
    "StreamingDistribution",
];

/// The objects of each kind.
const OBJECTS: usize = 4;

/// The manager of the user's fields.
const USER: &str = "user";

/// The time between two changes.
const PAUSE: Duration = Duration::from_millis(100);

/// One in this many changes is a deletion. The object is created again by a later change.
const DELETIONS: u64 = 6;

/// The objects and the next change of them.
pub(super) struct Load<'a> {
    environment: &'a Environment,
    random: fastrand::Rng,
    edits: u64,
}

impl<'a> Load<'a> {
    pub(super) fn new(environment: &'a Environment, seed: u64) -> Self {
        Self {
            environment,
            random: fastrand::Rng::with_seed(seed),
            edits: 0,
        }
    }

    /// Changes objects until a time, with a short pause between two changes. A change that the API server does not accept is not repeated.
    pub(super) async fn run_until(&mut self, end: Instant) {
        while Instant::now() < end {
            let kind = KINDS[self.random.usize(..KINDS.len())];
            let name = format!("object-{}", self.random.usize(..OBJECTS));
            if self.random.u64(..DELETIONS) == 0 {
                let api = self.environment.objects(kind);
                api.delete(&name, &DeleteParams::default()).await.ok();
            } else {
                self.apply(kind, &name).await.ok();
            }
            sleep(PAUSE).await;
        }
    }

    /// Applies all objects once more, so that each exists.
    pub(super) async fn apply_all(&mut self) -> Result<(), Error> {
        for kind in KINDS {
            for number in 0..OBJECTS {
                self.apply(kind, &format!("object-{number}")).await?;
            }
        }
        Ok(())
    }

    async fn apply(&mut self, kind: &str, name: &str) -> Result<(), Error> {
        self.edits += 1;
        let manifest = json!({
            "apiVersion": format!("{GROUP}/v1alpha1"), "kind": kind,
            "metadata": {"name": name}, "spec": spec(kind, self.edits),
        });
        let api = self.environment.objects(kind);
        let parameters = PatchParams::apply(USER).force();
        api.patch(name, &parameters, &Patch::Apply(manifest))
            .await?;
        Ok(())
    }

    /// Waits until each object is ready for its generation and no deletion is under way.
    pub(super) async fn wait_until_ready(&self) -> Result<(), String> {
        for kind in KINDS {
            let api = self.environment.objects(kind);
            self.environment
                .wait(async || all_ready(&api).await)
                .await?;
        }
        Ok(())
    }

    /// Deletes all objects and waits until they are gone.
    pub(super) async fn delete_all(&self) -> Result<(), String> {
        for kind in KINDS {
            let api = self.environment.objects(kind);
            for object in list(&api).await? {
                api.delete(&object.name_any(), &DeleteParams::default())
                    .await
                    .map_err(|error| error.to_string())?;
            }
        }
        for kind in KINDS {
            let api = self.environment.objects(kind);
            self.environment.wait(async || none(&api).await).await?;
        }
        Ok(())
    }
}

fn spec(kind: &str, number: u64) -> Value {
    let comment = format!("edit {number}");
    match kind {
        "OriginAccessIdentity" => json!({"comment": comment}),
        "StreamingDistribution" => json!({
            "comment": comment, "enabled": true,
            "s3Origin": {"domainName": "media.s3.amazonaws.com"},
        }),
        _ => json!({
            "comment": comment,
            "origins": [{"id": "bucket", "domainName": "site.s3.amazonaws.com"}],
            "defaultCacheBehavior": {
                "targetOriginId": "bucket", "viewerProtocolPolicy": "allow-all",
                "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        }),
    }
}

async fn list(api: &Api<DynamicObject>) -> Result<Vec<DynamicObject>, String> {
    let list = api.list(&ListParams::default()).await;
    Ok(list.map_err(|error| error.to_string())?.items)
}

async fn all_ready(api: &Api<DynamicObject>) -> Result<(), String> {
    for object in list(api).await? {
        let name = object.name_any();
        if object.metadata.deletion_timestamp.is_some() {
            return Err(format!(
                "{name} is being deleted: {}",
                object.data["status"]
            ));
        }
        let generation = object.metadata.generation.map(i64::unsigned_abs);
        let observed = true_condition(&object.data, "Ready");
        let is_ready = observed.is_some() && observed == generation;
        if !is_ready {
            return Err(format!("{name} is not ready: {}", object.data["status"]));
        }
    }
    Ok(())
}

async fn none(api: &Api<DynamicObject>) -> Result<(), String> {
    match list(api).await?.first() {
        None => Ok(()),
        Some(object) => {
            let name = object.name_any();
            Err(format!("{name} still exists: {}", object.data["status"]))
        }
    }
}
