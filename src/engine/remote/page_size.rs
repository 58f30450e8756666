//! The number of items on a page of a list. Items of CloudFront contain origins with their headers, so some are very large.

use parking_lot::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// CloudFront's limit.
const MAX_ITEMS: u32 = 100;

/// How long pages stay small after one was too large.
const SMALL_PAGES_PERIOD: Duration = Duration::from_hours(1);

/// The number of items on the next page.
#[derive(Debug, Default)]
pub(super) struct PageSize {
    /// The size that is small enough, and since when it is known.
    reduced: Mutex<Option<(u32, Instant)>>,
}

impl PageSize {
    /// Returns the number of items to request.
    pub(super) fn get(&self) -> u32 {
        let reduced = *self.reduced.lock();
        reduced
            .filter(|(_, since)| since.elapsed() < SMALL_PAGES_PERIOD)
            .map_or(MAX_ITEMS, |(items, _)| items)
    }

    /// Records that a page with this number of items was too large.
    pub(super) fn shrink(&self, items: u32) {
        let reduced = (items / 4).max(1);
        *self.reduced.lock() = Some((reduced, Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn a_page_that_is_too_large_makes_the_next_ones_smaller_for_an_hour() {
        let size = PageSize::default();
        let mut sizes = vec![];
        for _ in 0..5 {
            sizes.push(size.get());
            size.shrink(size.get());
        }
        assert_eq!(sizes, [100, 25, 6, 1, 1]);
        advance(Duration::from_mins(59)).await;
        assert_eq!(size.get(), 1);
        advance(Duration::from_mins(1)).await;
        assert_eq!(size.get(), 100);
    }
}
