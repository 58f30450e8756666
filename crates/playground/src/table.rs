//! The table of custom resources in the terminal.

use crate::playground::{Error, Playground};
use std::{thread, time::Duration};

/// The interval between two requests for the table.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Prints the output of `kubectl get cloudfront --all-namespaces` after each change, until a signal ends this process.
pub(crate) fn print_changes(playground: &Playground) -> Result<(), Error> {
    let mut printed = String::new();
    loop {
        let table = playground.kubectl(&["get", "cloudfront", "--all-namespaces"])?;
        let content = without_age(&table);
        if content != printed {
            println!(
                "$ kubectl get cloudfront --all-namespaces\n{}\n",
                table.trim_end()
            );
            printed = content;
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Removes the last column, AGE, which changes all the time.
fn without_age(table: &str) -> String {
    let lines = table.lines().map(|line| {
        let mut cells: Vec<&str> = line.split_whitespace().collect();
        cells.pop();
        cells.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}
