//! A configuration as an unordered collection of paths and texts.

use cloudfront_operator::xml::Element;

/// Each text with its path of lower-case element names, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FlatConfig(Vec<(String, String)>);

impl FlatConfig {
    pub(super) fn of(config: &Element) -> Self {
        let mut found = vec![];
        walk("", config, &mut found);
        // An empty element equals an absent one, and quantities follow from the items.
        found.retain(|(path, text)| !text.is_empty() && !path.ends_with("/quantity"));
        found.sort();
        Self(found)
    }

    /// The difference of the two multisets.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut others = other.0.clone();
        let mut kept = self.0.clone();
        kept.retain(|pair| match others.iter().position(|it| it == pair) {
            Some(index) => {
                others.swap_remove(index);
                false
            }
            None => true,
        });
        Self(kept)
    }

    /// The paths of all texts. Two objects with the same spec have the same paths, although their unique texts differ.
    pub(super) fn paths(&self) -> Vec<&str> {
        self.0.iter().map(|(path, _)| path.as_str()).collect()
    }

    /// Separates the texts of a field of the root from all others.
    pub(super) fn split(&self, field: &str) -> (Self, Self) {
        let field = field.to_lowercase();
        let is_field = |path: &str| path.split('/').nth(2) == Some(&field);
        let all = self.0.iter().cloned();
        let (found, others) = all.partition(|(path, _)| is_field(path));
        (Self(found), Self(others))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the path of a text has these names in this order. There may be other names between them.
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
