//! The operations on pairs.

use std::{ops::Bound, time::Duration};

use serde_json::{Value, json};

use super::{
    PairRequest,
    changes::{Changes, check_store, no_such_key},
    errors::validation_error,
    schema,
    store::Store,
};
use crate::{
    api::KEY_VALUE_STORE,
    clock::Millis,
    error::ApiError,
    http::HttpRequest,
    model::PAIRS_MODEL,
    schema::{decode_blob, encode_blob},
    service::{PairStore, ResourceVersion, Service},
    switches::Switch,
};

/// The number of pairs on a page if the request has none (docs: API ListKeys).
const DEFAULT_PAGE: usize = 10;

/// The result of a successful operation.
pub(crate) struct PairResult {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) body: Value,
    /// Whether the operation changed the state.
    pub(crate) committed: bool,
}

pub(super) fn execute(
    service: &mut Service,
    request: &PairRequest<'_>,
) -> Result<PairResult, ApiError> {
    let body = match &request.operation.body_shape {
        Some(shape) => {
            let switches = &service.state.switches;
            schema::parse_body(shape, &request.http.body, switches)
        }
        None => Ok(Value::Null),
    };
    let key = request.path_parameter("Key").to_owned();
    let changes = match request.name {
        "DescribeKeyValueStore" => return describe(service, request),
        "ListKeys" => return list(service, request),
        "GetKey" => return get(service, request, &key),
        "PutKey" => body.map(|body| {
            let value = body["Value"].as_str().unwrap_or_default();
            Changes(vec![(key, Some(value.to_owned()))])
        }),
        "DeleteKey" => Ok(Changes(vec![(key, None)])),
        _ => body.and_then(|body| Changes::of_batch(&body, &service.state.switches)),
    };
    write(service, request, changes)
}

fn describe(service: &Service, request: &PairRequest<'_>) -> Result<PairResult, ApiError> {
    let store = Store::find(service, request)?;
    if service.state.switches.is_on(Switch::UnreadyStoreIsConflict) {
        store.check_ready()?;
    }
    let pairs = store.pairs(request.lag);
    let created = store.view.resource.created;
    let mut result = respond(request, &pairs);
    let body = &mut result.body;
    body["KvsARN"] = json!(request.path_parameter("KvsARN"));
    body["Created"] = json!(epoch_seconds(created));
    body["LastModified"] = json!(epoch_seconds(pairs.modified().unwrap_or(created)));
    body["Status"] = json!(store.status);
    if let Some(reason) = store.view.version.config.child("FailureReason") {
        body["FailureReason"] = json!(reason.text);
    }
    Ok(result)
}

fn get(service: &Service, request: &PairRequest<'_>, key: &str) -> Result<PairResult, ApiError> {
    let store = Store::find(service, request)?;
    store.check_ready()?;
    let pairs = store.pairs(request.lag);
    let value = pairs.pairs().get(key).ok_or_else(|| no_such_key(key))?;
    let mut result = respond(request, &pairs);
    result.body["Key"] = json!(key);
    result.body["Value"] = json!(value);
    Ok(result)
}

fn list(service: &Service, request: &PairRequest<'_>) -> Result<PairResult, ApiError> {
    let store = Store::find(service, request)?;
    store.check_ready()?;
    let (after, count) = page(request.http)?;
    let pairs = store.pairs(request.lag);
    let rest = (
        after.map_or(Bound::Unbounded, Bound::Excluded),
        Bound::Unbounded,
    );
    let mut rest = pairs.pairs().range::<String, _>(rest);
    let rows: Vec<_> = rest.by_ref().take(count).collect();
    let items = rows
        .iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }));
    let mut body = json!({ "Items": items.collect::<Vec<_>>() });
    if let Some((last, _)) = rows.last().filter(|_| rest.next().is_some()) {
        body["NextToken"] = json!(encode_blob(last.as_bytes()));
    }
    Ok(PairResult {
        status: request.operation.status,
        etag: None,
        body,
        committed: false,
    })
}

