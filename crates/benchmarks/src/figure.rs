//! Measured values, and the rows that repeated runs add up to.

use crate::ratio::Spread;
use serde::Serialize;

/// One value that one run of a workload measured.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// The load under which it was measured.
    pub(crate) case: String,
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) value: f64,
}

/// The figures of all runs of one workload: those of the operator, and those of the program that ran in turn with it.
#[derive(Default)]
pub(crate) struct Runs {
    pub(crate) operator: Vec<Vec<Figure>>,
    pub(crate) reference: Vec<Vec<Figure>>,
}

/// One figure of a workload with the values of all runs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) workload: String,
    pub(crate) case: String,
    pub(crate) figure: String,
    pub(crate) unit: &'static str,
    pub(crate) repetitions: usize,
    /// A value for each run. Empty if no run of the operator measured this figure.
    pub(crate) operator: Vec<f64>,
    /// The same for the other program.
    pub(crate) reference: Vec<f64>,
    /// The operator's values divided by the reference's, pair by pair.
    pub(crate) ratio: Option<Spread>,
}

impl Runs {
    /// A row for each figure, in the order in which the figures first appear.
    pub(crate) fn rows(&self, workload: &str) -> Vec<Row> {
        let mut rows: Vec<Row> = vec![];
        for figure in self.operator.iter().chain(&self.reference).flatten() {
            let known = |row: &Row| row.case == figure.case && row.figure == figure.name;
            if !rows.iter().any(known) {
                rows.push(self.row(workload, figure));
            }
        }
        rows
    }

    fn row(&self, workload: &str, figure: &Figure) -> Row {
        let operator = values(&self.operator, figure);
        let reference = values(&self.reference, figure);
        Row {
            workload: workload.into(),
            case: figure.case.clone(),
            figure: figure.name.clone(),
            unit: figure.unit,
            repetitions: self.operator.len(),
            ratio: Spread::of_ratios(&operator, &reference),
            operator,
            reference,
        }
    }
}

/// The value of one figure in each run. In a run without it the value is 0, as in a run that makes no call of some operation; if no run
/// has it, there are no values.
fn values(runs: &[Vec<Figure>], figure: &Figure) -> Vec<f64> {
    let in_run = |run: &Vec<Figure>| {
        run.iter()
            .find(|other| other.case == figure.case && other.name == figure.name)
            .map(|other| other.value)
    };
    let found: Vec<Option<f64>> = runs.iter().map(in_run).collect();
    if found.iter().all(Option::is_none) {
        return vec![];
    }
    found.into_iter().map(Option::unwrap_or_default).collect()
}

/// Collects the figures of one case.
pub(crate) struct Case {
    name: String,
    figures: Vec<Figure>,
}

impl Case {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            figures: vec![],
        }
    }

    /// Adds a figure.
    pub(crate) fn add(&mut self, name: impl Into<String>, unit: &'static str, value: f64) {
        self.figures.push(Figure {
            case: self.name.clone(),
            name: name.into(),
            unit,
            value,
        });
    }

    /// Adds a count.
    pub(crate) fn count(&mut self, name: impl Into<String>, value: usize) {
        self.add(name, "count", number(value));
    }

    pub(crate) fn into_figures(self) -> Vec<Figure> {
        self.figures
    }
}

/// A count as a number.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts are far below 2^52, where they stop being exact"
)]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}

/// The share of a count that falls to each of some objects.
pub(crate) fn per(count: usize, objects: usize) -> f64 {
    number(count) / number(objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(figures: &[(&str, f64)]) -> Vec<Figure> {
        let mut case = Case::new("edit");
        for (name, value) in figures {
            case.add(*name, "s", *value);
        }
        case.into_figures()
    }

    #[test]
    fn a_row_has_the_values_of_all_runs_and_the_ratio_of_the_pairs() {
        let runs = Runs {
            operator: vec![run(&[("CPU", 1.0)]), run(&[("CPU", 3.0)])],
            reference: vec![run(&[("CPU", 2.0)]), run(&[("CPU", 2.0)])],
        };
        let rows = runs.rows("phases");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].operator, [1.0, 3.0]);
        assert_eq!(rows[0].reference, [2.0, 2.0]);
        assert_eq!(rows[0].ratio.map(|ratio| ratio.median), Some(1.0));
        assert_eq!(rows[0].repetitions, 2);
    }

    #[test]
    fn a_figure_that_some_runs_lack_is_zero_there() {
        let runs = Runs {
            operator: vec![run(&[]), run(&[("reads", 3.0)])],
            reference: vec![run(&[]), run(&[])],
        };
        let rows = runs.rows("phases");
        assert_eq!(rows[0].operator, [0.0, 3.0]);
        assert!(rows[0].reference.is_empty());
        assert_eq!(rows[0].ratio, None);
    }

    #[test]
    fn a_figure_that_only_the_reference_has_is_a_row() {
        let runs = Runs {
            operator: vec![run(&[("CPU", 1.0)])],
            reference: vec![run(&[("CPU", 1.0), ("reads", 2.0)])],
        };
        let rows = runs.rows("phases");
        let figures: Vec<_> = rows.iter().map(|row| &row.figure).collect();
        assert_eq!(figures, ["CPU", "reads"]);
    }

    #[test]
    fn the_json_of_a_row_has_all_values_and_null_for_a_ratio_that_is_not_a_number() {
        let runs = Runs {
            operator: vec![run(&[("CPU", 1.0)]), run(&[("CPU", 3.0)])],
            reference: vec![run(&[("CPU", 2.0)]), run(&[("CPU", 0.0)])],
        };
        let json = serde_json::to_value(runs.rows("phases")).unwrap();
        let expected = serde_json::json!([{
            "workload": "phases",
            "case": "edit",
            "figure": "CPU",
            "unit": "s",
            "repetitions": 2,
            "operator": [1.0, 3.0],
            "reference": [2.0, 0.0],
            "ratio": {"minimum": 0.5, "median": null, "maximum": null},
        }]);
        assert_eq!(json, expected);
    }
}
