//! Pages of lists.

use super::Call;
use crate::{
    error::ApiError,
    switches::{Switch, Switches},
    xml::Element,
};

const MAX_ITEMS: usize = 100;

/// What a client asked to see.
pub(super) struct Page {
    pub(super) marker: String,
    max_items: usize,
}

impl Page {
    pub(super) fn of(call: &Call<'_>, switches: &Switches) -> Result<Self, ApiError> {
        let marker = call.parameter("Marker").unwrap_or_default().to_owned();
        let wrong = || ApiError::argument("The parameter MaxItems must be a number from 1 to 100.");
        let max_items = match call.parameter("MaxItems").filter(|text| !text.is_empty()) {
            None => MAX_ITEMS,
            Some(text) => text.parse().map_err(|_| wrong())?,
        };
        let clamped = if switches.on(Switch::ClampMaxItems) {
            max_items.min(MAX_ITEMS)
        } else {
            max_items
        };
        if (1..=MAX_ITEMS).contains(&clamped) {
            Ok(Self {
                marker,
                max_items: clamped,
            })
        } else {
            Err(wrong())
        }
    }

    /// The list's document from what comes after the marker: pairs of marker and summary.
    pub(super) fn answer(
        &self,
        root: &str,
        rest: impl Iterator<Item = (String, Element)>,
    ) -> Element {
        let mut rows = rest.take(self.max_items + 1);
        let mut shown: Vec<_> = rows.by_ref().take(self.max_items).collect();
        let truncated = rows.next().is_some();
        let last = shown
            .last()
            .map(|(marker, _)| marker.clone())
            .filter(|_| truncated);
        let mut page = Element::new(root).with(Element::leaf("Marker", &self.marker));
        page.children
            .extend(last.map(|marker| Element::leaf("NextMarker", marker)));
        page.children
            .push(Element::leaf("MaxItems", self.max_items));
        page.children.push(Element::leaf("IsTruncated", truncated));
        let items = shown.drain(..).map(|(_, summary)| summary).collect();
        page.children.extend(Element::list(root, items).children);
        page
    }
}
