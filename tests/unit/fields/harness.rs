//! Runs the operator's plan for one object against a simulated CloudFront until nothing is left to do.

use cloudfront_operator::{
    cloudfront::{
        Client, CloudFrontError, CredentialsSource, Options, Priority, Request, StaticCredentials,
        is_read,
    },
    engine::{
        Desired, Identity, InputSource, Kind, Lifecycle, NameMember, Plan, Remote, RemoteReader,
        ResolvedReferences, ResourceApi, Status, ValueFormat, plan,
    },
    operator::kinds,
    xml::Element,
};
use cloudfront_simulator::{JournalEntry, Simulator, Switch};
use kube::ResourceExt;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// A simulated CloudFront that deploys at once and has no quotas, and a client.
pub(super) struct Harness {
    simulator: Simulator,
    client: Client,
    ids: BTreeMap<String, String>,
    objects: AtomicUsize,
    transitions: AtomicUsize,
}

impl Harness {
    pub(super) async fn start(switches: &[Switch]) -> Self {
        let options = cloudfront_simulator::Options {
            deploy_delay: Duration::ZERO,
            ..cloudfront_simulator::Options::default()
        };
        let simulator = Simulator::start(options).await.unwrap();
        let control = simulator.control();
        for switch in switches {
            control.set_switch(*switch, true);
        }
        // The policies, functions and certificates in the tables do not exist.
        control.set_switch(Switch::AcceptUnknownReferences, true);
        for kind in kinds() {
            if let Some(quota) = quota(kind.api)
                && kind.api.lifecycle == Lifecycle::Managed
            {
                control.set_quota(None, &quota, 1_000_000).unwrap();
            }
        }
        let client = client(&simulator).await;
        Self {
            simulator,
            client,
            ids: BTreeMap::new(),
            objects: AtomicUsize::new(0),
            transitions: AtomicUsize::new(0),
        }
    }

    /// Creates a resource that specs refer to by a name.
    pub(super) async fn create<K: Kind>(&mut self, name: &str, spec: &Value) {
        let mut object = self.object::<K>();
        object.converge(spec).await.unwrap();
        let arn = object.status.as_ref().and_then(|status| {
            let fields = serde_json::to_value(&status.observed_fields).unwrap();
            fields["arn"].as_str().map(str::to_owned)
        });
        // Functions, key-value stores and real-time log configurations are referenced by their ARNs.
        let id = arn.or(object.id).unwrap();
        self.add_id(name, id);
    }

    /// Adds an id that specs refer to by a name.
    pub(super) fn add_id(&mut self, name: &str, id: String) {
        self.ids.insert(name.to_owned(), id);
    }

    /// An object that does not exist in CloudFront yet.
    pub(super) fn object<K: Kind>(&self) -> TestObject<'_, K> {
        let number = self.objects.fetch_add(1, Ordering::Relaxed);
        TestObject {
            harness: self,
            uid: format!("uid-{number}"),
            id: None,
            status: None,
        }
    }

    /// Returns the document of a response.
    pub(super) async fn read(&self, request: &Request) -> Element {
        let response = self.client.send(request).await.unwrap();
        response.document.unwrap()
    }

    /// How many times an object has converged.
    pub(super) fn transitions(&self) -> usize {
        self.transitions.load(Ordering::Relaxed)
    }

    fn resolved<K: Kind>(&self, object: &K) -> ResolvedReferences {
        let sources = object.sources();
        let mut resolved = ResolvedReferences::default();
        for reference in &sources.objects {
            let target = &reference.target;
            let id = self.ids.get(&*target.name);
            let id = id.unwrap_or_else(|| panic!("there is no {} {}", target.kind, target.name));
            let id = id.replace("${unique}", &object.name_any());
            resolved.add(target.clone(), reference.attribute, id);
        }
        let is_pem = K::INPUTS
            .iter()
            .any(|it| matches!(it.source, InputSource::Value(ValueFormat::MultiLine)));
        let value_of = |key: &str, object: &str| {
            let value = format!("value of {key} in {object}");
            if is_pem {
                pem(&value)
            } else {
                well_formed_value(key, object).unwrap_or(value)
            }
        };
        let values = sources.secrets.into_iter().map(|it| {
            let value = value_of(&it.key, &it.name);
            (it, value)
        });
        resolved.secrets = values.collect();
        let values = sources.config_maps.into_iter().map(|it| {
            let value = value_of(&it.key, &it.name);
            (it, value)
        });
        resolved.config_maps = values.collect();
        resolved
    }

    /// Replaces `${name}` by the id with that name.
    pub(super) fn with_ids(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("${{{name}}}"), id)
        })
    }
}

