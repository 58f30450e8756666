//! Tags of distributions and streaming distributions, addressed by ARN.

use std::collections::BTreeMap;

use super::{Answer, Call};
use crate::{
    error::ApiError,
    world::{Collection, World},
    xml::Element,
};

/// Values by key.
pub(super) type Tags = BTreeMap<String, String>;

const MAX_TAGS: usize = 50;

/// Reads a `Tags` element.
pub(super) fn read(element: &Element) -> Result<Tags, ApiError> {
    let mut tags = Tags::new();
    for tag in element.items() {
        let (key, value) = (tag.text_of("Key"), tag.text_of("Value"));
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys must not begin with aws:."));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(invalid("A tag key occurs more than once."));
        }
    }
    within_quota(tags)
}

pub(super) fn tag(world: &mut World, call: &Call<'_>, body: &Element) -> Result<Answer, ApiError> {
    let given = read(body)?;
    let tags = of_resource(world, call)?;
    let mut all = tags.clone();
    all.extend(given);
    *tags = within_quota(all)?;
    Ok(Answer {
        committed: true,
        ..Answer::default()
    })
}

pub(super) fn untag(
    world: &mut World,
    call: &Call<'_>,
    body: &Element,
) -> Result<Answer, ApiError> {
    let tags = of_resource(world, call)?;
    for key in body.items() {
        tags.remove(&key.text);
    }
    Ok(Answer {
        committed: true,
        ..Answer::default()
    })
}

pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let resource = Resource::of(call)?;
    let account = world.account(&call.account);
    let collection = account.map(|account| {
        if resource.streaming {
            &account.streaming
        } else {
            &account.distributions
        }
    });
    let view = collection
        .and_then(|collection| collection.get(&resource.id, 0))
        .ok_or_else(no_such_resource)?;
    let tag = |(key, value): (&String, &String)| {
        Element::new("Tag")
            .with(Element::leaf("Key", key))
            .with(Element::leaf("Value", value))
    };
    let items = Element {
        children: view.record.tags.iter().map(tag).collect(),
        ..Element::new("Items")
    };
    Ok(Answer::of(Element::new("Tags").with(items)))
}

/// What `?Resource=` names.
struct Resource {
    streaming: bool,
    id: String,
}

impl Resource {
    fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let arn = call.parameter("Resource").unwrap_or_default();
        let mut parts = arn.splitn(6, ':').skip(4);
        let (account, resource) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        if account != call.account {
            return Err(ApiError::new(
                "AccessDenied",
                format!("Access to the resource {arn} is denied."),
            ));
        }
        match resource.split_once('/') {
            Some(("distribution", id)) => Ok(Self {
                streaming: false,
                id: id.to_owned(),
            }),
            Some(("streaming-distribution", id)) => Ok(Self {
                streaming: true,
                id: id.to_owned(),
            }),
            _ => Err(no_such_resource()),
        }
    }
}

fn of_resource<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Tags, ApiError> {
    let resource = Resource::of(call)?;
    let account = world.account_mut(&call.account);
    let collection: &mut Collection = if resource.streaming {
        &mut account.streaming
    } else {
        &mut account.distributions
    };
    collection
        .tags_mut(&resource.id)
        .ok_or_else(no_such_resource)
}

fn within_quota(tags: Tags) -> Result<Tags, ApiError> {
    if tags.len() > MAX_TAGS {
        return Err(invalid("A resource can have at most 50 tags."));
    }
    Ok(tags)
}

fn no_such_resource() -> ApiError {
    ApiError::new(
        "NoSuchResource",
        "A resource that was specified is not valid or does not exist.",
    )
}

fn invalid(why: &str) -> ApiError {
    ApiError::new(
        "InvalidTagging",
        format!("The tagging specified is not valid. {why}"),
    )
}
