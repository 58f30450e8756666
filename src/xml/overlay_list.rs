//! Laying a desired list over an observed one.

use super::Element;
use super::drift::{Drift, describe};
use super::element::Form;

/// What tells one item of a list from the others, in order of preference.
const IDENTITY_FIELDS: [&str; 15] = [
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
    pub(super) fn lay_list(&mut self, want: &Element, at: &str, drift: &mut Vec<Drift>) {
        let labels = self.labels();
        let observed = std::mem::take(&mut self.children);
        let mut rest: Vec<_> = observed.into_iter().map(Some).collect();
        let mut laid = vec![];
        for (rank, asked) in want.distinct().into_iter().enumerate() {
            let is_partner =
                |item: &Option<Self>| item.as_ref().is_some_and(|item| asked.pairs_with(item));
            let place = rest.iter().position(is_partner);
            let item = place.and_then(|place| rest[place].take());
            let path = format!("{at}[{}]", asked.label(rank));
            laid.push((place, asked.lay_item(item, &path, drift)));
        }
        for (item, label) in rest.iter().zip(&labels) {
            if let Some(item) = item.as_ref().filter(|item| !want.repeats(item)) {
                drift.push(Drift::new(&format!("{at}[{label}]"), None, Some(item)));
            }
        }
        if !want.present().any(|item| ORDERED.contains(&&*item.name)) {
            laid.sort_by_key(|(place, _)| place.unwrap_or(usize::MAX));
        } else if !laid.iter().filter_map(|(place, _)| *place).is_sorted() {
            drift.push(Drift::order(at, &want.labels(), &labels));
        }
        self.children = laid.into_iter().map(|(_, item)| item).collect();
        self.drop_text();
        self.form = Form::List;
    }

    /// The items that are wanted, scalars once each.
    fn distinct(&self) -> Vec<&Element> {
        let mut items: Vec<&Element> = vec![];
        for item in self.present() {
            let repeated =
                item.form == Form::Leaf && items.iter().any(|other| item.pairs_with(other));
            if !repeated {
                items.push(item);
            }
        }
        items
    }

    /// Whether the observed item is a scalar that is wanted and already there.
    fn repeats(&self, observed: &Element) -> bool {
        self.present()
            .any(|item| item.form == Form::Leaf && item.pairs_with(observed))
    }

    /// The item that comes of laying this desired one over the observed one it is paired with.
    fn lay_item(&self, observed: Option<Self>, at: &str, drift: &mut Vec<Drift>) -> Self {
        if let Some(mut item) = observed {
            item.lay(self, at, drift);
            return item;
        }
        drift.push(Drift::new(at, Some(self), None));
        self.made(at, &mut vec![])
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
        let childless = |key: &&Element| key.children.is_empty();
        IDENTITY_FIELDS
            .iter()
            .find_map(|key| self.child(key).filter(childless))
    }

    fn labels(&self) -> Vec<String> {
        let items = self.present().enumerate();
        items.map(|(place, item)| item.label(place)).collect()
    }

    /// What stands for an item in a path: what identifies it, or else its place.
    fn label(&self, place: usize) -> String {
        match self.key() {
            Some(key) => describe(key),
            None if self.form == Form::Leaf => describe(self),
            None => place.to_string(),
        }
    }
}
