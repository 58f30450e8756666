//! What somebody wrote to Kubernetes, by the API server's own word.

use crate::Outcome;
use serde_json::Value;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// Reads the audit log from where it ended the last time.
pub(crate) struct Audit {
    log: File,
    user: String,
    rest: String,
}

/// Requests of one user that change something; a Lease counts for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Writes {
    /// To objects.
    pub(crate) objects: usize,
    /// Events, which are for people to read.
    pub(crate) events: usize,
}

impl Audit {
    /// From here on.
    pub(crate) fn of(user: &str, log: &Path) -> Outcome<Self> {
        let mut log = File::open(log)?;
        log.seek(SeekFrom::End(0))?;
        Ok(Self {
            log,
            user: user.to_owned(),
            rest: String::new(),
        })
    }

    /// The writes since the last time.
    pub(crate) fn writes(&mut self) -> Outcome<Writes> {
        self.log.read_to_string(&mut self.rest)?;
        let end = self.rest.rfind('\n').map_or(0, |at| at + 1);
        let unfinished = self.rest.split_off(end);
        let mut writes = Writes::default();
        for line in self.rest.lines().filter(|line| line.contains(&self.user)) {
            let entry: Value = serde_json::from_str(line)?;
            let text = |pointer| {
                entry
                    .pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            if text("/user/username") != self.user
                || ["get", "list", "watch"].contains(&text("/verb"))
            {
                continue;
            }
            match text("/objectRef/resource") {
                "leases" => {}
                "events" => writes.events += 1,
                _ => writes.objects += 1,
            }
        }
        self.rest = unfinished;
        Ok(writes)
    }
}
