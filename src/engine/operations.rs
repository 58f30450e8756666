//! The API operations of a kind, from which the IAM policies derive.

use crate::{
    cloudfront::Request,
    engine::{
        kind::{Kind, Lifecycle},
        tags,
    },
    xml::Element,
};
use std::collections::BTreeMap;

/// Returns one request for each operation that reconciliations of a kind use. They are built by the same functions.
///
/// The path of a request has `*` in place of an id, which may be percent-encoded. Requests for tags have `{type}/*` in place of an
/// ARN.
///
/// The requests cannot be sent: the command `iam-policy` reads their operations and paths.
pub fn required_operations<K: Kind>() -> Vec<Request> {
    let config = || Element::new(K::CONFIG);
    let mut requests = vec![
        K::get(K::COLLECTION, "*"),
        K::list(K::COLLECTION, None, 1),
        K::create(K::COLLECTION, config()),
    ];
    if K::LIFECYCLE == Lifecycle::Managed {
        requests.push(K::update("*", "*", config()));
        requests.push(K::delete("*", "*"));
    }
    if K::SUPPORTS_TAGS {
        let some = BTreeMap::from([("key".to_owned(), "value".to_owned())]);
        let keys: Vec<String> = some.keys().cloned().collect();
        let type_ = K::COLLECTION.split('/').next().unwrap_or_default();
        let resource = format!("{type_}/*");
        requests.push(tags::create::<K>(K::COLLECTION, config(), &some));
        requests.push(tags::list(&resource));
        requests.push(tags::set(&resource, &some));
        requests.push(tags::remove(&resource, &keys));
    }
    requests
}
