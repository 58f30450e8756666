//! What the benchmarks have in common with the campaigns: the objects of their loads, and what a process uses.

pub mod objects;
pub mod process;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The result of a step of a benchmark.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Returns the folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the variables of the Dockerfile. Only the operator's image sets any.
pub fn image_environment() -> Outcome<Vec<(String, String)>> {
    let text = fs::read_to_string(root().join("Dockerfile"))?;
    let variables = text.lines().filter_map(|line| line.strip_prefix("ENV "));
    let pairs = variables.filter_map(|variable| variable.split_once('='));
    Ok(pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}
