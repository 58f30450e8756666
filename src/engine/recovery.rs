//! The objects whose reconciliation failed because a service does not work. The first success of the service enqueues them.

use crate::cloudfront::{Availability, Outage};
use parking_lot::Mutex;
use std::{collections::HashSet, hash::Hash, time::Duration};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, sleep, timeout},
};

/// During an outage, one object is reconciled at this interval. Its requests show whether the outage has ended.
const PROBE_PERIOD: Duration = Duration::from_secs(5);

/// A shorter outage enqueues no object: the delays of its objects are still short.
const MIN_OUTAGE: Duration = Duration::from_secs(5);

/// The objects that wait for the end of an outage.
#[derive(Debug)]
pub(crate) struct RecoveryQueue<Key>(Mutex<HashSet<Key>>);

impl<Key> Default for RecoveryQueue<Key> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Key: Clone + Eq + Hash> RecoveryQueue<Key> {
    /// Adds an object.
    pub(crate) fn add(&self, key: Key) {
        self.0.lock().insert(key);
    }

    /// Removes an object that does not wait any more.
    pub(crate) fn remove(&self, key: &Key) {
        self.0.lock().remove(key);
    }

    /// Keeps these objects only.
    pub(crate) fn retain(&self, is_kept: impl FnMut(&Key) -> bool) {
        self.0.lock().retain(is_kept);
    }

    /// Enqueues the objects after each outage, at most `rate()` of them a second, until the future is dropped.
    pub(crate) async fn run(
        &self,
        availability: &Availability,
        rate: impl Fn() -> f64,
        wake: impl Fn(Key),
    ) {
        let mut outages = availability.subscribe();
        let mut began: Option<Instant> = None;
        loop {
            let outage = outages.borrow_and_update().clone();
            if let Some(Outage { since, .. }) = outage {
                began.get_or_insert(since);
                if timeout(PROBE_PERIOD, changed(&mut outages)).await.is_err() {
                    self.any().into_iter().for_each(&wake);
                }
                continue;
            }
            if began.take().is_some_and(|at| at.elapsed() >= MIN_OUTAGE) {
                self.release(availability, &rate, &wake).await;
            } else {
                changed(&mut outages).await;
            }
        }
    }

    /// Enqueues all objects one after the other, until another outage begins.
    async fn release(
        &self,
        availability: &Availability,
        rate: &impl Fn() -> f64,
        wake: &impl Fn(Key),
    ) {
        let waiting: Vec<Key> = self.0.lock().iter().cloned().collect();
        for key in waiting {
            if availability.outage().is_some() {
                return;
            }
            if self.0.lock().remove(&key) {
                wake(key);
                sleep(Duration::from_secs_f64(1.0 / rate())).await;
            }
        }
    }

    fn any(&self) -> Option<Key> {
        self.0.lock().iter().next().cloned()
    }
}

/// Waits for the beginning or the end of an outage.
async fn changed(outages: &mut Receiver<Option<Outage>>) {
    if outages.changed().await.is_err() {
        // The service is not used any more.
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
impl<Key> RecoveryQueue<Key> {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    type Woken = Arc<Mutex<Vec<(u64, u32)>>>;

    /// Runs a queue with three objects, and returns it with the objects that it enqueues and the seconds at which it does.
    fn start() -> (Arc<RecoveryQueue<u32>>, Availability, Woken) {
        let (queue, availability) = (Arc::new(RecoveryQueue::default()), Availability::default());
        let woken = Woken::default();
        (0..3).for_each(|key| queue.add(key));
        let (task, service, log) = (queue.clone(), availability.clone(), woken.clone());
        let start = Instant::now();
        tokio::spawn(async move {
            let wake = |key| log.lock().push((start.elapsed().as_secs(), key));
            task.run(&service, || 1.0, wake).await;
        });
        (queue, availability, woken)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_success_enqueues_all_objects_one_after_the_other() {
        let (_, service, woken) = start();
        service.record_failure(|| "throttled".into());
        sleep(Duration::from_secs(61)).await;
        let probes = woken.lock().len();
        assert_eq!(probes, 12, "one object is reconciled every five seconds");
        service.record_success();
        sleep(Duration::from_secs(4)).await;
        let released = woken.lock().split_off(probes);
        let seconds: Vec<u64> = released.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds, [61, 62, 63]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_object_that_succeeds_during_the_release_is_not_enqueued() {
        let (queue, service, woken) = start();
        service.record_failure(|| "throttled".into());
        sleep(Duration::from_millis(5_900)).await;
        let probes = woken.lock().len();
        (0..3).for_each(|key| queue.remove(&key));
        service.record_success();
        sleep(Duration::from_secs(4)).await;
        assert_eq!(woken.lock().len(), probes);
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_failure_is_no_outage() {
        let (_, service, woken) = start();
        service.record_failure(|| "reset".into());
        sleep(Duration::from_secs(1)).await;
        service.record_success();
        sleep(Duration::from_secs(60)).await;
        assert_eq!(*woken.lock(), []);
    }
}
