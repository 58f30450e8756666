//! Overlays a desired list on an observed one.

use super::Element;
use super::drift::{Drift, describe};
use super::element::NodeKind;
use super::list_form::ListForm;

impl Element {
    pub(super) fn overlay_list(&mut self, desired: &Element, path: &str, drift: &mut Vec<Drift>) {
        let form = desired.form;
        let labels = self.labels(form);
        let observed = std::mem::take(&mut self.children);
        let mut unmatched: Vec<_> = observed.into_iter().map(Some).collect();
        let mut result = vec![];
        for (index, item) in desired.distinct_items(form).into_iter().enumerate() {
            let is_match = |observed: &Option<Self>| {
                observed
                    .as_ref()
                    .is_some_and(|observed| item.matches_item(observed, form))
            };
            let position = unmatched.iter().position(is_match);
            let observed = position.and_then(|position| unmatched[position].take());
            let path = format!("{path}[{}]", item.label(index, form));
            result.push((position, item.overlay_item(observed, &path, drift)));
        }
        for (item, label) in unmatched.iter().zip(&labels) {
            let is_added = |item: &&Self| !desired.is_duplicate(item, form);
            if let Some(item) = item.as_ref().filter(is_added) {
                drift.push(Drift::new(&format!("{path}[{label}]"), None, Some(item)));
            }
        }
        if !form.is_ordered() {
            result.sort_by_key(|(position, _)| position.unwrap_or(usize::MAX));
        } else if !result
            .iter()
            .filter_map(|(position, _)| *position)
            .is_sorted()
        {
            drift.push(Drift::order(path, &desired.labels(form), &labels));
        }
        self.children = result.into_iter().map(|(_, item)| item).collect();
        self.drop_text();
        self.kind = NodeKind::List;
    }

    /// Returns the desired items, each scalar once.
    fn distinct_items(&self, form: ListForm) -> Vec<&Element> {
        let mut items: Vec<&Element> = vec![];
        for item in self.present() {
            let is_same = |other: &&Element| item.matches_item(other, form);
            let is_repeated = item.kind == NodeKind::Leaf && items.iter().any(is_same);
            if !is_repeated {
                items.push(item);
            }
        }
        items
    }

    /// Returns whether an unmatched observed item is a desired scalar, which another observed item has matched already.
    fn is_duplicate(&self, observed: &Element, form: ListForm) -> bool {
        let mut items = self.present();
        items.any(|item| item.kind == NodeKind::Leaf && item.matches_item(observed, form))
    }

    /// Returns the result of overlaying this desired item on the observed item that it matches.
    fn overlay_item(&self, observed: Option<Self>, path: &str, drift: &mut Vec<Drift>) -> Self {
        if let Some(mut item) = observed {
            if self.kind == NodeKind::Leaf {
                // The match decides. The observed text can have another case.
                return item;
            }
            item.overlay_node(self, path, drift);
            return item;
        }
        drift.push(Drift::new(path, Some(self), None));
        self.materialize(path, &mut vec![])
    }

    /// Returns whether an observed item is the counterpart of this desired item.
    ///
    /// The desired item decides the identity field, because the observed one may have fields that the types do not know. Structures
    /// without an identity field match in document order, and match no text.
    pub(super) fn matches_item(&self, observed: &Element, form: ListForm) -> bool {
        self.name == observed.name
            && match self.identity(form) {
                Some(identity) => observed
                    .child(&identity.name)
                    .is_some_and(|other| other.text_eq(&identity.text)),
                None if self.kind != NodeKind::Leaf => {
                    observed.kind != NodeKind::Leaf || observed.text.trim().is_empty()
                }
                None if form.has_header_names() => observed.header_eq(&self.text),
                None => observed.text_eq(&self.text),
            }
    }

    fn identity(&self, form: ListForm) -> Option<&Element> {
        let field = self.child(form.identity()?)?;
        field.children.is_empty().then_some(field)
    }

    pub(super) fn labels(&self, form: ListForm) -> Vec<String> {
        let items = self.present().enumerate();
        items.map(|(index, item)| item.label(index, form)).collect()
    }

    /// Returns how a path names an item: by its identity, or else by its index.
    pub(super) fn label(&self, index: usize, form: ListForm) -> String {
        match self.identity(form) {
            Some(identity) => describe(identity),
            None if self.kind == NodeKind::Leaf => describe(self),
            None => index.to_string(),
        }
    }
}
