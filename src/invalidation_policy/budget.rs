//! The budget of paths of a namespace in a calendar month.

use super::spec::InvalidationPolicy;
use k8s_openapi::jiff::{Timestamp, tz::TimeZone};
use kube::ResourceExt;

/// AWS's price of a path beyond the free ones, in thousandths of a USD.
const PRICE: i64 = 5;

/// The budget of a namespace, as a change needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    /// The paths that all policies may invalidate in the month. `None`: any number.
    pub(super) limit: Option<i64>,
    /// The paths of the other policies in the month.
    pub(super) used_by_others: i64,
}

impl Budget {
    /// Returns the lower one of the policy's budget and of the administrator's.
    pub(super) fn limit(policy: Option<i64>, operator: Option<i64>) -> Option<i64> {
        policy.into_iter().chain(operator).min()
    }

    /// Whether this number of paths is beyond the budget, when this policy has used `used`.
    pub(super) fn is_exceeded_by(self, paths: i64, used: i64) -> bool {
        let sum = self
            .used_by_others
            .saturating_add(used)
            .saturating_add(paths);
        self.limit.is_some_and(|limit| sum > limit)
    }
}

/// Returns the paths of the policies in a month, apart from the one with this UID.
pub(super) fn used_by_others(policies: &[InvalidationPolicy], uid: &str, month: &str) -> i64 {
    let others = policies
        .iter()
        .filter(|it| it.uid().as_deref() != Some(uid));
    let paths = others.filter_map(|it| Some(it.status.as_ref()?.paths_in(month)));
    paths.sum()
}

/// Returns the calendar month of a time, such as `2026-12`.
pub(super) fn month(now: Timestamp) -> String {
    let date = now.to_zoned(TimeZone::UTC).date();
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Returns the price of paths in USD, if none of them is free.
pub(super) fn price(paths: i64) -> String {
    let price = paths.saturating_mul(PRICE);
    format!("{}.{:03} USD", price / 1000, price % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_budget_counts_and_may_be_used_up_exactly() {
        assert_eq!(Budget::limit(Some(5), Some(3)), Some(3));
        assert_eq!(Budget::limit(Some(5), None), Some(5));
        assert_eq!(Budget::limit(None, None), None);
        let budget = |limit| Budget {
            limit,
            used_by_others: 2,
        };
        assert!(!budget(Some(6)).is_exceeded_by(3, 1));
        assert!(budget(Some(5)).is_exceeded_by(3, 1));
        assert!(!budget(None).is_exceeded_by(i64::MAX, 1));
    }

    #[test]
    fn a_month_begins_at_midnight_utc_and_a_price_has_thousandths() {
        let at = |text: &str| month(text.parse().expect("a valid time"));
        assert_eq!(at("2026-12-31T23:59:59Z"), "2026-12");
        assert_eq!(at("2027-01-01T00:00:00Z"), "2027-01");
        assert_eq!(price(3), "0.015 USD");
        assert_eq!(price(3_000), "15.000 USD");
    }
}
