//! A record of all API requests, in commit order.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The maximum number of entries. The oldest entries are removed.
const MAX_ENTRIES: usize = 200_000;

/// One request. Entries have the order in which the requests took effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The sequence number, from 1. Clearing the journal does not reset it.
    pub sequence: u64,
    /// The simulated time, ISO 8601 with milliseconds.
    pub time: String,
    /// The name of the operation, or `Unknown`. Operations on key-value pairs have their names in IAM policies, such as
    /// `cloudfront-keyvaluestore:PutKey`.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path and query as sent.
    pub path: String,
    /// The `CallerReference` in the body, if it has one.
    #[serde(rename = "key")]
    pub caller_reference: Option<String>,
    /// The ID of the resource that the request addressed or created.
    pub id: Option<String>,
    /// The HTTP status of the operation; `None` if it was not executed.
    pub status: Option<u16>,
    /// The error code of the operation, if it failed.
    pub code: Option<String>,
    /// The access key ID of the signature.
    pub access_key: Option<String>,
    /// The account of the access key.
    pub account: Option<String>,
    /// The `x-amzn-RequestId` of the response.
    pub request_id: String,
    /// Whether the operation changed the state.
    pub committed: bool,
    /// The fault that this request triggered. With a fault, the client can have received another response than
    /// `status`.
    pub fault: Option<String>,
}

/// The most recent requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<JournalEntry>,
    last_sequence: u64,
}

impl Journal {
    /// Adds an entry and assigns its sequence number.
    pub(crate) fn push(&mut self, mut entry: JournalEntry) {
        self.last_sequence += 1;
        entry.sequence = self.last_sequence;
        if self.entries.len() == MAX_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Returns the entries after a sequence number.
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
