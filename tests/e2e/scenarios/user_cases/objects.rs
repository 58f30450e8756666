//! The objects of the namespace, which one thread reads for all cases.

use crate::support::TestEnv;
use campaign::KindResource;
use parking_lot::{Condvar, Mutex};
use serde_json::Value;
use std::{
    collections::HashMap,
    thread,
    time::{Duration, Instant},
};

/// The timeout of each wait. A working operator never reaches it.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The objects as last read.
#[derive(Default)]
pub(super) struct Objects {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// By the name that kubectl accepts, such as `cfd/www`.
    objects: HashMap<String, Value>,
    /// The number of reads so far.
    reads: u64,
    is_stopped: bool,
}

impl Objects {
    /// Reads the objects again and again, until [`Self::stop`].
    pub(super) fn follow(&self, env: &TestEnv) {
        while !self.state.lock().is_stopped {
            self.record(&env.list());
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn record(&self, objects: &[Value]) {
        let objects = objects.iter();
        let mut state = self.state.lock();
        state.objects = objects.map(|it| (name(it), it.clone())).collect();
        state.reads += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Ends [`Self::follow`].
    pub(super) fn stop(&self) {
        self.state.lock().is_stopped = true;
    }

    /// Waits until the predicate returns a value for an object, which is null if it does not exist.
    pub(super) fn wait<T>(
        &self,
        object: &str,
        description: &str,
        predicate: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, String> {
        let deadline = Instant::now() + TIMEOUT;
        let mut state = self.state.lock();
        // The read that is under way may have begun before the last change.
        let first = state.reads + 2;
        loop {
            let found = state.objects.get(object).unwrap_or(&Value::Null);
            if state.reads >= first
                && let Some(value) = predicate(found)
            {
                return Ok(value);
            }
            if self.changed.wait_until(&mut state, deadline).timed_out() {
                let found = state.objects.get(object);
                return Err(format!("timed out: {object} {description}: {found:#?}"));
            }
        }
    }
}

fn name(object: &Value) -> String {
    let kind = object["kind"].as_str().unwrap_or_default();
    let resource = KindResource::of_kind(kind).expect("an object of the operator");
    let short_name = &resource.short_names[0];
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    format!("{short_name}/{name}")
}
