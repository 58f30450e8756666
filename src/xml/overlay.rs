//! Overlays desired state on observed state.

use super::Element;
use super::drift::{Drift, is_plain_list};
use super::element::NodeKind;
use super::names::{ENABLED, ITEMS, QUANTITY, spec_name};

impl Element {
    /// Overlays desired state on this observed element, and returns the differences.
    ///
    /// The result is the document of an update, which replaces the whole configuration: `desired` decides what it mentions, and everything
    /// else stays. No drift means in sync, although empty elements that an update requires may have been added. Overlaying the same again
    /// changes nothing and returns no drift. The names of the roots are not compared.
    ///
    /// - Empty is the same as absent: an empty element, a `Quantity` of 0, or a disabled structure is not drift where the other side has
    ///   none. Removing content is drift.
    /// - A list gets exactly the desired items, without duplicates, but each item keeps what is not mentioned. Structures are matched by
    ///   their identity field, not by position. The order is compared only where it has a meaning.
    /// - Names of headers compare without their case, as HTTP does. Each other text compares with it. Numbers with decimals compare as
    ///   numbers.
    /// - `Quantity` is computed, never compared.
    pub fn overlay(&mut self, desired: &Element) -> Vec<Drift> {
        let mut drift = vec![];
        self.overlay_node(desired, "", &mut drift);
        for entry in &mut drift {
            if entry.path.is_empty() {
                entry.path = spec_name(&desired.name).into_owned();
            }
        }
        drift
    }

    pub(super) fn overlay_node(&mut self, desired: &Element, path: &str, drift: &mut Vec<Drift>) {
        let both_empty = self.is_semantically_empty() && desired.is_semantically_empty();
        let drift_before = drift.len();
        match desired.kind {
            _ if desired.is_list() => self.overlay_list(desired, path, drift),
            NodeKind::Leaf if both_empty => {}
            NodeKind::Leaf => self.overlay_text(desired, path, drift),
            _ => self.overlay_structure(desired, path, drift),
        }
        if both_empty {
            drift.truncate(drift_before);
        }
    }

    fn overlay_text(&mut self, desired: &Element, path: &str, drift: &mut Vec<Drift>) {
        if !self.text_eq(&desired.text) {
            drift.push(Drift::new(path, Some(desired), Some(self)));
            *self = Self::leaf(&*self.name, &*desired.text);
        }
    }

    fn overlay_structure(&mut self, desired: &Element, path: &str, drift: &mut Vec<Drift>) {
        if !self.text.trim().is_empty() {
            drift.push(Drift::new(path, None, Some(self)));
        }
        self.kind = NodeKind::Structure;
        for (index, child) in desired.children.iter().enumerate() {
            let mut earlier = desired.children[..index].iter();
            if earlier.any(|other| other.name == child.name) {
                continue;
            }
            if child.name != QUANTITY {
                self.overlay_child(child, &desired.path_to(&child.name, path), drift);
            } else if self.child(QUANTITY).is_none() {
                self.set_text(QUANTITY, &child.text);
            }
        }
        self.sync_quantity(desired, path, drift);
        self.drop_text();
    }

    /// Removes the text of an element that is not a leaf.
    ///
    /// White space without children means nothing, so it stays: overlaying the same again must change nothing.
    pub(super) fn drop_text(&mut self) {
        if !(self.children.is_empty() && self.text.trim().is_empty()) {
            self.text.clear();
        }
    }

    /// Returns the path of a child in the spec, where a list without siblings has no `Items`.
    pub(super) fn path_to(&self, child: &str, path: &str) -> String {
        match spec_name(child) {
            _ if is_plain_list(self) => path.to_owned(),
            field if path.is_empty() => field.into_owned(),
            field => format!("{path}.{field}"),
        }
    }

    fn overlay_child(&mut self, desired: &Element, path: &str, drift: &mut Vec<Drift>) {
        let found = self
            .children
            .iter()
            .position(|child| child.name == desired.name);
        match found {
            Some(index) if desired.is_list() => {
                self.children[index].overlay_node(desired, path, drift);
                if desired.is_absent() {
                    self.remove(&desired.name);
                }
            }
            Some(index) if desired.is_absent() => self.remove_absent(index, path, drift),
            Some(index) => self.children[index].overlay_node(desired, path, drift),
            None if desired.is_absent() => {}
            None => self.add(desired, path, drift),
        }
    }

    /// Removes a child that must not exist.
    ///
    /// An empty child stays, because an update requires many of them, unless it is a structure without `Enabled` and `Quantity`. Such a
    /// structure has a meaning by its presence: an empty `S3OriginConfig` makes an origin an S3 origin.
    fn remove_absent(&mut self, index: usize, path: &str, drift: &mut Vec<Drift>) {
        let child = &self.children[index];
        let has_switch = child.child(ENABLED).or(child.child(QUANTITY)).is_some();
        let is_bare_structure = !child.children.is_empty() && !has_switch;
        if child.is_semantically_empty() && !is_bare_structure {
            return;
        }
        if !child.is_semantically_empty() {
            drift.push(Drift::new(path, None, Some(child)));
        }
        let name = child.name.clone();
        self.remove(&name);
    }

    fn add(&mut self, desired: &Element, path: &str, drift: &mut Vec<Drift>) {
        let mut items = vec![];
        self.children.push(desired.materialize(path, &mut items));
        if desired.is_list() {
            drift.append(&mut items);
        } else if !desired.is_semantically_empty() {
            drift.push(Drift::new(path, Some(desired), None));
        }
    }

    /// Returns the result of overlaying this desired element on nothing.
    pub(super) fn materialize(&self, path: &str, drift: &mut Vec<Drift>) -> Self {
        if self.kind == NodeKind::Leaf {
            return self.clone();
        }
        let mut created = Self::with_kind(&*self.name, self.kind);
        created.form = self.form;
        created.overlay_node(self, path, drift);
        created
    }

    /// Sets `Quantity` to the number of items, if `desired` mentions items and either side has a `Quantity`.
    fn sync_quantity(&mut self, desired: &Element, path: &str, drift: &mut Vec<Drift>) {
        let quantity = desired.child(QUANTITY);
        if !desired.children.iter().any(|child| child.name == ITEMS) {
            if !quantity.is_some_and(|quantity| quantity.text_eq("0")) {
                return;
            }
            let no_items = Self::with_kind(ITEMS, NodeKind::Absent);
            self.overlay_child(&no_items, &desired.path_to(ITEMS, path), drift);
        }
        if quantity.or(self.child(QUANTITY)).is_some() {
            let count = self.child(ITEMS).map_or(0, |items| items.children.len());
            self.set_text(QUANTITY, &count.to_string());
        }
    }
}
