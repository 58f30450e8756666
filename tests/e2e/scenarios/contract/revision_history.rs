//! What CloudFront had when: every version of every remote.

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

/// A version of a remote.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) etag: String,
    pub(super) config: String,
    /// When it was written.
    pub(super) modified: Timestamp,
    /// When it was last seen to be the present version.
    pub(super) until: Timestamp,
    /// Whether the console has put another in its place.
    pub(super) undone: bool,
}

/// Writes down every version of every remote, in order.
pub(super) struct Ledger {
    control: Control,
    pages: Arc<Mutex<Vec<Page>>>,
    ended: Arc<AtomicBool>,
    scribe: Option<JoinHandle<()>>,
}

impl Ledger {
    pub(super) fn open(control: Control) -> Self {
        let pages = Arc::default();
        let ended = Arc::new(AtomicBool::new(false));
        let scribe = {
            let (control, pages, ended) = (control.clone(), Arc::clone(&pages), ended.clone());
            thread::spawn(move || {
                let mut last = 0;
                while !ended.load(Ordering::Relaxed) {
                    if let Some(call) = control.journal_since(last).last() {
                        last = call.sequence;
                        record(&control, &pages, false);
                    }
                    thread::sleep(Duration::from_millis(2));
                }
            })
        };
        Self {
            control,
            pages,
            ended,
            scribe: Some(scribe),
        }
    }

    /// Does something to the remotes at the console, and writes down what was before and what is after.
    pub(super) fn around(&self, change: impl FnOnce()) {
        record(&self.control, &self.pages, false);
        change();
        record(&self.control, &self.pages, true);
    }

    pub(super) fn pages(&self) -> Vec<Page> {
        record(&self.control, &self.pages, false);
        self.pages.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(scribe) = self.scribe.take() {
            // A panic in it has been printed, and leaves pages missing, which the judge tells.
            let _ = scribe.join();
        }
    }
}

/// The remotes that there are: where the state has them, and each one.
pub(super) fn remotes(control: &Control) -> Vec<(String, Value)> {
    let state = control.state();
    let accounts = state["accounts"].as_object().cloned().unwrap_or_default();
    let mut all = vec![];
    for account in accounts.values() {
        for (_, _, place) in KINDS {
            let found = account[place].as_array().into_iter().flatten();
            all.extend(found.map(|remote| (place.to_owned(), remote.clone())));
        }
    }
    all
}

fn record(control: &Control, pages: &Mutex<Vec<Page>>, console: bool) {
    let mut pages = pages.lock().expect("nobody panics with it");
    let now = Timestamp::now();
    for (_, remote) in remotes(control) {
        let text = |key: &str| remote[key].as_str().unwrap_or_default().to_owned();
        let (id, etag) = (text("id"), text("etag"));
        let modified = text("modified");
        let modified = modified.parse().expect("the simulator tells times");
        let last = pages.iter_mut().rev().find(|page| page.id == id);
        match last {
            Some(page) if page.etag == etag => {
                page.until = now;
                continue;
            }
            Some(page) => {
                page.until = modified;
                page.undone = console;
            }
            None => {}
        }
        pages.push(Page {
            config: remote["config"].to_string(),
            modified,
            until: now,
            undone: false,
            id,
            etag,
        });
    }
}
