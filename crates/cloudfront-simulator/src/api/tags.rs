//! Tags of resources, addressed by ARN.

use std::collections::BTreeMap;

use super::{
    address::ResourceAddress,
    request::{ApiRequest, ApiResult},
};
use crate::{
    error::ApiError,
    service::{Account, Service},
    xml::Element,
};

/// Tag values by key.
pub(super) type Tags = BTreeMap<String, String>;

const MAX_TAGS: usize = 50;

/// Parses a `Tags` element.
pub(super) fn parse(element: &Element) -> Result<Tags, ApiError> {
    let mut tags = Tags::new();
    for tag in element.items() {
        let (key, value) = (tag.text_of("Key"), tag.text_of("Value"));
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid_tagging("Tag keys must not begin with aws:."));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(invalid_tagging("A tag key occurs more than once."));
        }
    }
    check_tag_count(tags)
}

pub(super) fn tag_resource(
    service: &mut Service,
    request: &ApiRequest<'_>,
    body: &Element,
) -> Result<ApiResult, ApiError> {
    let new_tags = parse(body)?;
    let tags = tags_of_resource(service, request)?;
    let mut all = tags.clone();
    all.extend(new_tags);
    *tags = check_tag_count(all)?;
    Ok(ApiResult {
        committed: true,
        ..ApiResult::default()
    })
}

pub(super) fn untag_resource(
    service: &mut Service,
    request: &ApiRequest<'_>,
    body: &Element,
) -> Result<ApiResult, ApiError> {
    let tags = tags_of_resource(service, request)?;
    for key in body.items() {
        tags.remove(&key.text);
    }
    Ok(ApiResult {
        committed: true,
        ..ApiResult::default()
    })
}

pub(super) fn list_for_resource(
    service: &Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    let target = find_target(service, request)?;
    let account = service.account(&request.account);
    let mut collections = account.into_iter().flat_map(Account::collections);
    let collection = collections.find(|(name, _)| *name == target.collection);
    let view = collection
        .and_then(|(_, collection)| collection.get(&target.id, 0))
        .ok_or_else(no_such_resource)?;
    let tag = |(key, value): (&String, &String)| {
        Element::new("Tag")
            .with(Element::leaf("Key", key))
            .with(Element::leaf("Value", value))
    };
    let items = Element {
        children: view.resource.tags.iter().map(tag).collect(),
        ..Element::new("Items")
    };
    Ok(ApiResult::with_body(Element::new("Tags").with(items)))
}

/// Finds the resource in the query parameter `Resource`.
fn find_target(service: &Service, request: &ApiRequest<'_>) -> Result<ResourceAddress, ApiError> {
    let arn = request.query_parameter("Resource").unwrap_or_default();
    let mut parts = arn.splitn(6, ':').skip(4);
    let (number, resource) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if number != request.account {
        let message = format!("Access to the resource {arn} is denied.");
        return Err(ApiError::new("AccessDenied", message));
    }
    let account = service.account(&request.account);
    account
        .and_then(|account| ResourceAddress::with_arn_resource(account, resource))
        .filter(ResourceAddress::is_taggable)
        .ok_or_else(no_such_resource)
}

fn tags_of_resource<'s>(
    service: &'s mut Service,
    request: &ApiRequest<'_>,
) -> Result<&'s mut Tags, ApiError> {
    let target = find_target(service, request)?;
    let account = service.account_mut(&request.account);
    let collection = account.collection_mut(&target.collection);
    collection.tags_mut(&target.id).ok_or_else(no_such_resource)
}

fn check_tag_count(tags: Tags) -> Result<Tags, ApiError> {
    if tags.len() > MAX_TAGS {
        return Err(invalid_tagging("A resource can have at most 50 tags."));
    }
    Ok(tags)
}

fn no_such_resource() -> ApiError {
    ApiError::new(
        "NoSuchResource",
        "A resource that was specified is not valid or does not exist.",
    )
}

fn invalid_tagging(reason: &str) -> ApiError {
    ApiError::new(
        "InvalidTagging",
        format!("The tagging specified is not valid. {reason}"),
    )
}
