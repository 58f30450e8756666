//! A loopback proxy in front of a real API server, which counts requests, cuts connections, delays responses and refuses requests.

mod label;
mod rules;
mod silence;

use self::silence::{ProxyBody, Silence};
pub use self::{
    label::RequestLabel,
    rules::{Disturbance, Rule},
};
use crate::api_server::{ResponseBody, refused};
use futures::future::pending;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use kube::{
    Client, Config,
    client::Body,
    config::{KubeConfigOptions, Kubeconfig},
};
use parking_lot::Mutex;
use serde_json::json;
use std::{collections::HashMap, net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle, time::sleep};

/// A proxy, which ends when this is dropped.
pub struct ApiProxy {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    upstream: Client,
    rules: Mutex<Vec<Rule>>,
    ordinals: Mutex<HashMap<RequestLabel, usize>>,
    requests: Mutex<Vec<RequestLabel>>,
    released: Notify,
    silence: Silence,
}

/// Why no response is sent. hyper closes the connection.
#[derive(Debug, thiserror::Error)]
enum NoResponse {
    #[error("the proxy cuts the connection")]
    Cut,
    #[error("the request has no body that can be read: {0}")]
    Body(#[from] hyper::Error),
    #[error("the API server cannot be reached: {0}")]
    Upstream(#[from] kube::Error),
}

impl ApiProxy {
    /// Starts a proxy on a free loopback port. It sends each request to the API server of the kubeconfig, as the user of that file.
    pub async fn start(
        kubeconfig: Kubeconfig,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut config =
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        // The client of the proxy is the one that retries.
        config.default_retry = false;
        // A watch is idle for as long as its objects do not change.
        config.read_timeout = None;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            upstream: Client::try_from(config)?,
            rules: Mutex::default(),
            ordinals: Mutex::default(),
            requests: Mutex::default(),
            released: Notify::new(),
            silence: Silence::default(),
        });
        let task = tokio::spawn(serve(listener, state.clone()));
        Ok(Self {
            address,
            state,
            task,
        })
    }

    /// Returns a kubeconfig for the clients of the proxy, as JSON. It has no credential.
    pub fn kubeconfig(&self, namespace: &str) -> String {
        json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxy",
            "clusters": [{"name": "proxy", "cluster": {"server": format!("http://{}", self.address)}}],
            "users": [{"name": "proxy", "user": {}}],
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "proxy", "namespace": namespace}}],
        })
        .to_string()
    }

    /// Adds a rule. The first rule that applies to a request takes it.
    pub fn add(&self, rule: Rule) {
        self.state.rules.lock().push(rule);
    }

    /// Removes all rules, and ends the silence of watches for those that start from now on.
    pub fn clear(&self) {
        self.state.rules.lock().clear();
        self.state.silence.end();
    }

    /// Returns the rules that have not been used up.
    pub fn pending_rules(&self) -> usize {
        let rules = self.state.rules.lock();
        rules.iter().filter(|rule| rule.remaining > 0).count()
    }

    /// Sends the responses that are held.
    pub fn release(&self) {
        self.state.released.notify_waiters();
    }

    /// Passes on nothing more of the watches of a resource, or of all watches, open ones included. Their connections stay open.
    pub fn silence_watches(&self, resource: Option<&str>) {
        self.state.silence.begin(resource);
    }

    /// Returns the requests so far, in the order in which they arrived.
    pub fn requests(&self) -> Vec<RequestLabel> {
        self.state.requests.lock().clone()
    }
}

impl Drop for ApiProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    /// Returns the label of a request with its ordinal, and the rule that applies.
    fn register(&self, mut label: RequestLabel) -> (RequestLabel, Option<Rule>) {
        let mut ordinals = self.ordinals.lock();
        let next = ordinals.entry(label.clone()).or_default();
        label.ordinal = *next;
        *next += 1;
        self.requests.lock().push(label.clone());
        let mut rules = self.rules.lock();
        let rule = rules.iter_mut().find(|rule| rule.applies_to(&label));
        let rule = rule.map(|rule| {
            rule.remaining -= 1;
            rule.clone()
        });
        (label, rule)
    }

    async fn respond(&self, request: Request<Incoming>) -> Result<Response<ProxyBody>, NoResponse> {
        let label = RequestLabel::parse(request.method(), request.uri());
        let (label, rule) = self.register(label);
        let Some(rule) = rule else {
            return self.forward(&label, request).await;
        };
        match rule.disturbance {
            Disturbance::CutBefore => {
                rule.call_back();
                Err(NoResponse::Cut)
            }
            Disturbance::CutAfter => {
                let response = self.forward(&label, request).await?;
                if label.verb != "watch" {
                    response.into_body().collect().await.ok();
                }
                rule.call_back();
                Err(NoResponse::Cut)
            }
            Disturbance::Respond { code, retry_after } => {
                rule.call_back();
                Ok(own_response(code, retry_after))
            }
            Disturbance::Delay(delay) => {
                rule.call_back();
                sleep(delay).await;
                self.forward(&label, request).await
            }
            Disturbance::Hold => {
                rule.call_back();
                let released = self.released.notified();
                let response = self.forward(&label, request).await?;
                released.await;
                Ok(response)
            }
        }
    }

    /// Sends a request to the API server.
    async fn forward(
        &self,
        label: &RequestLabel,
        request: Request<Incoming>,
    ) -> Result<Response<ProxyBody>, NoResponse> {
        let (mut parts, body) = request.into_parts();
        parts.headers.remove(http::header::HOST);
        let body = body.collect().await?.to_bytes();
        let request = Request::from_parts(parts, Body::from(body.to_vec()));
        let response = self.upstream.send(request).await?;
        Ok(response.map(|body| self.silence.apply(label, body)))
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            pending::<()>().await;
            return;
        };
        let state = state.clone();
        let service = service_fn(move |request| {
            let state = state.clone();
            async move { state.respond(request).await }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // A connection that is cut ends with an error.
        tokio::spawn(async { connection.await.ok() });
    }
}

/// Returns a refusal in the form of the API server.
fn own_response(code: u16, retry_after: Option<u64>) -> Response<ProxyBody> {
    let body = |body: ResponseBody| body.map_err(|never| match never {}).boxed_unsync();
    let mut response = refused(code).map(body);
    if let Some(seconds) = retry_after {
        let headers = response.headers_mut();
        headers.insert(http::header::RETRY_AFTER, seconds.into());
    }
    response
}
