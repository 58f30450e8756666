//! The code of an observed resource, which no document contains: another request reads it, and it is a member of the configuration then.

use crate::{
    cloudfront::{Request, encode_base64, size_of_base64},
    engine::{api::hash_of, resource_api::ResourceApi},
    xml::{Drift, Element, spec_name},
};

/// Adds code to the observed configuration.
pub(super) fn set_code(api: &ResourceApi, document: &mut Element, code: &[u8]) {
    if let (Some(member), Some(config)) = (api.code, document.child_mut(api.config)) {
        config.set_text(member, &encode_base64(code));
    }
}

/// Adds the code of a create or an update to the observed configuration, since the response lacks it.
pub(super) fn copy_code(api: &ResourceApi, document: &mut Element, request: &Request) {
    let sent = api.code.zip(request.body.as_ref());
    let sent = sent.and_then(|(member, body)| Some((member, body.text_of(member)?)));
    if let (Some((member, code)), Some(config)) = (sent, document.child_mut(api.config)) {
        config.set_text(member, code);
    }
}

/// Replaces the code in differences by its size and a hash.
pub(crate) fn shorten_code(api: &ResourceApi, drift: &mut [Drift]) {
    let Some(member) = api.code else {
        return;
    };
    let field = spec_name(member);
    for entry in drift.iter_mut().filter(|it| it.path == *field) {
        for value in [&mut entry.desired, &mut entry.observed] {
            *value = value.as_ref().map(summary);
        }
    }
}

fn summary(encoded: &String) -> String {
    let size = size_of_base64(encoded);
    format!("{size} bytes with hash {:016x}", hash_of(encoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::Kind, kinds::function::Function};

    #[test]
    fn a_difference_of_the_code_shows_its_size() {
        let path = "functionCode".to_owned();
        let desired = Some(encode_base64("handler"));
        let observed = None;
        let mut drift = [Drift {
            path,
            desired,
            observed,
        }];
        shorten_code(Function::API, &mut drift);
        let shown = drift[0].desired.as_deref().unwrap();
        assert!(shown.starts_with("7 bytes with hash "), "{shown}");
        assert_eq!(drift[0].observed, None);
    }
}
