//! Public keys, which have a caller reference and a unique name, and of which CloudFront can change only the comment.

use crate::{
    cloudfront::{self, Client},
    engine::{
        api::reference::ResolvedReferences,
        in_process::{Cluster, api_server, simulator},
        kind::Kind,
        remote::resource::Remote,
    },
    kinds::public_key::PublicKey,
};
use cloudfront_simulator::{Fault, FaultMode, Simulator};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{
    Api,
    api::{ObjectMeta, PostParams},
};
use serde_json::{Value, json};

const CREATE: &str = "CreatePublicKey";

struct Keys {
    cluster: Cluster,
    secrets: Api<Secret>,
    simulator: Simulator,
    client: Client,
}

fn pem(line: &str) -> String {
    format!("-----BEGIN PUBLIC KEY-----\n{line}\n-----END PUBLIC KEY-----\n")
}

impl Keys {
    async fn start() -> Self {
        let (simulator, options) = simulator().await;
        let options = cloudfront::Options {
            read_qps: 0.0,
            write_qps: 0.0,
            ..options
        };
        let server = api_server();
        let cluster = Cluster::registered(PublicKey::DEFINITION, &server, &options).await;
        Self {
            cluster,
            secrets: Api::namespaced(server.client(), "shop"),
            client: Client::new(options).await.expect("a client"),
            simulator,
        }
    }

    async fn reconcile(&mut self, times: usize) {
        for _ in 0..times {
            self.cluster.reconcile("signer").await;
        }
    }

    async fn store_secret(&self, key: &str) {
        let secret = Secret {
            metadata: ObjectMeta {
                name: Some("signer".into()),
                ..ObjectMeta::default()
            },
            data: Some([("pem".to_owned(), ByteString(key.as_bytes().to_vec()))].into()),
            ..Secret::default()
        };
        let stored = match self.secrets.get_opt("signer").await.expect("a response") {
            None => self.secrets.create(&PostParams::default(), &secret).await,
            Some(old) => {
                let mut secret = secret;
                secret.metadata.resource_version = old.metadata.resource_version;
                let parameters = PostParams::default();
                self.secrets.replace("signer", &parameters, &secret).await
            }
        };
        stored.expect("the model stores the Secret");
    }

    async fn status(&self) -> Value {
        self.cluster.status("signer").await
    }

    async fn ready(&self) -> (String, String) {
        self.cluster.ready("signer").await
    }

    /// Returns the operations of the writes since the last call.
    fn writes(&self) -> Vec<String> {
        let journal = self.simulator.control().journal().into_iter();
        self.simulator.control().clear_journal();
        let writes = journal.filter(|it| matches!(&*it.method, "POST" | "PUT" | "DELETE"));
        let operations = writes.map(|it| it.operation);
        operations.filter(|it| it != "GetCallerIdentity").collect()
    }

    /// Creates a key as another client does, and returns its id.
    async fn create_foreign(&self, name: &str) -> String {
        let object =
            json!({ "metadata": { "name": "foreign" }, "spec": { "encodedKey": pem("AAAA") } });
        let object: PublicKey = serde_json::from_value(object).expect("a valid object");
        let config = object.config(&ResolvedReferences::default());
        let mut config = config.expect("a valid configuration");
        config.set_text("Name", name);
        config.set_text("CallerReference", "of another client");
        let api = PublicKey::API;
        let request = api.create_request(api.collection, config, &object.tags());
        let response = self.client.send(&request).await.expect("a response");
        self.simulator.control().clear_journal();
        let remote = Remote::from_response(api, &request, response);
        remote.expect("a public key").id
    }
}

#[tokio::test]
async fn a_key_has_a_caller_reference_and_a_default_name_and_its_comment_can_change() {
    let mut keys = Keys::start().await;
    let spec = json!({ "encodedKey": pem("AAAA").trim_end(), "comment": "first" });
    keys.cluster.create("signer", &spec).await;
    keys.reconcile(2).await;
    let object = keys.cluster.get("signer").await.expect("the object exists");
    let uid = object["metadata"]["uid"].as_str().expect("a uid");
    let status = keys.status().await;
    assert_eq!(status["callerReference"], uid);
    assert_eq!(status["name"], format!("shop-signer-{}", &uid[..8]));
    assert_eq!(keys.ready().await.0, "InSync");

    let edit = json!({ "spec": { "comment": "second" } });
    keys.cluster.patch("signer", &edit).await;
    keys.reconcile(2).await;
    assert_eq!(keys.ready().await.0, "InSync");
    assert_eq!(keys.writes(), [CREATE, "UpdatePublicKey"]);
}

