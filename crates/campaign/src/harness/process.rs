//! One process of the operator: the controllers of the kinds that a scenario has, with the shipped configuration.

use super::{gate::Gate, recorder::Recorder};
use crate::{api_server::ApiServer, history::What, scenario::examples::NAMESPACE};
use cloudfront_operator::{
    cloudfront::{self, Availability, Client, Clock, CredentialsSource, StaticCredentials},
    engine::{
        self, EventRecorder, FIELD_MANAGER, KindDefinition, Leadership, ObjectRegistry,
        SharedContext,
    },
    operator::{LeaderElector, RunArgs},
};
use cloudfront_simulator::InProcessSimulator;
use futures::{FutureExt, future};
use kube::runtime::events::Reporter;
use parking_lot::Mutex;
use serde_json::Value;
use std::sync::Arc;
use tokio::task::JoinSet;

/// A process of the operator. Dropping it kills it.
pub(super) struct Process {
    gate: Gate,
    /// The controllers, which end with this value.
    _controllers: JoinSet<()>,
}

/// A pod in which processes of the operator run one after the other.
#[derive(Clone, Copy)]
pub(super) struct Replica {
    pub(super) number: u32,
    /// Whether there are no other replicas, so that it leads without an election.
    pub(super) is_alone: bool,
}

/// What a process connects to.
#[derive(Clone)]
pub(super) struct Environment {
    pub(super) server: ApiServer,
    pub(super) simulator: InProcessSimulator,
    pub(super) recorder: Arc<Mutex<Recorder>>,
    /// The options of the process.
    pub(super) options: Arc<RunArgs>,
    pub(super) clock: Clock,
    /// The namespace of all objects, and the only one that the operator watches. `None`: it watches all, and each object is in the
    /// namespace of its manifest.
    pub(super) namespace: Option<String>,
    /// The kinds with a controller.
    pub(super) kinds: Arc<[&'static KindDefinition]>,
}

impl Environment {
    /// Returns the namespace of all objects of a single tenant.
    pub(super) fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or(NAMESPACE)
    }

    /// Returns the namespace of the object of a manifest.
    pub(super) fn namespace_of<'a>(&'a self, manifest: &'a Value) -> &'a str {
        let named = manifest["metadata"]["namespace"].as_str();
        let named = named.unwrap_or(NAMESPACE);
        self.namespace.as_deref().unwrap_or(named)
    }
}

impl Process {
    /// Starts the controllers.
    pub(super) async fn start(
        environment: &Environment,
        replica: Replica,
        number: u64,
    ) -> Result<Self, cloudfront::CloudFrontError> {
        let gate = Gate::new(environment.recorder.clone());
        let leadership = if replica.is_alone {
            Leadership::always()
        } else {
            Leadership::standby()
        };
        let shared = shared_context(environment, &gate, leadership).await?;
        let mut controllers = JoinSet::new();
        if !replica.is_alone {
            controllers.spawn(elector(environment, replica, number, &shared).run());
        }
        for kind in environment.kinds.iter().copied() {
            let (leadership, shared) = (shared.leadership.clone(), shared.clone());
            let namespaces = vec![environment.namespace.clone()];
            controllers.spawn(async move {
                leadership.wait_to_lead().await;
                let shutdown = future::pending().boxed().shared();
                engine::run(kind, shared, namespaces, shutdown).await;
            });
        }
        Ok(Self {
            gate,
            _controllers: controllers,
        })
    }

    /// Waits until the process is killed at a request.
    pub(super) async fn killed(&self) {
        self.gate.closed().await;
    }

    /// Kills the process.
    pub(super) fn kill(self) {
        self.gate.close();
    }
}

/// Returns what competes for the Lease.
fn elector(
    environment: &Environment,
    replica: Replica,
    number: u64,
    shared: &SharedContext,
) -> LeaderElector {
    let (kube, leadership) = (shared.kube.clone(), shared.leadership.clone());
    let duration = environment.options.leader_elect_lease_duration;
    let (pod, uid) = (
        format!("operator-{}", replica.number),
        format!("uid-{}", replica.number),
    );
    LeaderElector::new(kube, duration, leadership).in_pod(&pod, &uid, number, environment.clock)
}

async fn shared_context(
    environment: &Environment,
    gate: &Gate,
    leadership: Leadership,
) -> Result<SharedContext, cloudfront::CloudFrontError> {
    let kube = gate.kubernetes(environment.server.clone());
    let credentials = environment.simulator.credentials();
    let credentials = credentials.first().map(|key| StaticCredentials {
        access_key_id: key.access_key.clone(),
        secret_access_key: key.secret_key.clone(),
        session_token: None,
    });
    let cloudfront = Client::new(cloudfront::Options {
        credentials: credentials.map_or(CredentialsSource::DefaultChain, CredentialsSource::Static),
        server: Some(gate.cloudfront(environment.simulator.clone())),
        clock: environment.clock,
        is_leader: Arc::new({
            let leadership = leadership.clone();
            move || leadership.is_leader()
        }),
        ..environment.options.cloudfront_options()
    });
    let reporter = Reporter {
        controller: FIELD_MANAGER.into(),
        instance: None,
    };
    Ok(SharedContext {
        events: EventRecorder::new(kube.clone(), reporter),
        kube,
        cloudfront: cloudfront.await?,
        registry: ObjectRegistry::default(),
        leadership,
        kubernetes: Availability::default(),
        on_reconcile: Arc::new(|_| ()),
        on_panic: Arc::new({
            let recorder = environment.recorder.clone();
            move |kind| recorder.lock().push(What::Panicked(kind.into()))
        }),
        clock: environment.clock,
        config: environment.options.engine_config(),
    })
}
