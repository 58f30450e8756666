//! The table a person watches.

use crate::playground::{Parts, Trouble};
use std::time::Duration;

/// Prints what `kubectl get cloudfront -A` shows, whenever it says something new, until Ctrl-C.
pub(crate) fn show_until_ctrl_c(parts: &Parts) -> Result<(), Trouble> {
    let mut shown = String::new();
    loop {
        let table = parts.kubectl(&["get", "cloudfront", "--all-namespaces"])?;
        let news = without_age(&table);
        if news != shown {
            println!("$ kubectl get cloudfront -A\n{}\n", table.trim_end());
            shown = news;
        }
        if interrupted_within(parts, Duration::from_secs(1)) {
            println!("\nEnding.");
            return Ok(());
        }
    }
}

/// An object that only grows older is no news.
fn without_age(table: &str) -> String {
    let cells = table.lines().map(|line| {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.pop();
        words.join(" ")
    });
    cells.collect::<Vec<_>>().join("\n")
}

fn interrupted_within(parts: &Parts, pause: Duration) -> bool {
    parts.runtime.block_on(async {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => true,
            () = tokio::time::sleep(pause) => false,
        }
    })
}