/// Returns a text in the form of a public key, which no program can use.
pub(super) fn pem(text: &str) -> String {
    let text = text.replace(' ', "");
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}

/// Returns the value of a key in an object, if the beginning of the key selects a certain form.
fn well_formed_value(key: &str, object: &str) -> Option<String> {
    let (form, _) = key.split_once('-')?;
    let name = format!("{object}-{key}");
    Some(match form {
        "host" => format!("{name}.example.com"),
        "bucket" => format!("{name}.s3.amazonaws.com"),
        "certificate" => format!("arn:aws:acm:us-east-1:111122223333:certificate/{name}"),
        "acl" => format!("arn:aws:wafv2:us-east-1:111122223333:global/webacl/{name}/1"),
        "lambda" => format!("arn:aws:lambda:us-east-1:111122223333:function:{name}:1"),
        _ => return None,
    })
}

/// Returns the simulator's name of the quota on the resources of a family.
fn quota(api: &ResourceApi) -> Option<String> {
    match api.name {
        "KeyValueStore" => Some("EntityLimitExceeded.keyValueStores".into()),
        _ => Some(format!("TooMany{}", api.list_name?)),
    }
}

async fn client(simulator: &Simulator) -> Client {
    let credential = &simulator.credentials()[0];
    let options = Options {
        endpoint: Some(simulator.endpoint()),
        credentials: CredentialsSource::Static(StaticCredentials {
            access_key_id: credential.access_key.clone(),
            secret_access_key: credential.secret_key.clone(),
            session_token: None,
        }),
        read_qps: 0.0,
        write_qps: 0.0,
        ..Options::default()
    };
    Client::new(options).await.unwrap()
}

/// An object as the API server has it.
pub(super) struct TestObject<'a, K: Kind> {
    harness: &'a Harness,
    uid: String,
    pub(super) id: Option<String>,
    status: Option<Status<K::ObservedFields>>,
}

/// The result of a convergence.
pub(super) struct Converged {
    /// The write requests, from the simulator's journal.
    pub(super) calls: Vec<JournalEntry>,
    /// The configuration that CloudFront has.
    pub(super) config: Element,
}

impl Converged {
    /// The operations of the write requests.
    pub(super) fn write_operations(&self) -> Vec<&str> {
        self.calls.iter().map(|call| &*call.operation).collect()
    }
}

