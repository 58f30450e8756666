//! Laying desired state over observed state.

use super::Element;
use super::drift::{Drift, describe, is_plain_list};
use super::element::Form;
use super::names::{ENABLED, ITEMS, QUANTITY, spec_name};

/// What tells one item of a list from the others, in order of preference.
const KEYS: [&str; 15] = [
    "Id",
    "PathPattern",
    "ErrorCode",
    "HeaderName",
    "EventType",
    "Key",
    "OriginId",
    "ContentType",
    "QueryArg",
    "PublicKeyId",
    "Header",
    "Domain",
    "StreamType",
    "KeyValueStoreARN",
    "Name",
];

/// The items whose order has a meaning: the first cache behavior that matches wins, and the first member of an origin
/// group is the primary one. Every other order is CloudFront's own and changes without a reason.
const ORDERED: [&str; 2] = ["CacheBehavior", "OriginGroupMember"];

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

    fn lay(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
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
        self.text.clear();
        let plain_list = is_plain_list(want);
        for (place, asked) in want.children.iter().enumerate() {
            let repeated = want.children[..place]
                .iter()
                .any(|other| other.name == asked.name);
            if asked.name == QUANTITY || repeated {
                continue;
            }
            let field = spec_name(&asked.name);
            match at {
                _ if plain_list => self.lay_child(asked, at, drift),
                "" => self.lay_child(asked, &field, drift),
                _ => self.lay_child(asked, &format!("{at}.{field}"), drift),
            }
        }
        self.count(want, at, drift);
    }

    fn lay_child(&mut self, asked: &Element, at: &str, drift: &mut Vec<Drift>) {
        let found = self
            .children
            .iter()
            .position(|child| child.name == asked.name);
        match found {
            Some(place) if asked.is_list() => {
                let list = &mut self.children[place];
                list.lay(asked, at, drift);
                if asked.is_absent() {
                    self.children.remove(place);
                }
            }
            Some(place) if asked.is_absent() => self.withdraw(place, at, drift),
            Some(place) => self.children[place].lay(asked, at, drift),
            None if asked.is_absent() => {}
            None => self.add(asked, at, drift),
        }
    }

    /// Takes out what must not be there.
    ///
    /// A blank element is left alone, because an update requires many of them, unless it is a bare structure. There
    /// the presence itself speaks: an empty `S3OriginConfig` still makes an origin an S3 origin.
    fn withdraw(&mut self, place: usize, at: &str, drift: &mut Vec<Drift>) {
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
        let known = drift.len();
        let mut fresh = Self::formed(&*asked.name, asked.form);
        fresh.lay(asked, at, drift);
        if !asked.is_list() {
            drift.truncate(known);
            if !asked.is_blank() {
                drift.push(Drift::new(at, Some(asked), None));
            }
        }
        self.children.push(fresh);
    }

    /// Makes `Quantity` tell the number of items, if `want` speaks of items and either side counts them.
    fn count(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
        let emptied = want
            .child(QUANTITY)
            .is_some_and(|quantity| quantity.says("0"));
        if emptied && !want.children.iter().any(|child| child.name == ITEMS) {
            self.lay_child(&Self::formed(ITEMS, Form::Absent), at, drift);
        } else if !want.children.iter().any(Self::is_list) {
            return;
        }
        if want.child(QUANTITY).or(self.child(QUANTITY)).is_some() {
            let items = self.child(ITEMS).map_or(0, |items| items.children.len());
            self.set(QUANTITY, &items.to_string());
        }
    }

    fn lay_list(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
        self.text.clear();
        self.form = Form::List;
        let observed = self.labels();
        let mut rest: Vec<_> = std::mem::take(&mut self.children)
            .into_iter()
            .map(Some)
            .collect();
        let mut laid: Vec<(usize, Self)> = vec![];
        let mut places = vec![];
        for (rank, asked) in want.present().enumerate() {
            if asked.form == Form::Leaf && laid.iter().any(|(_, item)| asked.pairs_with(item)) {
                continue;
            }
            let path = format!("{at}[{}]", asked.label(rank));
            let place = rest
                .iter()
                .position(|item| item.as_ref().is_some_and(|item| asked.pairs_with(item)));
            let item = place.and_then(|place| rest[place].take());
            let ordered = ORDERED.contains(&&*asked.name);
            let position = if ordered {
                rank
            } else {
                place.unwrap_or(usize::MAX)
            };
            places.extend(place.filter(|_| ordered));
            laid.push((position, asked.lay_item(item, &path, drift)));
        }
        for (place, item) in rest.into_iter().enumerate() {
            let Some(item) = item else { continue };
            if !want
                .present()
                .any(|asked| asked.form == Form::Leaf && asked.pairs_with(&item))
            {
                let path = format!("{at}[{}]", observed[place]);
                drift.push(Drift::new(&path, None, Some(&item)));
            }
        }
        if !places.is_sorted() {
            drift.push(Drift::order(at, &want.labels(), &observed));
        }
        laid.sort_by_key(|(position, _)| *position);
        self.children = laid.into_iter().map(|(_, item)| item).collect();
    }

    /// The item that comes of laying this desired one over the observed one it is paired with.
    fn lay_item(&self, observed: Option<Self>, at: &str, drift: &mut Vec<Drift>) -> Self {
        if let Some(mut item) = observed {
            item.lay(self, at, drift);
            return item;
        }
        let mut item = Self::formed(&*self.name, self.form);
        item.lay(self, at, &mut vec![]);
        drift.push(Drift::new(at, Some(self), None));
        item
    }

    /// Whether an observed item is the one that this desired item is about.
    ///
    /// The desired one decides what identifies it: it has no children that this program does not know. Structures
    /// without any such child are paired in the order in which they come.
    fn pairs_with(&self, observed: &Element) -> bool {
        self.name == observed.name
            && match self.key() {
                Some(key) => observed
                    .child(&key.name)
                    .is_some_and(|other| other.says(&key.text)),
                None => self.form != Form::Leaf || observed.says(&self.text),
            }
    }

    fn key(&self) -> Option<&Element> {
        KEYS.iter().find_map(|key| self.child(key))
    }

    fn labels(&self) -> Vec<String> {
        let items = self.present().enumerate();
        items.map(|(place, item)| item.label(place)).collect()
    }

    /// What stands for an item in a path: what identifies it, or else its place.
    fn label(&self, place: usize) -> String {
        match self.key() {
            Some(key) => describe(key),
            None if self.present().next().is_none() => describe(self),
            None => place.to_string(),
        }
    }
}
