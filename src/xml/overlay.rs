//! Laying desired state over observed state.

use super::Element;
use super::drift::{Drift, is_plain_list};
use super::element::Form;
use super::names::{ENABLED, ITEMS, QUANTITY, spec_name};

impl Element {
    /// Lays desired state over this observed element, in place, and tells what was different.
    ///
    /// Afterwards this is what to send in an update, which replaces everything: what `want` says wins, what it does not
    /// mention stays. No drift means in sync, although blank elements that an update requires may have been added.
    /// Laying the same over the result changes nothing and finds no drift. The root names are not compared.
    ///
    /// - Blank is the same as absent: an empty element, a `Quantity` of 0, or a structure that is switched off is never
    ///   drift beside an absent one. To clear what is not blank is.
    /// - A list becomes exactly what is wanted, without repetitions, but each item keeps what is not mentioned about it.
    ///   Structures are paired by what identifies them, not by place; order is compared only where it has a meaning.
    /// - `Quantity` is counted, never compared.
    pub fn overlay(&mut self, want: &Element) -> Vec<Drift> {
        let mut drift = vec![];
        self.lay(want, "", &mut drift);
        for place in &mut drift {
            if place.path.is_empty() {
                place.path = spec_name(&want.name).into_owned();
            }
        }
        drift
    }

    pub(super) fn lay(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
        let both_blank = self.is_blank() && want.is_blank();
        let known = drift.len();
        match want.form {
            _ if want.is_list() => self.lay_list(want, at, drift),
            Form::Leaf if both_blank => {}
            Form::Leaf => self.lay_text(want, at, drift),
            _ => self.lay_structure(want, at, drift),
        }
        if both_blank {
            drift.truncate(known);
        }
    }

    fn lay_text(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
        if !self.says(&want.text) {
            drift.push(Drift::new(at, Some(want), Some(self)));
            *self = Self::leaf(&*self.name, &*want.text);
        }
    }

    fn lay_structure(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
        if !self.text.trim().is_empty() {
            drift.push(Drift::new(at, None, Some(self)));
        }
        self.form = Form::Structure;
        for (place, asked) in want.children.iter().enumerate() {
            let mut earlier = want.children[..place].iter();
            if earlier.any(|other| other.name == asked.name) {
                continue;
            }
            if asked.name != QUANTITY {
                self.lay_child(asked, &want.path_to(&asked.name, at), drift);
            } else if self.child(QUANTITY).is_none() {
                self.set_text(QUANTITY, &asked.text);
            }
        }
        self.count(want, at, drift);
        self.drop_text();
    }

    /// Drops text from what is no leaf. White space beside nothing says nothing, so it stays: the same laid again is to change nothing.
    pub(super) fn drop_text(&mut self) {
        if !(self.children.is_empty() && self.text.trim().is_empty()) {
            self.text.clear();
        }
    }

    /// The path of a child in the spec, where a list without siblings hides its `Items`.
    fn path_to(&self, child: &str, at: &str) -> String {
        match spec_name(child) {
            _ if is_plain_list(self) => at.to_owned(),
            field if at.is_empty() => field.into_owned(),
            field => format!("{at}.{field}"),
        }
    }

    fn lay_child(&mut self, asked: &Element, at: &str, drift: &mut Vec<Drift>) {
        let found = self
            .children
            .iter()
            .position(|child| child.name == asked.name);
        match found {
            Some(place) if asked.is_list() => {
                self.children[place].lay(asked, at, drift);
                if asked.is_absent() {
                    self.remove(&asked.name);
                }
            }
            Some(place) if asked.is_absent() => self.remove_absent(place, at, drift),
            Some(place) => self.children[place].lay(asked, at, drift),
            None if asked.is_absent() => {}
            None => self.add(asked, at, drift),
        }
    }

    /// Takes out what must not be there.
    ///
    /// A blank element is left alone, because an update requires many of them, unless it is a bare structure. There
    /// the presence itself speaks: an empty `S3OriginConfig` still makes an origin an S3 origin.
    fn remove_absent(&mut self, place: usize, at: &str, drift: &mut Vec<Drift>) {
        let child = &self.children[place];
        let switched = child.child(ENABLED).or(child.child(QUANTITY)).is_some();
        let is_bare_structure = !child.children.is_empty() && !switched;
        if child.is_blank() && !is_bare_structure {
            return;
        }
        if !child.is_blank() {
            drift.push(Drift::new(at, None, Some(child)));
        }
        let name = child.name.clone();
        self.remove(&name);
    }

    fn add(&mut self, asked: &Element, at: &str, drift: &mut Vec<Drift>) {
        let mut items = vec![];
        self.children.push(asked.made(at, &mut items));
        if asked.is_list() {
            drift.append(&mut items);
        } else if !asked.is_blank() {
            drift.push(Drift::new(at, Some(asked), None));
        }
    }

    /// The element that comes of laying this desired one over nothing.
    pub(super) fn made(&self, at: &str, drift: &mut Vec<Drift>) -> Self {
        if self.form == Form::Leaf {
            return self.clone();
        }
        let mut fresh = Self::formed(&*self.name, self.form);
        fresh.lay(self, at, drift);
        fresh
    }

    /// Makes `Quantity` tell the number of items, if `want` speaks of items and either side counts them.
    fn count(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
        let quantity = want.child(QUANTITY);
        if !want.children.iter().any(|child| child.name == ITEMS) {
            if !quantity.is_some_and(|quantity| quantity.says("0")) {
                return;
            }
            let nothing = Self::formed(ITEMS, Form::Absent);
            self.lay_child(&nothing, &want.path_to(ITEMS, at), drift);
        }
        if quantity.or(self.child(QUANTITY)).is_some() {
            let items = self.child(ITEMS).map_or(0, |items| items.children.len());
            self.set_text(QUANTITY, &items.to_string());
        }
    }
}
