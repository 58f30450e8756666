//! Creates objects at a real API server with server-side dry run, many at the same time.

use super::admission::create_namespace;
use cloudfront_operator::engine::Kind;
use futures::{StreamExt, stream};
use http::Request;
use kube::{
    Client, Config, Error,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};

/// Requests at the same time.
const CONCURRENCY: usize = 16;

/// The API server's result.
pub(super) enum Response {
    /// The spec that the API server would store.
    Accepted(Value),
    Refused {
        message: String,
        /// The path and the message of each error. It is empty for an unknown field.
        causes: Vec<(String, String)>,
    },
}

/// An API server with the definition of a kind.
pub(super) struct DryRun {
    client: Client,
    path: String,
    kind: String,
}

impl DryRun {
    pub(super) async fn start<K: Kind>() -> Self {
        let namespace = create_namespace::<K>();
        let kubeconfig = cluster::shared().unwrap().kubeconfig();
        let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
        let plural = K::plural(&());
        Self {
            client: Client::try_from(config.unwrap()).unwrap(),
            path: format!(
                "/apis/cloudfront-operator.dev/v1alpha1/namespaces/{namespace}/{plural}?dryRun=All&fieldValidation=Strict"
            ),
            kind: K::kind(&()).into_owned(),
        }
    }

    /// The results for specs, in their order.
    pub(super) async fn create_all(&self, specs: &[Value]) -> Vec<Response> {
        let requests = specs.iter().enumerate();
        let responses = stream::iter(requests.map(|(number, spec)| self.create(number, spec)));
        responses.buffered(CONCURRENCY).collect().await
    }

    async fn create(&self, number: usize, spec: &Value) -> Response {
        let object = json!({
            "apiVersion": "cloudfront-operator.dev/v1alpha1",
            "kind": self.kind,
            "metadata": {"name": format!("bad-{number}")},
            "spec": spec,
        });
        let request = Request::post(&self.path).header("content-type", "application/json");
        let request = request.body(object.to_string().into_bytes()).unwrap();
        match self.client.request::<Value>(request).await {
            Ok(mut object) => Response::Accepted(object["spec"].take()),
            Err(Error::Api(status)) => Response::Refused {
                message: status.message,
                causes: status
                    .details
                    .into_iter()
                    .flat_map(|details| details.causes)
                    .map(|cause| (cause.field, cause.message))
                    .collect(),
            },
            Err(error) => panic!("{error}"),
        }
    }
}
