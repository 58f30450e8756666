//! Figures that other programs of the repository find.

use benchmarks::root;
use std::{
    fs,
    io::{self, BufRead, BufReader},
    process::{Command, Stdio},
};

/// What a program has found.
pub(crate) struct Found {
    pub(crate) figure: String,
    /// Whether it succeeded.
    pub(crate) is_success: bool,
}

/// Re-introduces the bugs of similar tools.
pub(crate) fn peer_bugs() -> io::Result<Found> {
    let (lines, is_success) = run(&mut Command::new("hack/peer-bugs.sh"))?;
    let last = lines.into_iter().next_back();
    Ok(Found {
        figure: last.unwrap_or_else(|| "no output".into()),
        is_success,
    })
}

/// Applies bad manifests to a real API server.
pub(crate) fn bad_manifests() -> io::Result<Found> {
    let arguments = [
        "test",
        "--test",
        "fields",
        "bad_values",
        "--",
        "--nocapture",
    ];
    let (lines, is_success) = run(Command::new(env!("CARGO")).args(arguments))?;
    let refused: usize = lines.iter().filter_map(|line| refused(line)).sum();
    // Tests that were renamed do not run, which succeeds.
    let is_success = is_success && refused > 0;
    let result = if is_success {
        "refused"
    } else {
        "not all refused"
    };
    Ok(Found {
        figure: format!("{refused} {result}"),
        is_success,
    })
}

/// Returns the number of manifests that must be refused, from a line such as `Kind: 9 leaves, 30 bad manifests, 2 of them with a null …`.
fn refused(line: &str) -> Option<usize> {
    let (before, after) = line.split_once(" bad manifests, ")?;
    let all: usize = before.rsplit(' ').next()?.parse().ok()?;
    let absences: usize = after.split(' ').next()?.parse().ok()?;
    all.checked_sub(absences)
}

/// Returns what the last sample of `hack/mutants.sh` has found. `None`: there was none.
pub(crate) fn mutants() -> Option<String> {
    let folder = root().join("target/mutants/mutants.out");
    let count = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        Some(text.lines().count())
    };
    let (caught, missed) = (count("caught.txt")?, count("missed.txt")?);
    Some(format!("{caught} of {} found", caught + missed))
}

/// Runs a program in the folder of the repository, and prints its output. Returns the lines, and whether it succeeded.
fn run(command: &mut Command) -> io::Result<(Vec<String>, bool)> {
    let mut child = command.current_dir(root()).stdout(Stdio::piped()).spawn()?;
    let mut lines = vec![];
    for line in child
        .stdout
        .take()
        .map(BufReader::new)
        .into_iter()
        .flat_map(BufRead::lines)
    {
        let line = line?;
        println!("{line}");
        lines.push(line);
    }
    Ok((lines, child.wait()?.success()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_that_stands_for_absence_is_not_refused() {
        let line = "Invalidation: 9 leaves, 30 bad manifests, 2 of them with a null that stands for absence, Rule 3";
        assert_eq!(refused(line), Some(28));
        assert_eq!(refused("test result: ok. 2 passed"), None);
    }
}
