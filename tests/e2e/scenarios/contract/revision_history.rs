//! The history of CloudFront's resources during a walk.

use super::fixture::KINDS;
use cloudfront_simulator::Control;
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// One revision of a CloudFront resource.
#[derive(Clone, Debug)]
pub(super) struct Revision {
    pub(super) id: String,
    pub(super) etag: String,
    pub(super) config: String,
    /// The time of the write.
    pub(super) modified: Timestamp,
    /// The last time at which this was the current revision.
    pub(super) current_until: Timestamp,
    /// Whether an out-of-band change replaced this revision.
    pub(super) is_replaced_out_of_band: bool,
}

/// Records every revision of every resource, in order.
pub(super) struct RevisionHistory {
    control: Control,
    revisions: Arc<Mutex<Vec<Revision>>>,
    is_stopped: Arc<AtomicBool>,
    recorder: Option<JoinHandle<()>>,
}

impl RevisionHistory {
    /// Starts a thread that records the resources after each call.
    pub(super) fn start(control: Control) -> Self {
        let revisions = Arc::default();
        let is_stopped = Arc::new(AtomicBool::new(false));
        let recorder = {
            let (control, revisions, is_stopped) =
                (control.clone(), Arc::clone(&revisions), is_stopped.clone());
            thread::spawn(move || {
                let mut last = 0;
                while !is_stopped.load(Ordering::Relaxed) {
                    if let Some(call) = control.journal_since(last).last() {
                        last = call.sequence;
                        record(&control, &revisions, false);
                    }
                    thread::sleep(Duration::from_millis(2));
                }
            })
        };
        Self {
            control,
            revisions,
            is_stopped,
            recorder: Some(recorder),
        }
    }

    /// Makes an out-of-band change, and records the resources before and after it.
    pub(super) fn record_out_of_band(&self, change: impl FnOnce()) {
        record(&self.control, &self.revisions, false);
        change();
        record(&self.control, &self.revisions, true);
    }

    /// Returns the revisions recorded so far.
    pub(super) fn revisions(&self) -> Vec<Revision> {
        record(&self.control, &self.revisions, false);
        self.revisions
            .lock()
            .expect("the lock is not poisoned")
            .clone()
    }
}

impl Drop for RevisionHistory {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        if let Some(recorder) = self.recorder.take() {
            // A panic of the thread has been printed, and the invariants report the missing revisions.
            let _ = recorder.join();
        }
    }
}

/// Returns the current resources of all kinds and accounts.
pub(super) fn resources(control: &Control) -> Vec<Value> {
    let state = control.state();
    let accounts = state["accounts"].as_object().cloned().unwrap_or_default();
    let mut all = vec![];
    for account in accounts.values() {
        for (_, _, collection) in KINDS {
            all.extend(account[collection].as_array().cloned().unwrap_or_default());
        }
    }
    all
}

fn record(control: &Control, revisions: &Mutex<Vec<Revision>>, is_out_of_band: bool) {
    let mut revisions = revisions.lock().expect("the lock is not poisoned");
    let now = Timestamp::now();
    for resource in resources(control) {
        let text = |key: &str| resource[key].as_str().unwrap_or_default().to_owned();
        let (id, etag) = (text("id"), text("etag"));
        let modified = text("modified");
        let modified = modified.parse().expect("the simulator writes timestamps");
        let last = revisions.iter_mut().rev().find(|one| one.id == id);
        match last {
            Some(revision) if revision.etag == etag => {
                revision.current_until = now;
                continue;
            }
            Some(revision) => {
                revision.current_until = modified;
                revision.is_replaced_out_of_band = is_out_of_band;
            }
            None => {}
        }
        revisions.push(Revision {
            config: resource["config"].to_string(),
            modified,
            current_until: now,
            is_replaced_out_of_band: false,
            id,
            etag,
        });
    }
}