/// Returns the last key of the page before, and the number of pairs on a page.
fn page(request: &HttpRequest) -> Result<(Option<String>, usize), ApiError> {
    let query = HttpRequest::decode_pairs(&request.query);
    let parameter = |name: &str| {
        let mut found = query.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    };
    let shape = PAIRS_MODEL.shape("ListKeysRequestMaxResultsInteger");
    let range = shape.min.unwrap_or_default()..=shape.max.unwrap_or_default();
    let count = parameter("MaxResults").map_or(Ok(DEFAULT_PAGE), str::parse);
    let count = count.ok().filter(|count| range.contains(count));
    let message = "MaxResults must be a number from 1 to 50.";
    let count = count.ok_or_else(|| validation_error(message))?;
    let decode = |token| String::from_utf8(decode_blob(token)?).ok();
    let after = parameter("NextToken")
        .map(|token| decode(token).ok_or_else(|| validation_error("NextToken is not valid.")));
    Ok((after.transpose()?, count))
}

/// Applies all changes or none.
fn write(
    service: &mut Service,
    request: &PairRequest<'_>,
    changes: Result<Changes, ApiError>,
) -> Result<PairResult, ApiError> {
    let store = Store::find(service, request)?;
    store.check_ready()?;
    let changes = changes?;
    for (key, _) in &changes.0 {
        schema::check_text(key, "Key", "key")?;
    }
    let before = store.pairs(0);
    check_if_match(request.http, &before)?;
    let (switches, quotas) = (&service.state.switches, service.quotas(request.account));
    changes.check_sizes(&quotas)?;
    changes.check_deletions(&before, switches)?;
    let mut after = before.clone().into_owned();
    after.write(changes.0, service.now());
    check_store(&quotas, &after)?;
    if after.pairs() == before.pairs() && switches.is_on(Switch::IgnoreIdenticalUpdates) {
        return Ok(respond(request, &before));
    }
    let result = PairResult {
        committed: true,
        ..respond(request, &after)
    };
    let (id, version) = (store.view.resource.id.clone(), store.view.version.clone());
    save(service, request.account, &id, version, after);
    Ok(result)
}

/// Stores the pairs. While a switch is on, the time of modification of the store in `CloudFront` changes too.
fn save(
    service: &mut Service,
    account: &str,
    id: &str,
    version: ResourceVersion,
    pairs: PairStore,
) {
    let modified = service.now();
    let changes_store = service.state.switches.is_on(Switch::PairsChangeStores);
    let account = service.account_mut(account);
    let stores = account.family_mut(&KEY_VALUE_STORE.collection());
    if let Some(current) = stores.pairs_mut(id) {
        *current = pairs;
    }
    if changes_store {
        let version = ResourceVersion {
            modified,
            ..version
        };
        stores.update(id, version);
    }
}

/// Rejects a write whose `If-Match` is not the current entity tag of the pairs.
fn check_if_match(request: &HttpRequest, current: &PairStore) -> Result<(), ApiError> {
    let etag = request
        .header("if-match")
        .map(|etag| etag.trim_matches('"'));
    match etag.filter(|etag| !etag.is_empty()) {
        None => Err(validation_error(
            "1 validation error detected: Value at 'ifMatch' failed to satisfy constraint: Member must not be null",
        )),
        Some(etag) if etag != current.etag() => Err(validation_error("Pre-Condition failed")),
        Some(_) => Ok(()),
    }
}

/// Responds with the number and the size of the pairs and, if the operation has one, with their entity tag.
fn respond(request: &PairRequest<'_>, pairs: &PairStore) -> PairResult {
    PairResult {
        status: request.operation.status,
        etag: request.operation.etag.as_ref().map(|_| pairs.etag()),
        body: json!({ "ItemCount": pairs.pairs().len(), "TotalSizeInBytes": pairs.size() }),
        committed: false,
    }
}

/// Returns the number of seconds since 1970, the form of times in JSON.
fn epoch_seconds(time: Millis) -> f64 {
    Duration::from_millis(time.unsigned_abs()).as_secs_f64()
}
