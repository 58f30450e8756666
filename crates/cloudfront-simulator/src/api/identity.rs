//! Origin access identities.

use super::{
    Answer, Call,
    list::Page,
    tags::Tags,
    writes::{check_if_match, check_quota, check_reference, check_texts, version},
};
use crate::{
    error::ApiError,
    switches::Switch,
    world::{Record, View, World},
    xml::Element,
};

/// How an S3 origin names an identity, before the id.
pub(super) const REFERENCE_PREFIX: &str = "origin-access-identity/cloudfront/";

const QUOTA: &str = "TooManyCloudFrontOriginAccessIdentities";

pub(super) fn create(
    world: &mut World,
    call: &Call<'_>,
    config: Element,
) -> Result<Answer, ApiError> {
    check_texts(&config)?;
    if let Some(answer) = replay(world, call, &config)? {
        return Ok(answer);
    }
    let count = world.account_mut(&call.account).identities.len();
    check_quota(world, call, QUOTA, count, "origin access identities")?;
    let (id, user) = (world.kept.ids.entity(), world.kept.ids.canonical_user());
    let record = Record::new(
        id.clone(),
        user,
        config.text_of("CallerReference"),
        Tags::new(),
    );
    let version = version(world, config);
    world
        .account_mut(&call.account)
        .identities
        .insert(record, version);
    let answer = view(world, call, &id, 0).map(created)?;
    Ok(Answer {
        committed: true,
        ..answer
    })
}

/// The first answer again for an equal configuration, as documented.
fn replay(world: &World, call: &Call<'_>, config: &Element) -> Result<Option<Answer>, ApiError> {
    let account = world.account(&call.account);
    let Some(first) =
        account.and_then(|a| a.identities.by_reference(config.text_of("CallerReference")))
    else {
        return Ok(None);
    };
    let equal = first.version.config.text_of("Comment") == config.text_of("Comment");
    if equal && !world.kept.switches.on(Switch::RefuseIdentityReplay) {
        return Ok(Some(created(first)));
    }
    Err(ApiError::new(
        "CloudFrontOriginAccessIdentityAlreadyExists",
        "The caller reference you are using to create the CloudFront origin access identity is associated with \
         another identity.",
    ))
}

pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    view(world, call, call.id(), call.lag).map(whole)
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
    let current = view(world, call, call.id(), 0)?;
    check_if_match(call.if_match.as_deref(), current)?;
    check_reference(&current.version.config, &config)?;
    check_texts(&config)?;
    let version = version(world, config);
    world
        .account_mut(&call.account)
        .identities
        .update(call.id(), version);
    let answer = view(world, call, call.id(), 0).map(whole)?;
    Ok(Answer {
        committed: true,
        ..answer
    })
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let current = view(world, call, call.id(), 0)?;
    check_if_match(call.if_match.as_deref(), current)?;
    if is_used(world, call) {
        let message = "The CloudFront origin access identity is still being used.";
        return Err(ApiError::new(
            "CloudFrontOriginAccessIdentityInUse",
            message,
        ));
    }
    world
        .account_mut(&call.account)
        .identities
        .delete(call.id());
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
        .flat_map(|a| a.identities.after(&page.marker, call.lag));
    let rows = all.map(|view| (view.record.id.clone(), summary(view)));
    Ok(Answer::of(
        page.answer("CloudFrontOriginAccessIdentityList", rows),
    ))
}

fn view<'w>(world: &'w World, call: &Call<'_>, id: &str, lag: u64) -> Result<View<'w>, ApiError> {
    world
        .account(&call.account)
        .and_then(|account| account.identities.get(id, lag))
        .ok_or_else(|| {
            let message = "The specified CloudFront origin access identity does not exist.";
            ApiError::new("NoSuchCloudFrontOriginAccessIdentity", message)
        })
}

fn is_used(world: &World, call: &Call<'_>) -> bool {
    let reference = format!("{REFERENCE_PREFIX}{}", call.id());
    let of_origin = |origin: &Element| {
        origin
            .child("S3OriginConfig")
            .is_some_and(|s3| s3.text_of("OriginAccessIdentity") == reference)
    };
    world.account(&call.account).is_some_and(|account| {
        let mut distributions = account.distributions.after("", 0);
        let mut streaming = account.streaming.after("", 0);
        distributions.any(|view| {
            view.version
                .config
                .items_of("Origins")
                .iter()
                .any(of_origin)
        }) || streaming.any(|view| {
            view.version
                .config
                .child("S3Origin")
                .is_some_and(|s3| s3.text_of("OriginAccessIdentity") == reference)
        })
    })
}

fn whole(view: View<'_>) -> Answer {
    let body = Element::new("CloudFrontOriginAccessIdentity")
        .with(Element::leaf("Id", &view.record.id))
        .with(Element::leaf("S3CanonicalUserId", &view.record.name))
        .with(
            view.version
                .config
                .clone()
                .named("CloudFrontOriginAccessIdentityConfig"),
        );
    Answer {
        etag: Some(view.version.etag.clone()),
        ..Answer::of(body)
    }
}

fn created(view: View<'_>) -> Answer {
    let id = view.record.id.clone();
    Answer {
        location: Some(format!("{REFERENCE_PREFIX}{id}")),
        id: Some(id),
        ..whole(view)
    }
}

fn summary(view: View<'_>) -> Element {
    Element::new("CloudFrontOriginAccessIdentitySummary")
        .with(Element::leaf("Id", &view.record.id))
        .with(Element::leaf("S3CanonicalUserId", &view.record.name))
        .with(Element::leaf(
            "Comment",
            view.version.config.text_of("Comment"),
        ))
}
