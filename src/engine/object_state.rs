//! What is remembered of an object between passes. All of it may vanish at any moment: it saves calls, it proves nothing.

use crate::{
    cloudfront::Reservation,
    engine::{
        api::status::Status, cache::remote_snapshot::RemoteSnapshot, poll::collection::Subscription,
    },
    xml::Drift,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What is remembered of one object. What few objects have is in a box: there is one of these for each object.
#[derive(Debug)]
pub(crate) struct Memo<ObservedFields> {
    /// The id of the remote, from the moment it is known until a status with it has landed.
    pub(crate) id: Option<String>,
    /// Our last status write, until the watch has caught up with it.
    pub(crate) written: Option<Box<Written<ObservedFields>>>,
    /// The last accepted update, for as long as nobody else changes the remote.
    pub(crate) pushed: Option<Box<Pushed>>,
    /// The versions that our own updates have replaced, and when.
    pub(crate) replaced: Vec<(Instant, String)>,
    /// Passes in a row that failed in a way that passes by itself.
    pub(crate) failures: u32,
    /// When CloudFront began to refuse for a reason that often heals within minutes.
    pub(crate) refused_since: Option<Instant>,
    /// The id under which this process has itself seen the remote, and that it is ours.
    pub(crate) seen: Option<String>,
    /// Looks in a row that did not find the remote of the recorded id.
    pub(crate) missed: u32,
    /// Whether no create can have made a remote for the object: this very process took hold of it first, and every create since was
    /// refused. `None`: others may know.
    pub(crate) untried: Option<bool>,
    /// Since when the remote is looked for by its key in vain, and no create was sent that may have made it meanwhile.
    pub(crate) unfound_since: Option<Instant>,
    /// The generation whose tags the remote was seen, or made, to carry, and when.
    pub(crate) tagged: Option<(i64, Instant)>,
    /// What was asked for, values of Secrets included, when that was last carried out, or else when this process first asked.
    pub(crate) asked: Option<u64>,
    /// Whether the object was let go. The watch, or something that woke it before, may still bring it once more.
    pub(crate) released: bool,
    /// When CloudFront last accepted a creation or an update that was not seen deployed yet.
    pub(crate) sent: Option<Instant>,
    /// The place that is kept in the queue of writes.
    pub(crate) booking: Option<Reservation>,
    /// The remote as it was last seen.
    pub(crate) kept: Option<RemoteSnapshot>,
    /// How the lookout follows the remote.
    pub(crate) followed: Option<Subscription>,
    /// What was asked for when the remote was last found, or made, to be so.
    pub(crate) carried_out: Option<u64>,
}

/// A status that was written, and the version of the object that carries it.
#[derive(Clone, Debug)]
pub(crate) struct Written<ObservedFields> {
    pub(crate) resource_version: String,
    pub(crate) status: Status<ObservedFields>,
}

/// An accepted update.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) generation: i64,
    pub(crate) drift: Vec<Drift>,
    /// A number that changes with what was sent: drift does not show secret values.
    pub(crate) sent: u64,
    pub(crate) etag: String,
    pub(crate) times: u32,
}

/// The memos of all objects of a kind, by uid.
#[derive(Debug)]
pub(crate) struct Memos<ObservedFields>(Mutex<All<ObservedFields>>);

/// In boxes, since a map has room for many more than there are.
type All<ObservedFields> = HashMap<Box<str>, Box<Memo<ObservedFields>>>;

impl<ObservedFields> Default for Memo<ObservedFields> {
    fn default() -> Self {
        Self {
            id: None,
            written: None,
            pushed: None,
            replaced: vec![],
            failures: 0,
            refused_since: None,
            seen: None,
            missed: 0,
            untried: None,
            unfound_since: None,
            tagged: None,
            asked: None,
            released: false,
            sent: None,
            booking: None,
            kept: None,
            followed: None,
            carried_out: None,
        }
    }
}

impl<ObservedFields> Default for Memos<ObservedFields> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<ObservedFields> Memos<ObservedFields> {
    /// Takes an object's memo out. The queue runs one pass per object at a time, so nobody misses it meanwhile; a pass that is
    /// cut short simply forgets.
    pub(crate) fn take(&self, uid: &str) -> Box<Memo<ObservedFields>> {
        self.lock().remove(uid).unwrap_or_default()
    }

    /// Marks an object without a remote on record that was there before this process: an earlier one may have sent a create for it.
    pub(crate) fn inherit(&self, uid: &str) {
        let mut memos = self.lock();
        let memo = memos.entry(uid.into()).or_default();
        memo.untried.get_or_insert(false);
    }

    /// Puts an object's memo back.
    pub(crate) fn put(&self, uid: String, memo: Box<Memo<ObservedFields>>) {
        self.lock().insert(uid.into(), memo);
    }

    /// Gives up an object's place among those who wait to write.
    pub(crate) fn give_way(&self, uid: &str) {
        if let Some(memo) = self.lock().get_mut(uid) {
            memo.booking = None;
        }
    }

    /// The watch has shown this version of an object.
    pub(crate) fn catch_up(&self, uid: &str, version: &str) {
        if let Some(memo) = self.lock().get_mut(uid) {
            memo.catch_up(version);
        }
    }

    /// Forgets an object, and returns where its remote was followed.
    pub(crate) fn forget(&self, uid: &str) -> Option<Subscription> {
        self.lock().remove(uid)?.followed
    }

    /// Forgets all objects but these, and returns where the remotes of the others were followed.
    pub(crate) fn keep(&self, uids: &HashSet<String>) -> Vec<Subscription> {
        let mut memos = self.lock();
        let gone = memos.extract_if(|uid, _| !uids.contains(&**uid));
        gone.filter_map(|(_, memo)| memo.followed).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, All<ObservedFields>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For how long a look may show what a write has replaced. CloudFront tells no bound; seconds are usual.
pub(crate) const LAG: Duration = Duration::from_mins(1);

impl<ObservedFields> Memo<ObservedFields> {
    /// Forgets the status that was written last, once the object is seen with it.
    pub(crate) fn catch_up(&mut self, version: &str) {
        let written = self.written.as_ref();
        if written.is_some_and(|written| !older(version, &written.resource_version)) {
            self.written = None;
        }
    }

    /// Remembers that an update of ours has put one version in the place of another.
    pub(crate) fn replace(&mut self, old: String, new: &str) {
        self.replaced.push((Instant::now(), old));
        self.replaced.retain(|(_, etag)| etag != new);
    }

    /// Whether a version is one that an update of ours has just replaced: a look that shows it lags behind.
    pub(crate) fn lags(&mut self, etag: &str) -> bool {
        self.replaced.retain(|(at, _)| at.elapsed() < LAG);
        self.replaced.iter().any(|(_, old)| old == etag)
    }
}

impl Pushed {
    /// Whether this is the same difference again, with nobody but us having written since.
    pub(crate) fn repeats(&self, generation: i64, drift: &[Drift], sent: u64, etag: &str) -> bool {
        let same = self.drift == drift && self.sent == sent;
        same && self.generation == generation && self.etag == etag
    }
}

/// Whether version `a` of an object is older than version `b` of the same object.
///
/// Versions of one resource type are comparable integers (KEP-5504). An unreadable one counts as new: then the watch is believed.
pub(crate) fn older(a: &str, b: &str) -> bool {
    match (a.parse::<u128>(), b.parse::<u128>()) {
        (Ok(a), Ok(b)) => a < b,
        _ => false,
    }
}
