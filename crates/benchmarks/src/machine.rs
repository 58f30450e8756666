//! Facts about the machine and the programs, for the JSON report.

use crate::Outcome;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// What the figures depend on besides the programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    cpus: usize,
    cpu_model: Option<String>,
    memory_mebibytes: Option<u64>,
    kernel: Option<String>,
}

/// Identifies a measured program.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Binary {
    path: PathBuf,
    bytes: u64,
    sha256: String,
    /// The commit it was built from, if this program built it. Ends with `-dirty` if the work tree had changes.
    commit: Option<String>,
}

impl Machine {
    pub(crate) fn detect() -> Outcome<Self> {
        let memory = field("/proc/meminfo", "MemTotal");
        let kibibytes = memory.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
        Ok(Self {
            cpus: thread::available_parallelism()?.get(),
            cpu_model: field("/proc/cpuinfo", "model name"),
            memory_mebibytes: kibibytes.map(|kibibytes| kibibytes / 1024),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")
                .ok()
                .map(|text| text.trim().to_owned()),
        })
    }
}

impl Binary {
    pub(crate) fn new(path: &Path, commit: Option<String>) -> Outcome<Self> {
        let content = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut sha256 = String::new();
        for byte in Sha256::digest(&content) {
            write!(sha256, "{byte:02x}")?;
        }
        Ok(Self {
            path: path.into(),
            bytes: u64::try_from(content.len())?,
            sha256,
            commit,
        })
    }
}

/// The commit of a work tree, if it is one.
pub(crate) fn commit(root: &Path) -> Option<String> {
    let arguments = [
        "describe",
        "--always",
        "--abbrev=40",
        "--exclude=*",
        "--dirty",
    ];
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The first value of a field in a file of lines `name: value`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(field, _)| field.trim() == name)?;
    Some(value.trim().to_owned())
}
