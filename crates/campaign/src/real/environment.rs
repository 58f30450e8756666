//! A namespace of the real API server, and an account of the simulator.

use super::Error;
use crate::objects::objects_of;
use cloudfront_simulator::{Control, Credential, JournalEntry, Options, Simulator};
use cluster::Cluster;
use kube::{
    Api, Client, Config,
    api::DynamicObject,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// The time that the simulator takes for a deployment.
pub(super) const DEPLOY_DELAY: Duration = Duration::from_millis(500);

/// How long anything may take that is waited for. The operator needs seconds.
const DEADLINE: Duration = Duration::from_secs(180);

/// A namespace and an account, for one run of a campaign.
pub struct Environment {
    pub(super) cluster: &'static Cluster,
    pub(super) namespace: String,
    pub(super) client: Client,
    /// The program of the operator.
    pub(super) operator: PathBuf,
    simulator: Simulator,
}

impl Environment {
    /// Creates a namespace on a cluster that has the operator's CustomResourceDefinitions, and starts a simulator.
    pub async fn new(
        cluster: &'static Cluster,
        operator: &Path,
        prefix: &str,
    ) -> Result<Self, Error> {
        let namespace = cluster.create_namespace(prefix)?;
        let kubeconfig = Kubeconfig::read_from(cluster.kubeconfig())?;
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await?;
        let simulator = Simulator::start(Options {
            deploy_delay: DEPLOY_DELAY,
            ..Options::default()
        })
        .await?;
        Ok(Self {
            cluster,
            namespace,
            client: Client::try_from(config)?,
            operator: operator.into(),
            simulator,
        })
    }

    /// The objects of a kind in the namespace.
    pub(super) fn objects(&self, kind: &str) -> Api<DynamicObject> {
        objects_of(self.client.clone(), &self.namespace, kind)
    }

    /// The handle that controls the simulator.
    pub(super) fn control(&self) -> Control {
        self.simulator.control()
    }

    /// The address of CloudFront and of STS.
    pub(super) fn endpoint(&self) -> String {
        self.simulator.endpoint()
    }

    /// Returns a credential of the account that only one replica uses, so that the journal shows who made a call.
    pub(super) fn credential(&self, number: usize) -> Credential {
        let first = self.simulator.credentials()[0].clone();
        let own = Credential {
            access_key: format!("AKIAREPLICA{number:09}"),
            ..first
        };
        self.control().add_credential(&own);
        own
    }

    /// Returns the requests that changed something in CloudFront.
    pub(super) fn committed_writes(&self) -> Vec<JournalEntry> {
        let journal = self.control().journal().into_iter();
        journal.filter(|call| call.committed).collect()
    }

    /// Returns how many resources exist in CloudFront.
    pub(super) fn resource_count(&self) -> usize {
        let state = self.control().state();
        let accounts = state["accounts"].as_object().into_iter().flatten();
        let count = |account: &Value| -> usize {
            let collections = account.as_object().into_iter().flatten();
            let collections = collections.filter_map(|(_, items)| items.as_array());
            collections.map(Vec::len).sum()
        };
        accounts.map(|(_, account)| count(account)).sum()
    }

    /// Waits until a check returns nothing to wait for. Otherwise returns what it last waited for.
    pub(super) async fn wait<F>(&self, mut check: impl FnMut() -> F) -> Result<(), String>
    where
        F: Future<Output = Result<(), String>>,
    {
        let started = Instant::now();
        loop {
            let result = check().await;
            if result.is_ok() || started.elapsed() > DEADLINE {
                return result;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}
