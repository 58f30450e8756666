//! Progress lines on standard error.

use std::io::{self, BufRead, Write};

/// The number of compiled packages for each progress line. The control plane has about 1,600 packages.
const PACKAGES_PER_LINE: usize = 100;

/// The number of lines of a program's output that an error contains.
const TAIL_LINES: usize = 20;

/// Prints a line that explains a delay. The line bypasses the test harness's output capture, which would show it only
/// after a failure.
pub(crate) fn progress(line: &str) {
    // Without standard error there is nowhere to report a failed write.
    let _ = writeln!(io::stderr(), "cluster: {line}");
}

/// Prints the output of a build as progress lines and returns its last lines. Of the lines that consist of a package
/// name, only a count is printed.
pub(crate) fn report_build(output: impl BufRead) -> Vec<String> {
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
