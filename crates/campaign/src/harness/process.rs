//! One process of the operator: the controllers of all kinds, with the shipped configuration.

use super::{gate::Gate, recorder::Recorder};
use crate::api_server::{ApiServer, START};
use cloudfront_operator::{
    cloudfront::{self, Availability, Client, Clock, CredentialsSource, StaticCredentials},
    engine::{EventRecorder, FIELD_MANAGER, Leadership, ObjectRegistry, SharedContext},
    operator::{RunArgs, kinds},
};
use cloudfront_simulator::InProcessSimulator;
use futures::{FutureExt, future};
use kube::runtime::events::Reporter;
use parking_lot::Mutex;
use std::{sync::Arc, time::SystemTime};
use tokio::task::JoinSet;

/// A process of the operator. Dropping it kills it.
pub(super) struct Process {
    gate: Gate,
    /// The controllers, which end with this value.
    _controllers: JoinSet<()>,
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
}

impl Process {
    /// Starts the controllers of all kinds.
    pub(super) async fn start(
        environment: &Environment,
    ) -> Result<Self, cloudfront::CloudFrontError> {
        let gate = Gate::new(environment.recorder.clone());
        let shared = shared_context(environment, &gate).await?;
        let mut controllers = JoinSet::new();
        for kind in kinds() {
            let shutdown = future::pending().boxed().shared();
            controllers.spawn((kind.run)(shared.clone(), vec![None], shutdown));
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

async fn shared_context(
    environment: &Environment,
    gate: &Gate,
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
        leadership: Leadership::always(),
        kubernetes: Availability::default(),
        on_reconcile: Arc::new(|_| ()),
        on_panic: Arc::new(|_| ()),
        clock: environment.clock,
        config: environment.options.engine_config(),
    })
}

/// Returns the clock of a run, which shows the same time as that of the API server.
pub(super) fn clock() -> Clock {
    Clock::simulated(SystemTime::UNIX_EPOCH + START)
}
