//! One walk: random actions, then the correction of every object, then the deletion of all objects.

use super::{
    fixture::{Fixture, invalidation},
    invariants::{self, Invariants},
    object_watch::ObjectWatch,
    random_faults::random_fault,
    revision_history::{RevisionHistory, resources},
    seeded_rng::SeededRng,
};
use crate::support::{TestEnv, condition};
use cloudfront_simulator::Edit;
use k8s_openapi::jiff::Timestamp;
use std::{thread, time::Duration};

/// The time that the simulator takes for a deployment.
pub(super) const DEPLOY_DELAY: Duration = Duration::from_millis(300);

/// One random action.
#[derive(Clone, Copy, Debug)]
enum Action {
    EditComment,
    EditBack,
    ToggleRejectedSpec,
    ToggleSuspend,
    ToggleDriftPolicy,
    ToggleManagementPolicy,
    ToggleReference,
    EditTags,
    EditOutOfBand,
    DeleteOutOfBand,
    InjectFaults,
    ClearFaults,
    ReleaseHeldResponses,
    KillOperator,
    StopOperator,
    DeleteObject,
    CreateInvalidation,
    RequestReconcile,
}

/// The possible actions, each as many times as it is likely.
const ACTIONS: [Action; 31] = [
    Action::EditComment,
    Action::EditComment,
    Action::EditComment,
    Action::EditComment,
    Action::EditBack,
    Action::EditBack,
    Action::EditBack,
    Action::ToggleRejectedSpec,
    Action::ToggleRejectedSpec,
    Action::ToggleSuspend,
    Action::ToggleSuspend,
    Action::ToggleDriftPolicy,
    Action::ToggleManagementPolicy,
    Action::ToggleReference,
    Action::EditTags,
    Action::EditOutOfBand,
    Action::EditOutOfBand,
    Action::DeleteOutOfBand,
    Action::InjectFaults,
    Action::InjectFaults,
    Action::InjectFaults,
    Action::InjectFaults,
    Action::InjectFaults,
    Action::ClearFaults,
    Action::ReleaseHeldResponses,
    Action::KillOperator,
    Action::KillOperator,
    Action::StopOperator,
    Action::DeleteObject,
    Action::CreateInvalidation,
    Action::RequestReconcile,
];

/// The index of the distribution that adopts a resource.
const ADOPTED: usize = 3;

/// The state of one walk.
pub(super) struct RandomWalk {
    pub(super) env: TestEnv,
    pub(super) history: RevisionHistory,
    /// The actions so far, with the time at which each began.
    pub(super) action_log: Vec<(Timestamp, String)>,
    fixtures: Vec<Fixture>,
    rng: SeededRng,
    counter: u64,
}

/// Runs the walk of a seed, and checks its invariants.
pub(super) fn run(seed: u64, steps: u64) {
    let env = TestEnv::with_deploy_delay("contract", DEPLOY_DELAY);
    let watch = ObjectWatch::start(&env);
    let history = RevisionHistory::start(env.control());
    let mut walk = RandomWalk {
        env,
        history,
        action_log: vec![],
        fixtures: vec![],
        rng: SeededRng::new(seed),
        counter: 0,
    };
    let mut invariants = Invariants::new(seed);
    walk.create_objects();
    for _ in 0..steps {
        walk.step();
    }
    walk.correct_objects();
    walk.delete_objects();
    invariants.check(&walk, &watch);
    println!("seed {seed}: {invariants}");
}

impl RandomWalk {
    pub(super) fn fixtures(&self) -> &[Fixture] {
        &self.fixtures
    }

