//! The figures that a suite prints at its end.

use campaign::{Report, Staleness, real::Verdict};

/// The invariants that an orphan or a duplicate violates.
const OWNERSHIP: [&str; 2] = ["I1", "I2"];

/// The figures so far.
#[derive(Default)]
pub(crate) struct Dashboard {
    rows: Vec<(String, String)>,
    plans: usize,
    runs_on_real_servers: usize,
    orphans_and_duplicates: usize,
    failed: bool,
}

impl Dashboard {
    /// Adds a figure.
    pub(crate) fn add(&mut self, name: &str, value: String) {
        self.rows.push((name.into(), value));
    }

    /// Adds the results of plans, of which this many exist. `None`: any number.
    pub(crate) fn add_report(&mut self, name: &str, report: &Report, listed: Option<usize>) {
        let listed = listed.map(|it| format!(" of {it}")).unwrap_or_default();
        let (failures, human) = (report.failures.len(), report.human_steps());
        let value = format!(
            "{}{listed} run / {failures} failures / {human} human steps",
            report.plans
        );
        self.add(name, value);
        self.plans += report.plans;
        self.orphans_and_duplicates += report.violations_of(&OWNERSHIP);
        self.failed |= failures > 0;
    }

    /// Adds what a campaign on the real servers has shown.
    pub(crate) fn add_verdict(&mut self, name: &str, verdict: Verdict) {
        for (figure, value) in verdict.figures {
            self.add(&format!("{name}: {figure}"), value);
        }
        self.runs_on_real_servers += verdict.runs;
        self.orphans_and_duplicates += verdict.orphans_and_duplicates;
        self.failed |= !verdict.violations.is_empty();
    }

    /// Adds the staleness for each kind.
    pub(crate) fn add_staleness(&mut self, times: &Staleness) {
        for (silent, time) in times {
            let name = format!("staleness of a silent watch of {silent}");
            self.add(&name, format!("{:.1} s", time.as_secs_f64()));
        }
    }

    /// Records that something outside of the plans failed.
    pub(crate) fn fail(&mut self) {
        self.failed = true;
    }

    /// Prints all figures. Returns whether nothing failed.
    pub(crate) fn print(mut self) -> bool {
        let total = format!(
            "{} in {} plans and {} runs on the real servers",
            self.orphans_and_duplicates, self.plans, self.runs_on_real_servers
        );
        self.add("orphans and duplicates", total);
        println!("\n| figure | value |\n| --- | --- |");
        for (name, value) in &self.rows {
            println!("| {name} | {value} |");
        }
        !self.failed
    }
}
