//! One life of an object with the shipped program, which is killed at most once.

use super::{
    Environment, Error,
    crash_points::{CrashPoint, Phase},
    replica::Replica,
    verdict::Verdict,
};
use crate::{
    check::EndState,
    fault::Fault,
    history::is_finished,
    label::{Label, Side},
    objects::KindResource,
    proxy::{Disturbance, RequestLabel, Rule},
    resources::{Names, learn_names, resources},
    scenario::Life,
};
use cloudfront_simulator::FaultMode;
use kube::{
    Api,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// The manager of the user's fields.
const USER: &str = "user";

/// The time between two looks at the objects.
const INTERVAL: Duration = Duration::from_millis(20);

/// How long a state is observed: what follows from it, such as events, is sent within this time.
const SETTLED: Duration = Duration::from_secs(1);

/// How long a phase may take. The operator needs seconds.
const DEADLINE: Duration = Duration::from_secs(120);

/// How long the API server may take to write its log.
const LOG_DEADLINE: Duration = Duration::from_secs(10);

/// A run.
pub(super) struct LifeRun<'a> {
    environment: &'a Environment,
    life: &'a Life,
    point: Option<&'a CrashPoint>,
    replica: Replica,
    names: Names,
    /// The objects that exist, by their uids.
    live: BTreeMap<String, Value>,
    /// The last states of the objects that existed.
    removed: BTreeMap<String, Value>,
    /// Whether the simulator waits for the request of the point.
    is_armed: bool,
    pub(super) verdict: Verdict,
    /// Whether the process was killed.
    pub(super) is_killed: bool,
    /// The requests of the phases.
    pub(super) labels: Vec<(Phase, Label)>,
    /// What each phase ends with.
    pub(super) ends: Vec<EndState>,
}

impl<'a> LifeRun<'a> {
    /// Runs a life without a crash.
    pub(super) async fn without_crash(
        environment: &'a Environment,
        life: &'a Life,
    ) -> Result<Self, Error> {
        let mut run = Self::start(environment, life, None).await?;
        run.finish().await?;
        Ok(run)
    }

    /// Starts the operator, and creates what the object refers to.
    pub(super) async fn start(
        environment: &'a Environment,
        life: &'a Life,
        point: Option<&'a CrashPoint>,
    ) -> Result<Self, Error> {
        let mut run = Self {
            environment,
            life,
            point,
            replica: Replica::new(environment, 0, &[]).await?,
            names: Names::new(),
            live: BTreeMap::new(),
            removed: BTreeMap::new(),
            is_armed: false,
            verdict: Verdict::default(),
            is_killed: false,
            labels: vec![],
            ends: vec![],
        };
        run.replica.start()?;
        for manifest in &life.referenced {
            run.apply(manifest).await?;
        }
        run.settle().await?;
        Ok(run)
    }

    /// Lives through all phases, and checks what is left.
    pub(super) async fn finish(&mut self) -> Result<(), Error> {
        self.phase(Phase::Create).await?;
        if self.life.edited.is_some() {
            self.phase(Phase::Edit).await?;
        }
        self.phase(Phase::Delete).await?;
        for manifest in self.life.referenced.iter().rev() {
            self.delete(manifest).await?;
            self.settle().await?;
        }
        self.replica.kill();
        self.verdict
            .check_end(self.environment, std::slice::from_ref(&self.replica));
        Ok(())
    }

    /// Lives through one phase, and records its requests and its end.
    async fn phase(&mut self, phase: Phase) -> Result<(), Error> {
        let (sent, called) = (self.proxied_requests(), self.journal_length());
        if let Some(point) = self.point.filter(|point| point.phase == phase) {
            self.arm(point);
        }
        match (phase, &self.life.edited) {
            (Phase::Delete, _) => self.delete(&self.life.created).await?,
            (Phase::Edit, Some(edited)) => self.apply(edited).await?,
            _ => self.apply(&self.life.created).await?,
        }
        self.settle().await?;
        let labels = self.labels_since(sent, called);
        self.labels
            .extend(labels.into_iter().map(|label| (phase, label)));
        self.ends.push(self.end());
        Ok(())
    }

    /// Lets the process be killed at the request of a point.
    fn arm(&mut self, point: &CrashPoint) {
        let is_executed = point.fault == Fault::CrashAfterCommit;
        let wanted = point.label.clone();
        if wanted.side == Side::CloudFront {
            // The simulator sends no response, and `kill_at_point` ends the process.
            let mode = FaultMode::Timeout {
                committed: is_executed,
            };
            let fault = cloudfront_simulator::Fault::on(&wanted.operation, mode);
            let fault = fault.nth(wanted.ordinal.into());
            self.environment.control().inject(fault);
            self.is_armed = true;
            return;
        }
        let disturbance = if is_executed {
            Disturbance::CutAfter
        } else {
            Disturbance::CutBefore
        };
        let before = AtomicU32::new(0);
        let rule = Rule::new(disturbance, move |request| {
            (wanted.operation.as_str(), wanted.object.as_str())
                == (&*operation(request), object(request))
                && before.fetch_add(1, Ordering::Relaxed) + 1 == wanted.ordinal
        });
        self.replica.proxy.add(rule.then(self.replica.killer()));
    }

    /// Kills the process if it waits for the response of the request of the point.
    fn kill_at_point(&mut self) {
        if self.is_armed && self.environment.control().faults().is_empty() {
            self.is_armed = false;
            self.replica.kill();
        }
    }

    /// Starts the process again if it was killed. Returns whether it was.
    fn restart(&mut self) -> Result<bool, Error> {
        self.kill_at_point();
        if self.replica.is_running() {
            return Ok(false);
        }
        self.is_killed = true;
        self.replica.start()?;
        Ok(true)
    }