impl<K: Kind> TestObject<'_, K> {
    /// Reconciles this spec until nothing is left to do.
    pub(super) async fn converge(&mut self, spec: &Value) -> Result<Converged, String> {
        let control = self.harness.simulator.control();
        control.clear_journal();
        for _ in 0..4 {
            let Some(remote) = self.reconcile(spec).await? else {
                continue;
            };
            self.harness.transitions.fetch_add(1, Ordering::Relaxed);
            let calls = control.journal().into_iter();
            return Ok(Converged {
                calls: calls.filter(|call| !is_read(&call.operation)).collect(),
                config: remote.config(K::API),
            });
        }
        Err("the object does not converge".into())
    }

    /// Returns the paths at which CloudFront differs from this spec.
    pub(super) async fn drift(&mut self, spec: &Value) -> Result<Vec<String>, String> {
        match self.observe_and_plan(spec).await?.1 {
            Plan::Update(_, drift) => Ok(drift.into_iter().map(|drift| drift.path).collect()),
            plan => Err(format!("an update was expected: {plan:?}")),
        }
    }

    /// Returns the configuration of the create request for this spec.
    pub(super) async fn created_config(&mut self, spec: &Value) -> Result<Element, String> {
        match self.observe_and_plan(spec).await?.1 {
            Plan::Create(config) => Ok(config),
            plan => Err(format!("a create was expected: {plan:?}")),
        }
    }

    /// Reconciles once. Returns the remote if nothing is left to do.
    async fn reconcile(&mut self, spec: &Value) -> Result<Option<Remote>, String> {
        let (remote, plan) = self.observe_and_plan(spec).await?;
        match plan {
            Plan::UpToDate => return Ok(remote),
            Plan::Create(config) => {
                let object = self.object(spec)?;
                let parent = object.parent(&self.harness.resolved(&object));
                let collection = K::API.collection_of(parent);
                let remote = self
                    .send(&K::API.create_request(&collection, config, &BTreeMap::new()))
                    .await?;
                self.id = Some(remote.id);
            }
            Plan::Update(request, _) => {
                self.send(&request).await?;
            }
            other => return Err(format!("unexpected plan: {other:?}")),
        }
        Ok(None)
    }

    async fn send(&mut self, request: &Request) -> Result<Remote, String> {
        let response = self.harness.client.send(request).await;
        let response = response.map_err(|error: CloudFrontError| error.to_string())?;
        Remote::from_response(K::API, request, response)
            .ok_or_else(|| "the response cannot be read".into())
    }

    async fn observe_and_plan(&mut self, spec: &Value) -> Result<(Option<Remote>, Plan), String> {
        let object = self.object(spec)?;
        let resolved = self.harness.resolved(&object);
        let remote = match &self.id {
            Some(id) => {
                let reader = RemoteReader::new(K::API, self.harness.client.clone());
                let collection = K::API.collection_of(object.parent(&resolved));
                let found = reader.get(&collection, id, Priority::Interactive).await;
                found.map_err(|error| error.to_string())?
            }
            None => None,
        };
        if let Some(remote) = &remote {
            let observed_fields =
                K::observed_fields(&remote.document).map_err(|error| error.to_string())?;
            self.status = Some(Status {
                observed_fields,
                ..Status::default()
            });
        }
        let config = self.object(spec)?.config(&resolved);
        let mut config = config.map_err(|error| error.to_string())?;
        let name = object.unique_name().unwrap_or(&self.uid);
        if let Some(NameMember { member, .. }) = K::API.name_member() {
            config.set_text(member, name);
        }
        let identity = match K::API.identity {
            Identity::CallerReference => self.uid.clone(),
            Identity::UniqueName { .. } => name.to_owned(),
            Identity::UniqueText { .. } => String::new(),
            Identity::Parent { .. } => object.parent(&resolved).unwrap().id,
        };
        let desired = Desired::Present {
            config,
            identity,
            write: true,
            ignored: object.management().ignored_paths(),
            publish: false,
        };
        let plan = plan(K::DEFINITION, &desired, remote.as_ref());
        Ok((remote, plan))
    }

    /// The object with this spec.
    fn object(&self, spec: &Value) -> Result<K, String> {
        let spec = self.harness.with_ids(&spec.to_string());
        let spec: Value = serde_json::from_str(&spec.replace("${unique}", &self.uid)).unwrap();
        let object = json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": K::KIND,
            "metadata": {"name": self.uid, "namespace": "here", "uid": self.uid},
            "spec": spec,
            "status": self.status,
        });
        serde_json::from_value(object).map_err(|error| format!("{error} in {spec}"))
    }

    /// Replaces `${…}` in a text of this object.
    pub(super) fn substitute(&self, text: &str) -> String {
        self.harness.with_ids(text).replace("${unique}", &self.uid)
    }
}
