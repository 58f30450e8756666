//! Counts the writes of one user to Kubernetes in the API server's audit log.

use crate::Outcome;
use serde_json::Value;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// A reader that continues where it ended the last time.
pub(crate) struct AuditLog {
    file: File,
    user: String,
    /// The start of a line that was not complete when it was read.
    incomplete: String,
}

/// Requests of one user that change something, Leases apart.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Writes {
    pub(crate) objects: usize,
    pub(crate) events: usize,
}

impl AuditLog {
    /// Opens the log at its present end.
    pub(crate) fn open(user: &str, path: &Path) -> Outcome<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self {
            file,
            user: user.to_owned(),
            incomplete: String::new(),
        })
    }

    /// The writes since the last time.
    pub(crate) fn writes(&mut self) -> Outcome<Writes> {
        let mut text = std::mem::take(&mut self.incomplete);
        self.file.read_to_string(&mut text)?;
        let end = text.rfind('\n').map_or(0, |at| at + 1);
        self.incomplete = text.split_off(end);
        let mut writes = Writes::default();
        for line in text.lines().filter(|line| line.contains(&self.user)) {
            let entry: Value = serde_json::from_str(line)?;
            match self.written_resource(&entry) {
                None | Some("leases") => {}
                Some("events") => writes.events += 1,
                Some(_) => writes.objects += 1,
            }
        }
        Ok(writes)
    }

    /// The plural name of the resource that a request of this user changes.
    fn written_resource<'e>(&self, entry: &'e Value) -> Option<&'e str> {
        let text = |pointer| {
            entry
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let is_read = ["get", "list", "watch"].contains(&text("/verb"));
        let is_own = text("/user/username") == self.user;
        (is_own && !is_read).then(|| text("/objectRef/resource"))
    }
}
