//! One walk: random steps, then everything is mended, then everything goes.

use super::{
    fixture::{Thing, invalidation},
    invariants::{self as judge, Judge},
    object_watch::Watch,
    random_faults::fault,
    revision_history::{Ledger, remotes},
    seeded_rng::Chance,
};
use crate::scenarios::stage::{Stage, condition};
use cloudfront_simulator::Edit;
use k8s_openapi::jiff::Timestamp;
use std::{thread, time::Duration};

/// How long the simulator takes to deploy.
pub(super) const DELAY: Duration = Duration::from_millis(300);

/// What is done at a step.
#[derive(Clone, Copy, Debug)]
enum Step {
    Edit,
    Mistake,
    Suspend,
    Report,
    Observe,
    Refer,
    Tag,
    Console,
    ConsoleDelete,
    Fault,
    ClearFaults,
    Release,
    Kill,
    Stop,
    Delete,
    Invalidate,
    Ask,
}

/// What may be done, as often as it is likely.
const STEPS: [Step; 28] = [
    Step::Edit,
    Step::Edit,
    Step::Edit,
    Step::Edit,
    Step::Mistake,
    Step::Mistake,
    Step::Suspend,
    Step::Suspend,
    Step::Report,
    Step::Observe,
    Step::Refer,
    Step::Tag,
    Step::Console,
    Step::Console,
    Step::ConsoleDelete,
    Step::Fault,
    Step::Fault,
    Step::Fault,
    Step::Fault,
    Step::Fault,
    Step::ClearFaults,
    Step::Release,
    Step::Kill,
    Step::Kill,
    Step::Stop,
    Step::Delete,
    Step::Invalidate,
    Step::Ask,
];

/// A world, and the one who walks through it.
pub(super) struct Walker {
    pub(super) stage: Stage,
    pub(super) ledger: Ledger,
    things: Vec<Thing>,
    chance: Chance,
    counter: u64,
    /// What was done when.
    pub(super) diary: Vec<(Timestamp, String)>,
}

/// Walks from a seed, and judges what was seen on the way.
pub(super) fn walk(seed: u64, steps: u64) {
    let stage = Stage::with_deploy_delay("contract", DELAY);
    let watch = Watch::start(&stage);
    let ledger = Ledger::open(stage.control());
    let mut walker = Walker {
        stage,
        ledger,
        things: vec![],
        chance: Chance::of(seed),
        counter: 0,
        diary: vec![],
    };
    let mut judge = Judge::new(seed);
    walker.set_out();
    for _ in 0..steps {
        walker.step();
    }
    walker.mend();
    walker.go();
    judge.hear(&walker, &watch);
    println!("seed {seed}: {judge}");
}

impl Walker {
    /// The objects: an identity, a distribution that may name it, one that does not, one that is adopted, and a streaming one.
    fn set_out(&mut self) {
        let left = Thing::new("cfd", "left");
        let retained = left
            .manifest()
            .replace("  suspend: false", "  deletionPolicy: Retain");
        self.stage.apply(&retained);
        let object = self.stage.until_ready("cfd/left");
        self.stage.kubectl(&["delete", "cfd/left"]);
        let adopted = Thing {
            adopt: object["status"]["id"].as_str().map(str::to_owned),
            ..Thing::new("cfd", "adopted")
        };
        let www = Thing {
            refers: true,
            ..Thing::new("cfd", "www")
        };
        self.things = vec![
            Thing::new("cfoai", "site"),
            www,
            Thing::new("cfd", "blog"),
            adopted,
            Thing::new("cfsd", "live"),
        ];
        for thing in self.things.clone() {
            self.apply(&thing);
        }
    }

    fn note(&mut self, what: String) {
        self.diary.push((Timestamp::now(), what));
    }

    fn apply(&mut self, thing: &Thing) {
        self.note(format!("apply {thing:?}"));
        self.stage.apply(&thing.manifest());
    }

    fn step(&mut self) {
        let step = *self.chance.pick(&STEPS);
        let at = usize::try_from(self.chance.below(5)).expect("a small number");
        self.counter += 1;
        let comment = format!("c{}", self.counter);
        match step {
            Step::Edit => self.edit(at, |thing| thing.comment = comment),
            Step::Mistake => {
                let at = self.first(|thing| thing.bad).unwrap_or(at % 3 + 1);
                self.edit(at, |thing| thing.bad = !thing.bad);
            }
            Step::Suspend => {
                let at = self.first(|thing| thing.suspend).unwrap_or(at);
                self.edit(at, |thing| thing.suspend = !thing.suspend);
            }
            Step::Report => self.edit(at, |thing| thing.report = !thing.report),
            Step::Observe => self.edit(3, |thing| thing.observe = !thing.observe),
            Step::Refer => self.edit(1, |thing| thing.refers = !thing.refers),
            Step::Tag => self.edit(2, |thing| thing.team = Some(comment)),
            Step::Console => self.console(&Edit::Set {
                path: "Comment".into(),
                value: comment,
            }),
            Step::ConsoleDelete => self.console(&Edit::Delete),
            Step::Kill | Step::Stop => self.restart(step),
            Step::Delete => {
                let address = self.things[at].address();
                self.note(format!("delete {address}"));
                let arguments = ["delete", &address, "--wait=false", "--ignore-not-found"];
                self.stage.kubectl(&arguments);
            }
            Step::Invalidate => {
                self.note(format!("invalidation {}", self.counter));
                self.stage.apply(&invalidation(self.counter));
            }
            Step::Ask => self.ask(at),
            Step::Fault | Step::ClearFaults | Step::Release => self.disturb(step),
        }
        thread::sleep(Duration::from_millis(self.chance.below(450)));
    }

