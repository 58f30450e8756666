//! Streaming (RTMP) distributions, which the model still has although RTMP ended in 2020.

use super::{
    Answer, Call, checks,
    list::Page,
    order::sort_by_text,
    tags::{self, Tags},
    writes::{check_if_match, check_quota, check_reference, check_texts, own_aliases, version},
};
use crate::{
    error::ApiError,
    switches::Switch,
    validate,
    world::{Record, View, World},
    xml::Element,
};

mod answers;

use answers::{summary, whole};

pub(super) fn create_with_tags(
    world: &mut World,
    call: &Call<'_>,
    mut body: Element,
) -> Result<Answer, ApiError> {
    let tags = tags::read(&body.remove("Tags").unwrap_or_default())?;
    create(
        world,
        call,
        body.remove("StreamingDistributionConfig")
            .unwrap_or_default(),
        tags,
    )
}

pub(super) fn create(
    world: &mut World,
    call: &Call<'_>,
    config: Element,
    tags: Tags,
) -> Result<Answer, ApiError> {
    if world.kept.switches.on(Switch::RefuseStreamingCreate) {
        let message = "This API is deprecated: Amazon CloudFront ended support for RTMP distributions on December 31, 2020.";
        return Err(ApiError::new("AccessDenied", message));
    }
    check_texts(&config)?;
    let reference = config.text_of("CallerReference").to_owned();
    check_unused(world, call, &reference)?;
    let count = world.account_mut(&call.account).streaming.len();
    check_quota(
        world,
        call,
        "TooManyStreamingDistributions",
        count,
        "streaming distributions",
    )?;
    let id = world.kept.ids.entity();
    check(world, call, &id, &config)?;
    let config = finish(call, config);
    own_aliases(world, call, &id, &Element::default(), &config);
    let record = Record::new(id.clone(), world.kept.ids.domain('s'), &reference, tags);
    let version = version(world, config);
    world
        .account_mut(&call.account)
        .streaming
        .insert(record, version);
    let answer = whole(world, call, &id, 0)?;
    Ok(Answer {
        committed: true,
        location: Some(format!("streaming-distribution/{id}")),
        id: Some(id),
        ..answer
    })
}

fn check_unused(world: &World, call: &Call<'_>, reference: &str) -> Result<(), ApiError> {
    let Some(first) = world
        .account(&call.account)
        .and_then(|account| account.streaming.by_reference(reference))
    else {
        return Ok(());
    };
    let documented = world.kept.switches.on(Switch::DocumentedStreamingConflict);
    let code = if documented {
        "DistributionAlreadyExists"
    } else {
        "StreamingDistributionAlreadyExists"
    };
    let message = format!(
        "The caller reference that you are using to create a streaming distribution is associated with another \
         streaming distribution. Already exists: {}",
        first.record.id
    );
    Err(ApiError::new(code, message))
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
    config: Element,
) -> Result<Answer, ApiError> {
    let id = call.id();
    let current = view(world, call, id, 0)?;
    check_if_match(call.if_match.as_deref(), current)?;
    let old = current.version.config.clone();
    check_reference(&old, &config)?;
    check_texts(&config)?;
    check(world, call, id, &config)?;
    let config = finish(call, config);
    if config == old && world.kept.switches.on(Switch::IgnoreIdenticalUpdates) {
        return whole(world, call, id, 0);
    }
    own_aliases(world, call, id, &old, &config);
    let version = version(world, config);
    world
        .account_mut(&call.account)
        .streaming
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
        let message = "The streaming distribution you are trying to delete has not been disabled.";
        return Err(ApiError::new("StreamingDistributionNotDisabled", message));
    }
    own_aliases(world, call, id, &config, &Element::default());
    world.account_mut(&call.account).streaming.delete(id);
    Ok(Answer {
        committed: true,
        ..Answer::default()
    })
}

pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let page = Page::of(call, &world.kept.switches)?;
    let all = world
        .account(&call.account)
        .into_iter()
        .flat_map(|a| a.streaming.after(&page.marker, call.lag));
    let rows = all.map(|view| (view.record.id.clone(), summary(world, call, view)));
    Ok(Answer::of(page.answer("StreamingDistributionList", rows)))
}

fn check(world: &World, call: &Call<'_>, id: &str, config: &Element) -> Result<(), ApiError> {
    let context = checks::Context::new(world, call, id);
    if let Some(origin) = config.child("S3Origin") {
        checks::bucket(origin.text_of("DomainName"))?;
        context.identity(origin.text_of("OriginAccessIdentity"))?;
    }
    context.signers(config)?;
    context.aliases(config, "TooManyStreamingDistributionCNAMEs")
}

/// Fills in the optional members and orders the sets, as for distributions.
fn finish(call: &Call<'_>, mut config: Element) -> Element {
    config.set_default(Element::list("Aliases", Vec::new()));
    config.set_default(Element::leaf("PriceClass", "PriceClass_All"));
    config.set_default(
        Element::new("Logging")
            .with(Element::leaf("Enabled", false))
            .with(Element::leaf("Bucket", ""))
            .with(Element::leaf("Prefix", "")),
    );
    super::defaults::signers(&mut config, &call.account);
    sort_by_text(&mut config, "Aliases");
    sort_by_text(&mut config, "TrustedSigners");
    validate::in_model_order(&mut config, "StreamingDistributionConfig");
    config
}

fn view<'w>(world: &'w World, call: &Call<'_>, id: &str, lag: u64) -> Result<View<'w>, ApiError> {
    let view = world
        .account(&call.account)
        .and_then(|account| account.streaming.get(id, lag));
    let message = "The specified streaming distribution does not exist.";
    view.ok_or_else(|| ApiError::new("NoSuchStreamingDistribution", message))
}
