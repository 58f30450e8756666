//! Runs a plan in process, on simulated time: a model API server, the CloudFront simulator and the controllers of all kinds in one
//! runtime, without sockets. The operator has the configuration with which it is shipped.

mod faults;
mod gate;
mod log;
mod process;
mod recorder;
mod user;
mod watch_fault;

use self::{
    log::Log,
    process::{Environment, Process, Replica},
    recorder::Recorder,
    user::User,
};
use crate::{
    api_server::{ApiServer, RealApiServer, START, UpstreamError},
    fault::Fault,
    history::{History, What},
    label::Label,
    plan::Plan,
    scenario::{Scenario, examples::NAMESPACE},
};
use clap::Parser;
use cloudfront_operator::{
    cloudfront::{Clock, CloudFrontError},
    operator::{Cli, Command, kinds},
};
use cloudfront_simulator::{InProcessSimulator, Options, StartError};
use parking_lot::Mutex;
use std::{
    io,
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime},
};
use tokio::{sync::Notify, task::JoinSet, time::sleep};

/// The quotas below the number of objects of the scenarios with several tenants. CloudFront raises them on request.
const LOW_QUOTAS: [&str; 4] = [
    "TooManyFieldLevelEncryptionConfigs",
    "TooManyFieldLevelEncryptionProfiles",
    "TooManyKeyGroups",
    "TooManyPublicKeys",
];

/// The quotas of those scenarios.
const RAISED_QUOTA: u64 = 100;

/// How long CloudFront takes to deploy a change.
const DEPLOY_DELAY: Duration = Duration::from_secs(60);

/// The time between the end of a process and the start of the next one.
const RESTART_DELAY: Duration = Duration::from_secs(1);

/// The same time with several replicas: longer than their Lease is valid, so that another one leads meanwhile.
const FAILOVER_DELAY: Duration = Duration::from_secs(20);

/// The time after the last step in which the operator may still send what follows from it.
const GRACE: Duration = Duration::from_secs(60);

/// The longest time after which a status is written again that was refused several times.
const MAX_STATUS_DELAY: Duration = Duration::from_mins(5);

/// The request for the AWS account of the credentials.
const ACCOUNT_LOOKUP: &str = "GetCallerIdentity";

/// A model API server with the types of all kinds. Their schemas are built once, because that takes longer than a run.
static TYPES: LazyLock<ApiServer> = LazyLock::new(|| {
    let crds: Vec<_> = kinds().iter().map(|entry| entry.crd()).collect();
    ApiServer::new(&crds)
});

/// A run of a plan.
pub struct Run {
    /// What happened.
    pub history: History,
    /// The requests that the operator began to send until the quiet period.
    pub labels: Vec<Label>,
    /// The requests of the plan that the operator did not send.
    pub missed: Vec<Label>,
    /// The requests that the servers have recorded until the quiet period, without those of the user.
    pub recorded_requests: usize,
    /// The simulated duration.
    pub simulated: Duration,
}

