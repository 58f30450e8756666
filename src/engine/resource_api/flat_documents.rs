//! Responses that contain the configuration as members beside those that CloudFront assigns.

use crate::xml::Element;

/// How the documents of a family contain the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentForm {
    /// As an element of the resource. A create and an update have that element as their document.
    Nested,
    /// As members beside those that CloudFront assigns. The configuration is the document of a create, with members for the tags. That of
    /// an update has the name `Update{name}Request`, and lacks the members that cannot change.
    Flat(FlatDocuments),
}

/// Where such a response has the members that the engine reads. A path has at most one slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlatDocuments {
    /// The element of a response that has these members, if they are not in its root. A list item has them itself.
    pub element: Option<&'static str>,
    /// The members of the configuration.
    pub config: &'static [&'static str],
    /// The paths of the members that CloudFront assigns, with the names that other families have for them, such as `Id` and `ARN`. If there is
    /// none, all members are of the configuration, also those that the operator does not know.
    pub assigned: &'static [(&'static str, &'static str)],
}

impl FlatDocuments {
    /// Returns a resource in the form of the other families: the assigned members, and the configuration as an element.
    pub(crate) fn nested(&self, response: &Element, config: &str) -> Element {
        let resource = self.element.and_then(|it| response.child(it));
        let resource = resource.unwrap_or(response);
        let known = self.config.iter().filter_map(|it| resource.child(it));
        let unknown = resource
            .children()
            .iter()
            .filter(|member| self.assigned.is_empty() && !self.config.contains(&member.name()));
        let members = known.chain(unknown).cloned();
        let config = members.fold(Element::new(config), Element::with);
        let assigned = self.assigned.iter().filter_map(|(path, name)| {
            let text = match path.split_once('/') {
                Some((structure, member)) => resource.child(structure)?.text_of(member),
                None => resource.text_of(path),
            };
            Some(Element::leaf(*name, text?))
        });
        let root = Element::new(resource.name());
        assigned.fold(root, Element::with).with(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAT: FlatDocuments = FlatDocuments {
        element: None,
        config: &["Name", "Config"],
        assigned: &[("Name", "Id"), ("Metadata/FunctionARN", "ARN")],
    };

    #[test]
    fn the_configuration_is_an_element_and_the_assigned_members_have_common_names() {
        let resource =
            b"<Summary><Name>rewrite</Name><Other/><Config><Comment>x</Comment></Config>\
            <Metadata><FunctionARN>arn:1</FunctionARN></Metadata></Summary>";
        let expected = b"<Summary><Id>rewrite</Id><ARN>arn:1</ARN><Body><Name>rewrite</Name>\
            <Config><Comment>x</Comment></Config></Body></Summary>";
        let nested = FLAT.nested(&Element::parse(resource).unwrap(), "Body");
        assert_eq!(nested, Element::parse(expected).unwrap());
    }

    #[test]
    fn the_members_are_in_an_element_of_a_response_and_in_a_list_item_itself() {
        let flat = FlatDocuments {
            element: Some("Log"),
            ..FLAT
        };
        let item = Element::new("Log").with(Element::leaf("Name", "sampled"));
        let response = Element::new("Result").with(item.clone());
        for document in [item, response] {
            let nested = flat.nested(&document, "Body");
            assert_eq!(nested.text_of("Id"), Some("sampled"));
        }
    }

    #[test]
    fn a_document_of_the_configuration_alone_keeps_unknown_members() {
        let flat = FlatDocuments {
            assigned: &[],
            ..FLAT
        };
        let resource =
            b"<Body><Config><Comment>x</Comment></Config><FromTheFuture>1</FromTheFuture></Body>";
        let expected = b"<Body><Body><Config><Comment>x</Comment></Config><FromTheFuture>1</FromTheFuture></Body></Body>";
        let nested = flat.nested(&Element::parse(resource).unwrap(), "Body");
        assert_eq!(nested, Element::parse(expected).unwrap());
    }

    #[test]
    fn a_document_without_the_members_has_no_id() {
        let nested = FLAT.nested(&Element::new("Summary"), "Body");
        assert_eq!(nested.text_of("Id"), None);
    }
}
