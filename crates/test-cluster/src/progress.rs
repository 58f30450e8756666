//! Progress lines on standard error.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::child_guard::spawn_guarded;

/// The number of compiled packages for each progress line.
const PACKAGES_PER_LINE: usize = 100;

/// The number of lines of a program's output that an error contains.
const TAIL_LINES: usize = 20;

/// Prints a line that explains a delay. The line bypasses the test harness's output capture, which would show it only
/// after a failure.
pub(crate) fn progress(line: &str) {
    // Without standard error there is nowhere to report a failed write.
    let _ = writeln!(io::stderr(), "cluster: {line}");
}

/// Runs a command from [`crate::child_guard::guarded_command`], and prints its standard error as progress lines.
///
/// If the command fails, returns the last lines of its standard error.
pub(crate) fn run_with_progress(mut command: Command) -> Result<(), String> {
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = spawn_guarded(&mut command).map_err(|error| error.to_string())?;
    let tail = child
        .take_stderr()
        .map(|output| print_build_output(BufReader::new(output)))
        .unwrap_or_default();
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(tail.join("\n"))
    }
}

/// Prints the output of a build as progress lines and returns its last lines. Of the lines that consist of a package
/// name, only a count is printed.
fn print_build_output(output: impl BufRead) -> Vec<String> {
    let (mut packages, mut tail) = (0, Vec::new());
    for line in output.lines().map_while(Result::ok) {
        if line.contains(' ') {
            progress(&line);
        } else {
            packages += 1;
            if packages % PACKAGES_PER_LINE == 0 {
                progress(&format!("{packages} packages compiled"));
            }
        }
        if tail.len() == TAIL_LINES {
            tail.remove(0);
        }
        tail.push(line);
    }
    tail
}
