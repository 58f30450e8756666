//! The command line.

use crate::workloads::{Load, Workload};
use clap::Parser;
use std::{num::NonZeroUsize, path::PathBuf};

/// Measures the operator, and prints a row of Markdown for each figure.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Workloads to run; all of them by default
    #[arg(value_enum)]
    workloads: Vec<Workload>,

    /// Number of objects that `growth` ends with
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub(crate) objects: usize,

    /// Loads of `burst`: numbers of objects and latencies of CloudFront in milliseconds
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "50x0,50x20,50x100,50x300,500x0,500x20,500x100,500x300",
        value_name = "OBJECTSxLATENCY"
    )]
    pub(crate) loads: Vec<Load>,

    /// File for a plot of calls per hour against the number of objects, drawn by `growth`
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Operator binary to measure; by default one is built as the image ships it
    #[arg(long, value_name = "FILE")]
    pub(crate) operator: Option<PathBuf>,

    /// Second operator binary, run in turn with the first; each row has the ratio of the two
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,

    /// Number of pairs of runs with `--compare`
    #[arg(long, default_value = "8", requires = "compare", value_name = "N")]
    pub(crate) pairs: NonZeroUsize,

    /// File for all rows as JSON, with the settings, the programs and the machine
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

impl Arguments {
    /// The workloads to run, in order.
    pub(crate) fn workloads(&self) -> Vec<Workload> {
        if self.workloads.is_empty() {
            Workload::all()
        } else {
            self.workloads.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::path::Path;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(["benchmarks"].into_iter().chain(line.split_whitespace()))
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn without_arguments_every_workload_runs_with_every_load() {
        let arguments = parse("").unwrap();
        assert_eq!(arguments.workloads(), Workload::all());
        assert_eq!(arguments.loads.len(), 8);
        assert_eq!(arguments.compare, None);
        assert_eq!(arguments.json, None);
    }

    #[test]
    fn a_comparison_of_two_workloads_has_eight_pairs_by_default() {
        let arguments = parse("--compare /other --json out.json burst phases").unwrap();
        assert_eq!(arguments.workloads(), [Workload::Burst, Workload::Phases]);
        assert_eq!(arguments.compare.as_deref(), Some(Path::new("/other")));
        assert_eq!(arguments.json.as_deref(), Some(Path::new("out.json")));
        assert_eq!(arguments.pairs.get(), 8);
    }

    #[test]
    fn the_number_of_pairs_can_be_set() {
        let arguments = parse("--compare /other --pairs 3 phases").unwrap();
        assert_eq!(arguments.pairs.get(), 3);
    }

    #[test]
    fn pairs_need_another_build_and_at_least_one_run() {
        assert!(parse("--pairs 3").is_err());
        assert!(parse("--compare /other --pairs 0").is_err());
    }

    #[test]
    fn loads_are_numbers_of_objects_and_latencies() {
        let arguments = parse("--loads 500x20,7x0 burst").unwrap();
        let loads: Vec<_> = arguments.loads.iter().map(ToString::to_string).collect();
        assert_eq!(loads, ["500x20", "7x0"]);
        assert!(parse("--loads 500 burst").is_err());
        assert!(parse("--loads 500x burst").is_err());
    }
}
