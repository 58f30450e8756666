//! Figures as rows of a Markdown table, printed as they come.

/// The head of the table.
pub(crate) fn head() {
    println!("| workload | figure | operator | null operator |\n| --- | --- | --- | --- |");
}

/// One figure; what the null operator has no part in is a dash.
pub(crate) fn row(workload: &str, figure: &str, operator: &str, null: Option<&str>) {
    println!(
        "| {workload} | {figure} | {operator} | {} |",
        null.unwrap_or("–")
    );
}

/// How many times as much the operator takes as the one without logic.
pub(crate) fn times(operator: f64, null: f64) -> String {
    format!("{:.1} times", operator / null)
}

/// A count for each of so many objects, as short as it can be.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts are far below 2^52, where they stop being exact"
)]
pub(crate) fn each(count: usize, objects: usize) -> f64 {
    count as f64 / objects as f64
}
