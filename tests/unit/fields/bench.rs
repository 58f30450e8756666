//! A CloudFront, and what the operator does about one object there: configuration, plan, call, and again until nothing is left to do.

use cloudfront_operator::{
    cloudfront::{
        Client, CloudFrontError, CredentialsSource, Options, Priority, Request, StaticCredentials,
    },
    engine::{Kind, Plan, Remote, RemoteReader, ResolvedReferences, Status, Wish, plan},
    xml::Element,
};
use cloudfront_simulator::{JournalEntry, Simulator, Switch};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// The identities that a spec can name.
const IDENTITIES: [&str; 2] = ["site", "other"];

/// What limits how many objects can be tried.
const QUOTAS: [&str; 3] = [
    "TooManyDistributions",
    "TooManyStreamingDistributions",
    "TooManyCloudFrontOriginAccessIdentities",
];

/// A CloudFront that deploys at once and takes as many resources as one likes.
pub(super) struct Bench {
    simulator: Simulator,
    client: Client,
    ids: BTreeMap<String, String>,
    objects: AtomicUsize,
    steps: AtomicUsize,
}

impl Bench {
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
        // Whether what a spec names exists is for CloudFront to know; here it does.
        control.set_switch(Switch::AcceptUnknownReferences, true);
        for quota in QUOTAS {
            control.set_quota(None, quota, 1_000_000).unwrap();
        }
        let client = client(&simulator).await;
        let mut bench = Self {
            simulator,
            client,
            ids: BTreeMap::new(),
            objects: AtomicUsize::new(0),
            steps: AtomicUsize::new(0),
        };
        for name in IDENTITIES {
            let id = bench.identity(name).await;
            bench.call(name, id);
        }
        bench
    }

    async fn identity(&self, name: &str) -> String {
        use cloudfront_operator::kinds::origin_access_identity::OriginAccessIdentity;
        let mut object = self.object::<OriginAccessIdentity>();
        object.converge(&json!({"comment": name})).await.unwrap();
        object.id.unwrap()
    }

    /// Gives an id a name, by which specs can refer to it.
    pub(super) fn call(&mut self, name: &str, id: String) {
        self.ids.insert(name.to_owned(), id);
    }

    /// A new object.
    pub(super) fn object<K: Kind>(&self) -> Object<'_, K> {
        let number = self.objects.fetch_add(1, Ordering::Relaxed);
        Object {
            bench: self,
            uid: format!("uid-{number}"),
            id: None,
            status: None,
        }
    }

    /// How often an object was brought to rest.
    pub(super) fn steps(&self) -> usize {
        self.steps.load(Ordering::Relaxed)
    }

    fn resolved<K: Kind>(&self, object: &K) -> ResolvedReferences {
        let references = object.references().into_iter();
        let ids = references.map(|it| {
            let id = self.ids.get(&*it.name);
            let id = id.unwrap_or_else(|| panic!("nobody made {} {}", it.kind, it.name));
            (it, id.clone())
        });
        let mut resolved: ResolvedReferences = ids.collect();
        let secrets = object.secrets().into_iter();
        let values = secrets.map(|it| {
            let value = format!("value of {} in {}", it.key, it.name);
            (it, value)
        });
        resolved.secrets = values.collect();
        resolved
    }

    /// The text with ids in place of their names.
    pub(super) fn named(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("${{{name}}}"), id)
        })
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
        reads_per_second: 0.0,
        writes_per_second: 0.0,
        ..Options::default()
    };
    Client::new(options).await.unwrap()
}

/// An object, as Kubernetes would hold it.
pub(super) struct Object<'a, K: Kind> {
    bench: &'a Bench,
    uid: String,
    pub(super) id: Option<String>,
    status: Option<Status<K::ObservedFields>>,
}

/// What bringing an object to rest came to.
pub(super) struct Rest {
    /// The calls that were to change something, by CloudFront's own account.
    pub(super) calls: Vec<JournalEntry>,
    /// What CloudFront has now.
    pub(super) config: Element,
}

impl Rest {
    /// The names of the calls.
    pub(super) fn writes(&self) -> Vec<&str> {
        self.calls.iter().map(|call| &*call.operation).collect()
    }
}

impl<K: Kind> Object<'_, K> {
    /// Does what the operator would do about this spec until nothing is left to do.
    pub(super) async fn converge(&mut self, spec: &Value) -> Result<Rest, String> {
        let control = self.bench.simulator.control();
        control.clear_journal();
        for _ in 0..4 {
            let Some(remote) = self.pass(spec).await? else {
                continue;
            };
            self.bench.steps.fetch_add(1, Ordering::Relaxed);
            let calls = control.journal().into_iter();
            return Ok(Rest {
                calls: calls.filter(|call| call.method != "GET").collect(),
                config: remote.config::<K>(),
            });
        }
        Err("it does not come to rest".into())
    }

    /// One pass; what there is, once nothing is left to do.
    async fn pass(&mut self, spec: &Value) -> Result<Option<Remote>, String> {
        let (remote, plan) = self.look(spec).await?;
        match plan {
            Plan::Settled => return Ok(remote),
            Plan::Create(config) => {
                let object = self.read(spec)?;
                let collection = object.collection(&self.bench.resolved(&object));
                let remote = self.send(&K::create(&collection, config)).await?;
                self.id = Some(remote.id);
            }
            Plan::Update(request, _) => {
                self.send(&request).await?;
            }
            other => return Err(format!("nobody asked for {other:?}")),
        }
        Ok(None)
    }

    async fn send(&mut self, request: &Request) -> Result<Remote, String> {
        let answer = self.bench.client.send(request).await;
        let answer = answer.map_err(|error: CloudFrontError| error.to_string())?;
        Remote::from_response::<K>(answer).ok_or_else(|| "the answer cannot be read".into())
    }

    /// What there is, and what is to be done.
    async fn look(&mut self, spec: &Value) -> Result<(Option<Remote>, Plan), String> {
        let object = self.read(spec)?;
        let resolved = self.bench.resolved(&object);
        let remote = match &self.id {
            Some(id) => {
                let observer = RemoteReader::<K>::new(self.bench.client.clone());
                let collection = object.collection(&resolved);
                let found = observer.get(&collection, id, Priority::Interactive).await;
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
        let config = self.read(spec)?.config(&resolved);
        let wish = Wish::Present {
            config: config.map_err(|error| error.to_string())?,
            caller_reference: self.uid.clone(),
            write: true,
        };
        let plan = plan::<K>(&wish, remote.as_ref());
        Ok((remote, plan))
    }

    /// The object, as the API server would hand it out.
    fn read(&self, spec: &Value) -> Result<K, String> {
        let spec = self.bench.named(&spec.to_string());
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

    /// What `${…}` stands for in this object's texts.
    pub(super) fn named(&self, text: &str) -> String {
        self.bench.named(text).replace("${unique}", &self.uid)
    }
}
