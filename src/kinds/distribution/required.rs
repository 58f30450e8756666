//! Members that CloudFront requires in an update, and not in a create request.
//!
//! Sources: the list of required fields in the developer guide, and updates that CloudFront rejected. Without a page and a code in each
//! custom error response, it answers `IllegalUpdate`.

use super::elements::{for_each_behavior, for_each_item};
use crate::xml::Element;

/// Adds an empty value for each required member that neither the spec nor CloudFront's response has.
pub(super) fn complete(config: &mut Element) {
    add_empty_texts(config, &["DefaultRootObject", "WebACLId"]);
    add_empty_lists(
        config,
        &["Aliases", "CacheBehaviors", "CustomErrorResponses"],
    );
    for_each_item(config, "Origins", |origin| {
        add_empty_texts(origin, &["OriginPath"]);
        add_empty_lists(origin, &["CustomHeaders"]);
    });
    for_each_behavior(config, |behavior| {
        add_empty_texts(behavior, &["FieldLevelEncryptionId"]);
        add_empty_lists(
            behavior,
            &["FunctionAssociations", "LambdaFunctionAssociations"],
        );
    });
    for_each_item(config, "CustomErrorResponses", |response| {
        add_empty_texts(response, &["ResponsePagePath", "ResponseCode"]);
    });
}

fn add_empty_texts(structure: &mut Element, members: &[&str]) {
    for member in members {
        if structure.child(member).is_none() {
            structure.set_text(member, "");
        }
    }
}

fn add_empty_lists(structure: &mut Element, members: &[&str]) {
    for member in members {
        if structure.child(member).is_none() {
            structure.push(Element::new(*member).with(Element::leaf("Quantity", "0")));
        }
    }
}
