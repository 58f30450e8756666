//! Pagination of lists.

use super::request::ApiRequest;
use crate::{
    error::ApiError,
    model::MODEL,
    switches::{Switch, Switches},
    xml::Element,
};

const MAX_ITEMS: usize = 100;

/// The page that a request asks for.
pub(super) struct PageRequest {
    /// The page starts after this marker.
    pub(super) marker: String,
    max_items: usize,
}

impl PageRequest {
    pub(super) fn parse(request: &ApiRequest<'_>, switches: &Switches) -> Result<Self, ApiError> {
        let marker = request
            .query_parameter("Marker")
            .unwrap_or_default()
            .to_owned();
        let invalid =
            || ApiError::invalid_argument("The parameter MaxItems must be a number from 1 to 100.");
        let max_items = match request
            .query_parameter("MaxItems")
            .filter(|text| !text.is_empty())
        {
            None => MAX_ITEMS,
            Some(text) => text.parse().map_err(|_| invalid())?,
        };
        let clamped = if switches.is_on(Switch::ClampMaxItems) {
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
            Err(invalid())
        }
    }

    /// Renders the page. `rest` contains the items after the marker, as pairs of marker and summary.
    pub(super) fn render(
        &self,
        root: &str,
        rest: impl Iterator<Item = (String, Element)>,
    ) -> Element {
        let mut rows = rest.take(self.max_items + 1);
        let mut page_rows: Vec<_> = rows.by_ref().take(self.max_items).collect();
        let is_truncated = rows.next().is_some();
        let next_marker = page_rows
            .last()
            .map(|(marker, _)| marker.clone())
            .filter(|_| is_truncated);
        let mut page = Element::new(root).with(Element::leaf("Marker", &self.marker));
        page.children
            .extend(next_marker.map(|marker| Element::leaf("NextMarker", marker)));
        page.children
            .push(Element::leaf("MaxItems", self.max_items));
        page.children
            .push(Element::leaf("IsTruncated", is_truncated));
        let items = page_rows.drain(..).map(|(_, summary)| summary).collect();
        page.children.extend(Element::list(root, items).children);
        let members = &MODEL.shape(root).members;
        page.children
            .retain(|child| members.shape_of(&child.name).is_some());
        page
    }
}
