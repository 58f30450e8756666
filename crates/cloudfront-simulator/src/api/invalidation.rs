//! Invalidations.

use std::collections::BTreeSet;

use super::{Answer, Call, distribution, list::Page};
use crate::{
    clock::iso,
    error::ApiError,
    quotas::{PATHS_IN_PROGRESS, WILDCARDS_IN_PROGRESS},
    switches::Switch,
    world::{Invalidation, World},
    xml::Element,
};

pub(super) fn create(
    world: &mut World,
    call: &Call<'_>,
    batch: Element,
) -> Result<Answer, ApiError> {
    let id = distribution_id(call);
    let config = &distribution::view(world, call, id, 0)?.version.config;
    check(&batch, config.child("CacheTagConfig").is_some())?;
    if let Some(answer) = replay(world, call, &batch)? {
        return Ok(answer);
    }
    check_quotas(world, call, &batch)?;
    let one = Invalidation {
        id: world.kept.ids.invalidation(),
        created: world.now(),
        batch,
    };
    let answer = created(world, call, &one);
    world
        .account_mut(&call.account)
        .invalidations
        .entry(id.to_owned())
        .or_default()
        .push(one);
    Ok(Answer {
        committed: true,
        ..answer
    })
}

pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let all = of_distribution(world, call)?;
    let one = all.iter().find(|one| one.id == call.id());
    let message = "The specified invalidation does not exist.";
    let one = one.ok_or_else(|| ApiError::new("NoSuchInvalidation", message))?;
    Ok(Answer::of(whole(world, one)))
}

/// Newest first.
pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let page = Page::of(call, &world.kept.switches)?;
    let all = of_distribution(world, call)?;
    let end = all
        .iter()
        .position(|one| one.id == page.marker)
        .unwrap_or(all.len());
    let rows = all[..end].iter().rev().map(|one| {
        let summary = Element::new("InvalidationSummary")
            .with(Element::leaf("Id", &one.id))
            .with(Element::leaf("CreateTime", iso(one.created)))
            .with(Element::leaf(
                "Status",
                world.invalidation_status(one.created),
            ));
        (one.id.clone(), summary)
    });
    Ok(Answer::of(page.answer("InvalidationList", rows)))
}

fn distribution_id<'c>(call: &'c Call<'_>) -> &'c str {
    call.path.get("DistributionId").map_or("", String::as_str)
}

fn of_distribution<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w [Invalidation], ApiError> {
    let id = distribution_id(call);
    distribution::view(world, call, id, 0)?;
    Ok(world
        .account(&call.account)
        .map_or(&[], |account| account.invalidations_of(id)))
}

fn check(batch: &Element, has_cache_tags: bool) -> Result<(), ApiError> {
    let reference = batch.text_of("CallerReference");
    if reference.is_empty() || reference.chars().count() > 128 {
        return Err(ApiError::argument(
            "The parameter CallerReference must have from 1 to 128 characters.",
        ));
    }
    let paths = batch.items_of("Paths");
    if paths.is_empty() {
        return Err(ApiError::argument(
            "Your request contains no paths to invalidate.",
        ));
    }
    match paths
        .iter()
        .find(|path| !is_path(&path.text, has_cache_tags))
    {
        None => Ok(()),
        Some(path) => Err(ApiError::argument(format!(
            "Your request contains one or more invalid invalidation paths: {}",
            path.text
        ))),
    }
}

/// What a path has percent-encoded, beside spaces and what is not ASCII (FACTS.md, limits).
const UNSAFE: &[u8] = b"\"#<>[\\]^`{|}~";

/// A path begins with a slash, and a wildcard is its last character; `#tag` names what a cache tag header marks.
fn is_path(text: &str, has_cache_tags: bool) -> bool {
    let tag = text.strip_prefix('#').filter(|_| has_cache_tags);
    if let Some(tag) = tag {
        return !tag.is_empty() && tag.len() <= 256 && !tag.contains('*');
    }
    let stem = text.strip_suffix('*').unwrap_or(text);
    let safe = |byte: u8| byte.is_ascii_graphic() && !UNSAFE.contains(&byte);
    text.starts_with('/') && !stem.contains('*') && text.bytes().all(safe)
}

fn paths(batch: &Element) -> BTreeSet<&str> {
    batch
        .items_of("Paths")
        .iter()
        .map(|path| path.text.as_str())
        .collect()
}

/// The first answer again for equal paths, as documented; else the refusal that was observed.
fn replay(world: &World, call: &Call<'_>, batch: &Element) -> Result<Option<Answer>, ApiError> {
    let reference = batch.text_of("CallerReference");
    let all = of_distribution(world, call)?;
    let Some(first) = all
        .iter()
        .find(|one| one.batch.text_of("CallerReference") == reference)
    else {
        return Ok(None);
    };
    let switches = &world.kept.switches;
    if paths(&first.batch) == paths(batch) && !switches.on(Switch::RefuseInvalidationReplay) {
        return Ok(Some(created(world, call, first)));
    }
    let message = "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.";
    if switches.on(Switch::DocumentedInvalidationConflict) {
        return Err(ApiError::new("InvalidationBatchAlreadyExists", message));
    }
    Err(ApiError::argument(message))
}

fn check_quotas(world: &World, call: &Call<'_>, batch: &Element) -> Result<(), ApiError> {
    let quotas = world.quotas(&call.account);
    let given = batch.items_of("Paths").len() as u64;
    if given > quotas.limit("BatchTooLarge") {
        return Err(ApiError::new(
            "BatchTooLarge",
            "Invalidation batch specified is too large.",
        ));
    }
    let running = of_distribution(world, call)?
        .iter()
        .filter(|one| world.invalidation_status(one.created) == "InProgress");
    let all: Vec<_> = running
        .map(|one| &one.batch)
        .chain([batch])
        .flat_map(|batch| batch.items_of("Paths"))
        .collect();
    let wildcards = all.iter().filter(|path| path.text.ends_with('*')).count();
    for (name, count, quota) in [
        ("invalidations", all.len() - wildcards, PATHS_IN_PROGRESS),
        ("wildcard invalidations", wildcards, WILDCARDS_IN_PROGRESS),
    ] {
        if count as u64 > quotas.limit(quota) {
            let message = format!(
                "Processing your request will cause you to exceed the maximum number of in-progress {name}."
            );
            return Err(ApiError::new("TooManyInvalidationsInProgress", message));
        }
    }
    Ok(())
}

fn whole(world: &World, one: &Invalidation) -> Element {
    Element::new("Invalidation")
        .with(Element::leaf("Id", &one.id))
        .with(Element::leaf(
            "Status",
            world.invalidation_status(one.created),
        ))
        .with(Element::leaf("CreateTime", iso(one.created)))
        .with(one.batch.clone().named("InvalidationBatch"))
}

fn created(world: &World, call: &Call<'_>, one: &Invalidation) -> Answer {
    let location = format!(
        "distribution/{}/invalidation/{}",
        distribution_id(call),
        one.id
    );
    Answer {
        location: Some(location),
        id: Some(one.id.clone()),
        ..Answer::of(whole(world, one))
    }
}
