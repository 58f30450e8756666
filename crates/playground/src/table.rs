//! The table of custom resources in the terminal.

use crate::playground::{Error, Playground};
use std::time::Duration;

/// Prints the output of `kubectl get cloudfront -A` after each change, until Ctrl-C.
pub(crate) fn print_changes_until_ctrl_c(playground: &Playground) -> Result<(), Error> {
    let mut printed = String::new();
    loop {
        let table = playground.kubectl(&["get", "cloudfront", "--all-namespaces"])?;
        let content = without_age(&table);
        if content != printed {
            println!("$ kubectl get cloudfront -A\n{}\n", table.trim_end());
            printed = content;
        }
        if is_interrupted_within(playground, Duration::from_secs(1)) {
            println!("\nEnding.");
            return Ok(());
        }
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

fn is_interrupted_within(playground: &Playground, duration: Duration) -> bool {
    playground.runtime.block_on(async {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => true,
            () = tokio::time::sleep(duration) => false,
        }
    })
}
