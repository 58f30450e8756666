//! The distribution that the resource of an object is part of.

use crate::{
    engine::{LocalReference, ParentResource, ResolvedReferences},
    kinds::validation::Rule,
};

/// The kind of the parent.
pub(in crate::kinds) const DISTRIBUTION_KIND: &str = "Distribution";

/// The rules of a spec that names a distribution by its id.
pub(in crate::kinds) const DISTRIBUTION_ID: [Rule; 1] = [Rule::expression(
    "self.matches('^[A-Z0-9]+$')",
    "'\"%s\" is not the ID of a distribution: use the ID alone, such as EDFDVBD632BHDS5, without ARN and domain name'.format([self])",
)];

/// Returns the distribution that a spec references, or whose id it has. `None`: the reference is not resolved.
pub(in crate::kinds) fn distribution(
    reference: Option<&LocalReference>,
    id: Option<&str>,
    references: &ResolvedReferences,
) -> Option<ParentResource> {
    let referenced = reference.and_then(|it| references.id(DISTRIBUTION_KIND, &it.0.name));
    Some(ParentResource {
        kind: DISTRIBUTION_KIND,
        id: referenced.or(id)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ReferenceName, TypedLocalReference};

    #[test]
    fn the_distribution_is_the_referenced_one_or_that_with_the_id() {
        let name = "www".to_owned();
        let kind = DISTRIBUTION_KIND;
        let target = TypedLocalReference { kind, name };
        let references: ResolvedReferences = [(target, "E1".to_owned())].into_iter().collect();
        let reference = LocalReference(ReferenceName { name: "www".into() });
        let found = |reference, id, references| {
            let parent = distribution(reference, id, references);
            parent.map(|it| it.id)
        };
        let unresolved = ResolvedReferences::default();
        assert_eq!(
            found(Some(&reference), None, &references),
            Some("E1".into())
        );
        assert_eq!(found(None, Some("E2"), &references), Some("E2".into()));
        assert_eq!(found(Some(&reference), None, &unresolved), None);
    }
}
