//! The origin access identity that reads a bucket, named by its object.

use crate::{
    engine::{LocalReference, ResolvedReferences, TypedLocalReference},
    xml,
};
use serde::ser::Error as _;

const KIND: &str = "OriginAccessIdentity";

/// The object that a reference to an identity names.
pub(in crate::kinds) fn dependency(reference: &LocalReference) -> TypedLocalReference {
    TypedLocalReference {
        kind: KIND,
        name: reference.0.name.clone(),
    }
}

/// Puts what CloudFront calls an identity in place of a reference to its object, where there is one.
///
/// An id that is not known is an error: without its identity the bucket would be expected to be public.
pub(in crate::kinds) fn resolve(
    identity: &mut Option<String>,
    reference: &mut Option<LocalReference>,
    ids: &ResolvedReferences,
) -> Result<(), xml::XmlError> {
    let Some(reference) = reference.take() else {
        return Ok(());
    };
    let name = reference.0.name;
    let id = ids.id(KIND, &name).ok_or_else(|| {
        xml::XmlError::custom(format!("the id of {KIND} {name} is not known yet"))
    })?;
    *identity = Some(format!("origin-access-identity/cloudfront/{id}"));
    Ok(())
}
