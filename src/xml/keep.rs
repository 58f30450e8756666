//! Desired state with observed values at paths that are not managed.

use super::Element;
use super::drift::is_plain_list;
use super::element::NodeKind;
use super::names::{ITEMS, QUANTITY};

impl Element {
    /// Replaces the values of this desired state at these paths by the observed ones, so that an [overlay](Self::overlay) neither
    /// reports nor changes them. The paths have the notation of [`Drift::path`](super::Drift::path).
    ///
    /// A path covers everything below it: a structure, a list, or an item that either side has. A structure or an item that is missing
    /// on one side is a difference at its own path, which a path below it does not cover.
    pub fn keep_observed(&mut self, observed: &Element, paths: &[String]) {
        if !paths.is_empty() {
            self.keep_in_structure(Some(observed), "", paths);
        }
    }

    fn keep_in_structure(&mut self, observed: Option<&Element>, path: &str, paths: &[String]) {
        let is_plain_list = is_plain_list(self);
        let names: Vec<_> = self.children.iter().map(|it| it.name.clone()).collect();
        for (index, name) in names.iter().enumerate() {
            let path = self.path_to(name, path);
            let observed = observed.and_then(|it| it.child(name));
            let desired = &mut self.children[index];
            if name == QUANTITY {
                continue;
            }
            if !is_plain_list && paths.contains(&path) {
                let absent = Self::with_kind(name.clone(), NodeKind::Absent);
                *desired = observed.cloned().unwrap_or(absent);
            } else if desired.is_list() {
                desired.keep_in_list(observed, &path, paths);
            } else if !desired.is_absent() && (observed.is_some() || self::is_plain_list(desired)) {
                desired.keep_in_structure(observed, &path, paths);
            }
            if name == ITEMS && self.child(QUANTITY).is_some() {
                let count = self.child(ITEMS).map_or(0, |it| it.children.len());
                self.set_text(QUANTITY, &count.to_string());
            }
        }
    }

    fn keep_in_list(&mut self, observed: Option<&Element>, path: &str, paths: &[String]) {
        let observed: Vec<&Element> = observed.iter().flat_map(|it| it.present()).collect();
        let form = self.form;
        let is_kept = |label: &str| paths.contains(&format!("{path}[{label}]"));
        let labels = self.labels(form);
        let desired = std::mem::take(&mut self.children);
        for (mut item, label) in desired.into_iter().zip(labels) {
            let found = observed.iter().find(|other| item.matches_item(other, form));
            match found {
                Some(other) if is_kept(&label) => self.children.push((*other).clone()),
                None if is_kept(&label) => {}
                Some(other) => {
                    item.keep_in_structure(Some(other), &format!("{path}[{label}]"), paths);
                    self.children.push(item);
                }
                None => self.children.push(item),
            }
        }
        // An item that only the observed list has stays behind the same item as there, since the order can have a meaning.
        let mut position = 0;
        for (index, other) in observed.into_iter().enumerate() {
            let mut present = self.children.iter();
            match present.position(|it| it.matches_item(other, form)) {
                Some(found) => position = found + 1,
                None if is_kept(&other.label(index, form)) => {
                    self.children.insert(position, other.clone());
                    position += 1;
                }
                None => {}
            }
        }
        if self.name == ITEMS {
            let is_empty = self.children.is_empty();
            self.kind = if is_empty {
                NodeKind::Absent
            } else {
                NodeKind::List
            };
        }
    }
}
