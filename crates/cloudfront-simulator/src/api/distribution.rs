//! Distributions.

use super::{
    Answer, Call, checks, defaults,
    list::Page,
    order,
    tags::{self, Tags},
    writes::{check_if_match, check_quota, check_reference, check_texts, own_aliases, version},
};
use crate::{
    error::ApiError,
    switches::Switch,
    world::{Record, View, World},
    xml::Element,
};

mod answers;

pub(super) use answers::active_signers;

pub(super) fn create_with_tags(
    world: &mut World,
    call: &Call<'_>,
    mut body: Element,
) -> Result<Answer, ApiError> {
    let tags = tags::read(&body.remove("Tags").unwrap_or_default())?;
    create(
        world,
        call,
        body.remove("DistributionConfig").unwrap_or_default(),
        tags,
    )
}

pub(super) fn create(
    world: &mut World,
    call: &Call<'_>,
    config: Element,
    tags: Tags,
) -> Result<Answer, ApiError> {
    check_texts(&config)?;
    let reference = config.text_of("CallerReference").to_owned();
    let all = &world.account_mut(&call.account).distributions;
    if let Some(first) = all.by_reference(&reference) {
        return Err(already_exists(&first.record.id));
    }
    let count = all.len();
    check_quota(world, call, "TooManyDistributions", count, "distributions")?;
    let id = world.kept.ids.entity();
    checks::created(&checks::Context::new(world, call, &id), &config)?;
    let config = finish(world, call, config);
    own_aliases(world, call, &id, &Element::default(), &config);
    let record = Record::new(id.clone(), world.kept.ids.domain('d'), &reference, tags);
    let version = version(world, config);
    world
        .account_mut(&call.account)
        .distributions
        .insert(record, version);
    let answer = whole(world, call, &id, 0)?;
    Ok(Answer {
        committed: true,
        location: Some(format!("distribution/{id}")),
        id: Some(id),
        ..answer
    })
}

fn already_exists(id: &str) -> ApiError {
    let message = "The caller reference that you are using to create a distribution is associated with another distribution.";
    ApiError::new(
        "DistributionAlreadyExists",
        format!("{message} Already exists: {id}"),
    )
}

pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    whole(world, call, call.id(), call.lag)
}

pub(super) fn get_config(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let view = view(world, call, call.id(), call.lag)?;
    Ok(Answer {
        etag: Some(view.version.etag.clone()),
        ..Answer::of(view.version.config.clone())
    })
}

pub(super) fn update(
    world: &mut World,
    call: &Call<'_>,
    mut config: Element,
) -> Result<Answer, ApiError> {
    let id = call.id();
    let current = view(world, call, id, 0)?;
    check_if_match(call.if_match.as_deref(), current)?;
    let old = current.version.config.clone();
    check_reference(&old, &config)?;
    check_texts(&config)?;
    // Leaving this one member out means "no change" (aws-sdk-js-v3#7417), unlike every other.
    config.set_default(Element::leaf(
        "ContinuousDeploymentPolicyId",
        old.text_of("ContinuousDeploymentPolicyId"),
    ));
    checks::updated(&checks::Context::new(world, call, id), &old, &config)?;
    let config = finish(world, call, config);
    if config == old && world.kept.switches.on(Switch::IgnoreIdenticalUpdates) {
        return whole(world, call, id, 0);
    }
    own_aliases(world, call, id, &old, &config);
    let version = version(world, config);
    world
        .account_mut(&call.account)
        .distributions
        .update(id, version);
    Ok(Answer {
        committed: true,
        ..whole(world, call, id, 0)?
    })
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let id = call.id();
    let current = view(world, call, id, 0)?;
    check_if_match(call.if_match.as_deref(), current)?;
    let config = current.version.config.clone();
    if config.is_true("Enabled") || world.deployment(current.version.modified) != "Deployed" {
        let message = "The distribution you are trying to delete has not been disabled.";
        return Err(ApiError::new("DistributionNotDisabled", message));
    }
    own_aliases(world, call, id, &config, &Element::default());
    let account = world.account_mut(&call.account);
    account.distributions.delete(id);
    account.invalidations.remove(id);
    Ok(Answer {
        committed: true,
        ..Answer::default()
    })
}

pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    list_where(world, call, |_| true)
}

pub(super) fn list_by_web_acl(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    // The word "null" asks for the distributions without a web ACL (API reference of ListDistributionsByWebACLId).
    let wanted = call
        .path
        .get("WebACLId")
        .map(String::as_str)
        .filter(|id| *id != "null")
        .unwrap_or_default();
    list_where(world, call, |view| {
        view.version.config.text_of("WebACLId") == wanted
    })
}

fn list_where(
    world: &World,
    call: &Call<'_>,
    wanted: impl Fn(&View<'_>) -> bool,
) -> Result<Answer, ApiError> {
    let page = Page::of(call, &world.kept.switches)?;
    let all = world
        .account(&call.account)
        .into_iter()
        .flat_map(|a| a.distributions.after(&page.marker, call.lag));
    let rows = all.filter(wanted).map(|view| {
        (
            view.record.id.clone(),
            answers::summary(world, &call.account, view),
        )
    });
    Ok(Answer::of(page.answer("DistributionList", rows)))
}

/// A distribution that exists, or the error that it does not.
pub(super) fn view<'w>(
    world: &'w World,
    call: &Call<'_>,
    id: &str,
    lag: u64,
) -> Result<View<'w>, ApiError> {
    world
        .account(&call.account)
        .and_then(|account| account.distributions.get(id, lag))
        .ok_or_else(|| {
            ApiError::new(
                "NoSuchDistribution",
                "The specified distribution does not exist.",
            )
        })
}

fn whole(world: &World, call: &Call<'_>, id: &str, lag: u64) -> Result<Answer, ApiError> {
    let view = view(world, call, id, lag)?;
    let body = answers::whole(world, &call.account, view);
    Ok(Answer {
        etag: Some(view.version.etag.clone()),
        ..Answer::of(body)
    })
}

/// Fills in what the server fills in, and brings lists into the server's order.
fn finish(world: &mut World, call: &Call<'_>, mut config: Element) -> Element {
    defaults::distribution(&mut config, &world.kept.switches, &call.account);
    order::distribution(&mut config, world);
    config
}
