//! Reads of the pairs of a key-value store.

use crate::{
    cloudfront::{Client, CloudFrontError, Request},
    engine::{
        api::{
            pairs::Pairs,
            status::{Status, UntypedFields},
        },
        object_state::{KnownPairs, ObjectState},
        reconcile::{reconciliation::Reconciliation, resolve::Inputs},
        resource_api::{PairPage, PairRequests, PairVersion},
    },
};

/// What was found of the pairs.
pub(super) enum Found {
    /// All of them, and the number of batches that were just written.
    Pairs(KnownPairs, usize),
    /// All of them, if the version before the first page is still the same.
    Listed(KnownPairs),
    /// The version that the status has, with which the spec was applied.
    Recorded,
    /// Responses contradict each other, or the last write.
    Inconsistent,
}

/// Reads the version of the pairs, and the pairs themselves unless that version is known.
pub(super) async fn read(
    rec: &Reconciliation<'_>,
    inputs: &Inputs,
    requests: PairRequests<'_>,
    state: &mut ObjectState,
) -> Result<Found, CloudFrontError> {
    // A batch follows the one before: CloudFront refuses it if another client has written meanwhile.
    if let Some((known, batches)) = state.pairs.take_unfinished(requests.arn) {
        return Ok(Found::Pairs(known, batches));
    }
    let client = &rec.cloudfront;
    let PairVersion { etag, count, size } = version(client, requests).await?;
    let arn = requests.arn;
    if state.pairs.is_replaced(arn, &etag) {
        return Ok(Found::Inconsistent);
    }
    if let Some(known) = state.pairs.take(arn, &etag) {
        return Ok(Found::Pairs(known, 0));
    }
    let is_uncertain = state.pairs.is_uncertain(arn, &etag);
    if !is_uncertain {
        state.pairs.forget();
    }
    let subject = &rec.subject;
    let hash = inputs.hashes.recorded.as_deref();
    if !is_uncertain
        && !subject.is_reconcile_requested()
        && is_recorded(&subject.prior_status, hash, arn, &etag)
    {
        return Ok(Found::Recorded);
    }
    let known = |pairs: Pairs, is_certain| KnownPairs {
        arn: arn.to_owned(),
        etag,
        size,
        pairs,
        is_certain,
    };
    if count == Some(0) {
        return Ok(Found::Pairs(known(Pairs::default(), true), 0));
    }
    let pairs = list(client, requests).await?;
    if count.is_some_and(|count| count != pairs.len()) {
        return Ok(Found::Inconsistent);
    }
    Ok(Found::Listed(known(pairs, is_uncertain)))
}

/// Whether a status has this version of the pairs of this store, and was written when the store had the spec with this hash.
pub(in crate::engine::reconcile) fn is_recorded(
    status: &Status<UntypedFields>,
    spec_hash: Option<&str>,
    arn: &str,
    etag: &str,
) -> bool {
    let has = |name: &str, value: &str| status.observed_fields.get(name) == Some(&value.into());
    spec_hash.is_some()
        && status.applied_spec_hash.as_deref() == spec_hash
        && has("arn", arn)
        && has("itemsETag", etag)
}

async fn list(client: &Client, requests: PairRequests<'_>) -> Result<Pairs, CloudFrontError> {
    let mut pairs = vec![];
    let mut next: Option<String> = None;
    loop {
        let request = requests.list(next.as_deref());
        let response = client.send(&request).await?;
        let page = response.bytes.as_deref().and_then(PairPage::read);
        let page = page.ok_or_else(|| unreadable(&request))?;
        pairs.extend(page.pairs);
        match page.next {
            // A list that repeats itself would never end.
            Some(token) if next.as_ref() == Some(&token) => return Err(unreadable(&request)),
            Some(token) => next = Some(token),
            None => return Ok(pairs.into_iter().collect()),
        }
    }
}

pub(super) async fn version(
    client: &Client,
    requests: PairRequests<'_>,
) -> Result<PairVersion, CloudFrontError> {
    let request = requests.describe();
    let response = client.send(&request).await?;
    PairVersion::read(response).ok_or_else(|| unreadable(&request))
}

/// Returns the error of a response without what it must have.
pub(super) fn unreadable(request: &Request) -> CloudFrontError {
    CloudFrontError::InvalidResponse {
        is_too_large: false,
        operation: request.operation.clone(),
        detail: "it lacks the pairs or their ETag".into(),
        request_id: None,
        outcome_unknown: request.is_write(),
    }
}
