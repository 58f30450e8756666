//! Statistics of repeated runs.

use serde::Serialize;

/// The smallest, the middle and the largest of some values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) minimum: f64,
    pub(crate) median: f64,
    pub(crate) maximum: f64,
}

impl Spread {
    /// `None` without values. The median of an even number of values is the mean of the middle two.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let upper = *sorted.get(middle)?;
        let median = if sorted.len() % 2 == 1 {
            upper
        } else {
            f64::midpoint(sorted[middle - 1], upper)
        };
        Some(Self {
            minimum: *sorted.first()?,
            median,
            maximum: *sorted.last()?,
        })
    }

    /// The spread of the ratios of the pairs. `None` unless both sides have the same number of values, and at least one.
    pub(crate) fn of_ratios(values: &[f64], references: &[f64]) -> Option<Self> {
        if values.len() != references.len() {
            return None;
        }
        let ratios: Vec<f64> = values
            .iter()
            .zip(references)
            .map(|(value, reference)| ratio(*value, *reference))
            .collect();
        Self::of(&ratios)
    }
}

/// 1 for equal values, so that two counts of zero count as unchanged; infinite for any other value compared with zero.
fn ratio(value: f64, reference: f64) -> f64 {
    if value.total_cmp(&reference).is_eq() {
        1.0
    } else {
        value / reference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn spread(minimum: f64, median: f64, maximum: f64) -> Spread {
        Spread {
            minimum,
            median,
            maximum,
        }
    }

    #[test]
    fn the_median_of_an_odd_number_is_the_middle_one() {
        assert_eq!(Spread::of(&[3.0, 1.0, 8.0]), Some(spread(1.0, 3.0, 8.0)));
    }

    #[test]
    fn the_median_of_an_even_number_is_the_mean_of_the_middle_two() {
        assert_eq!(
            Spread::of(&[4.0, 1.0, 8.0, 2.0]),
            Some(spread(1.0, 3.0, 8.0))
        );
    }

    #[test]
    fn one_value_is_minimum_median_and_maximum() {
        assert_eq!(Spread::of(&[2.5]), Some(spread(2.5, 2.5, 2.5)));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn ratios_are_taken_pair_by_pair() {
        let ratios = Spread::of_ratios(&[1.0, 3.0, 4.0], &[2.0, 2.0, 4.0]);
        assert_eq!(ratios, Some(spread(0.5, 1.0, 1.5)));
    }

    #[test]
    fn two_zeros_are_equal_and_anything_else_over_zero_is_infinite() {
        assert_eq!(
            Spread::of_ratios(&[0.0], &[0.0]),
            Some(spread(1.0, 1.0, 1.0))
        );
        let grown = Spread::of_ratios(&[0.0, 2.0], &[0.0, 0.0]);
        assert_eq!(grown.map(|ratio| ratio.maximum), Some(f64::INFINITY));
    }

    #[test]
    fn values_without_a_counterpart_have_no_ratio() {
        assert_eq!(Spread::of_ratios(&[1.0], &[]), None);
        assert_eq!(Spread::of_ratios(&[], &[]), None);
    }
}
