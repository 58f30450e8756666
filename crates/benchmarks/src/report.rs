//! Prints rows as they are measured, and saves them as JSON.

use crate::{
    Outcome,
    arguments::Arguments,
    environment::DEPLOYMENT_DELAY,
    figure::{Row, Runs},
    harness::Harness,
    machine::{Binary, Machine},
    table,
};
use clap::ValueEnum;
use jiff::Timestamp;
use serde::Serialize;
use std::{collections::BTreeMap, fs, path::PathBuf};

/// All results of one run of this program.
pub(crate) struct Report {
    document: Document,
    json: Option<PathBuf>,
}

/// The JSON document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    started: String,
    machine: Machine,
    /// The operator that is measured.
    operator: Binary,
    /// The program that runs in turn with it.
    reference: Reference,
    settings: Settings,
    rows: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    role: &'static str,
    #[serde(flatten)]
    binary: Binary,
}

/// What was measured, and with which settings.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    workloads: Vec<String>,
    objects: usize,
    loads: Vec<String>,
    /// `None` unless another build is compared; repetitions are then the workload's own.
    pairs: Option<usize>,
    deployment_delay_seconds: u64,
    /// Variables that the image sets for the operator.
    environment: BTreeMap<String, String>,
}

impl Report {
    /// Prints the head of the table.
    pub(crate) fn new(harness: &Harness, arguments: &Arguments) -> Outcome<Self> {
        let workloads = arguments.workloads();
        let names = workloads.iter().filter_map(ValueEnum::to_possible_value);
        let reference = harness.reference;
        let document = Document {
            started: Timestamp::now().to_string(),
            machine: Machine::detect()?,
            operator: Binary::new(&harness.operator, harness.commit.clone())?,
            reference: Reference {
                role: reference.name(),
                binary: Binary::new(harness.program(reference), None)?,
            },
            settings: Settings {
                workloads: names.map(|name| name.get_name().to_owned()).collect(),
                objects: arguments.objects,
                loads: arguments.loads.iter().map(ToString::to_string).collect(),
                pairs: harness.pairs,
                deployment_delay_seconds: DEPLOYMENT_DELAY.as_secs(),
                environment: harness.environment.iter().cloned().collect(),
            },
            rows: vec![],
        };
        println!("{}", table::head(reference.name()));
        let json = arguments.json.clone();
        Ok(Self { document, json })
    }

    /// Prints a row for each figure of these runs, and saves all rows so far.
    pub(crate) fn add(&mut self, workload: &str, runs: &Runs) -> Outcome<()> {
        let rows = runs.rows(workload);
        for row in &rows {
            println!("{}", table::row(row));
        }
        self.document.rows.extend(rows);
        self.save()
    }

    fn save(&self) -> Outcome<()> {
        if let Some(path) = &self.json {
            fs::write(path, serde_json::to_string_pretty(&self.document)? + "\n")?;
        }
        Ok(())
    }
}
