//! The connections of one process of the operator. A killed process sends nothing more, and receives no response.

use super::recorder::Recorder;
use crate::{
    api_server::{ApiServer, ResponseBody},
    history::What,
    label::{Fault, Side},
};
use bytes::Bytes;
use cloudfront_operator::cloudfront::{InProcessServer, TransportError};
use cloudfront_simulator::{BrokenConnection, InProcessSimulator};
use http::{Request, Response};
use kube::client::Body;
use parking_lot::Mutex;
use std::{
    convert::Infallible,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Notify;

/// The gate through which all requests of one process pass. Clones share their state.
#[derive(Clone)]
pub(super) struct Gate {
    recorder: Arc<Mutex<Recorder>>,
    is_closed: Arc<AtomicBool>,
    closed: Arc<Notify>,
}

impl Gate {
    pub(super) fn new(recorder: Arc<Mutex<Recorder>>) -> Self {
        Self {
            recorder,
            is_closed: Arc::default(),
            closed: Arc::default(),
        }
    }

    /// Waits until the process was killed at a request.
    pub(super) async fn closed(&self) {
        self.closed.notified().await;
    }

    /// Kills the process: from now on it sends nothing.
    pub(super) fn close(&self) {
        if !self.is_closed.swap(true, Ordering::Relaxed) {
            self.recorder.lock().push(What::Crashed);
            self.closed.notify_one();
        }
    }

    /// Returns a client of the Kubernetes API.
    pub(super) fn kubernetes(&self, server: ApiServer) -> kube::Client {
        let gate = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let (gate, server) = (gate.clone(), server.clone());
            async move { Ok::<_, Infallible>(gate.ask_kubernetes(server, request).await) }
        });
        kube::Client::new(service, "default")
    }

    /// Returns what answers requests to CloudFront.
    pub(super) fn cloudfront(&self, simulator: InProcessSimulator) -> InProcessServer {
        let gate = self.clone();
        InProcessServer::new(move |request| {
            let (gate, simulator) = (gate.clone(), simulator.clone());
            async move { gate.ask_cloudfront(simulator, request).await }
        })
    }

    async fn ask_kubernetes(
        &self,
        server: ApiServer,
        request: Request<Body>,
    ) -> Response<ResponseBody> {
        let (operation, object) = server.describe(&request);
        self.pass(Side::Kubernetes, operation, object, server.respond(request))
            .await
    }

    async fn ask_cloudfront(
        &self,
        simulator: InProcessSimulator,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, TransportError> {
        let operation = simulator.operation(&request);
        let uri = request.uri().to_string();
        let object = self.recorder.lock().object_of(&uri, request.body());
        let response = simulator.handle(request);
        let answered = self
            .pass(Side::CloudFront, operation, object, response)
            .await;
        answered.map_err(|broken| match broken {
            BrokenConnection::Reset => TransportError::NoResponse(broken.to_string()),
            BrokenConnection::Truncated => TransportError::InvalidResponse(broken.to_string()),
        })
    }

    /// Sends a request, unless the process was killed or is killed at this request.
    async fn pass<T>(
        &self,
        side: Side,
        operation: String,
        object: String,
        send: impl Future<Output = T>,
    ) -> T {
        self.stop_if_closed().await;
        let (label, fault) = self.recorder.lock().begin(side, operation, object);
        if fault == Some(Fault::CrashBeforeSend) {
            self.close();
            self.stop_if_closed().await;
        }
        let response = send.await;
        self.recorder.lock().end(label);
        if fault == Some(Fault::CrashAfterCommit) {
            self.close();
        }
        self.stop_if_closed().await;
        response
    }

    async fn stop_if_closed(&self) {
        if self.is_closed.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
    }
}
