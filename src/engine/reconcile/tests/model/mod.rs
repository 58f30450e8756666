//! A model of one object and its resource, two replicas of the operator, and every order of lost responses, crashes, stale reads, edits
//! back and a deletion. A model checker visits all states.
//!
//! The memory of a replica is the engine's own code. CloudFront, the object and the order of the steps are modelled. CloudFront keeps these
//! promises: a read lags behind a write for at most half of the consistency window, and a request takes no longer than the other half. A
//! resource that a read has found is found until it is deleted.

mod cloudfront;
mod reconcile;
mod world;

use cloudfront::Read;
use reconcile::{Delivery, End, Reconciliation};
use stateright::{Checker, Model, Property};
use world::{Faults, World};

/// How the operator orders reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rules {
    /// A read is outdated if this process has replaced its version, and the latest otherwise.
    Old,
    /// The rules of the engine.
    New,
}

/// A step of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Action {
    /// The user changes the spec to the other configuration.
    Edit,
    /// The user deletes the object.
    Delete,
    /// The leader reconciles. If it crashes, it does so before it stores the status.
    Reconcile {
        read: Read,
        delivery: Delivery,
        crashes: bool,
    },
    /// CloudFront executes the write of the former leader.
    Deliver,
    /// Half of the consistency window passes.
    Tick,
}

/// The model for a kind with or without modification times.
struct Operator {
    rules: Rules,
    has_time: bool,
    faults: Faults,
}

impl Operator {
    fn reconcile(
        &self,
        world: &mut World,
        read: Read,
        delivery: Delivery,
        crashes: bool,
    ) -> Option<()> {
        if read != Read::Absent {
            world.cloudfront.record_found();
        }
        let mut reconciliation = Reconciliation {
            world,
            rules: self.rules,
            has_time: self.has_time,
            read,
            delivery,
            has_written: false,
        };
        let end = reconciliation.run();
        // Without a write, its delivery makes no difference.
        let is_applicable = reconciliation.has_written || delivery == Delivery::Received;
        if !is_applicable || (crashes && end == End::Deposed) {
            return None;
        }
        if delivery != Delivery::Received {
            world.left.lost = world.left.lost.checked_sub(1)?;
        }
        if crashes {
            world.left.crashes = world.left.crashes.checked_sub(1)?;
            world.change_leader();
            return Some(());
        }
        match end {
            End::Retry { is_different } => {
                if is_different {
                    world.object.status.ready = None;
                }
            }
            End::Report(status) => {
                world.is_misreported |= status.ready.is_some() && !world.was_equal;
                world.object.status = status;
            }
            End::Gone => world.object.is_gone = true,
            End::Deposed => world.change_leader(),
        }
        Some(())
    }
}

impl Model for Operator {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.faults.clone())]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        // A trace ends with the violation.
        if world.is_misreported || world.has_orphan() || world.cloudfront.count() > 1 {
            return;
        }
        if world.in_flight.is_some() {
            actions.push(Action::Deliver);
        }
        if world.left.ticks > 0 {
            actions.push(Action::Tick);
        }
        if world.object.is_gone {
            return;
        }
        if !world.object.is_deleted {
            actions.push(Action::Delete);
            if world.left.edits > 0 {
                actions.push(Action::Edit);
            }
        }
        let deliveries = [
            Delivery::Received,
            Delivery::LostAfter,
            Delivery::LostBefore,
            Delivery::Delayed,
        ];
        for read in world.cloudfront.reads() {
            for delivery in deliveries {
                for crashes in [false, true] {
                    actions.push(Action::Reconcile {
                        read,
                        delivery,
                        crashes,
                    });
                }
            }
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        match action {
            Action::Edit => {
                next.left.edits -= 1;
                next.edit();
            }
            Action::Delete => next.object.is_deleted = true,
            Action::Reconcile {
                read,
                delivery,
                crashes,
            } => {
                self.reconcile(&mut next, read, delivery, crashes)?;
            }
            Action::Deliver => {
                let write = next.in_flight.take()?;
                next.execute(write);
            }
            Action::Tick => {
                next.left.ticks -= 1;
                next.tick();
            }
        }
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("ready describes CloudFront", |_, world: &World| {
                !world.is_misreported
            }),
            Property::always("no orphan", |_, world: &World| !world.has_orphan()),
            Property::always("no duplicate", |_, world: &World| {
                world.cloudfront.count() <= 1
            }),
            Property::sometimes("an edit back is in sync", |_, world: &World| {
                world.object.generation == 3 && world.object.status.ready == Some(3)
            }),
            Property::sometimes("a deletion ends", |_, world: &World| world.object.is_gone),
        ]
    }
}

/// The properties that all states have, and the states that exist.
const ALWAYS: [&str; 3] = ["ready describes CloudFront", "no orphan", "no duplicate"];
const SOMETIMES: [&str; 2] = ["an edit back is in sync", "a deletion ends"];

/// Visits all states, the ones with the fewest steps first.
fn check(rules: Rules, has_time: bool) -> impl Checker<Operator> {
    let faults = Faults {
        edits: 2,
        lost: 1,
        crashes: 1,
        ticks: 4,
    };
    let operator = Operator {
        rules,
        has_time,
        faults,
    };
    let checker = operator.checker().spawn_bfs().join();
    println!(
        "{rules:?}, has_time {has_time}: {} states, depth {}",
        checker.unique_state_count(),
        checker.max_depth()
    );
    checker
}

/// The steps that lead to a state with or without a property, one a line.
fn trace(checker: &impl Checker<Operator>, property: &'static str) -> Option<Vec<String>> {
    let path = checker.discovery(property)?;
    let actions = path.into_actions().into_iter();
    Some(actions.map(|action| format!("{action:?}")).collect())
}

#[test]
fn no_order_of_faults_breaks_the_rules_of_the_engine() {
    for has_time in [true, false] {
        let checker = check(Rules::New, has_time);
        for property in ALWAYS {
            let found = trace(&checker, property);
            assert_eq!(found, None, "{property}, has_time {has_time}");
        }
        for property in SOMETIMES {
            assert!(checker.discovery(property).is_some(), "{property}");
        }
    }
}

#[test]
fn a_stale_read_after_an_edit_back_is_reported_as_ready_by_the_old_rules() {
    for has_time in [true, false] {
        let checker = check(Rules::Old, has_time);
        let found = trace(&checker, ALWAYS[0]).expect("a violation");
        println!("{found:#?}");
        assert!(found.contains(&format!("{:?}", Action::Edit)), "{found:#?}");
    }
}
