//! How long a write has waited for unique values that other objects have.

use std::time::Duration;
use tokio::time::Instant;

/// How long a write waits for an edit of the object that has the value: the manifests of both are often applied together.
const EDIT_PERIOD: Duration = Duration::from_secs(5);

/// How long a write waits until CloudFront accepts that the other object gives up the value. Then CloudFront decides, since a status
/// can be forged.
const RELEASE_PERIOD: Duration = Duration::from_mins(5);

/// The waits of one generation. Each begins once, so another object cannot prolong it.
#[derive(Debug, Default)]
pub(crate) struct ValueWait(Option<Box<Begun>>);

#[derive(Debug)]
struct Begun {
    generation: i64,
    for_edit: Option<Instant>,
    for_release: Option<Instant>,
}

impl ValueWait {
    /// Whether the write of a generation may wait at present. `is_leaving`: the other object is about to give up the value.
    pub(crate) fn may_wait(&mut self, generation: i64, is_leaving: bool, now: Instant) -> bool {
        let begun = self.0.take().filter(|it| it.generation == generation);
        let begun = self.0.insert(begun.unwrap_or_else(|| {
            Box::new(Begun {
                generation,
                for_edit: None,
                for_release: None,
            })
        }));
        let (since, period) = if is_leaving {
            (&mut begun.for_release, RELEASE_PERIOD)
        } else {
            (&mut begun.for_edit, EDIT_PERIOD)
        };
        now.duration_since(*since.get_or_insert(now)) < period
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_waits_shortly_for_an_edit_and_longer_for_a_release_but_once_for_each() {
        let (mut wait, start) = (ValueWait::default(), Instant::now());
        let mut may_wait = |generation, is_leaving, seconds| {
            wait.may_wait(generation, is_leaving, start + Duration::from_secs(seconds))
        };
        assert!(may_wait(1, false, 0) && may_wait(1, false, 4));
        assert!(!may_wait(1, false, 5), "CloudFront decides");
        assert!(may_wait(1, true, 100) && may_wait(1, true, 399));
        assert!(!may_wait(1, false, 399), "that wait is over");
        assert!(!may_wait(1, true, 400));
        assert!(may_wait(2, false, 400), "the spec was edited");
    }
}
