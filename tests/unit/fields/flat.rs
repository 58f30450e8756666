//! A configuration as CloudFront answers it: places and texts, whatever their order.

use cloudfront_operator::xml::Element;

/// Each text with its path of element names in lower case, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flat(Vec<(String, String)>);

impl Flat {
    pub(super) fn of(config: &Element) -> Self {
        let mut found = vec![];
        walk("", config, &mut found);
        // What is empty is the same as what is not there, and lists are counted, not told.
        found.retain(|(path, text)| !text.is_empty() && !path.ends_with("/quantity"));
        found.sort();
        Self(found)
    }

    /// What is here and not there, as often as it is.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut rest = other.0.clone();
        let mut kept = self.0.clone();
        kept.retain(|pair| match rest.iter().position(|it| it == pair) {
            Some(place) => {
                rest.swap_remove(place);
                false
            }
            None => true,
        });
        Self(kept)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a text is at a place whose path has these names, in this order, and perhaps others.
    pub(super) fn has(&self, field: &str, text: &str) -> bool {
        let field = field.to_lowercase();
        let is_there = |path: &str| {
            let mut names = path.split('/');
            let mut fields = field.split(['.', '[']).filter(|it| !it.ends_with(']'));
            fields.all(|field| names.any(|name| name == field))
        };
        self.0
            .iter()
            .any(|(path, found)| found == text && is_there(path))
    }
}

fn walk(path: &str, element: &Element, found: &mut Vec<(String, String)>) {
    let path = format!("{path}/{}", element.name().to_lowercase());
    if element.children().is_empty() {
        found.push((path, element.text().trim().to_owned()));
        return;
    }
    for child in element.children() {
        walk(&path, child, found);
    }
}