    /// Returns the action log as lines, for the message of a failure.
    pub(super) fn actions(&self) -> String {
        let lines = self.action_log.iter();
        let lines = lines.map(|(at, action)| format!("{at} {action}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The number of times that the operator was killed.
    pub(super) fn kills(&self) -> usize {
        let kill = format!("{:?}", Action::KillOperator);
        let actions = self.action_log.iter();
        actions.filter(|(_, action)| *action == kill).count()
    }

    /// Applies an identity, a distribution that can refer to it, one that does not, one that adopts a resource, and a streaming one.
    fn create_objects(&mut self) {
        let retained = Fixture::new("cfd", "left");
        let manifest = retained
            .manifest()
            .replace("  suspend: false", "  deletionPolicy: Retain");
        self.env.apply(&manifest);
        let object = self.env.wait_until_ready("cfd/left");
        self.env.kubectl(&["delete", "cfd/left"]);
        let adopted = Fixture {
            adopt_id: object["status"]["id"].as_str().map(str::to_owned),
            ..Fixture::new("cfd", "adopted")
        };
        let www = Fixture {
            refers_to_identity: true,
            ..Fixture::new("cfd", "www")
        };
        self.fixtures = vec![
            Fixture::new("cfoai", "site"),
            www,
            Fixture::new("cfd", "blog"),
            adopted,
            Fixture::new("cfsd", "live"),
        ];
        for fixture in self.fixtures.clone() {
            self.apply(&fixture);
        }
    }

    fn log_action(&mut self, action: String) {
        self.action_log.push((Timestamp::now(), action));
    }

    fn apply(&mut self, fixture: &Fixture) {
        self.log_action(format!("apply {fixture:?}"));
        let manifest = fixture.manifest();
        // kubectl reads the object before it patches it: if a deletion completes in between, the patch fails with NotFound.
        self.env.eventually("the manifest is applied", || {
            let arguments = ["apply", "--filename", "-"];
            let output = self.env.try_kubectl(&arguments, &manifest);
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            let is_deleted = error.contains("(NotFound)");
            assert!(output.status.success() || is_deleted, "{error}\n{manifest}");
            output.status.success().then_some(())
        });
    }

    fn step(&mut self) {
        let action = *self.rng.pick(&ACTIONS);
        let random = usize::try_from(self.rng.below(5)).expect("a small number");
        self.counter += 1;
        let comment = format!("c{}", self.counter);
        match action {
            Action::EditComment => self.edit(random, |one| {
                one.previous_comment = std::mem::replace(&mut one.comment, comment);
            }),
            Action::EditBack => self.edit(random, |one| {
                std::mem::swap(&mut one.comment, &mut one.previous_comment);
            }),
            Action::ToggleRejectedSpec => {
                let index = self.position(|one| one.is_rejected);
                let index = index.unwrap_or(random % 3 + 1);
                self.edit(index, |one| one.is_rejected = !one.is_rejected);
            }
            Action::ToggleSuspend => {
                let index = self.position(|one| one.suspend).unwrap_or(random);
                self.edit(index, |one| one.suspend = !one.suspend);
            }
            Action::ToggleDriftPolicy => {
                self.edit(random, |one| one.report_drift = !one.report_drift);
            }
            Action::ToggleManagementPolicy => self.edit(ADOPTED, |one| one.observe = !one.observe),
            Action::ToggleReference => {
                self.edit(1, |one| one.refers_to_identity = !one.refers_to_identity);
            }
            Action::EditTags => self.edit(2, |one| one.team = Some(comment)),
            Action::EditOutOfBand => self.change_out_of_band(&Edit::Set {
                path: "Comment".into(),
                value: comment,
            }),
            Action::DeleteOutOfBand => self.change_out_of_band(&Edit::Delete),
            Action::KillOperator | Action::StopOperator => self.restart_operator(action),
            Action::DeleteObject => self.delete_object(random),
            Action::CreateInvalidation => {
                self.log_action(format!("invalidation {}", self.counter));
                self.env.apply(&invalidation(self.counter));
            }
            Action::RequestReconcile => self.request_reconcile(random),
            Action::InjectFaults | Action::ClearFaults | Action::ReleaseHeldResponses => {
                self.change_faults(action);
            }
        }
        thread::sleep(Duration::from_millis(self.rng.below(450)));
    }

    /// Returns the index of the first object that matches.
    fn position(&self, matches: impl Fn(&Fixture) -> bool) -> Option<usize> {
        self.fixtures.iter().position(matches)
    }

    fn edit(&mut self, index: usize, change: impl FnOnce(&mut Fixture)) {
        change(&mut self.fixtures[index]);
        let fixture = self.fixtures[index].clone();
        self.apply(&fixture);
    }

    /// Changes a random resource as in the AWS console. The adopted resource is never deleted, as the operator does not recreate it.
    fn change_out_of_band(&mut self, edit: &Edit) {
        let adopted = self.fixtures[ADOPTED].adopt_id.clone();
        let ids: Vec<String> = resources(&self.env.control())
            .iter()
            .filter_map(|resource| resource["id"].as_str().map(str::to_owned))
            .filter(|id| *edit != Edit::Delete || Some(id) != adopted.as_ref())
            .collect();
        if ids.is_empty() {
            return;
        }
        let id = self.rng.pick(&ids).clone();
        self.log_action(format!("out of band {id} {edit:?}"));
        let control = self.env.control();
        // The edit fails if the operator has just deleted the resource.
        self.history
            .record_out_of_band(|| drop(control.edit(&id, edit.clone())));
    }

    fn restart_operator(&mut self, action: Action) {
        self.log_action(format!("{action:?}"));
        if matches!(action, Action::KillOperator) {
            self.env.kill_operator();
        } else {
            // The operator does not exit while the simulator holds a response.
            self.env.control().release_held_responses();
            self.env.stop_operator();
        }
        self.env.start_operator();
    }

    fn delete_object(&mut self, index: usize) {
        let name = self.fixtures[index].kubectl_name();
        self.log_action(format!("delete {name}"));
        let arguments = ["delete", &name, "--wait=false", "--ignore-not-found"];
        self.env.kubectl(&arguments);
    }

    fn request_reconcile(&mut self, index: usize) {
        let name = self.fixtures[index].kubectl_name();
        let annotation = format!(
            "cloudfront-operator.dev/reconcile-requested-at={}",
            self.counter
        );
        self.log_action(format!("request a reconciliation of {name}"));
        // The command fails if the object does not exist.
        self.env
            .try_kubectl(&["annotate", "--overwrite", &name, &annotation], "");
    }

    fn change_faults(&mut self, action: Action) {
        let control = self.env.control();
        match action {
            Action::ReleaseHeldResponses => {
                let released = control.release_held_responses();
                self.log_action(format!("release {released} held responses"));
            }
            Action::ClearFaults => {
                self.log_action("clear faults".into());
                control.clear_faults();
            }
            _ => {
                for _ in 0..=self.rng.below(3) {
                    let fault = random_fault(&mut self.rng);
                    self.log_action(format!("{fault:?}"));
                    control.inject(fault);
                }
            }
        }
    }

    /// Clears all faults, corrects every spec, and waits until each object is ready and has exactly one resource.
    fn correct_objects(&mut self) {
        self.env.control().clear_faults();
        self.env.control().release_held_responses();
        self.log_action("correct all objects".into());
        for index in 0..self.fixtures.len() {
            let fixture = self.fixtures[index].corrected();
            self.fixtures[index] = fixture.clone();
            self.apply(&fixture);
        }
        for fixture in self.fixtures.clone() {
            let name = fixture.kubectl_name();
            self.env.eventually(&format!("{name} is ready"), || {
                let object = self.env.get(&name);
                if object.is_none() {
                    self.env.apply(&fixture.manifest());
                }
                object.filter(|object| {
                    object["status"]["observedGeneration"] == object["metadata"]["generation"]
                        && object["metadata"]["deletionTimestamp"].is_null()
                        && condition(object, "Ready") == ("True".into(), "InSync".into())
                })
            });
        }
        // The next list call finds the last out-of-band change.
        self.env
            .eventually("each object has one resource that matches its spec", || {
                invariants::each_object_has_one_resource(self).then_some(())
            });
    }

    /// Deletes all objects, and checks that only the adopted resource remains.
    fn delete_objects(&mut self) {
        self.log_action("delete all objects".into());
        self.env.kubectl(&["delete", "cfinv", "--all"]);
        self.env.kubectl(&["delete", "cfd,cfsd,cfoai", "--all"]);
        let remaining: Vec<_> = resources(&self.env.control())
            .iter()
            .map(|resource| resource["id"].as_str().map(str::to_owned))
            .collect();
        let adopted = self.fixtures[ADOPTED].adopt_id.clone();
        assert_eq!(remaining, [adopted], "{}", self.actions());
    }
}
