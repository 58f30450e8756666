//! Creates the Invalidations of a change.

use super::{
    invalidations::{is_owned, manifest},
    spec::InvalidationPolicy,
    status::PendingChange,
};
use crate::engine::FIELD_MANAGER;
use kube::{
    Api, Error, ResourceExt,
    api::{DynamicObject, PostParams},
};

/// The status codes with which the API server refuses an object: by a policy, a quota or a missing permission.
const REFUSALS: [u16; 3] = [400, 403, 422];

/// What became of the Invalidations of a change.
#[derive(Default)]
pub(super) struct Created {
    /// The names of those that exist, also if an earlier process created them.
    pub(super) names: Vec<String>,
    /// Why the API server refuses one, in its words about the first.
    pub(super) refusal: Option<String>,
    /// The names of the Distributions of those that it refuses.
    pub(super) refused: Vec<String>,
}

/// Creates the Invalidations of a change, apart from those that an earlier process created.
pub(super) async fn create(
    api: &Api<DynamicObject>,
    policy: &InvalidationPolicy,
    change: &PendingChange,
    has_label_selector: bool,
) -> Result<Created, Error> {
    let params = PostParams {
        field_manager: Some(FIELD_MANAGER.into()),
        ..PostParams::default()
    };
    let mut created = Created::default();
    for distribution in &change.distributions {
        let object = manifest(policy, distribution, change, has_label_selector);
        let name = object.name_any();
        match api.create(&params, &object).await {
            Ok(_) => created.names.push(name),
            Err(Error::Api(refusal)) if refusal.code == 409 => {
                let existing = api.get_opt(&name).await?;
                if !existing.is_some_and(|it| is_owned(&it, policy)) {
                    return Err(Error::Api(refusal));
                }
                created.names.push(name);
            }
            Err(Error::Api(status)) if REFUSALS.contains(&status.code) => {
                let message = status.message.trim_end_matches('.');
                created.refusal.get_or_insert(message.to_owned());
                created.refused.push(distribution.clone());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(created)
}