    /// The first object that is so.
    fn first(&self, is: impl Fn(&Thing) -> bool) -> Option<usize> {
        self.things.iter().position(is)
    }

    fn edit(&mut self, at: usize, change: impl FnOnce(&mut Thing)) {
        change(&mut self.things[at]);
        let thing = self.things[at].clone();
        self.apply(&thing);
    }

    /// Somebody at the console changes one of the remotes; the adopted one is nobody's to delete.
    fn console(&mut self, edit: &Edit) {
        let spared = self.things[3].adopt.clone();
        let all: Vec<String> = remotes(&self.stage.control())
            .iter()
            .filter_map(|(_, remote)| remote["id"].as_str().map(str::to_owned))
            .filter(|id| *edit != Edit::Delete || Some(id) != spared.as_ref())
            .collect();
        if all.is_empty() {
            return;
        }
        let id = self.chance.pick(&all).clone();
        self.note(format!("console {id} {edit:?}"));
        let control = self.stage.control();
        // The operator may have deleted it just now.
        self.ledger.around(|| drop(control.edit(&id, edit.clone())));
    }

    fn restart(&mut self, step: Step) {
        self.note(format!("{step:?}"));
        if matches!(step, Step::Kill) {
            self.stage.kill_operator();
        } else {
            // A held answer would keep it from ending.
            self.stage.control().release_held_responses();
            self.stage.stop_operator();
        }
        self.stage.start_operator();
    }

    fn ask(&mut self, at: usize) {
        let address = self.things[at].address();
        let asked = format!(
            "cloudfront-operator.dev/reconcile-requested-at={}",
            self.counter
        );
        self.note(format!("ask {address}"));
        // It may have gone.
        self.stage
            .try_kubectl(&["annotate", "--overwrite", &address, &asked], "");
    }

    fn disturb(&mut self, step: Step) {
        let control = self.stage.control();
        match step {
            Step::Release => {
                let released = control.release_held_responses();
                self.note(format!("release {released}"));
            }
            Step::ClearFaults => {
                self.note("clear faults".into());
                control.clear_faults();
            }
            _ => {
                for _ in 0..=self.chance.below(3) {
                    let fault = fault(&mut self.chance);
                    self.note(format!("{fault:?}"));
                    control.inject(fault);
                }
            }
        }
    }

    /// Nothing stands in the way any more: every object becomes ready, with one remote of its own.
    fn mend(&mut self) {
        self.stage.control().clear_faults();
        self.stage.control().release_held_responses();
        self.note("mend".into());
        for at in 0..self.things.len() {
            let thing = self.things[at].mended();
            self.things[at] = thing.clone();
            self.apply(&thing);
        }
        for thing in self.things.clone() {
            self.stage
                .eventually(&format!("{} is ready", thing.address()), || {
                    let object = self.stage.get(&thing.address());
                    if object.is_none() {
                        self.stage.apply(&thing.manifest());
                    }
                    object.filter(|object| {
                        object["status"]["observedGeneration"] == object["metadata"]["generation"]
                            && object["metadata"]["deletionTimestamp"].is_null()
                            && condition(object, "Ready") == ("True".into(), "InSync".into())
                    })
                });
        }
        // What the console did last is found at the next look.
        self.stage
            .eventually("each object has one remote as it asks", || {
                judge::each_has_one_remote(self).then_some(())
            });
    }

    /// Everything is deleted, and nothing is left but what was there before.
    fn go(&mut self) {
        self.note("go".into());
        self.stage.kubectl(&["delete", "cfinv", "--all"]);
        self.stage.kubectl(&["delete", "cfd,cfsd,cfoai", "--all"]);
        let left: Vec<_> = remotes(&self.stage.control())
            .iter()
            .map(|(_, remote)| remote["id"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(left, [self.things[3].adopt.clone()], "{}", self.told());
    }

    pub(super) fn things(&self) -> &[Thing] {
        &self.things
    }

    /// What was done, for a failure.
    pub(super) fn told(&self) -> String {
        let lines = self.diary.iter().map(|(at, what)| format!("{at} {what}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}
