//! What was asked, by whom, and how it ended, in commit order.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The journal forgets the oldest beyond this.
const KEPT: usize = 200_000;

/// One request. The order of entries is the order in which requests took effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Counts from 1 and never restarts, also not when the journal is cleared.
    pub sequence: u64,
    /// The simulator's time, ISO 8601 with milliseconds.
    pub time: String,
    /// The operation's name, or `Unknown`.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path and query as sent.
    pub path: String,
    /// The `CallerReference` in the body, if there is one.
    pub key: Option<String>,
    /// The resource addressed or created.
    pub id: Option<String>,
    /// The HTTP status the operation ended with; absent if it was never carried out.
    pub status: Option<u16>,
    /// The error code, if it was refused.
    pub code: Option<String>,
    /// The access key id that signed.
    pub access_key: Option<String>,
    /// The account of that key.
    pub account: Option<String>,
    /// The answer's `x-amzn-RequestId`.
    pub request_id: String,
    /// Whether the operation changed something.
    pub committed: bool,
    /// The fault that was played on this request; with one, the client may have seen another answer than `status`.
    pub fault: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<JournalEntry>,
    last: u64,
}

impl Journal {
    pub(crate) fn push(&mut self, mut entry: JournalEntry) {
        self.last += 1;
        entry.sequence = self.last;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The entries after a sequence number.
    pub(crate) fn since(&self, sequence: u64) -> Vec<JournalEntry> {
        let start = self
            .entries
            .partition_point(|entry| entry.sequence <= sequence);
        self.entries.range(start..).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
