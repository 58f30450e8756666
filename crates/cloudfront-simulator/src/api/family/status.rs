//! The status of resources.

use super::{
    Family,
    stages::{self, Stage},
    table::Status,
};
use crate::service::{Account, ResourceView, Service};

/// Returns the status of a resource at a version and in a stage, if resources of the family have one.
pub(super) fn of(
    service: &Service,
    account: Option<&Account>,
    family: &Family,
    view: ResourceView<'_>,
    stage: Option<Stage>,
) -> Option<String> {
    let status = match family.status? {
        Status::Publication => {
            let is_published = stage == Some(Stage::Live) || stages::is_published(view.version);
            publication(service, account, family, view, is_published).to_owned()
        }
        Status::Provisioning => match view.version.config.child("Status") {
            Some(status) => status.text.clone(),
            None => service
                .provisioning_status(view.resource.created)
                .to_owned(),
        },
    };
    Some(status)
}

/// Returns the status of a resource without stages.
pub(crate) fn of_resource(
    service: &Service,
    account: Option<&Account>,
    family: &Family,
    view: ResourceView<'_>,
) -> Option<String> {
    of(service, account, family, view, None)
}

/// Returns the status of a function, which follows from the distributions that use it.
fn publication(
    service: &Service,
    account: Option<&Account>,
    family: &Family,
    view: ResourceView<'_>,
    is_published: bool,
) -> &'static str {
    let users = account.into_iter();
    let users = users.flat_map(|account| family.distributions_with(account, &view.resource.id));
    let statuses: Vec<_> = users
        .map(|user| service.deployment_status(user.version.modified))
        .collect();
    match statuses.as_slice() {
        _ if !is_published => "UNPUBLISHED",
        [] => "UNASSOCIATED",
        statuses if statuses.contains(&"InProgress") => "ASSOCIATED",
        _ => "DEPLOYED",
    }
}