/// Why a plan cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The runtime cannot be built.
    #[error("cannot build a runtime: {0}")]
    Runtime(#[from] io::Error),
    /// The options of the operator are not valid.
    #[error("an environment variable of the operator is not valid: {0}; unset it")]
    Options(#[from] clap::Error),
    /// The simulator cannot start.
    #[error(transparent)]
    Simulator(#[from] StartError),
    /// The real API server does not respond.
    #[error("cannot use the real API server: {0}")]
    ApiServer(UpstreamError),
    /// The client of CloudFront cannot be built.
    #[error(transparent)]
    Client(#[from] CloudFrontError),
}

/// The API server of a run.
#[derive(Clone)]
pub(crate) enum Kubernetes {
    /// The model. The operator watches all namespaces.
    Model,
    /// The model. The operator watches one namespace.
    ModelOfNamespace,
    /// A real server. The operator watches one namespace, which is new.
    Real(Arc<RealApiServer>),
}

/// Runs a plan in a new runtime.
pub fn run(scenario: &Scenario, plan: &Plan) -> Result<Run, RunError> {
    run_on(&Kubernetes::Model, scenario, plan)
}

/// Runs a plan in a new runtime, with one of the API servers.
pub(crate) fn run_on(
    kubernetes: &Kubernetes,
    scenario: &Scenario,
    plan: &Plan,
) -> Result<Run, RunError> {
    fastrand::seed(plan.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    let log = Log::default();
    let _collecting = log.collect();
    runtime.block_on(run_plan(kubernetes, scenario, plan, log))
}

async fn run_plan(
    kubernetes: &Kubernetes,
    scenario: &Scenario,
    plan: &Plan,
    log: Log,
) -> Result<Run, RunError> {
    let environment = environment(kubernetes, scenario, plan, log)?;
    let recorder = environment.recorder.clone();
    for credential in environment.simulator.credentials() {
        let secret = What::Secret(credential.secret_key.clone());
        recorder.lock().push(secret);
    }
    let user = User::new(&environment, scenario.is_walk);
    let restart = Arc::new(Notify::new());
    let replicas = (0..plan.replicas).map(|number| Replica {
        number,
        is_alone: plan.replicas == 1,
    });
    let mut operator = JoinSet::new();
    for replica in replicas {
        operator.spawn(keep_running(environment.clone(), replica, restart.clone()));
    }
    for step in &scenario.steps {
        recorder.lock().push(What::Step(step.to_string()));
        user.take(step, &restart).await;
    }
    sleep(GRACE).await;
    let labels = recorder.lock().labels.clone();
    let recorded_requests = environment.recorded_requests() - user.sent_requests();
    if plan.has_fault(Fault::Takeover) {
        // The other replica may lead only since the last requests.
        sleep(Fault::Takeover.cleared_after()).await;
    }
    // A fault at the last requests may have stopped the operator.
    user.wait_until_finished().await;
    recorder.lock().clear_faults();
    sleep(GRACE).await;
    if plan.withholds_statuses() {
        sleep(MAX_STATUS_DELAY).await;
    }
    if plan.has_fault_at(ACCOUNT_LOOKUP) {
        // An account that is not known is looked up again at the next resync, and recorded. The period is extended by up to a fifth.
        sleep(environment.options.resync_period * 6 / 5).await;
    }
    recorder.lock().push(What::Quiet);
    sleep(environment.options.resync_period * plan.quiet_periods).await;
    let mut recorder = recorder.lock();
    recorder.observe();
    recorder.observe_resources();
    Ok(Run {
        labels,
        missed: recorder.missed(),
        recorded_requests,
        simulated: recorder.elapsed(),
        history: std::mem::take(&mut recorder.history),
    })
}

impl Kubernetes {
    /// Returns a server without objects, and the namespace that the operator watches.
    fn start(&self) -> Result<(ApiServer, Option<String>), RunError> {
        Ok(match self {
            Self::Model => (TYPES.fresh(), None),
            Self::ModelOfNamespace => (TYPES.fresh(), Some(NAMESPACE.into())),
            Self::Real(real) => {
                let namespace = real.create_namespace().map_err(RunError::ApiServer)?;
                let server = TYPES.in_front_of(real, &namespace);
                (server.map_err(RunError::ApiServer)?, Some(namespace))
            }
        })
    }

    /// Returns the time at which a run begins. A real server writes the time of the wall clock into objects.
    fn now(&self) -> SystemTime {
        match self {
            Self::Model | Self::ModelOfNamespace => SystemTime::UNIX_EPOCH + START,
            Self::Real(_) => SystemTime::now(),
        }
    }
}

fn environment(
    kubernetes: &Kubernetes,
    scenario: &Scenario,
    plan: &Plan,
    log: Log,
) -> Result<Environment, RunError> {
    let (server, namespace) = kubernetes.start()?;
    if plan.has_finalizer_policy {
        server.add_finalizers();
    }
    let now = kubernetes.now();
    let simulator = InProcessSimulator::new(&Options {
        deploy_delay: DEPLOY_DELAY,
        id_seed: Some(plan.seed),
        start_time: Some(now),
        ..Options::default()
    })?;
    let control = simulator.control();
    if scenario.has_tenants {
        for quota in LOW_QUOTAS {
            let raised = control.set_quota(None, quota, RAISED_QUOTA);
            raised.map_err(io::Error::other)?;
        }
    }
    let Command::Run(options) = Cli::try_parse_from(["cloudfront-operator", "run"])?.command else {
        return Err(io::Error::other("`run` is another command").into());
    };
    Ok(Environment {
        recorder: Arc::new(Mutex::new(Recorder::new(
            server.clone(),
            simulator.clone(),
            log,
            plan,
        ))),
        server,
        simulator,
        options: Arc::from(options),
        clock: Clock::simulated(now),
        namespace,
        kinds: scenario.kinds().into(),
    })
}

/// Runs processes of the operator one after the other. Never returns, unless one cannot start.
async fn keep_running(
    environment: Environment,
    replica: Replica,
    restart: Arc<Notify>,
) -> Result<(), CloudFrontError> {
    let delay = if replica.is_alone {
        RESTART_DELAY
    } else {
        FAILOVER_DELAY
    };
    for number in 0.. {
        environment.recorder.lock().push(What::Started);
        let process = Process::start(&environment, replica, number).await?;
        tokio::select! {
            () = process.killed() => {}
            () = restart.notified() => process.kill(),
        }
        sleep(delay).await;
    }
    Ok(())
}

impl Environment {
    /// Returns how many requests both servers have recorded.
    fn recorded_requests(&self) -> usize {
        self.server.requests().len() + self.simulator.control().journal().len()
    }
}