    /// Waits until each object is finished, each deletion has ended, and nothing more follows from it.
    async fn settle(&mut self) -> Result<(), Error> {
        let begun = Instant::now();
        let mut since = Instant::now();
        while since.elapsed() < SETTLED {
            let is_restarted = self.restart()?;
            let unfinished = self.observe().await?;
            if is_restarted || unfinished.is_some() {
                since = Instant::now();
            }
            if let Some(unfinished) = unfinished.filter(|_| begun.elapsed() > DEADLINE) {
                self.verdict
                    .check(Err(format!("not finished: {unfinished}")));
                return Ok(());
            }
            sleep(INTERVAL).await;
        }
        Ok(())
    }

    /// Reads all objects. Returns one that is not finished.
    async fn observe(&mut self) -> Result<Option<Value>, Error> {
        let mut unfinished = None;
        let mut live = BTreeMap::new();
        for resource in KindResource::all() {
            let kind = &resource.api.kind;
            let api = self.environment.objects(kind);
            for object in api.list(&ListParams::default()).await?.items {
                let mut object = serde_json::to_value(object)?;
                object["kind"] = json!(kind);
                let uid = object["metadata"]["uid"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                learn_names(&mut self.names, &object);
                let is_deleting = object["metadata"]["deletionTimestamp"].is_string();
                if is_deleting || !is_finished(&object) {
                    unfinished = Some(object.clone());
                }
                live.insert(uid, object);
            }
        }
        let before = std::mem::replace(&mut self.live, live).into_iter();
        let removed = before.filter(|(uid, _)| !self.live.contains_key(uid));
        self.removed.extend(removed);
        Ok(unfinished)
    }

    /// Returns the present objects and resources, and the requests to CloudFront so far.
    fn end(&self) -> EndState {
        let control = self.environment.control();
        let objects = |all: &BTreeMap<String, Value>| all.values().cloned().collect::<Vec<_>>();
        let resources = resources(&control, &self.names);
        let journal = control.journal();
        EndState::new(
            &objects(&self.live),
            &objects(&self.removed),
            &resources,
            journal.iter(),
        )
    }

    async fn apply(&self, manifest: &Value) -> Result<(), Error> {
        let mut manifest = manifest.clone();
        manifest["metadata"]["namespace"] = json!(self.environment.namespace);
        let (api, name) = self.api(&manifest);
        let parameters = PatchParams::apply(USER).force();
        api.patch(&name, &parameters, &Patch::Apply(manifest))
            .await?;
        Ok(())
    }

    async fn delete(&self, manifest: &Value) -> Result<(), Error> {
        let (api, name) = self.api(manifest);
        api.delete(&name, &DeleteParams::default()).await?;
        Ok(())
    }

    /// Returns the objects of the kind of a manifest, and the name in it.
    fn api(&self, manifest: &Value) -> (Api<DynamicObject>, String) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&manifest["kind"]);
        let name = text(&manifest["metadata"]["name"]);
        (self.environment.objects(&kind), name)
    }

    /// Returns how many requests have passed the proxy.
    pub(super) fn proxied_requests(&self) -> usize {
        self.replica.proxy.requests().len()
    }

    /// Returns how many requests CloudFront has received.
    pub(super) fn journal_length(&self) -> usize {
        self.environment.control().journal().len()
    }

    /// Returns the requests after these numbers of requests of both sides, with their positions among the equal ones.
    fn labels_since(&self, proxied: usize, journal: usize) -> Vec<Label> {
        let requests = self.replica.proxy.requests();
        let kubernetes = requests[proxied..].iter();
        let kubernetes =
            kubernetes.map(|it| (Side::Kubernetes, operation(it), object(it).to_owned()));
        let journal = self.environment.control().journal().split_off(journal);
        let cloudfront = journal.into_iter();
        let cloudfront = cloudfront.map(|it| (Side::CloudFront, it.operation, String::new()));
        let mut counts: HashMap<(Side, String, String), u32> = HashMap::new();
        let labels = kubernetes.chain(cloudfront).map(|request| {
            let count = counts.entry(request.clone()).or_default();
            *count += 1;
            let (side, operation, object) = request;
            Label {
                side,
                operation,
                object,
                ordinal: *count,
            }
        });
        labels.collect()
    }

    /// Returns how many requests of the operator the log of the API server has. `None`: there is no log.
    pub(super) async fn logged_requests(&self) -> Result<Option<usize>, Error> {
        let Some(log) = self.environment.cluster.audit_log() else {
            return Ok(None);
        };
        let begun = Instant::now();
        loop {
            let found = requests_of(&fs::read_to_string(log)?, &self.replica.user);
            // The API server writes its log shortly after the response.
            if found == self.proxied_requests() || begun.elapsed() > LOG_DEADLINE {
                return Ok(Some(found));
            }
            sleep(INTERVAL).await;
        }
    }
}

/// Returns how many requests of a user an audit log has. A watch has two entries.
fn requests_of(log: &str, user: &str) -> usize {
    let entries = log.lines().filter(|line| line.contains(user));
    let entries = entries.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ids: BTreeSet<String> = entries.map(|it| it["auditID"].to_string()).collect();
    ids.len()
}

/// Returns the verb and the resource of a request.
fn operation(request: &RequestLabel) -> String {
    format!("{} {}", request.verb, request.resource)
}

/// Returns the name of the object of a request. Those of events are random.
fn object(request: &RequestLabel) -> &str {
    match request.object.split_once('/') {
        Some((_, name)) if request.resource != "events" => name,
        _ => "",
    }
}
