//! The distributions that use a resource, from CloudFront's list. It is read if CloudFront refuses a deletion, and no object of the cluster
//! explains why.

use crate::{
    cloudfront::{Client, CloudFrontError, Request},
    engine::{
        object_state::ListedUsers,
        reconcile::{
            applied::ApplyError,
            reconciliation::Reconciliation,
            users::{MAX_USERS, enumerate, in_use},
        },
    },
    xml::Element,
};
use std::time::Duration;
use tokio::time::Instant;

/// How long the list of an object is not read again.
const MAX_AGE: Duration = Duration::from_mins(10);

/// Returns the error of a deletion, with the distributions that use the resource if CloudFront refused it for them.
pub(super) async fn explain_refusal(
    rec: &Reconciliation<'_>,
    client: &Client,
    error: CloudFrontError,
    id: Option<&str>,
    listed: &mut Option<Box<ListedUsers>>,
) -> ApplyError {
    let request = id.and_then(|id| rec.subject.api().users_request(id, MAX_USERS));
    let Some(request) = request.filter(|_| error.is_in_use() && in_use(rec).is_none()) else {
        return error.into();
    };
    if listed
        .as_ref()
        .is_none_or(|it| it.read.elapsed() >= MAX_AGE)
    {
        let read = Instant::now();
        let ids = list(client, &request).await.map(Into::into);
        *listed = Some(Box::new(ListedUsers { read, ids }));
    }
    match listed.as_ref().and_then(|it| it.ids.clone()) {
        Some(users) => ApplyError::Explained {
            error,
            explanation: format!("In use by {users} in CloudFront.").into(),
        },
        None => error.into(),
    }
}

async fn list(client: &Client, request: &Request) -> Option<String> {
    match client.send(request).await {
        Ok(response) => describe(&response.document?),
        Err(error) => {
            tracing::info!(%error, "the distributions that use the resource cannot be listed");
            None
        }
    }
}

/// Names the distributions of a list. `None`: it is empty.
fn describe(list: &Element) -> Option<String> {
    let items = list.child("Items").map(Element::children);
    // An item is an id, or a summary of a distribution.
    let id = |item: &'_ Element| item.text_of("Id").unwrap_or(item.text()).to_owned();
    let ids = items.into_iter().flatten().map(id);
    let mut ids: Vec<String> = ids.filter(|it| !it.is_empty()).collect();
    if !ids.is_empty() && list.text_of("IsTruncated") == Some("true") {
        ids.push("others".into());
    }
    let noun = if ids.len() == 1 {
        "distribution"
    } else {
        "distributions"
    };
    Some(format!("{noun} {}", enumerate(ids)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(ids: &[&str], is_truncated: bool) -> Option<String> {
        let items = ids.iter().map(|id| Element::leaf("DistributionId", *id));
        let items = items.fold(Element::new("Items"), Element::with);
        let truncated = Element::leaf("IsTruncated", if is_truncated { "true" } else { "false" });
        describe(
            &Element::new("DistributionIdList")
                .with(truncated)
                .with(items),
        )
    }

    #[test]
    fn a_list_of_summaries_names_the_distributions_by_their_ids() {
        let summary = Element::new("DistributionSummary")
            .with(Element::leaf("Id", "E1"))
            .with(Element::leaf("Comment", "shop"));
        let list = Element::new("DistributionList").with(Element::new("Items").with(summary));
        assert_eq!(describe(&list).as_deref(), Some("distribution E1"));
    }

    #[test]
    fn the_distributions_of_the_first_page_are_named() {
        assert_eq!(described(&[], false), None);
        assert_eq!(
            described(&["E1"], false).as_deref(),
            Some("distribution E1")
        );
        assert_eq!(
            described(&["E1"], true).as_deref(),
            Some("distributions E1 and others")
        );
        assert_eq!(
            described(&["E1", "E2", "E3"], false).as_deref(),
            Some("distributions E1, E2 and E3")
        );
        assert_eq!(
            described(&["E1", "E2"], true).as_deref(),
            Some("distributions E1, E2 and others")
        );
    }
}
