//! The objects that wait until CloudFront's list shows that a unique value is free.

use crate::engine::{
    api::reference::ObjectKey,
    poll::{list::ListResult, subscription::Subscriber},
};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio::time::Instant;

/// How long an object waits without another refusal. A retry comes every five minutes at least.
const MAX_AGE: Duration = Duration::from_mins(10);

/// A resource that has a unique value, as the last list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedHolder {
    pub(crate) value: String,
    pub(crate) id: String,
}

/// The objects whose write CloudFront refused since another resource has one of their values.
#[derive(Default)]
pub(super) struct WaitingObjects(HashMap<ObjectKey, Waiting>);

struct Waiting {
    values: Vec<String>,
    /// The id of the object's own resource.
    own_id: Option<String>,
    holder: Option<ListedHolder>,
    refused_at: Instant,
    subscriber: Subscriber,
}

impl WaitingObjects {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records that CloudFront refused values, and returns the resource that has one of them, if the last list shows it.
    pub(super) fn record_refusal(
        &mut self,
        subscriber: Subscriber,
        own_id: Option<String>,
        values: Vec<String>,
        now: Instant,
    ) -> Option<ListedHolder> {
        let object = subscriber.object.clone();
        let before = self.0.remove(&object).filter(|it| it.values == values);
        let holder = before.and_then(|it| it.holder);
        let waiting = Waiting {
            values,
            own_id,
            holder: holder.clone(),
            refused_at: now,
            subscriber,
        };
        self.0.insert(object, waiting);
        holder
    }

    /// Returns the values that objects wait for.
    pub(super) fn values(&self) -> HashSet<String> {
        let values = self.0.values().flat_map(|it| &it.values);
        values.cloned().collect()
    }

    /// Compares the values with a list, and enqueues the objects whose values are free since the list before.
    pub(super) fn compare(&mut self, list: &ListResult, now: Instant) {
        self.0
            .retain(|_, waiting| now.duration_since(waiting.refused_at) < MAX_AGE);
        for waiting in self.0.values_mut() {
            let holder = waiting.find_holder(list);
            if holder.is_none() && !list.is_complete {
                continue;
            }
            if holder.is_none() && waiting.holder.is_some() {
                waiting.subscriber.enqueue();
            }
            waiting.holder = holder;
        }
    }
}

impl Waiting {
    fn find_holder(&self, list: &ListResult) -> Option<ListedHolder> {
        let holder = |value: &String| {
            let id = list.value_holders.get(value);
            let id = id.filter(|id| Some(*id) != self.own_id.as_ref())?;
            Some(ListedHolder {
                value: value.clone(),
                id: id.clone(),
            })
        };
        self.values.iter().find_map(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::channel::mpsc::unbounded;

    const ALIAS: &str = "alias www.example.org";

    fn list(holder: Option<&str>, is_complete: bool) -> ListResult {
        ListResult {
            value_holders: holder
                .map(|id| (ALIAS.to_owned(), id.to_owned()))
                .into_iter()
                .collect(),
            is_complete,
            ..ListResult::default()
        }
    }

    #[test]
    fn an_object_is_enqueued_once_when_a_complete_list_does_not_show_the_holder_any_more() {
        let (wake, mut woken) = unbounded();
        let mut objects = WaitingObjects::default();
        let now = Instant::now();
        let refuse = |objects: &mut WaitingObjects| {
            let subscriber = Subscriber {
                object: ObjectKey {
                    namespace: "shop".into(),
                    name: "new".into(),
                },
                wake: wake.clone(),
            };
            let own_id = Some("E2".to_owned());
            let holder = objects.record_refusal(subscriber, own_id, vec![ALIAS.into()], now);
            holder.map(|holder| holder.id)
        };
        assert_eq!(refuse(&mut objects), None, "no list shows it yet");
        assert_eq!(objects.values(), HashSet::from([ALIAS.to_owned()]));
        objects.compare(&list(None, true), now);
        objects.compare(&list(Some("E1"), false), now);
        assert_eq!(refuse(&mut objects).as_deref(), Some("E1"));
        objects.compare(&list(None, false), now);
        assert!(woken.try_recv().is_err(), "the list is not complete");
        objects.compare(&list(Some("E2"), true), now);
        assert_eq!(woken.try_recv().expect("it is free").name, "new");
        objects.compare(&list(None, true), now);
        assert!(woken.try_recv().is_err());
        objects.compare(&list(None, true), now + MAX_AGE);
        assert!(objects.is_empty());
    }
}
