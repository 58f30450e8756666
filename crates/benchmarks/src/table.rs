//! The Markdown table.

use crate::{figure::Row, ratio::Spread};

/// The head of the table, with the name of the program in the second column of values.
pub(crate) fn head(reference: &str) -> String {
    format!(
        "| workload | case | figure | unit | operator | {reference} | ratio |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
}

/// One row. Several values are shown as minimum / median / maximum, and a dash stands for none.
pub(crate) fn row(row: &Row) -> String {
    let values = |values: &[f64]| spread(Spread::of(values), short);
    format!(
        "| {} | {} | {} | {} | {} | {} | {} |",
        row.workload,
        row.case,
        row.figure,
        row.unit,
        values(&row.operator),
        values(&row.reference),
        spread(row.ratio, |ratio| format!("{ratio:.3}")),
    )
}

fn spread(spread: Option<Spread>, format: impl Fn(f64) -> String) -> String {
    let Some(spread) = spread else {
        return "–".into();
    };
    let [minimum, median, maximum] = [spread.minimum, spread.median, spread.maximum].map(format);
    if minimum == maximum {
        median
    } else {
        format!("{minimum} / {median} / {maximum}")
    }
}

/// Counts without decimals, small values with two and large ones with one.
fn short(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value.abs() < 100.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(operator: &[f64], reference: &[f64]) -> Row {
        Row {
            workload: "burst".into(),
            case: "500 at once".into(),
            figure: "CPU".into(),
            unit: "s",
            repetitions: operator.len(),
            operator: operator.into(),
            reference: reference.into(),
            ratio: Spread::of_ratios(operator, reference),
        }
    }

    #[test]
    fn several_values_are_shown_as_minimum_median_and_maximum() {
        assert_eq!(
            row(&example(&[2.5, 2.0, 3.0], &[2.0, 2.0, 2.0])),
            "| burst | 500 at once | CPU | s | 2 / 2.50 / 3 | 2 | 1.000 / 1.250 / 1.500 |"
        );
    }

    #[test]
    fn a_dash_stands_for_a_value_that_was_not_measured() {
        assert_eq!(
            row(&example(&[123.456], &[])),
            "| burst | 500 at once | CPU | s | 123.5 | – | – |"
        );
    }
}
