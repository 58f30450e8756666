//! Every call there is, one of each: what a policy must allow.

use crate::{
    cloudfront::Request,
    engine::{
        kind::{Kind, Lifecycle},
        tags,
    },
    xml::Element,
};
use std::collections::BTreeMap;

/// One of every call that is made for a kind, built as passes build them.
///
/// Where a call names a resource, its path has `*` in the id's place, as it is or percent-encoded; the calls for tags have
/// `{type}/*` instead of an ARN. No such call can be sent.
pub fn required_operations<K: Kind>() -> Vec<Request> {
    let config = || Element::new(K::CONFIG);
    let mut calls = vec![
        K::get(K::COLLECTION, "*"),
        K::list(K::COLLECTION, None),
        K::create(K::COLLECTION, config()),
    ];
    if K::LIFECYCLE == Lifecycle::Managed {
        calls.push(K::update("*", "*", config()));
        calls.push(K::delete("*", "*"));
    }
    if K::SUPPORTS_TAGS {
        let some = BTreeMap::from([("key".to_owned(), "value".to_owned())]);
        let keys: Vec<String> = some.keys().cloned().collect();
        let type_ = K::COLLECTION.split('/').next().unwrap_or_default();
        let resource = format!("{type_}/*");
        calls.push(tags::create::<K>(K::COLLECTION, config(), &some));
        calls.push(tags::list(&resource));
        calls.push(tags::set(&resource, &some));
        calls.push(tags::remove(&resource, &keys));
    }
    calls
}