#[tokio::test]
async fn a_rotated_secret_changes_nothing_and_is_reported_as_immutable() {
    let mut keys = Keys::start().await;
    keys.store_secret(&pem("AAAA")).await;
    let source = json!({ "secretKeyRef": { "name": "signer", "key": "pem" } });
    let spec = json!({ "encodedKeyFrom": source });
    keys.cluster.create("signer", &spec).await;
    keys.reconcile(2).await;
    assert_eq!(keys.ready().await.0, "InSync");
    assert_eq!(keys.writes(), [CREATE]);

    keys.store_secret(&pem("BBBB")).await;
    keys.reconcile(2).await;
    let (reason, message) = keys.ready().await;
    assert_eq!(reason, "Immutable", "{message}");
    let start = "encodedKey of this PublicKey cannot change in CloudFront";
    assert!(message.starts_with(start), "{message}");
    assert!(
        message.contains("the value that encodedKeyFrom refers to"),
        "{message}"
    );
    assert_eq!(keys.writes(), [""; 0]);

    // An edit of the comment is not sent either, since CloudFront would refuse the whole update.
    let edit = json!({ "spec": { "comment": "second" } });
    keys.cluster.patch("signer", &edit).await;
    keys.reconcile(1).await;
    assert_eq!(keys.ready().await.0, "Immutable");
    assert_eq!(keys.writes(), [""; 0]);

    keys.store_secret(&pem("AAAA")).await;
    keys.reconcile(2).await;
    assert_eq!(keys.ready().await.0, "InSync");
    assert_eq!(keys.writes(), ["UpdatePublicKey"]);
}

#[tokio::test]
async fn another_name_in_the_spec_is_reported_without_a_source() {
    let mut keys = Keys::start().await;
    let foreign = keys.create_foreign("theirs").await;
    let spec = json!({ "adoptId": foreign, "name": "ours", "encodedKey": pem("AAAA") });
    keys.cluster.create("signer", &spec).await;
    keys.reconcile(2).await;
    let (reason, message) = keys.ready().await;
    assert_eq!(reason, "Immutable");
    let start = "name of this PublicKey cannot change in CloudFront, and the spec differs from it.";
    assert!(message.starts_with(start), "{message}");
    assert_eq!(keys.writes(), [""; 0]);
}

#[tokio::test]
async fn a_key_with_the_name_of_another_one_is_not_created_and_names_it() {
    let mut keys = Keys::start().await;
    let foreign = keys.create_foreign("shop-signer").await;
    let spec = json!({ "name": "shop-signer", "encodedKey": pem("BBBB") });
    keys.cluster.create("signer", &spec).await;
    keys.reconcile(2).await;
    let (reason, message) = keys.ready().await;
    assert_eq!(reason, "OwnershipConflict", "{message}");
    let start = format!("PublicKey {foreign} has the name \"shop-signer\" and");
    assert!(message.starts_with(&start), "{message}");
    assert_eq!(keys.status().await["id"], Value::Null);
}

#[tokio::test]
async fn a_create_without_a_response_is_found_by_its_caller_reference() {
    let mut keys = Keys::start().await;
    let spec = json!({ "name": "shop-signer", "encodedKey": pem("AAAA"), "comment": "first" });
    keys.cluster.create("signer", &spec).await;
    let control = keys.simulator.control();
    control.inject(Fault::on(CREATE, FaultMode::ResetAfterCommit));
    keys.reconcile(1).await;
    // CloudFront refuses a repeated create with another comment.
    let edit = json!({ "spec": { "comment": "second" } });
    keys.cluster.patch("signer", &edit).await;
    keys.reconcile(3).await;
    let (reason, message) = keys.ready().await;
    assert_eq!(reason, "InSync", "{message}");
    assert_eq!(keys.writes(), [CREATE, CREATE, "UpdatePublicKey"]);
}
